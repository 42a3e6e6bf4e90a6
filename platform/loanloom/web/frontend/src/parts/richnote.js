// Buttons above a formatted note that set its marks; the note itself is plain text and can be written without them.
const MARKS = {
  bold: (text) => `**${text || "…"}**`,
  list: (text) => (text || "…").split("\n").map((line) => `- ${line}`).join("\n"),
  heading: (text) => `# ${text || "…"}`,
};

function change(box, mark) {
  const { selectionStart: start, selectionEnd: end, value } = box;
  const inline = mark === "bold" || start === 0 || value[start - 1] === "\n";
  const made = (inline ? "" : "\n") + MARKS[mark](value.slice(start, end));
  box.setRangeText(made, start, end, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

export function arm(box) {
  if (box.previousElementSibling?.classList.contains("rich-marks")) return;
  const bar = document.createElement("div");
  bar.className = "rich-marks";
  bar.setAttribute("role", "group");
  for (const mark of Object.keys(MARKS)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-link";
    button.textContent = box.dataset[mark];
    button.addEventListener("click", () => change(box, mark));
    bar.append(button);
  }
  box.before(bar);
}
