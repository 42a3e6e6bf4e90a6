// What waits for me, in the header: asked again when somebody comes back to the page, never by the clock (a page left
// open must not keep its session alive).
export function armWaiting() {
  document.addEventListener("visibilitychange", async () => {
    const shown = document.querySelector("[data-waiting]");
    if (document.visibilityState !== "visible" || !shown || shown.open) return;
    const answer = await fetch(shown.dataset.waiting, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.ok && !answer.redirected) shown.outerHTML = await answer.text();
  });
}
