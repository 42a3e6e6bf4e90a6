// "/" goes to the search box, "g" then a letter to a page, "?" shows the help; j and k go along a list, x chooses a
// line, o opens it; an element with data-shortcut answers to its letter. Never while somebody is typing. A letter only
// chooses or opens: every decision still wants its own button.
const typing = (target) =>
  target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], .cm-editor, dialog[open]");

const links = () => [...document.querySelectorAll("table[data-rows] a.row-link")].filter((link) => link.offsetParent);
const row = () => document.activeElement?.closest("table[data-rows] tr");

function along(step) {
  const all = links();
  const now = row()?.querySelector("a.row-link");
  const next = all[now ? all.indexOf(now) + step : step > 0 ? 0 : all.length - 1];
  next?.focus();
  next?.closest("tr").scrollIntoView({ block: "nearest" });
}

const LETTERS = {
  j: () => along(1),
  k: () => along(-1),
  o: () => row()?.querySelector("a.row-link")?.click(),
  x: () => row()?.querySelector("input[type=checkbox]")?.click(),
};

function letter(key) {
  LETTERS[key]?.();
  return key in LETTERS;
}

function answer(key) {
  const found = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`);
  if (!found) return false;
  found.click();
  if (found.type === "radio") {
    found.closest("form").scrollIntoView({ block: "nearest" });
    found.form.querySelector("textarea[name=opinion]")?.focus();
  }
  return true;
}

function help() {
  const shown = document.getElementById("keyboard-help");
  if (shown && !shown.matches(":popover-open")) shown.showPopover();
}

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
      help();
    } else if (event.key === "g") {
      leader = Date.now();
    } else if (Date.now() - leader < 1500) {
      leader = 0;
      document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
    } else if (answer(event.key) || letter(event.key)) {
      event.preventDefault();
    }
  });
}
