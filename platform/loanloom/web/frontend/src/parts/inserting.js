// Putting a field into a text: a click on [data-insert] goes in where somebody last wrote ([data-words]); an input
// [data-filter="list"] leaves those entries of the list whose data-found-by has every word.
let last = null;

document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.("[data-words]")) last = target;
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-insert]");
  if (!button) return;
  const place = last?.isConnected ? last : document.querySelector("[data-words]");
  if (!place) return;
  const words = place.dataset.words === "value" ? button.dataset.insertValue : button.dataset.insert;
  place.focus();
  place.setRangeText(words, place.selectionStart, place.selectionEnd, "end");
  place.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("input", ({ target }) => {
  const list = target.dataset?.filter && document.getElementById(target.dataset.filter);
  if (!list) return;
  const words = target.value.toLowerCase().split(/\s+/).filter(Boolean);
  list.querySelectorAll("[data-found-by]").forEach((one) => (one.hidden = !words.every((word) => one.dataset.foundBy.includes(word))));
  list.querySelectorAll("[data-filter-group]").forEach((group) => (group.hidden = !group.querySelector("[data-found-by]:not([hidden])")));
});
