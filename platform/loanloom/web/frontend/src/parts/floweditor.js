// The editor of a flow: a step that is clicked is looked at without leaving the page, the drawing stays where it was pushed,
// and the keys of the drawing press the buttons that are there anyway. Knows no rule of flows.
import htmx from "htmx.org";

let before = null; // how far the drawing was pushed and what stood open before the page came again

const editor = () => document.querySelector("[data-flow-editor]");
const frame = () => editor()?.querySelector(".flow-editor-drawing .flow-frame");

const STEPS = [".flow-editor-drawing .flow-picture a", ".flow-step-head", "#flow-found a[href*='at=']"]
  .map((one) => `[data-flow-editor] ${one}`)
  .join();

async function open(url) {
  const context = { source: editor(), target: "#definition", select: "#definition", swap: "outerHTML show:none" };
  await htmx.ajax("GET", url, context);
  history.replaceState(history.state, "", url);
  document.getElementById("step")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest?.(STEPS);
  if (!link) return;
  event.preventDefault();
  open(link.getAttribute("href"));
});

// The box that is looked at is brought into the part of the drawing that is seen.
function showChosen() {
  const shown = frame();
  const box = [...(shown?.querySelectorAll(".flow-node.is-chosen") ?? [])].find((one) => one.getClientRects().length);
  if (!box) return;
  const [mine, all] = [box.getBoundingClientRect(), shown.getBoundingClientRect()];
  if (mine.top < all.top || mine.bottom > all.bottom) shown.scrollTop += mine.top - all.top - all.height / 3;
  if (mine.left < all.left || mine.right > all.right) shown.scrollLeft += mine.left - all.left - all.width / 3;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id !== "definition" || !frame()) return;
  const open = [...editor().querySelectorAll("details[id][open]")].map((one) => one.id);
  before = { at: [frame().scrollLeft, frame().scrollTop], open };
});

document.addEventListener("htmx:afterSettle", () => {
  if (!before || !frame()) return;
  frame().scrollTo(...before.at);
  for (const id of before.open) document.getElementById(id)?.setAttribute("open", "");
  before = null;
  showChosen();
  const row = document.querySelector(".flow-step.is-chosen")?.getBoundingClientRect();
  if (row && (row.top < 60 || row.top > innerHeight - 160)) {
    document.querySelector(".flow-step.is-chosen").scrollIntoView({ block: "start" });
  }
});

const writing = (target) => target.closest?.("input, select, textarea, [contenteditable], .ts-wrapper, dialog");

document.addEventListener("keydown", (event) => {
  if (!editor() || writing(event.target)) return;
  const row = event.target.closest?.(".flow-step");
  if (event.key === "Delete" && row && !row.classList.contains("is-chosen")) return;
  const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  const pressed = undo ? (event.shiftKey ? "redo" : "undo") : event.key === "Delete" ? "remove-step" : null;
  const button = pressed && document.getElementById(pressed);
  if (!button) return;
  event.preventDefault();
  button.click();
});

export const arm = showChosen; // the listeners above serve every page and what is swapped in later
