/* Saves an amount of the board as soon as it is changed. Without script each row has a button for it. */
(() => {
  "use strict";

  document.documentElement.classList.add("board-live");

  const say = (kind) => {
    const bar = document.getElementById("board-bar");
    const said = document.getElementById("board-said");
    if (bar && said) said.textContent = bar.dataset[kind];
  };

  /* What stops an amount comes back into its row, so these answers are shown too. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { status } = event.detail.xhr;
    if (status === 409 || status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    } else if (status === 401) {
      say("signedOut");
    } else if (status >= 400) {
      say("failed");
    }
  });
  document.addEventListener("htmx:sendError", () => say("failed"));
  document.addEventListener("htmx:beforeRequest", (event) => event.target.setAttribute?.("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.target.removeAttribute?.("aria-busy"));

  /* Enter in a box saves by the same way as leaving it. */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".row-form")) return;
    const row = event.target.closest("tr");
    event.preventDefault();
    event.stopImmediatePropagation();
    row.dispatchEvent(new Event("change", { bubbles: true }));
  }, true);
})();
