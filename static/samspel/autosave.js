/* Saves a section of an application while it is written, and tells the truth about it at each field.

   What is not saved yet is kept in this browser until the server has answered. Where somebody else wrote in
   the same field both texts are shown, and nothing is sent until the person has chosen. Works without. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  const PAUSE = 1200;
  const AFTER_CHANGE = 300;
  const LONGEST_WAIT = 5000;
  const FIRST_RETRY = 2000;
  const LAST_RETRY = 60000;
  const KEEP_DAYS = 14;
  const QUIET = 60000;
  const texts = document.getElementById("autosave-texts").dataset;
  const text = (name) => texts[`text${name}`] ?? "";
  const hidden = (name) => form.querySelector(`input[type="hidden"][name="${name}"]`);
  const prefix = `samspel:${form.dataset.writer}:${form.dataset.autosave}:`;

  /* --- Fields ------------------------------------------------------------------------------- */
  const read = (value) => { try { return JSON.parse(value) ?? {}; } catch { return {}; } };
  const seen = read(hidden("seen").value);
  const noteSeen = (name, sight) => {
    seen[name] = sight;
    hidden("seen").value = JSON.stringify(seen);
  };
  const names = Object.keys(seen);
  const boxOf = (name) => document.getElementById(`div_id_${name}`);
  /** The field that a control belongs to: its own name, or for a row's cell the name before "-0-". */
  const fieldOf = (control) => {
    if (!control.name || control.type === "file" || control.type === "hidden") return null;
    return names.includes(control.name) ? control.name : names.find((name) => control.name.startsWith(`${name}-`)) ?? null;
  };
  const controlsOf = (name) =>
    [...form.elements].filter((control) => control.name && fieldOf(control) === name && control.type !== "submit");
  /** What stands in a field, as it would be sent. */
  const standsIn = (name) => {
    const values = [];
    for (const control of controlsOf(name)) {
      if (["radio", "checkbox"].includes(control.type) && !control.checked) continue;
      values.push([control.name, control.value]);
    }
    return JSON.stringify(values);
  };

  /* --- What each field has come to ---------------------------------------------------------- */
  const dirty = new Set();
  const held = new Set();
  const faulty = new Set();
  const states = new Map();
  const show = (name, state, words) => {
    let line = states.get(name);
    if (!line?.isConnected) {
      line = document.createElement("p");
      line.className = "save-state";
      boxOf(name)?.append(line);
      states.set(name, line);
    }
    line.dataset.state = state;
    line.textContent = words;
  };

  const summary = form.querySelector("[data-save-summary]");
  const live = document.createElement("p");
  live.className = "visually-hidden";
  live.setAttribute("role", "status");
  live.setAttribute("aria-live", "polite");
  form.append(live);
  let spoken = { words: "", at: 0 };
  /** Said aloud only when it is news: trouble at once, "saved" after trouble and else once a minute. */
  const say = (words, isNews) => {
    if (words === spoken.words || (!isNews && Date.now() - spoken.at < QUIET)) return;
    spoken = { words, at: Date.now() };
    live.textContent = words;
  };

  /* --- The copy in this browser ------------------------------------------------------------- */
  const store = {
    put(name) {
      const copy = { stands: JSON.parse(standsIn(name)), seen: seen[name], at: Date.now() };
      try { localStorage.setItem(prefix + name, JSON.stringify(copy)); } catch { /* full or not allowed */ }
    },
    get(name) {
      try { return JSON.parse(localStorage.getItem(prefix + name)); } catch { return null; }
    },
    drop(name) {
      try { localStorage.removeItem(prefix + name); } catch { /* not allowed */ }
    },
    tidy() {
      try {
        for (const key of Object.keys(localStorage)) {
          if (!key.startsWith("samspel:")) continue;
          if (Date.now() - (read(localStorage.getItem(key)).at ?? 0) > KEEP_DAYS * 86400000) localStorage.removeItem(key);
        }
      } catch { /* not allowed */ }
    },
  };

  /* --- Rows: a new one without leaving the page ---------------------------------------------- */
  const addRow = (rows) => {
    const old = [...rows.querySelectorAll(".answer-row")].at(-1);
    const [, base, number] = old.querySelector("[name]").name.match(/^(.*)-(\d+)-[^-]+$/);
    const row = old.cloneNode(true);
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of element.attributes) {
        attribute.value = attribute.value.replaceAll(`${base}-${number}-`, `${base}-${Number(number) + 1}-`);
      }
    }
    for (const control of row.querySelectorAll("input, select, textarea")) {
      if (["radio", "checkbox"].includes(control.type)) control.checked = false;
      else control.value = "";
      control.removeAttribute("aria-invalid");
    }
    row.querySelectorAll('.ds-validation-message, [data-field="validation"]').forEach((error) => error.remove());
    old.after(row);
    return row;
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    event.preventDefault();
    addRow(button.closest(".answer-rows")).querySelector("input, select, textarea").focus();
  });

  /* --- Putting something into a field -------------------------------------------------------- */
  let isOurs = false;
  /** Let sums and dependent questions follow, without taking it for somebody's typing. */
  const announce = (name) => {
    isOurs = true;
    for (const control of controlsOf(name)) {
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    isOurs = false;
  };
  const putBack = (name, stands) => {
    const rows = boxOf(name)?.querySelector(".answer-rows");
    for (const [control] of stands) {
      for (let tries = 0; rows && tries < 50 && !form.elements[control]; tries += 1) addRow(rows);
    }
    const values = new Map();
    for (const [control, value] of stands) values.set(control, [...(values.get(control) ?? []), value]);
    for (const control of controlsOf(name)) {
      const given = values.get(control.name) ?? [];
      if (["radio", "checkbox"].includes(control.type)) control.checked = given.includes(control.value);
      else control.value = given[0] ?? "";
    }
    announce(name);
  };
  const replace = (name, html) => {
    const box = boxOf(name);
    if (!box) return;
    const template = document.createElement("template");
    template.innerHTML = html;
    box.replaceWith(template.content);
    announce(name);
  };

  /* --- Errors and conflicts at their field ---------------------------------------------------- */
  const clearErrors = (name) => {
    faulty.delete(name);
    boxOf(name)?.querySelectorAll('[data-field="validation"]').forEach((error) => error.remove());
    for (const control of controlsOf(name)) control.removeAttribute("aria-invalid");
  };
  const showErrors = (name, errors) => {
    clearErrors(name);
    faulty.add(name);
    for (const { at, texts } of errors) {
      const box = document.getElementById(`div_${at}`);
      if (!box) continue;
      const list = document.createElement("div");
      list.id = `${at}_error`;
      list.dataset.field = "validation";
      for (const words of texts) {
        const line = document.createElement("p");
        line.className = "ds-validation-message";
        line.textContent = words;
        list.append(line);
      }
      const control = document.getElementById(at);
      box.insertBefore(list, [...box.children].find((child) => child === control || child.contains(control)) ?? null);
      control?.setAttribute("aria-invalid", "true");
      const described = new Set((control?.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)).add(list.id);
      control?.setAttribute("aria-describedby", [...described].join(" "));
    }
  };
  const clearConflict = (name) => {
    held.delete(name);
    boxOf(name)?.querySelectorAll("[data-conflict]").forEach((note) => note.remove());
  };
  const showConflict = (name, html) => {
    clearConflict(name);
    held.add(name);
    const box = boxOf(name);
    const template = document.createElement("template");
    template.innerHTML = html;
    const first = controlsOf(name)[0];
    box.insertBefore(template.content, [...box.children].find((child) => child.contains(first)) ?? null);
    show(name, "conflict", text("Choose"));
  };
  form.addEventListener("change", (event) => {
    const name = event.target.name?.startsWith("choose_") ? event.target.name.slice(7) : null;
    if (!name || !held.has(name)) return;
    held.delete(name);
    touch(name, 0);
  });

  const askPersonalNumber = (label) => {
    if (!label || form.elements.no_personal_number) return;
    const box = document.createElement("div");
    box.className = "ds-field";
    const tick = document.createElement("input");
    Object.assign(tick, { type: "checkbox", className: "ds-input", name: "no_personal_number", id: "id_no_personal_number" });
    const words = document.createElement("label");
    Object.assign(words, { className: "ds-label", htmlFor: tick.id, textContent: label });
    box.append(tick, words);
    form.querySelector(".actions").before(box);
    tick.addEventListener("change", () => [...faulty].forEach((name) => touch(name, 0)));
  };

  /* --- Trouble: a line that stays in sight ----------------------------------------------------- */
  const trouble = document.createElement("div");
  trouble.className = "save-trouble";
  trouble.hidden = true;
  form.prepend(trouble);
  const showTrouble = (words, ...controls) => {
    const line = document.createElement("p");
    line.textContent = words;
    trouble.replaceChildren(line, ...controls);
    trouble.hidden = false;
  };
  const button = (label, press) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "ds-button", textContent: label });
    made.dataset.size = "sm";
    made.dataset.variant = "secondary";
    made.addEventListener("click", press);
    return made;
  };
  const endTrouble = () => {
    trouble.hidden = true;
    trouble.replaceChildren();
  };

  /* --- Saving ---------------------------------------------------------------------------------- */
  let timer = 0;
  let waitsSince = 0;
  let isAskedAgain = false;
  let request = null;
  let failures = 0;
  let isRenewed = false;
  let isClosed = false;
  let isSignedOut = false;

  /** Save after a pause; who writes without a pause is saved every few seconds all the same. */
  const plan = (delay) => {
    if (isClosed || isSignedOut || failures) return;
    if (request) {
      isAskedAgain = true;
      return;
    }
    waitsSince ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.min(delay, Math.max(0, waitsSince + LONGEST_WAIT - Date.now())));
  };
  const touch = (name, delay) => {
    dirty.add(name);
    store.put(name);
    if (held.has(name)) return;
    if (!isSignedOut && !failures) show(name, "saving", text("Saving"));
    plan(delay);
  };

  form.addEventListener("input", (event) => {
    const name = fieldOf(event.target);
    if (!name || isOurs) return;
    // Who chose the other text and then writes on has not chosen it after all.
    const theirs = boxOf(name)?.querySelector('[data-conflict] [value="theirs"]:checked');
    if (theirs) {
      theirs.checked = false;
      held.add(name);
      show(name, "conflict", text("Choose"));
    }
    touch(name, PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (isOurs) return;
    const name = fieldOf(event.target);
    // After leaving a field; the press on a button that follows sends the form itself.
    if (name && dirty.has(name)) plan(AFTER_CHANGE);
    if (["read", "read_all"].includes(event.target.name)) plan(AFTER_CHANGE);
  });

  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    held.forEach((name) => data.append("hold", name));
    return data;
  };

  const save = async () => {
    if (request || isClosed) return;
    waitsSince = 0;
    isAskedAgain = false;
    const sent = new Map([...dirty].filter((name) => !held.has(name)).map((name) => [name, standsIn(name)]));
    request = new AbortController();
    let answer;
    try {
      answer = await fetch(location.pathname, {
        method: "POST",
        body: body(),
        headers: { "X-Autosave": "1" },
        credentials: "same-origin",
        redirect: "error",
        signal: AbortSignal.any ? AbortSignal.any([request.signal, AbortSignal.timeout(20000)]) : request.signal,
      });
    } catch {
      const wasStopped = request.signal.aborted;
      request = null;
      if (!wasStopped) failed();
      return;
    }
    let said = {};
    try { said = await answer.json(); } catch { /* no words with it */ }
    request = null;
    if (answer.ok && said.fields) {
      await saved(said, sent);
    } else if (answer.status === 401) {
      signedOut();
    } else if (answer.status === 403 && !isRenewed) {
      await renew();
    } else if (answer.status === 409) {
      isClosed = true;
      dirty.forEach((name) => show(name, "failed", said.closed ?? text("Failed")));
      showTrouble(said.closed ?? "");
      say(said.closed ?? "", true);
    } else {
      failed();
    }
  };

  const saved = async (said, sent) => {
    const wasTrouble = failures > 0 || isSignedOut;
    failures = 0;
    isRenewed = false;
    isSignedOut = false;
    if (wasTrouble) endTrouble();
    const words = text("Saved").replace("{time}", said.time);
    let hasConflict = false;
    for (const [name, one] of Object.entries(said.fields)) {
      if (!names.includes(name)) continue;
      const isAsSent = !dirty.has(name) || sent.get(name) === standsIn(name);
      if (one.state === "error") {
        showErrors(name, one.errors);
        show(name, "error", text("Error"));
        sent.delete(name);
      } else if (one.state === "conflict") {
        noteSeen(name, one.seen);
        showConflict(name, one.note);
        dirty.add(name);
        store.put(name);
        sent.delete(name);
        hasConflict = true;
      } else if (one.state === "other") {
        const isInUse = boxOf(name)?.contains(document.activeElement) && document.activeElement.type !== "radio";
        if (!isAsSent) {
          sent.delete(name);
          continue;
        }
        if (isInUse && !boxOf(name).querySelector("[data-conflict]")) continue;
        replace(name, one.field);
        noteSeen(name, one.seen);
        clearConflict(name);
        finish(name);
        show(name, "other", one.text);
        sent.delete(name);
      } else {
        noteSeen(name, one.seen);
      }
    }
    for (const [name, stood] of sent) {
      clearErrors(name);
      clearConflict(name);
      if (stood === standsIn(name)) {
        finish(name);
        show(name, "saved", words);
      } else {
        store.put(name);
      }
    }
    for (const note of form.querySelectorAll("[data-copied]")) {
      if (!said.unread.includes(note.dataset.copied)) note.remove();
    }
    if (!form.querySelector("[data-copied]")) form.querySelector(".copied-all")?.remove();
    askPersonalNumber(said.no_personal_number);
    const waits = [...dirty].some((name) => !held.has(name) && !faulty.has(name));
    if (summary && !dirty.size) summary.textContent = words;
    if (hasConflict) say(text("Conflict"), true);
    else if (!dirty.size) say(words, wasTrouble);
    else if (faulty.size) say(text("Error"), false);
    if (waits || isAskedAgain) plan(PAUSE);
  };

  const finish = (name) => {
    dirty.delete(name);
    faulty.delete(name);
    store.drop(name);
  };

  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(save, 0);
  };
  const failed = () => {
    failures += 1;
    dirty.forEach((name) => !held.has(name) && show(name, "failed", text("Failed")));
    if (summary) summary.textContent = text("Offline");
    showTrouble(text("FailedLong"), button(text("Again"), again));
    say(text("FailedLong"), true);
    clearTimeout(timer);
    timer = setTimeout(save, Math.min(LAST_RETRY, FIRST_RETRY * 2 ** (failures - 1)));
  };
  window.addEventListener("online", () => failures && again());

  /* --- Signed out in the middle of it ----------------------------------------------------------- */
  const signInLink = () => {
    const link = document.createElement("a");
    Object.assign(link, { href: texts.signIn, target: "_blank", className: "ds-button", textContent: text("SignIn") });
    link.dataset.size = "sm";
    return link;
  };
  const signedOut = (words = text("SignedOut")) => {
    isSignedOut = true;
    dirty.forEach((name) => !held.has(name) && show(name, "failed", text("Offline")));
    if (trouble.hidden || !trouble.textContent.startsWith(words)) showTrouble(words, signInLink());
    say(words, true);
  };
  /** After a new sign-in the old token is no longer taken: fetch a page for its token, and see who it is. */
  const renew = async () => {
    let page;
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin", redirect: "manual", headers: { "X-Autosave": "1" } });
      if (answer.status === 401) return signedOut();
      if (!answer.ok) return failed();
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return failed();
    }
    const theirs = page.querySelector("form[data-autosave]");
    if (!theirs) return failed();
    if (theirs.dataset.writer !== form.dataset.writer) return signedOut(text("OtherPerson"));
    isRenewed = true;
    const token = theirs.querySelector('[name="csrfmiddlewaretoken"]').value;
    document.querySelectorAll('[name="csrfmiddlewaretoken"]').forEach((input) => { input.value = token; });
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    return again();
  };
  const comeBack = () => {
    if (!isSignedOut || request || document.visibilityState !== "visible") return;
    renew();
  };
  window.addEventListener("focus", comeBack);
  document.addEventListener("visibilitychange", comeBack);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && dirty.size && plan(0));
  setInterval(comeBack, 5000);

  /* --- Coming and going --------------------------------------------------------------------------- */
  let isLeaving = false;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    isLeaving = true;
    clearTimeout(timer);
    request?.abort();
    // The copies go when a page says that the form was saved (samspel.js).
    sessionStorage.setItem("samspel:sent", JSON.stringify([...dirty].map((name) => prefix + name)));
    setTimeout(() => { isLeaving = false; if (dirty.size) plan(PAUSE); }, 15000);
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty.size && !isLeaving) event.preventDefault();
  });

  store.tidy();
  form.querySelectorAll("[data-conflict]").forEach((note) => {
    held.add(note.dataset.conflict);
    dirty.add(note.dataset.conflict);
  });
  if ("unsaved" in form.dataset) {
    // The server has shown the form again: what stands in it is not saved.
    names.forEach((name) => { if (!held.has(name)) dirty.add(name); });
    dirty.forEach((name) => store.put(name));
    if (!document.querySelector("[data-error-summary]")) plan(PAUSE);
  } else {
    let isRestored = false;
    for (const name of names) {
      const copy = store.get(name);
      if (!copy) continue;
      if (JSON.stringify(copy.stands) === standsIn(name)) {
        store.drop(name);
        continue;
      }
      putBack(name, copy.stands);
      noteSeen(name, copy.seen);
      touch(name, PAUSE);
      isRestored = true;
    }
    if (isRestored) {
      showTrouble(text("Restored"));
      say(text("Restored"), true);
    }
  }
})();
