// The scenario: what this tab has made of it, what the server last said, and how both come together.

const project = boot.project && `/api/projects/${boot.project.id}`;
const place = boot.project && `/projects/${boot.project.id}`;

const scenario = {
  /** As this tab shows it; null where there is none. */
  doc: null,
  /** As the server has it under `etag`. */
  base: null,
  etag: null,
  /** The segments that wait, as the server says. */
  pending: [],
  state: "none",
  past: [],
  listeners: [],

  on(listener) { this.listeners.push(listener); },
  tell(what) { for (const listener of this.listeners) listener(what); },
  get story() { return this.doc?.scenario; },
  get dirty() { return this.doc !== null && !same(this.doc, this.base); },

  duration() {
    const story = this.story;
    if (!story) return 0;
    const ends = [story.metadata?.total_duration_sec ?? 0];
    if (!ends[0]) {
      for (const scene of story.scenes ?? []) ends.push(scene.end_sec);
      for (const layer of story.layers ?? []) for (const segment of layer.segments ?? []) ends.push(segment.end_sec);
    }
    return Math.max(...ends);
  },

  /** Takes what the server has. */
  async load() {
    try {
      const response = await ask("GET", `${project}/scenario`);
      this.take(await response.json(), response.headers.get("etag"));
      await this.look();
    } catch (error) {
      if (error.status !== 404) throw error;
      this.mark("none");
    }
  },

  take(doc, etag) {
    this.doc = doc;
    this.base = copy(doc);
    this.etag = etag;
    this.past = [];
    this.mark("saved");
    this.tell("all");
  },

  /** Asks what is missing. */
  async look() {
    if (!this.doc) return;
    const answer = await (await ask("GET", `${project}/scenario/readiness`)).json();
    this.waits(answer.scenes);
  },

  waits(pending) {
    if (same(pending, this.pending)) return;
    this.pending = pending;
    this.tell("pending");
  },

  /** Changes the scenario here and soon on the server. `what` says which parts of the page have to follow. */
  edit(what, change, { merge = null } = {}) {
    const last = this.past.at(-1);
    if (!(merge && last?.merge === merge)) this.past.push({ doc: copy(this.doc), merge });
    if (this.past.length > 100) this.past.shift();
    change(this.doc);
    this.mark(this.state === "stale" ? "stale" : "unsaved");
    this.tell(what);
    if (this.state !== "stale") this.soon();
  },

  undo() {
    const last = this.past.pop();
    if (!last) return;
    this.tell("undoing");
    this.doc = restored(this.doc, last.doc);
    this.mark(this.state === "stale" ? "stale" : "unsaved");
    this.tell("undo");
    if (this.state !== "stale") this.soon();
    say(t("undone"));
  },

  soon: later(600, () => scenario.save()),

  /** Writes it, one write at a time; what is typed meanwhile is written next. */
  async save() {
    if (this.writing) return this.writing;
    if (!this.dirty) {
      if (this.state === "unsaved") this.mark("saved");
      return undefined;
    }
    this.writing = this.write().finally(() => { this.writing = null; });
    await this.writing;
    if (this.dirty && this.state === "unsaved") return this.save();
    return undefined;
  },

  async write() {
    const sent = copy(this.doc);
    this.mark("saving");
    try {
      const response = await ask("PUT", `${project}/scenario`, { body: sent, headers: this.etag ? { "If-Match": this.etag } : {} });
      const answer = await response.json();
      this.base = sent;
      this.etag = answer.etag;
      this.mark(this.dirty ? "unsaved" : "saved");
      this.waits(answer.scenes);
      this.tell("saved");
    } catch (error) {
      if (error.status === 412) this.mark("stale");
      else if (error.status === 0) {
        this.mark("offline");
        setTimeout(() => { this.mark("unsaved"); this.save(); }, 3000);
      } else this.mark("refused", error);
    }
  },

  mark(state, error = null) {
    this.state = state;
    this.error = error;
    this.tell("state");
  },

  /** Whether another tab has changed it, asked when this one is looked at again. */
  async check() {
    if (!this.etag || this.writing || this.state === "stale") return;
    try {
      const response = await ask("GET", `${project}/scenario`, { headers: { "If-None-Match": this.etag } });
      if (response.status === 304 || response.headers.get("etag") === this.etag) return;
      if (this.dirty) return void this.mark("stale");
      this.take(await response.json(), response.headers.get("etag"));
      await this.look();
      toast(t("stale.taken"));
    } catch { /* asked again at the next look */ }
  },

  /** Takes the newer version and makes the changes of this tab to it again. */
  async merge() {
    const response = await ask("GET", `${project}/scenario`);
    const theirs = await response.json();
    const mine = merged(this.base, this.doc, theirs);
    this.take(theirs, response.headers.get("etag"));
    this.doc = mine;
    this.tell("all");
    this.mark("unsaved");
    await this.save();
    await this.look();
    toast(t("stale.merged"), "good");
  },

  /** Takes the newer version and lets go of the changes of this tab. */
  async reload() {
    await this.load();
    toast(t("stale.taken"));
  },
};

