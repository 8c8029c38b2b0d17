/* Reading a meeting's papers: from matter to matter with the arrow keys or a swipe, back to the place where
   one stopped, and one's own notes saved while they are written. Each of it works without. */
(() => {
  "use strict";
  const TYPING = "input, textarea, select, [contenteditable], .table-region";
  const SWIPE = 90;
  const SLANT = 50;
  const PAUSE = 1200;
  const KEPT = "samspel:reading:";
  const page = document.querySelector("[data-reader]");
  const store = {
    get: (key) => { try { return JSON.parse(localStorage.getItem(KEPT + key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(KEPT + key, JSON.stringify(value)); } catch { /* not allowed */ } },
  };

  /* --- The agenda: go on where one stopped ------------------------------------------------------ */
  const goOn = document.querySelector("[data-go-on]");
  if (goOn) {
    const last = store.get(goOn.dataset.goOn);
    const target = last && document.querySelector(`.agenda a[href="${CSS.escape(last.page).replaceAll("\\/", "/").replaceAll("\\-", "-")}"]`);
    if (target) {
      const link = goOn.querySelector("a");
      link.href = last.page;
      link.querySelector("[data-go-on-title]").textContent = target.textContent.trim();
      goOn.hidden = false;
    }
  }
  if (!page) return;

  /* --- From matter to matter -------------------------------------------------------------------- */
  const leadTo = (rel) => document.querySelector(`.turn a[rel="${rel}"]`)?.click();
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest?.(TYPING)) return;
    if (event.key === "ArrowLeft") leadTo("prev");
    if (event.key === "ArrowRight") leadTo("next");
  });
  let began = null;
  document.addEventListener("touchstart", (event) => {
    const touch = event.touches[0];
    began = event.touches.length === 1 && !event.target.closest(TYPING) ? { x: touch.clientX, y: touch.clientY } : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!began || !getSelection().isCollapsed || (visualViewport?.scale ?? 1) > 1.05) return;
    const touch = event.changedTouches[0];
    const [across, down] = [touch.clientX - began.x, touch.clientY - began.y];
    began = null;
    if (Math.abs(across) >= SWIPE && Math.abs(down) <= SLANT) leadTo(across > 0 ? "prev" : "next");
  }, { passive: true });

  /* --- Where one stopped ------------------------------------------------------------------------ */
  const here = location.pathname;
  const place = store.get(here);
  if (place && !location.hash && performance.getEntriesByType("navigation")[0]?.type !== "reload") {
    scrollTo({ top: place * document.documentElement.scrollHeight, behavior: "instant" });
  }
  const keepPlace = () => {
    store.set(here, scrollY / document.documentElement.scrollHeight);
    store.set(page.dataset.reader, { page: here });
  };
  keepPlace();
  addEventListener("scrollend", keepPlace);
  addEventListener("pagehide", keepPlace);

  /* --- One's own notes -------------------------------------------------------------------------- */
  const form = document.querySelector("form[data-note]");
  if (!form) return;
  const { text, version } = form.elements;
  const state = form.querySelector("[data-note-state]");
  let saved = text.value;
  let timer = 0;
  let busy = false;
  const save = async () => {
    if (busy || text.value === saved) return;
    busy = true;
    const sent = text.value;
    state.textContent = form.dataset.textSaving;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" } });
      if (answer.ok) {
        saved = sent;
        version.value = (await answer.json()).version;
        state.textContent = form.dataset.textSaved;
      } else {
        state.textContent = answer.status === 409 ? form.dataset.textConflict
          : answer.status === 401 ? form.dataset.textSignedOut : form.dataset.textFailed;
      }
    } catch {
      state.textContent = form.dataset.textFailed;
    }
    busy = false;
    if (text.value !== sent) later();
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); };
  text.addEventListener("input", later);
  text.addEventListener("blur", save);
  form.addEventListener("submit", () => { saved = text.value; });
  addEventListener("beforeunload", (event) => { if (text.value !== saved) event.preventDefault(); });
})();
