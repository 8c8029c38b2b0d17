/* Makes pages quicker to use. Each page works without it. */
(() => {
  "use strict";

  /** After a form came back with errors, reading begins at the list of them, not at the place in the
      address (#main, after the skip link) to which the browser would move the focus next. */
  const focusErrors = (root) => {
    const errors = root.querySelector("[data-error-summary]");
    if (!errors) return;
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
    errors.focus();
  };

  /* A form that is on its way is not sent again. The button stays pressable for the browser, since a
     disabled one would not send its own name and value. Coming back with "back" opens the form again. */
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (sent.has(form) || (question && !window.confirm(question))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.method !== "post" || "resubmit" in form.dataset || form.hasAttribute("hx-post")) return;
    sent.add(form);
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), 8000);
  }, true);

  /* Who signs out leaves nothing of what was written in this browser (see autosave.js). */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-sign-out]")) return;
    try {
      Object.keys(localStorage).filter((key) => key.startsWith("samspel:")).forEach((key) => localStorage.removeItem(key));
    } catch { /* not allowed */ }
  });

  const release = (form) => {
    sent.delete(form);
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form").forEach(release);
  });

  /* Sums of a budget while it is written. The server counts them again; this only shows them sooner. */
  const kronor = (text) => Number.parseInt(text.replace(/[\s\u00a0\u202f]|kr/g, ""), 10) || 0;
  const show = (amount) => {
    const digits = String(Math.abs(amount)).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    return `${amount < 0 ? "\u2212" : ""}${digits}\u00a0kr`;
  };
  const sum = (form, kind) =>
    [...form.querySelectorAll(`[data-sum="${kind}"]`)].reduce((total, input) => total + kronor(input.value), 0);
  const showSums = (form) => {
    for (const output of form.querySelectorAll("[data-sum-of]")) {
      const [kind, year] = output.dataset.sumOf.split("-");
      const amount = kind === "balance" ? sum(form, `income-${year}`) - sum(form, `cost-${year}`) : sum(form, output.dataset.sumOf);
      output.textContent = show(amount);
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.form && event.target.dataset.sum) showSums(event.target.form);
  });

  /* Questions that are asked only after a yes. Without script they all stand there and say so. */
  const showDependent = (root) => {
    for (const control of root.querySelectorAll("[data-depends-on]")) {
      const yes = root.querySelector(`[name="${control.dataset.dependsOn}"][value="yes"]`);
      const field = control.closest(".ds-fieldset, .ds-field");
      if (yes && field) field.hidden = !yes.checked;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.type === "radio" && event.target.form) showDependent(event.target.form);
  });

  /* What autosave.js kept of a form in this browser goes when the server says that it was saved. */
  const forgetSaved = () => {
    if (!document.querySelector('[data-message~="section-saved"]')) return;
    try {
      JSON.parse(sessionStorage.getItem("samspel:sent") ?? "[]").forEach((key) => localStorage.removeItem(key));
      sessionStorage.removeItem("samspel:sent");
    } catch { /* not allowed */ }
  };
  // At once: autosave.js comes after this and would put such a copy back.
  forgetSaved();

  document.addEventListener("DOMContentLoaded", () => {
    focusErrors(document);
    document.querySelectorAll("form:has([data-depends-on])").forEach(showDependent);
    // A form that came back holds other sums than those that are saved.
    document.querySelectorAll("form:has([data-sum-of])").forEach(showSums);
  });
  document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));
})();
