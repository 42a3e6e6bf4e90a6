// The expression language in CodeMirror: colours, and help that the server gives (completion, hover, problems).
// Nothing of the language's meaning is here: what a name is, and whether a text is right, only the server knows.
import { autocompletion } from "@codemirror/autocomplete";
import { HighlightStyle, LanguageSupport, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { linter } from "@codemirror/lint";
import { hoverTooltip } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const KEYWORDS = new Set(
  "if then else for in return some every satisfies between and or not instance of function external".split(" "),
);
const ATOMS = new Set(["true", "false", "null"]);

const language = StreamLanguage.define({
  name: "feel",
  startState: () => ({ comment: false }),
  token(stream, state) {
    if (state.comment) {
      state.comment = !stream.match(/^.*?\*\//);
      if (state.comment) stream.skipToEnd();
      return "comment";
    }
    if (stream.eatSpace()) return null;
    if (stream.match("//")) return stream.skipToEnd(), "comment";
    if (stream.match("/*")) return (state.comment = true), "comment";
    if (stream.match(/^@?"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(/^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/)) return "number";
    if (stream.match(/^[\p{L}_?][\p{L}\p{N}_]*/u)) {
      const word = stream.current();
      if (KEYWORDS.has(word)) return "keyword";
      if (ATOMS.has(word)) return "atom";
      return /^\s*\(/.test(stream.string.slice(stream.pos)) ? "function" : "name";
    }
    if (stream.match(/^(?:<=|>=|!=|\*\*|\.\.|[-+*/<>=])/)) return "operator";
    stream.next();
    return null;
  },
  tokenTable: { function: tags.function(tags.variableName), name: tags.variableName },
  languageData: { commentTokens: { line: "//", block: { open: "/*", close: "*/" } } },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, class: "feel-keyword" },
  { tag: [tags.number, tags.atom], class: "feel-value" },
  { tag: tags.string, class: "feel-text" },
  { tag: tags.comment, class: "feel-comment" },
  { tag: tags.function(tags.variableName), class: "feel-function" },
]);

export function feelLanguage() {
  return new LanguageSupport(language, [syntaxHighlighting(colours)]);
}

const chinese = () => document.documentElement.lang.startsWith("zh");

// Words that come in both languages, in that of the page.
export function said(words) {
  if (!words) return "";
  return (chinese() ? words.zh || words.en : words.en || words.zh) ?? "";
}

// Asks the server; null when it cannot be asked or does not understand.
export async function ask(address, body, signal) {
  const answer = await fetch(`/studio/expressions/${address}`, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector('meta[name="csrf-token"]')?.content ?? "",
    },
    body: JSON.stringify(body),
    signal,
  }).catch(() => null);
  return answer?.ok || answer?.status === 422 ? answer.json().catch(() => null) : null;
}

const KINDS = { fact: "property", member: "property", local: "variable", function: "function", value: "enum", keyword: "keyword", date: "constant", type: "type" };

function about(option) {
  const lines = [said(option.type), said(option.about)].filter(Boolean);
  if (!lines.length) return undefined;
  return () => {
    const box = document.createElement("div");
    for (const words of lines) box.append(line(words));
    return box;
  };
}

function line(words, kind) {
  const made = document.createElement("div");
  made.textContent = words;
  if (kind) made.className = kind;
  return made;
}

// What the server offers, as CodeMirror shows it.
export function completions(answer, shift = 0) {
  return answer.options.map((option, place) => ({
    label: option.label,
    detail: said(option.title) || undefined,
    type: KINDS[option.kind] ?? "text",
    info: about(option),
    boost: 99 - place,
    apply(view) {
      const [from, to] = [option.from + shift, option.to + shift];
      view.dispatch({
        changes: { from, to, insert: option.apply },
        selection: { anchor: from + (option.cursor ?? option.apply.length) },
        userEvent: "input.complete",
      });
    },
  }));
}

// What stands under the pointer, in words.
export function hoverDom({ hover, signature }) {
  const box = document.createElement("div");
  box.className = "feel-hover";
  const found = hover ?? {};
  if (said(found.title)) box.append(line(said(found.title), "feel-hover-title"));
  if (found.path) box.append(line(found.path, "mono"));
  if (said(found.type)) box.append(line(said(found.type)));
  if (said(found.codes)) box.append(line(said(found.codes)));
  for (const usage of found.usage ?? signature?.usages ?? []) box.append(line(usage, "mono"));
  if (said(found.about ?? signature?.about)) box.append(line(said(found.about ?? signature?.about)));
  return box;
}

// Help for an editor that holds one expression. `place()` says where it stands, `told(answer)` hears every check.
export function feelHelp(place, told = () => {}) {
  let checking = null;
  return [
    feelLanguage(),
    autocompletion({
      override: [
        async (context) => {
          const before = context.matchBefore(/[\p{L}\p{N}_."]+/u);
          if (!before && !context.explicit) return null;
          const abort = new AbortController();
          context.addEventListener("abort", () => abort.abort());
          const expression = context.state.doc.toString();
          const answer = await ask("complete", { ...place(), expression, offset: context.pos }, abort.signal);
          if (!answer?.options?.length) return null;
          return { from: answer.from, to: answer.to, options: completions(answer), filter: false };
        },
      ],
      icons: true,
    }),
    hoverTooltip(async (view, position) => {
      const expression = view.state.doc.toString();
      const answer = await ask("hover", { ...place(), expression, offset: position });
      if (!answer?.hover) return null;
      const { from, to } = answer.hover;
      return { pos: from, end: to, create: () => ({ dom: hoverDom(answer) }) };
    }),
    linter(
      async (view) => {
        checking?.abort();
        checking = new AbortController();
        const expression = view.state.doc.toString();
        if (!expression.trim()) return told(null), [];
        const answer = await ask("check", { ...place(), expression }, checking.signal);
        if (!answer || view.state.doc.toString() !== expression) return [];
        told(answer);
        return marks(answer.problems ?? [], view.state.doc.length);
      },
      { delay: 350 },
    ),
  ];
}

export function problemWords(problem) {
  return [said(problem.message), said(problem.hint)].filter(Boolean).join(" ");
}

function marks(problems, length) {
  return problems
    .filter((problem) => problem.from !== undefined)
    .map((problem) => {
      const from = Math.min(problem.from, length);
      return { from, to: Math.min(Math.max(problem.to, from), length), severity: "error", message: problemWords(problem) };
    });
}
