// The page on which an expression is tried out. Every answer comes from the server; this draws it.
import { ask, problemWords, said } from "./feel.js";
import { toast } from "./toasts.js";

const make = (tag, attributes = {}, ...inside) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "class") made.className = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside.filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
};

export function arm(root) {
  if (root.dataset.armed) return;
  root.dataset.armed = "yes";
  const words = JSON.parse(root.dataset.words);
  const part = (name) => root.querySelector(`[data-pg="${name}"]`);
  const area = root.querySelector("textarea[data-expression]");
  const known = new Map(); // path -> what was typed, kept while the expression changes
  const place = () => ({ scope: part("scope").value });
  let inputs = [];
  let sound = false;

  // -- what it reads ---------------------------------------------------------------------------------------------

  function field(input) {
    const id = `pg-fact-${input.path}`;
    const label = make("label", { class: "form-label", for: id }, said(input.title) || input.path, make("span", { class: "muted mono" }, input.path));
    const hint = input.type.feel.startsWith("list") ? make("p", { class: "hint" }, words.rows) : null;
    const control = controlOf(input, id);
    control.value = known.get(input.path) ?? "";
    control.addEventListener("input", () => known.set(input.path, control.value));
    return make("div", { class: "playground-fact", "data-path": input.path }, label, control, hint);
  }

  function controlOf({ type, codes, example }, id) {
    const kind = type.feel;
    if (codes.length) return choice(id, codes.map((one) => [one.key, said(one.title) || one.key]));
    if (kind === "boolean") return choice(id, [["true", words.yes], ["false", words.no]]);
    if (kind.startsWith("list") || kind.startsWith("context")) {
      return make("textarea", { id, class: "form-control mono", rows: 3, spellcheck: "false", placeholder: example ? JSON.stringify(example) : "[1, 2]" });
    }
    const numeric = kind === "number";
    return make("input", {
      id, class: numeric ? "form-control number" : "form-control", type: kind === "date" ? "date" : "text",
      inputmode: numeric ? "decimal" : null, autocomplete: "off", placeholder: kind === "date" ? null : said(type),
    });
  }

  function choice(id, pairs) {
    const options = [["", words.unknown], ...pairs].map(([value, title]) => make("option", { value }, title));
    return make("select", { id, class: "form-select" }, ...options);
  }

  function drawInputs() {
    const shown = [...part("facts").children].map((one) => one.dataset.path).join("|");
    if (shown !== inputs.map((one) => one.path).join("|")) part("facts").replaceChildren(...inputs.map(field));
    part("facts-empty").hidden = inputs.length > 0;
    part("facts-empty").textContent = !area.value.trim() ? words.empty : sound ? words.reads_nothing : words.mend;
    part("stored").hidden = part("scope").value === "none" || !inputs.length;
  }

  function facts() {
    const found = {};
    for (const { path, type } of inputs) {
      const typed = (known.get(path) ?? "").trim();
      if (!typed) continue;
      const names = path.split(".");
      let record = found;
      for (const name of names.slice(0, -1)) record = record[name] ??= {};
      record[names.at(-1)] = valueOf(typed, type.feel);
    }
    return found;
  }

  function valueOf(typed, kind) {
    if (kind === "boolean") return typed === "true";
    if (kind === "number") return typed.replace(/[,，\s]/g, "");
    if (kind === "string" || kind.startsWith("date")) return typed;
    try {
      return JSON.parse(typed);
    } catch {
      return typed;
    }
  }

  // -- checked as one types --------------------------------------------------------------------------------------

  area.addEventListener("expression:checked", ({ detail: answer }) => {
    sound = Boolean(answer?.ok);
    inputs = answer?.inputs ?? [];
    const found = answer?.problems ?? [];
    part("problems").replaceChildren(...found.map((problem) => make("li", { class: "is-bad" }, problemWords(problem))));
    part("type").textContent = sound ? `${words.type}: ${said(answer.type)}` : "";
    part("run").disabled = !sound;
    drawInputs();
    remember();
  });

  // The address keeps expression and scope, so that it can be handed on; it never holds facts.
  function remember() {
    const address = new URL(location.pathname, location.origin);
    if (area.value.trim()) address.searchParams.set("expression", area.value);
    address.searchParams.set("scope", part("scope").value);
    history.replaceState(null, "", address);
  }

  part("scope").addEventListener("change", () => {
    area.dataset.place = JSON.stringify(place());
    area.dispatchEvent(new CustomEvent("expression:moved"));
  });

  // -- run -------------------------------------------------------------------------------------------------------

  async function run(more) {
    if (!area.value.trim()) return;
    const asked = { ...place(), expression: area.value, targets: true, ...more };
    part("result").setAttribute("aria-busy", "true");
    const answer = await ask("run", asked);
    part("result").removeAttribute("aria-busy");
    if (!answer) return toast(words.failed, "bad");
    const rest = more.facts ? await remaining(answer) : null;
    draw(answer, rest);
    part("result").closest(".panel").scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  // What is still open when only some of the facts are there.
  async function remaining(answer) {
    const open = inputs.filter(({ path }) => !(known.get(path) ?? "").trim());
    if (!open.length || open.length === inputs.length || !("text" in answer)) return null;
    const rest = await ask("residual", { ...place(), expression: area.value, known: facts() });
    return rest?.ok && rest.text !== area.value ? rest : null;
  }

  function draw(answer, rest) {
    const told = answer.problem ? [answer.problem] : (answer.problems ?? []);
    const unreadable = answer.unreadable ?? [];
    part("result").replaceChildren(
      ...(answer.ok ? [shownValue(answer)] : []),
      ...[...told, ...unreadable].map((one) => make("p", { class: "playground-wrong" }, problemWords(one))),
      ...(answer.words && said(answer.words) ? [make("p", { class: "playground-why" }, said(answer.words))] : []),
      ...(answer.hidden?.length ? [make("p", { class: "hint" }, `${words.hidden} ${answer.hidden.join(", ")}`)] : []),
      ...(rest ? [make("p", { class: "hint" }, words.rest), make("code", { class: "playground-rest" }, rest.text)] : []),
      ...(answer.tree ? [make("ul", { class: "playground-tree" }, branch(answer.tree))] : []),
      ...(answer.targets ? [targets(answer.targets)] : []),
    );
  }

  function shownValue(answer) {
    const text = valueWords(answer);
    return make("p", { class: `playground-value ${tone(answer.value)} ${text.length > 80 ? "is-long" : ""}`, tabindex: text.length > 80 ? "0" : null }, text);
  }

  const tone = (value) => (value === true ? "is-good" : value === false ? "is-bad" : "");

  function valueWords(answer) {
    if (answer.value === true) return words.yes;
    if (answer.value === false) return words.no;
    if (answer.value === null) return answer.type.feel === "boolean" ? words.undecided : words.nothing;
    return typeof answer.value === "string" && !/^(list|context|range)/.test(answer.type.feel) ? grouped(answer) : answer.text;
  }

  // 1234567.5 as 1,234,567.5; texts, dates and the rest as they are
  function grouped({ value, text, type }) {
    if (type.feel !== "number") return value;
    const [whole, fraction] = text.split(".");
    const parts = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    return fraction ? `${parts}.${fraction}` : parts;
  }

  function branch(node, depth = 0) {
    const value = node.seen ? shortly(node.value) : node.parts?.some((one) => one.seen) ? words.nothing : words.not_looked_at;
    const shown = node.kind === "constant" ? null : make("span", { class: "tree-value" }, value);
    const head = make("span", { class: node.seen ? "" : "muted" }, make("code", {}, node.text), " ", shown);
    if (!node.parts?.length) return make("li", {}, head);
    const below = make("ul", {}, ...node.parts.map((one) => branch(one, depth + 1)));
    return make("li", {}, make("details", { open: depth < 2 }, make("summary", {}, head), below));
  }

  function shortly(value) {
    if (value === null || value === undefined) return words.nothing;
    if (typeof value === "boolean") return value ? words.yes : words.no;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
  }

  function targets(found) {
    const rows = ["python", "sql", "polars"].filter((name) => found[name]).map((name) => {
      const { available, text, problems } = found[name];
      const verdict = make("span", { class: `badge badge-${available ? "good" : "notice"}` }, available ? words.available : words.unavailable);
      const reasons = problems.map((one) => make("p", { class: "hint" }, problemWords(one)));
      const code = text ? make("details", {}, make("summary", {}, name), make("pre", {}, text)) : null;
      return make("div", { class: "target" }, make("div", { class: "target-head" }, words[name], verdict), ...reasons, code);
    });
    return make("div", { class: "playground-targets" }, ...rows);
  }

  // -- buttons ---------------------------------------------------------------------------------------------------

  area.addEventListener("expression:run", () => sound && run({ facts: facts() }));
  part("facts").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "TEXTAREA" || !sound) return;
    event.preventDefault();
    run({ facts: facts() });
  });
  part("run").addEventListener("click", () => run({ facts: facts() }));
  const runStored = () => part("application").value.trim() && run({ application: part("application").value.trim() });
  part("run-stored").addEventListener("click", runStored);
  part("application").addEventListener("keydown", (event) => event.key === "Enter" && runStored());
  part("format").addEventListener("click", async () => {
    const answer = await ask("format", { ...place(), expression: area.value, width: 80 });
    if (answer?.text && !answer.problems?.length) put(answer.text);
  });
  part("link").addEventListener("click", async () => {
    remember();
    await navigator.clipboard?.writeText(location.href).then(() => toast(words.copied), () => {});
  });
  const put = (text) => area.dispatchEvent(new CustomEvent("expression:set", { detail: text }));
  root.querySelectorAll("[data-example]").forEach((button) =>
    button.addEventListener("click", () => {
      part("scope").value = button.dataset.scope;
      area.dataset.place = JSON.stringify(place());
      put(button.dataset.example);
      scrollTo({ top: 0, behavior: "smooth" });
    }),
  );
  part("search").addEventListener("input", () => {
    const wanted = part("search").value.trim().toLowerCase();
    let any = false;
    for (const one of root.querySelectorAll(".function")) {
      one.hidden = !one.dataset.words.toLowerCase().includes(wanted);
      any ||= !one.hidden;
    }
    for (const group of root.querySelectorAll(".function-group")) group.hidden = !group.querySelector(".function:not([hidden])");
    part("no-function").hidden = any;
  });
}
