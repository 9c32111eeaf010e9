// Keeps a draft while it is written. <form data-autosave-url="…"> with the hidden fields "version" and "was" (fingerprints of what
// the version said, as JSON: they tell what this window changed) and, inside the form,
// <p class="save-state" role="status" data-save-state></p>. The form works the same without this file: its own button saves.
//
// Sends what the form holds with "X-Requested-With: autosave".
//   200 {version, saved_at, was}  saved; the new version and its fingerprints go into the hidden fields. A message with it is said
//   409 {message}            somebody was faster; nothing more is sent, a button sends the form and shows both texts
//   403 {message, login}     signed out; said with the way to sign in, and tried again until it works
//   403 {message, token}     signed in anew since the page was opened: tried again with the new token
//   400, 403, 422 {message}  refused; said, and tried again at the next change

const QUIET = 2000;
const EVERY = 15000;
const LONGEST_WAIT = 60000;
const PATIENCE = 20000;

function time(stamp) {
  const at = new Date(stamp);
  // As the server writes it; Korean would spell out hours, minutes and seconds.
  return (Number.isNaN(at.getTime()) ? new Date() : at).toLocaleTimeString("sv-SE", { timeZone: "Asia/Seoul" });
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-save-state]");
    this.changed = false;
    this.sending = null;
    this.stopped = false;
    this.renewed = false;
    this.wait = QUIET;
    this.timer = 0;
    this.said = ["", this.state.textContent];
    this.last = this.words();
    form.addEventListener("input", () => this.touch());
    form.addEventListener("change", () => this.touch());
    form.addEventListener("submit", (event) => this.leave(event));
    addEventListener("online", () => this.changed && this.later(0));
    // She comes back, perhaps from signing in again, or goes away.
    addEventListener("focus", () => this.changed && this.save());
    document.addEventListener("visibilitychange", () => this.changed && this.save());
    // A page brought back by the back button may hold words the server never saw.
    addEventListener("pageshow", () => { this.stopped = false; this.touch(); });
    setInterval(() => this.changed && this.save(), EVERY);
  }

  // The version, what it said and the token are not words: they change without anybody writing.
  words() {
    const data = new FormData(this.form);
    for (const name of ["version", "was", "csrfmiddlewaretoken"]) data.delete(name);
    return new URLSearchParams([...data].filter(([, value]) => typeof value === "string")).toString();
  }

  touch() {
    if (this.stopped) return;
    this.changed = this.words() !== this.last;
    if (this.changed) {
      this.show("changed", "아직 저장하지 않았습니다.");
      this.later(Math.max(QUIET, this.wait));
    } else if (this.state.dataset.state === "changed") {
      this.say(...this.said);
    }
  }

  // A letter still on its way would be answered with a version this form does not know yet: let it come back first.
  leave(event) {
    if (this.sending) {
      event.preventDefault();
      this.sending.then(() => this.form.requestSubmit(event.submitter));
    } else {
      this.stopped = true;
    }
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  // On its way from one save to the next: seen and not spoken, as it would interrupt at every first letter. What failed stays in sight.
  show(kind, text) {
    if (["offline", "conflict", "refused"].includes(this.state.dataset.state)) return;
    this.state.dataset.state = kind;
    this.state.replaceChildren(Object.assign(document.createElement("span"), { textContent: text, ariaHidden: "true" }));
  }

  say(kind, text, more) {
    this.said = [kind, text, more];
    this.state.dataset.state = kind;
    this.state.replaceChildren(text, ...(more ? [" ", more] : []));
  }

  link(url, text) {
    return Object.assign(document.createElement("a"), { href: url, textContent: text, className: "link", target: "_blank", rel: "noopener" });
  }

  compare() {
    const properties = { type: "submit", formAction: this.form.dataset.autosaveUrl, textContent: "두 글 견주기", className: "krds-btn small primary" };
    return Object.assign(document.createElement("button"), properties);
  }

  save() {
    if (this.sending || this.stopped || !this.changed) return;
    clearTimeout(this.timer);
    this.sending = this.send().finally(() => { this.sending = null; });
  }

  async send() {
    const words = this.words();
    this.show("sending", "저장하고 있습니다.");
    try {
      const answer = await fetch(this.form.dataset.autosaveUrl, {
        method: "POST",
        body: new FormData(this.form),
        headers: { "X-Requested-With": "autosave", Accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(PATIENCE),
      });
      await this.read(answer, words);
    } catch {
      this.failed("연결이 끊겨 아직 저장하지 못했습니다. 적은 내용은 화면에 남아 있으며, 연결되면 다시 저장합니다.");
    }
  }

  async read(answer, words) {
    if (answer.status >= 500 || answer.status === 429) return this.failed("서버가 답하지 않아 아직 저장하지 못했습니다. 곧 다시 저장합니다.");
    const said = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : {};
    if (answer.ok && said.version !== undefined) return this.saved(said, words);
    if (answer.status === 409) {
      this.stopped = true;
      return this.say("conflict", said.message ?? "다른 창에서 먼저 저장했습니다.", this.compare());
    }
    if (said.login) return this.failed(said.message, this.link(said.login, "로그인"));
    if (said.token) {
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = said.token;
      if (this.renewed) return this.failed(said.message);
      this.renewed = true;
      return this.later(0);
    }
    // Refused: the same words would be refused again, so wait for other words.
    this.last = words;
    this.changed = false;
    this.say("refused", said.message ?? "저장하지 못했습니다. 내용을 복사해 두고 화면을 새로 고쳐 주세요.");
  }

  saved(said, words) {
    this.wait = QUIET;
    this.renewed = false;
    this.last = words;
    for (const field of document.querySelectorAll("input[name=version]")) field.value = said.version;
    this.form.elements.was.value = said.was;
    const saved = `${time(said.saved_at)}에 저장했습니다.`;
    if (said.message) this.say("long", `${saved} ${said.message}`);
    else this.say("saved", saved);
    // Words written while the letter was on its way.
    this.changed = this.words() !== words;
    if (this.changed) this.later(QUIET);
    else this.form.dispatchEvent(new Event("portal:saved"));
  }

  failed(text, more) {
    this.say("offline", text, more);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    this.later(this.wait);
  }
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) new Autosave(form);
