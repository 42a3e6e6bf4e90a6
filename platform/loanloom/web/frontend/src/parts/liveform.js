// Generated forms while they are filled in: the server sends the form's inside again, and it is morphed in so that cursor, focus
// and what was typed since stay. Knows no rule of any form; without it the same form works by full posts.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";

let touched = new Set();
const VALUES = new Set(["value", "checked", "selected"]);

const isTouched = (node) => touched.has(node) || touched.has(node.closest?.("select"));

htmx.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph",
  handleSwap(style, target, fragment) {
    if (style !== "morph") return false;
    return Idiomorph.morph(target, fragment.firstElementChild ?? fragment, {
      morphStyle: "outerHTML",
      ignoreActiveValue: Boolean(document.activeElement?.matches("input, select, textarea")), // not a region one clicked in
      callbacks: {
        beforeAttributeUpdated: (name, node) => !(VALUES.has(name) && isTouched(node)),
        beforeNodeRemoved: (node) => node.dataset?.stays === undefined, // put in by a script and still in use
      },
    });
  },
});

document.addEventListener("input", (event) => touched.add(event.target));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest?.("[data-live]")) touched = new Set();
});
// Files that were sent are the server's now; one that was chosen since stays to be sent.
document.addEventListener("htmx:afterSwap", (event) => {
  const boxes = [...(event.target.querySelectorAll?.('input[type="file"]') ?? [])];
  boxes.filter((input) => !touched.has(input)).forEach((input) => (input.value = ""));
});

// Long numbers are read in groups (110105 19491231 002X); the server takes them with or without spaces.
function grouped(value, sizes) {
  let rest = value.replace(/\s/g, "");
  const parts = [];
  for (const size of sizes) {
    if (!rest) break;
    parts.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return [...parts, rest].filter(Boolean).join(" ");
}

// Enter in a look-up's box searches, and does not hand the form in.
document.addEventListener("keydown", (event) => {
  const search = event.key === "Enter" && event.target.dataset?.enter;
  if (!search) return;
  event.preventDefault();
  document.getElementById(search)?.click();
});

export function armLiveForms(root) {
  root.querySelectorAll("input[data-groups]").forEach((input) => {
    const sizes = input.dataset.groups.split(" ").map(Number);
    input.value = grouped(input.value, sizes);
    input.addEventListener("blur", () => (input.value = grouped(input.value, sizes)));
    input.addEventListener("focus", () => (input.value = input.value.replace(/\s/g, "")));
  });
}
