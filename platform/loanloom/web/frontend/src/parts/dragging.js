// Dragging by mouse, pen or finger: from [data-drag="types"][data-what] to [data-drop="types"][data-where]. In its second
// half a place may mean another one (data-where-after). What was dropped where is written into the fields `what` and
// `where` of the form that [data-drag-form] names, and that is sent: the server decides what becomes of it. data-drag-line
// draws a line from the thing instead of carrying it. Everything dragged can be done by buttons too; this is for the mouse.
const NEAR = 6; // pixels that still are a click
const EDGE = 56; // near the edge of the window the page goes on
const SVG = "http://www.w3.org/2000/svg";
const OWN = "button, input, select, textarea, summary";

let held = null; // { thing, x, y, shown, place, after }

const types = (list) => (list ?? "").split(/\s+/).filter(Boolean);
const fits = (place, thing) => types(place.dataset.drop).some((one) => types(thing.dataset.drag).includes(one));

// A finger scrolls the page, so it takes things by their handle; a mouse takes them anywhere but on their buttons.
function takeable(target, finger) {
  const thing = target.closest?.("[data-drag]");
  if (!thing?.closest("[data-drag-form]")) return null;
  const handle = thing.querySelector("[data-drag-handle]");
  if (handle && finger) return target.closest("[data-drag-handle]")?.closest("[data-drag]") === thing ? thing : null;
  const own = target.closest(OWN);
  return own && own !== thing && thing.contains(own) ? null : thing;
}

function ghost(thing) {
  const made = document.createElement("div");
  made.className = "drag-ghost";
  made.textContent = (thing.dataset.dragTitle ?? thing.textContent).trim().replace(/\s+/g, " ").slice(0, 60);
  document.body.append(made);
  return { to: (x, y) => (made.style.transform = `translate(${x + 12}px, ${y + 8}px)`), gone: () => made.remove() };
}

function drawnLine(thing) {
  const made = document.createElementNS(SVG, "svg");
  const line = made.appendChild(document.createElementNS(SVG, "line"));
  made.setAttribute("class", "drag-line");
  document.body.append(made);
  return {
    to: (x, y) => {
      const box = thing.getBoundingClientRect();
      const ends = { x1: box.left + box.width / 2, y1: box.top + box.height / 2, x2: x, y2: y };
      for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
    },
    gone: () => made.remove(),
  };
}

function begin() {
  held.shown = "dragLine" in held.thing.dataset ? drawnLine(held.thing) : ghost(held.thing);
  held.thing.classList.add("is-dragged");
  document.body.classList.add("is-dropping");
  document.body.dataset.dropping = held.thing.dataset.drag;
  getSelection()?.removeAllRanges();
}

function unmark() {
  held.place?.classList.remove("is-drop", "is-drop-after");
  held.place = null;
}

function under(x, y) {
  let place = document.elementFromPoint(x, y)?.closest("[data-drop]");
  while (place && (!fits(place, held.thing) || held.thing.contains(place))) place = place.parentElement?.closest("[data-drop]");
  return place;
}

function over(x, y) {
  unmark();
  const place = under(x, y);
  if (!place) return;
  const box = place.getBoundingClientRect();
  const second = "dropAcross" in place.dataset ? x > box.left + box.width / 2 : y > box.top + box.height / 2;
  held.place = place;
  held.after = second && place.dataset.whereAfter !== undefined;
  place.classList.add(held.after ? "is-drop-after" : "is-drop");
}

function scrollOn(y) {
  if (y < EDGE) window.scrollBy(0, (y - EDGE) / 4);
  else if (y > innerHeight - EDGE) window.scrollBy(0, (y - innerHeight + EDGE) / 4);
}

function end() {
  if (!held) return;
  unmark();
  held.shown?.gone();
  held.thing.classList.remove("is-dragged");
  document.body.classList.remove("is-dropping");
  delete document.body.dataset.dropping;
  held = null;
}

function drop() {
  const { thing, place, after } = held;
  const form = document.getElementById(thing.closest("[data-drag-form]")?.dataset.dragForm ?? "");
  if (place && form) {
    form.elements.what.value = thing.dataset.what;
    form.elements.where.value = after ? place.dataset.whereAfter : place.dataset.where;
    form.requestSubmit();
  }
}

function noClick(event) {
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary) return;
  const thing = takeable(event.target, event.pointerType === "touch");
  if (thing) held = { thing, x: event.clientX, y: event.clientY };
});
document.addEventListener("pointermove", (event) => {
  if (!held) return;
  if (!held.shown) {
    if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < NEAR) return;
    begin();
  }
  event.preventDefault();
  held.shown.to(event.clientX, event.clientY);
  scrollOn(event.clientY);
  over(event.clientX, event.clientY);
});
document.addEventListener("pointerup", (event) => {
  if (held?.shown) {
    over(event.clientX, event.clientY);
    drop();
    document.addEventListener("click", noClick, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", noClick, { capture: true }), 0);
  }
  end();
});
document.addEventListener("pointercancel", end);
document.addEventListener("keydown", (event) => {
  if (held && event.key === "Escape") end();
});
// The browser's own dragging of links and images would take the pointer away.
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.("[data-drag]")) event.preventDefault();
});

export function arm() {} // one set of listeners serves every page and what is swapped in later
