// <button data-dialog="id"> opens <dialog id>. Without script the button's own form or link leads to the confirm page.
const LEFT = "dialog-left";
const OWN = new Set(["csrf_token", "idempotency_key", "version", "_dialog"]);

// What was typed stays until the next page, for posts whose refusal comes back as a toast on a fresh page.
function keep(form, dialog) {
  const typed = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OWN.has(name));
  sessionStorage.setItem(LEFT, JSON.stringify({ page: location.pathname, dialog: dialog.id, typed }));
}

function leftOpen() {
  const left = JSON.parse(sessionStorage.getItem(LEFT) ?? "null");
  sessionStorage.removeItem(LEFT);
  const dialog = left?.page === location.pathname && document.getElementById(left.dialog);
  const said = document.querySelector(".toasts .toast-bad p");
  if (!dialog || dialog.hasAttribute("data-open") || !said) return;
  for (const box of dialog.querySelectorAll("input:not([type=hidden], [type=file], [type=password]), select, textarea")) {
    const values = left.typed.filter(([name]) => name === box.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(box.type)) box.checked = values.includes(box.value);
    else if (box.multiple) [...box.options].forEach((option) => (option.selected = values.includes(option.value)));
    else box.value = values[0] ?? "";
  }
  const note = document.createElement("div");
  note.className = "alert alert-bad";
  note.setAttribute("role", "alert");
  note.textContent = said.textContent;
  dialog.querySelector(".dialog-body").prepend(note);
  dialog.showModal();
}

export function armDialogs(root) {
  root.querySelectorAll("[data-dialog]").forEach((button) => {
    const dialog = document.getElementById(button.dataset.dialog);
    if (!dialog) return;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
  });
  root.querySelectorAll("dialog [data-close]").forEach((button) => {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      button.closest("dialog").close();
    });
  });
  // one that was refused comes open already, for browsers without script
  root.querySelectorAll("dialog[data-open]").forEach((dialog) => {
    dialog.removeAttribute("open");
    dialog.showModal();
  });
  root.querySelectorAll("dialog form[method=post]").forEach((form) => {
    form.addEventListener("submit", () => keep(form, form.closest("dialog")));
  });
  if (root === document.body) leftOpen();
}
