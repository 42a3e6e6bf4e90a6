// Tom Select where a select is long or asks the server: data-search-select, or data-search-url for look-ups.
import TomSelect from "tom-select/dist/esm/tom-select.complete.js";

function options(select) {
  const base = {
    maxOptions: 200,
    plugins: select.multiple ? ["remove_button"] : [],
    render: { no_results: () => `<div class="no-results">${document.body.dataset.nothing}</div>` },
  };
  const url = select.dataset.searchUrl;
  if (!url) return base;
  return {
    ...base,
    valueField: "value",
    labelField: "title",
    searchField: [],
    load(query, done) {
      fetch(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : []))
        .then(done, () => done());
    },
  };
}

export function armSelects(root) {
  root.querySelectorAll("select[data-search-select], select[data-search-url]").forEach((select) => {
    if (select.tomselect) return;
    new TomSelect(select, options(select));
    select.setAttribute("aria-hidden", "true"); // its label belongs to the search box that stands in its place
  });
}
