/* The assessment desk: says when something is not saved, saves with Ctrl+S, and comes back to the same
   place after saving. Works without. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-guard]");
  if (!form) return;
  const state = document.getElementById("desk-saved");
  const reading = document.querySelector(".desk-left");
  const hasErrors = document.querySelector("[data-error-summary]") !== null;
  const kept = `desk:${form.getAttribute("action")}`;
  let unsaved = hasErrors;

  form.addEventListener("input", () => {
    unsaved = true;
    state.textContent = state.dataset.unsavedText;
    state.setAttribute("data-unsaved", "");
  });

  form.addEventListener("submit", () => {
    unsaved = false;
    // Where the form stands on the screen, since messages above it move it down the page.
    const place = { form: form.getBoundingClientRect().top, reading: reading.scrollTop };
    sessionStorage.setItem(kept, JSON.stringify(place));
  });

  const place = JSON.parse(sessionStorage.getItem(kept));
  sessionStorage.removeItem(kept);
  if (place && !hasErrors) {
    window.scrollBy({ top: form.getBoundingClientRect().top - place.form, behavior: "instant" });
    reading.scrollTop = place.reading;
  }

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
