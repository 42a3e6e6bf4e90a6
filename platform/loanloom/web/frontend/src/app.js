// What every page gets. Each part takes a root element, so that the same code serves the page and what htmx swaps in.
// Nothing here knows a business rule; every page also works as plain links and full posts.
import htmx from "htmx.org";
import { armDialogs } from "./parts/dialogs.js";
import { armForms } from "./parts/forms.js";
import { armLiveForms } from "./parts/liveform.js";
import "./parts/inserting.js";
import { armKeyboard } from "./parts/keyboard.js";
import { armMenus } from "./parts/menus.js";
import { armSelects } from "./parts/selects.js";
import { armToasts, toast } from "./parts/toasts.js";
import { armLists } from "./parts/lists.js";
import { armWaiting } from "./parts/waiting.js";

const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
htmx.config.selfRequestsOnly = true;
htmx.config.attributesToSettle = ["class", "width", "height"]; // no style: the policy allows none in markup
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "(409|422)", swap: true, error: false },
  { code: "[45]..", swap: false, error: true },
];
window.htmx = htmx;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrf();
});
document.addEventListener("htmx:responseError", (event) => {
  const said = event.detail.xhr.getResponseHeader("X-Problem");
  toast(said ? decodeURIComponent(said) : document.body.dataset.failed, "bad");
});
document.addEventListener("htmx:sendError", () => toast(document.body.dataset.offline, "bad"));

const LAZY = [
  ["[data-chart]", () => import("./parts/charts.js")],
  ["textarea[data-editor]", () => import("./parts/editor.js")],
  ["textarea[data-expression]", () => import("./parts/expression.js")],
  ["input[data-signature]", () => import("./parts/signature.js")],
  ["button[data-locate]", () => import("./parts/location.js")],
  ["textarea[data-rich]", () => import("./parts/richnote.js")],
  ["[data-playground]", () => import("./parts/playground.js")],
  ["[data-drag-form]", () => import("./parts/dragging.js")],
  ["[data-flow-editor]", () => import("./parts/floweditor.js")],
  ["[data-grid]", () => import("./parts/grid.js")],
];

function arm(root) {
  armDialogs(root);
  armForms(root);
  armLiveForms(root);
  armSelects(root);
  armToasts(root);
  armLists(root);
  for (const [selector, load] of LAZY) {
    const found = [...root.querySelectorAll(selector), ...(root.matches?.(selector) ? [root] : [])];
    if (found.length) load().then(({ arm: armPart }) => found.forEach(armPart));
  }
}

armMenus();
// a menu longer than the window shows the entry of this page
document.querySelector(".side-nav [aria-current=page]")?.scrollIntoView({ block: "nearest" });
armKeyboard();
armWaiting();
arm(document.body);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) arm(event.detail.elt);
});
