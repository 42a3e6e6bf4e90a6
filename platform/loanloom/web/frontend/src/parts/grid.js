// A grid of a definition: Enter and the arrows go from line to line, Alt with an arrow presses the line's own button, cells
// copied in a spreadsheet are handed to the server from the cell they are pasted into, and what is typed is sent by
// itself. Knows nothing of what cells mean; without it the same form works by its buttons.
const box = (target) => target.closest?.(".grid-box");
const table = (target) => target.closest("#grid-table");

function beside(target, step) {
  const cell = target.closest("td");
  const rows = [...table(target).querySelectorAll("tbody tr, tfoot tr")].filter((row) => row.querySelector(".grid-box"));
  const row = rows[rows.indexOf(cell.parentElement) + step];
  return row?.children[[...cell.parentElement.children].indexOf(cell)]?.querySelector(".grid-box");
}

function go(target, step) {
  const next = beside(target, step);
  next?.focus();
  next?.select?.();
  return Boolean(next);
}

function save(form) {
  form.querySelector("[data-grid-save]").click();
}

let back = null; // the cell to come back to, once what is asked for now has been answered
let answer = null;

function leave(cell) {
  cell.blur();
  back = cell.id;
}

// The new line is sent as one leaves it, so that its boxes can be emptied; one comes back to its first.
function finish(target) {
  const line = target.closest("[data-grid-new]");
  if (![...line.querySelectorAll(".grid-box")].some((one) => one.value.trim())) return;
  back = line.querySelector(".grid-box").id;
  target.blur();
}

const MOVES = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };

function onKey(event, form) {
  const target = box(event.target);
  if (!target) return;
  if (event.altKey && MOVES[event.key]) {
    const button = target.closest("tr").querySelector(`button[value^="line:${MOVES[event.key]}:"]`);
    if (!button) return;
    event.preventDefault();
    leave(target);
    button.click(); // not requestSubmit: only after a click does htmx send the button's name
  } else if (event.key === "Enter" && !event.ctrlKey) {
    event.preventDefault();
    if (target.closest("[data-grid-new]")) finish(target);
    else if (!go(target, event.shiftKey ? -1 : 1)) save(form);
  } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && target.tagName === "INPUT" && !target.list) {
    if (go(target, event.key === "ArrowUp" ? -1 : 1)) event.preventDefault();
  }
}

function onPaste(event, root, form) {
  const target = box(event.target);
  const words = event.clipboardData?.getData("text/plain") ?? "";
  if (!target || !/[\t\n\r]/.test(words.trimEnd())) return;
  event.preventDefault();
  leave(target);
  root.querySelector("[data-grid-paste]").value = words.replace(/[\r\n]+$/, "");
  form.elements.paste_at.value = target.name.replace(/^c:/, "");
  root.querySelector("[data-grid-paste-button]").click();
}

function onChange(event, form) {
  if (event.target.name?.startsWith("c:")) save(form);
}

function onLeave(event, form) {
  const line = event.target.closest?.("[data-grid-new]");
  if (!line || line.contains(event.relatedTarget)) return;
  if ([...line.querySelectorAll(".grid-box")].some((one) => one.value.trim())) save(form);
}

// A line that is asked for at a place is typed there first; one goes to its first box.
const HERE = ".grid-new.is-here .grid-box";

function onClick(event) {
  if (event.target.closest('button[value^="new:"]')) back = HERE;
}

const armed = new WeakSet();

export function arm(root) {
  const form = document.getElementById("grid-form");
  if (!form || armed.has(root)) return;
  armed.add(root);
  const own = () => document.getElementById("grid-form");
  root.addEventListener("keydown", (event) => onKey(event, own()));
  root.addEventListener("paste", (event) => onPaste(event, root, own()));
  root.addEventListener("change", (event) => onChange(event, own()));
  root.addEventListener("click", onClick);
  root.addEventListener("focusout", (event) => onLeave(event, own()));
}

// What was pasted or dropped goes with the one request that was asked for by it, also where that has to wait for another
// whose answer is merged in meanwhile.
const ONCE = ["what", "where", "paste_at", "paste"];
let carried = {};

document.addEventListener(
  "submit",
  (event) => {
    if (event.target.id !== "grid-form") return;
    for (const name of ONCE) {
      const field = event.target.elements[name];
      if (field?.value) carried[name] = field.value;
      if (field) field.value = "";
    }
  },
  true,
);
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "grid-form") return;
  for (const [name, value] of Object.entries(carried)) event.detail.parameters[name] = value;
  carried = {};
});
// The cell one stood in takes the server's value too, and keeps the cursor.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id !== "grid-form" || !back) return;
  answer = { to: event.detail.xhr, cell: back };
  back = null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!answer || event.detail.xhr !== answer.to) return;
  const to = answer.cell === HERE ? document.querySelector(HERE) : document.getElementById(answer.cell);
  to?.focus();
  answer = null;
});
// The check is asked for again whenever the page was merged, for it was set back to "checking".
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "definition") return;
  const check = document.querySelector(".grid-check:not(.htmx-request)");
  if (check) window.htmx.trigger(check, "merged");
});