/** `now` as it was: what need not be another thing stays the same one, so what shows it can stay too. */
function restored(now, was) {
  const isList = Array.isArray(now) && Array.isArray(was) && now.length === was.length;
  const isMap = [now, was].every((value) => value && typeof value === "object" && !Array.isArray(value));
  if (!isList && !isMap) return was;
  for (const key of Object.keys(now)) if (!(key in was)) delete now[key];
  for (const key of Object.keys(was)) now[key] = restored(now[key], was[key]);
  return now;
}

/** What both have changed since `base`; where both changed the same, what was typed here. */
function merged(base, mine, theirs) {
  if (same(mine, base)) return theirs;
  if (same(theirs, base) || same(theirs, mine)) return mine;
  const isList = [base, mine, theirs].every(Array.isArray);
  const isMap = [base, mine, theirs].every((value) => value && typeof value === "object" && !Array.isArray(value));
  if (isList && base.length === mine.length && base.length === theirs.length) {
    return base.map((one, at) => merged(one, mine[at], theirs[at]));
  }
  if (!isMap) return mine;
  const all = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  const result = {};
  for (const key of all) {
    const value = merged(base[key], mine[key], theirs[key]);
    if (value !== undefined) result[key] = value;
  }
  return result;
}

/** The state of saving, in the bar at the top, and what to do about a version that is not ours. */
function showState() {
  const { state, error } = scenario;
  const shown = $("saved");
  shown.textContent = state === "none" ? "" : word("state", state === "refused" || state === "stale" ? "unsaved" : state);
  shown.className = `saved ${state}`;
  const banner = $("banner");
  const before = banner.dataset.state;
  banner.dataset.state = state;
  if (state === "stale" && before !== "stale") {
    banner.replaceChildren(h("p", {}, h("strong", {}, t("stale.title")), " ", t("stale.words")),
      h("div", { class: "row" },
        h("button", { type: "button", class: "primary", id: "stale-merge", onclick: guarded(() => scenario.merge()) }, t("stale.merge")),
        h("button", { type: "button", id: "stale-reload", onclick: guarded(() => scenario.reload()) }, t("stale.reload"))));
    banner.hidden = false;
    $("alarm").textContent = t("stale.title");
  } else if (state === "refused") {
    const found = (error.problem.diagnostics ?? []).filter((one) => one.severity === "error").slice(0, 3);
    banner.replaceChildren(h("p", {}, h("strong", {}, t("refused.title")), " ", found.length ? "" : prose(error.message)),
      ...found.map((one) => h("p", { class: "small" }, prose(one.help ? `${one.message} — ${one.help}` : one.message))),
      h("div", { class: "row" }, h("button", { type: "button", onclick: () => scenario.undo() }, t("undo"))));
    banner.hidden = false;
    $("alarm").textContent = t("refused.title");
  } else if (state === "offline") {
    banner.replaceChildren(h("p", {}, h("strong", {}, t("offline.title")), " ", t("offline.words")));
    banner.hidden = false;
  } else if (state !== "stale" && state !== "saving" && !(state === "unsaved" && before === "refused")) {
    banner.hidden = true;
  }
  if ($("undo")) $("undo").disabled = scenario.past.length === 0;
}

/** A listener that tells what goes wrong. */
const guarded = (work) => async (event) => {
  try { await work(event); } catch (error) { if (error.name !== "AbortError") toast(error.message, "bad"); }
};
