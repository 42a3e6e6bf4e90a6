// Lists: a whole row opens its record (the link in it stays the real one), "select all" boxes, column choice.
export function armLists(root) {
  root.querySelectorAll(".table-scroll").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; // so that the keyboard can scroll it
  });
  root.querySelectorAll("table[data-rows]").forEach((table) => {
    table.addEventListener("click", (event) => {
      if (event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
      event.target.closest("tr")?.querySelector("a.row-link")?.click();
    });
  });
  root.querySelectorAll("input[data-check-all]").forEach((all) => {
    all.addEventListener("change", () => {
      all.form.querySelectorAll(`input[name="${all.dataset.checkAll}"]`).forEach((box) => (box.checked = all.checked));
    });
  });
}
