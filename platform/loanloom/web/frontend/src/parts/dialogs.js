// <button data-dialog="id"> opens <dialog id>. Without script the button's own form or link leads to the confirm page.
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
}
