// The editor of a flow: a box that is clicked is looked at without leaving the page, the drawing stays where it was pushed,
// and the keys of the drawing press the buttons that are there anyway. Knows no rule of flows.
import htmx from "htmx.org";

let pushed = null; // how far the drawing was pushed before the page came again

const editor = () => document.querySelector("[data-flow-editor]");
const frame = () => editor()?.querySelector(".flow-frame");

async function open(url) {
  const context = { source: editor(), target: "#definition", select: "#definition", swap: "outerHTML show:none" };
  await htmx.ajax("GET", url, context);
  history.replaceState(history.state, "", url);
  document.getElementById("step")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const box = event.target.closest?.("[data-flow-editor] .flow-picture a");
  if (!box) return;
  event.preventDefault();
  open(box.getAttribute("href"));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id !== "definition" || !frame()) return;
  pushed = [frame().scrollLeft, frame().scrollTop];
});

document.addEventListener("htmx:afterSettle", () => {
  if (!pushed || !frame()) return;
  frame().scrollTo(...pushed);
  pushed = null;
  const looked = document.querySelector(".flow-step.is-chosen");
  const box = looked?.getBoundingClientRect();
  if (box && (box.top < 60 || box.top > innerHeight - 160)) looked.scrollIntoView({ block: "start" });
});

const writing = (target) => target.closest?.("input, select, textarea, [contenteditable], .ts-wrapper, dialog");

document.addEventListener("keydown", (event) => {
  if (!editor() || writing(event.target)) return;
  const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  const pressed = undo ? (event.shiftKey ? "redo" : "undo") : event.key === "Delete" ? "remove-step" : null;
  const button = pressed && document.getElementById(pressed);
  if (!button) return;
  event.preventDefault();
  button.click();
});

export function arm() {} // one set of listeners serves every page and what is swapped in later
