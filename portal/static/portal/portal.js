// Small conveniences. Every page works without this file.

// A failed form: lead the reader to the summary.
document.querySelector("[data-error-summary]")?.focus();

// What only a script can do appears only when there is one.
for (const part of document.querySelectorAll("[data-enhance][hidden]")) {
  if (!part.hasAttribute("data-session-seconds")) part.hidden = false;
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const state = button.parentElement.querySelector("[data-copy-state]");
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      state.textContent = button.dataset.copied;
    } catch {
      // No permission, or an address without https: select it, so that the keyboard can copy.
      getSelection().selectAllChildren(source);
    }
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}

// The display changes where it is shown: the page may hold words that are not saved.
for (const form of document.querySelectorAll("form[data-display]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const mode = event.submitter.value;
    fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual", keepalive: true });
    if (mode === "default") delete document.documentElement.dataset.krdsMode;
    else document.documentElement.dataset.krdsMode = mode;
    for (const button of form.querySelectorAll("[name=mode]")) {
      button.hidden = button.value === mode;
      if (!button.hidden) button.focus();
    }
  });
}

for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset.ask)) event.preventDefault();
  });
}

// Leaving a form with unsaved words: the browser asks in its own words.
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  form.addEventListener("portal:saved", () => { changed = false; });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// The session: two minutes before it ends say so, and let it be made longer (KWCAG asks for twenty seconds at least).
const session = document.querySelector("[data-session-seconds]");
if (session) {
  const WARN = 120;
  const left = session.querySelector("[data-session-left]");
  let end = Date.now() + Number(session.dataset.sessionSeconds) * 1000;
  let closed = false;

  const tick = () => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    if (seconds > WARN) {
      closed = false;
      session.hidden = true;
    } else if (!closed && session.hidden) {
      left.textContent = seconds;
      session.hidden = false;
      session.querySelector("[data-session-extend]").focus();
    }
    // Spoken numbers every second would drown everything else.
    if (seconds % 20 === 0 || seconds < 10) left.textContent = seconds;
  };

  session.querySelector("[data-session-close]").addEventListener("click", () => {
    closed = true;
    session.hidden = true;
  });
  session.querySelector("[data-session-extend]").addEventListener("click", async () => {
    const answer = await fetch(session.dataset.sessionUrl, {
      method: "POST",
      headers: { "X-CSRFToken": session.querySelector("[name=csrfmiddlewaretoken]").value },
    });
    if (!answer.ok) return location.reload();
    end = Date.now() + (await answer.json()).seconds * 1000;
    session.hidden = true;
  });
  setInterval(tick, 1000);
}
