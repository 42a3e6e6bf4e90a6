// "/" goes to the search box, "g" then a letter to a page, "?" shows the help; never while somebody is typing.
const typing = (target) => target.closest("input, textarea, select, [contenteditable], .cm-editor, dialog[open]");

export function armKeyboard() {
  let leader = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const box = document.querySelector("[data-search]");
      if (box) {
        event.preventDefault();
        box.focus();
        box.select();
      }
    } else if (event.key === "?") {
      document.getElementById("keyboard-help")?.showModal();
    } else if (event.key === "g") {
      leader = Date.now();
    } else if (Date.now() - leader < 1500) {
      leader = 0;
      document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
    }
  });
}
