/* The assessment desk: says when something is not saved, and saves with Ctrl+S. Works without. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-guard]");
  if (!form) return;
  const state = document.getElementById("desk-saved");
  let unsaved = document.querySelector("[data-error-summary]") !== null;

  form.addEventListener("input", () => {
    unsaved = true;
    if (state && state.dataset.unsavedText) {
      state.textContent = state.dataset.unsavedText;
      state.setAttribute("data-unsaved", "");
    }
  });
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[type=submit]"));
    }
  });
})();
