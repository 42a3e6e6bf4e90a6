// Short messages after an action. They stay while hovered or focused and can be closed; problems stay until closed.
function arm(toast) {
  const leave = () => toast.remove();
  toast.querySelector("button")?.addEventListener("click", leave);
  if (toast.classList.contains("toast-bad")) return;
  let timer = setTimeout(leave, 6000);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => (timer = setTimeout(leave, 3000)));
}

export function toast(words, kind = "good") {
  const template = document.getElementById("toast-template");
  if (!template || !words) return;
  const made = template.content.firstElementChild.cloneNode(true);
  made.classList.add(`toast-${kind}`);
  made.querySelector("p").textContent = words;
  document.querySelector(".toasts").append(made);
  arm(made);
}

export function armToasts(root) {
  root.querySelectorAll(".toast").forEach(arm);
}
