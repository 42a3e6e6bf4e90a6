// A form is sent once: a second click while the first is on its way does nothing. Warns before unsaved work is left.
// Amount boxes gain thousands separators when left and lose them when entered; the server reads both.
const sent = new WeakSet();

function group(value) {
  const [, sign, whole, rest] = /^\s*(-?)(\d+)(\.\d*)?\s*$/.exec(value.replaceAll(",", "")) ?? [];
  return whole === undefined ? value : `${sign}${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",")}${rest ?? ""}`;
}

function armOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
}

function armMoney(input) {
  input.value = group(input.value);
  input.addEventListener("blur", () => (input.value = group(input.value)));
  input.addEventListener("focus", () => {
    input.value = input.value.replaceAll(",", "");
    input.select(); // changing the value drops what Tab had selected
  });
}

function armGuard(form) {
  let dirty = false;
  form.addEventListener("input", () => (dirty = true));
  form.addEventListener("submit", () => (dirty = false));
  window.addEventListener("beforeunload", (event) => {
    if (dirty && document.contains(form)) event.preventDefault();
  });
}

export function armForms(root) {
  root.querySelectorAll('form[method="post"]:not([hx-post])').forEach(armOnce);
  root.querySelectorAll("input[data-money]").forEach(armMoney);
  root.querySelectorAll("form[data-guard]").forEach(armGuard);
  root.querySelectorAll("[data-submit-on-change]").forEach((input) => {
    input.addEventListener("change", () => input.form.requestSubmit());
  });
  root.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  root.querySelector(".problems[tabindex]")?.focus();
}

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
  document.querySelectorAll("form").forEach((form) => sent.delete(form));
});
