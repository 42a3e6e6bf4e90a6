// CodeMirror over a YAML <textarea data-editor>. data-problems: [{line, column, end_line, end_column, message, severity}]
// marks them in place; data-kind and data-key name the definition, whose expressions then get help as one types.
// The textarea stays the form's field, so the page works without script.
import { yaml } from "@codemirror/lang-yaml";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, basicSetup } from "codemirror";
import { feelInText } from "./feelintext.js";

function offset(doc, line, column) {
  const at = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
  return Math.min(at.from + Math.max((column ?? 1) - 1, 0), at.to);
}

// A mark covers what is wrong where its end is known, else the rest of the line; never nothing.
function diagnostics({ doc }, problems) {
  return problems.map(({ line, column, end_line, end_column, message, severity }) => {
    const from = offset(doc, line, column);
    const to = end_line ? offset(doc, end_line, end_column) : doc.lineAt(from).to;
    const begin = to > from ? from : Math.max(Math.min(from, to - 1), doc.lineAt(from).from);
    return { from: begin, to: Math.max(to, begin), message, severity: severity ?? "error" };
  });
}

// The server checks what is being written (data-check: where to post the form); only its newest answer is shown.
async function check(area, view) {
  const sent = area.value;
  const answer = await fetch(area.dataset.check, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new FormData(area.form),
  }).catch(() => null);
  if (!answer?.ok || area.value !== sent) return;
  const { problems } = await answer.json();
  view.dispatch(setDiagnostics(view.state, diagnostics(view.state, problems)));
}

export function arm(area) {
  if (area.dataset.armed) return;
  area.dataset.armed = "yes";
  let waiting;
  const checkSoon = () => {
    if (!area.dataset.check) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => check(area, view), 700);
  };
  const holder = document.createElement("div");
  holder.className = "editor";
  const view = new EditorView({
    parent: holder,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        basicSetup,
        yaml(),
        area.dataset.kind ? feelInText({ kind: area.dataset.kind, key: area.dataset.key }) : [],
        lintGutter(),
        EditorState.tabSize.of(2),
        EditorState.readOnly.of(area.readOnly),
        EditorView.lineWrapping,
        EditorView.cspNonce.of(document.querySelector('meta[name="csp-nonce"]')?.content ?? ""),
        EditorView.contentAttributes.of({
          "aria-label": area.getAttribute("aria-label") ?? area.labels?.[0]?.textContent ?? "YAML",
          tabindex: "0", // what scrolls holds something that the keyboard reaches, said so for all tools
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
          checkSoon();
        }),
      ],
    }),
  });
  area.hidden = true;
  area.after(holder);
  const problems = JSON.parse(area.dataset.problems || "[]");
  if (problems.length) view.dispatch(setDiagnostics(view.state, diagnostics(view.state, problems)));
  document.querySelectorAll(`[data-goto-line][data-editor-for="${area.id}"]`).forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const at = view.state.doc.line(Math.min(Number(link.dataset.gotoLine) || 1, view.state.doc.lines));
      view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: "center" }) });
      view.focus();
    });
  });
}
