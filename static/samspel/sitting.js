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

  const isWriting = (element) =>
    element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=submit])");

  const open = (target) => {
    if (target.tagName !== "SUMMARY") return target.click();
    target.parentElement.open = true;
    const field = target.parentElement.querySelector("select, textarea, input:not([type=hidden])");
    (field ?? target).focus();
    target.scrollIntoView({ block: "start" });
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
