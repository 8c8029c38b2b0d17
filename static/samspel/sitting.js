/* Single keys in the meeting: each opens or follows what carries its data-key. They can be turned off
   (WCAG 2.1.4), and mean nothing while somebody writes. The pages work without. */
(() => {
  "use strict";
  const kept = "samspel:sitting-keys";
  const box = document.querySelector("[data-keys]");
  const button = document.querySelector("[data-keys-switch]");
  let on = true;
  try { on = localStorage.getItem(kept) !== "off"; } catch { /* not allowed */ }

  const show = () => { button.textContent = on ? button.dataset.off : button.dataset.on; };
  if (box && button) {
    box.hidden = false;
    show();
    button.addEventListener("click", () => {
      on = !on;
      try { localStorage.setItem(kept, on ? "on" : "off"); } catch { /* not allowed */ }
      show();
    });
  }

  /* Whoever is in a form has begun something that a key must not lead away from. */
  const isWriting = (element) => element.closest("form, [contenteditable]") !== null && element.name !== "outcome";

  const open = (target) => {
    const fold = target.parentElement;
    if (target.tagName !== "SUMMARY") return target.click();
    const enter = () => (fold.querySelector("select, textarea, input:not([type=hidden])") ?? target).focus();
    if (fold.open) return enter();
    // What is folded cannot have the focus before it is shown.
    fold.addEventListener("toggle", enter, { once: true });
    fold.open = true;
  };

  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.altKey || event.metaKey || isWriting(event.target)) return;
    const key = event.key.toLowerCase();
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`)
      ?? (key === "n" ? document.querySelector("[data-next]") : null);
    const outcomes = document.querySelectorAll("input[name=outcome]");
    if (target) open(target);
    else if (/^[1-9]$/.test(key) && outcomes[key - 1]) {
      outcomes[key - 1].checked = true;
      outcomes[key - 1].focus();
    } else return;
    event.preventDefault();
  });
})();
