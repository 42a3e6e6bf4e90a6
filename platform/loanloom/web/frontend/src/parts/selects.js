// Tom Select where a select is long: data-search-select. All there is to choose from is in the page.
import TomSelect from "tom-select/dist/esm/tom-select.complete.js";

export function armSelects(root) {
  root.querySelectorAll("select[data-search-select]").forEach((select) => {
    if (select.tomselect) return;
    new TomSelect(select, {
      maxOptions: 200,
      searchField: ["text", "sought"], // data-sought of an option: other ways to find it, such as its pinyin
      // Searched with every letter. A pause would have Enter take what stood first before, and its end would open the box
      // again and call back whoever has chosen and gone on: the next key pressed would be lost in it.
      refreshThrottle: 0,
      plugins: select.multiple ? ["remove_button"] : [],
      render: { no_results: () => `<div class="no-results">${document.body.dataset.nothing}</div>` },
    });
    select.setAttribute("aria-hidden", "true"); // its label belongs to the search box that stands in its place
  });
}
