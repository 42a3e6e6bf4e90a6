// CodeMirror over a <textarea data-expression data-place="{...}">: one expression with the help of the server.
// The textarea stays the form's field, so the page works without script.
import { forceLinting } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { keymap, placeholder } from "@codemirror/view";
import { EditorView, minimalSetup } from "codemirror";
import { feelHelp } from "./feel.js";

export function arm(area) {
  if (area.dataset.armed) return;
  area.dataset.armed = "yes";
  const holder = document.createElement("div");
  holder.className = "editor expression";
  const place = () => JSON.parse(area.dataset.place || "{}");
  const view = new EditorView({
    parent: holder,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        minimalSetup,
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => area.dispatchEvent(new CustomEvent("expression:run", { bubbles: true })) }])),
        feelHelp(place, (answer) => area.dispatchEvent(new CustomEvent("expression:checked", { bubbles: true, detail: answer }))),
        EditorState.readOnly.of(area.readOnly),
        EditorView.lineWrapping,
        placeholder(area.placeholder),
        EditorView.cspNonce.of(document.querySelector('meta[name="csp-nonce"]')?.content ?? ""),
        EditorView.contentAttributes.of({ "aria-label": area.getAttribute("aria-label") ?? area.labels?.[0]?.textContent ?? "" }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
        }),
      ],
    }),
  });
  area.hidden = true;
  area.after(holder);
  // The page may put another text in, or say that the place has changed.
  area.addEventListener("expression:set", ({ detail }) => {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: detail }, selection: { anchor: detail.length } });
    view.focus();
  });
  area.addEventListener("expression:moved", () => forceLinting(view));
  area.form?.addEventListener("reset", () => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.defaultValue } }));
}
