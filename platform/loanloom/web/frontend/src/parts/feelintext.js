// Help for the expressions inside a whole YAML text: the server is told where the cursor is and says whether that is in
// an expression and what may stand there. Outside expressions, and when it cannot be asked, nothing happens.
import { autocompletion } from "@codemirror/autocomplete";
import { hoverTooltip } from "@codemirror/view";
import { ask, completions, hoverDom } from "./feel.js";

const WRITING = /[\p{L}\p{N}_."?]/u;

// `place` is the definition: { kind, key }.
export function feelInText(place) {
  let pointing = null;
  const asked = (state, at) => ({ ...place, source: state.doc.toString(), at });
  return [
    autocompletion({
      activateOnTypingDelay: 180,
      override: [
        async (context) => {
          if (!context.explicit && !context.matchBefore(WRITING)) return null;
          const abort = new AbortController();
          context.addEventListener("abort", () => abort.abort(), { onDocChange: true });
          const answer = await ask("complete", asked(context.state, context.pos), abort.signal);
          if (context.aborted || !answer?.options?.length) return null;
          return { from: answer.from, to: answer.to, options: completions(answer), filter: false };
        },
      ],
    }),
    hoverTooltip(async (view, position) => {
      pointing?.abort();
      pointing = new AbortController();
      const { doc } = view.state;
      const answer = await ask("hover", asked(view.state, position), pointing.signal);
      if (!answer?.hover || !doc.eq(view.state.doc)) return null;
      return { pos: answer.hover.from, end: answer.hover.to, create: () => ({ dom: hoverDom(answer) }) };
    }),
  ];
}
