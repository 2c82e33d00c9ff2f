// Segments that wait for their media, each with what can be done about it.

/** The layer and segment that a pointer names. */
function pointed(pointer) {
  const [, , , layer, , segment] = pointer.split("/");
  return scenario.story?.layers?.[Number(layer)]?.segments?.[Number(segment)];
}

function showMissing() {
  const list = scenario.pending.map((wait) => ({ wait, segment: pointed(wait.pointer) })).filter(({ segment }) => segment);
  keepFocus(() => $("missing").replaceChildren(...(list.length ? [
    h("div", { class: "missing-head" }, h("h3", {}, t("missing.title", { count: list.length })), h("p", { class: "muted small" }, t("missing.lead")), boot.stock || boot.veo ? null : h("p", { class: "note small", id: "no-providers" }, t("missing.nobody"))),
    h("ul", { class: "missing-list" }, list.map(({ wait, segment }) => missingRow(wait, segment))),
  ] : [])));
}

function missingRow(wait, segment) {
  const scene = scenario.story.scenes.find((one) => one.id === wait.scene_id);
  const name = wait.scene_id ?? wait.segment_id;
  const failed = wait.asset_status === "failed";
  const key = wait.segment_id;
  const job = fills.get(key);
  // What is not set up says so when it is pressed: a button that is not there explains nothing.
  const way = (id, words, kind, on, work) => h("button", { type: "button", class: on ? kind : "off", id: `${id}-${key}`, "data-key": `${id}-${key}`, "aria-label": `${t(words)}: ${name}`, onclick: guarded(() => (on ? work() : explain(id, wait))) }, t(words));
  return h("li", { class: `missing ${failed || job?.failed ? "failed" : ""}`, id: `missing-${key}` },
    h("div", { class: "missing-words" },
      h("div", { class: "missing-name" }, h("strong", {}, name), h("span", { class: "muted" }, `${clock(segment.start_sec)} – ${clock(segment.end_sec)}`)),
      scene?.visual_description ? h("p", { class: "clamp" }, scene.visual_description) : null,
      h("p", { class: `small ${failed ? "bad" : "muted"}` }, prose(wait.reason)),
      job && !job.running ? h("p", { class: "small bad why", role: "status" }, prose(job.words)) : null),
    job?.running ? h("div", { class: "row filling" }, h("span", { class: "spinner", "aria-hidden": "true" }), h("span", { class: "grow", role: "status" }, job.words),
      job.id ? h("button", { type: "button", class: "quiet", "data-key": `stop-${key}`, onclick: guarded(() => ask("POST", `/api/jobs/${job.id}/cancel`)) }, t("cancel")) : null)
      : h("div", { class: "row wrap ways" },
        way("veo", "missing.generate", "", boot.veo, () => fillPaid(wait)),
        way("stock", "missing.stock", "primary", boot.stock, () => openStock(wait, segment)),
        way("own", "missing.own", boot.stock ? "" : "primary", true, () => openOwn(wait))));
}

/** Jobs that bring a clip, by the segment that they bring it for. */
const fills = new Map();

/** Which job is for which segment, for a page that is opened again meanwhile. */
function remembered(now) {
  const name = `callsheet.fills.${boot.project.id}`;
  try {
    if (now) localStorage.setItem(name, JSON.stringify(now));
    return JSON.parse(localStorage.getItem(name)) ?? {};
  } catch { return {}; }
}

function fillOwn(wait, id) {
  const segment = pointed(wait.pointer);
  if (!segment || !id) return;
  scenario.edit("all", () => {
    segment.asset_id = id;
    segment.asset_source = "uploaded";
    segment.asset_status = "ready";
  });
  scenario.waits(scenario.pending.filter((other) => other.pointer !== wait.pointer));
  say(t("missing.taken", { name: media.name(id) }));
}

/** Files that a layer can show, or play. */
const fitting = (wait) => (scenario.story.layers?.[Number(wait.pointer.split("/")[3])]?.type === "audio" ? (item) => item.channels : (item) => item.kind !== "audio");

/** A file of the project, or a new one. */
function openOwn(wait) {
  const key = wait.segment_id;
  const take = (item) => { $("stock").close(); fillOwn(wait, item.id); };
  const own = media.items.filter(fitting(wait));
  const input = h("input", { id: "own-file", class: "unseen", type: "file", accept: "video/*,image/*,audio/*", onchange: () => {
    const [file] = input.files;
    if (!file) return;
    $("stock").close();
    const tell = (running, words) => { fills.set(key, { running, words, failed: !running }); showMissing(); };
    tell(true, t("missing.uploading", { name: file.name }));
    upload(file, {
      done: (asset) => { fills.delete(key); showMissing(); fillOwn(wait, asset.id); },
      gone: (words) => (words ? tell(false, words) : (fills.delete(key), showMissing())),
    });
  } });
  $("stock-title").textContent = t("own.title", { name: wait.scene_id ?? key });
  $("stock-body").replaceChildren(
    h("div", { class: "drop" }, h("label", { class: "button primary", for: "own-file" }, t("own.upload")), input),
    own.length ? h("h3", { class: "own-or" }, t("own.have")) : "",
    h("ul", { class: "assets" }, own.map((item) => h("li", { class: "asset" }, h("button", { type: "button", class: "own", "aria-label": t("own.take", { name: item.name }), onclick: () => take(item) },
      poster(item), h("span", { class: "asset-words" }, h("span", { class: "asset-name" }, item.name), h("span", { class: "muted small" }, facts(item))))))));
  $("stock").showModal();
  input.focus();
}

/** What is not set up on this server: how it is, and what can be done without. */
function explain(what, wait) {
  $("stock-title").textContent = t(`setup.no_${what}`);
  const lines = { veo: ["CALLSHEET_VEO_KEY"], stock: ["CALLSHEET_PEXELS_KEY", "CALLSHEET_PIXABAY_KEY", "CALLSHEET_LIBRARY"] }[what];
  const own = h("button", { type: "button", class: "primary", id: "setup-own", onclick: () => { $("stock").close(); openOwn(wait); } }, t("setup.own"));
  $("stock-body").replaceChildren(
    h("p", {}, t(`setup.words_${what}`)),
    h("dl", { class: "setup" }, lines.flatMap((name) => [h("dt", {}, h("code", {}, name)), h("dd", { class: "small muted" }, t(`setup.${name.split("_")[1].toLowerCase()}`))])),
    h("p", {}, t("setup.meanwhile")),
    h("div", { class: "row end wrap" }, h("button", { type: "button", onclick: () => $("stock").close() }, t("close")), own));
  $("stock").showModal();
  own.focus();
}

const segmentPath = (wait) => `${project}/scenario/segments/${encodeURIComponent(wait.segment_id)}`;

async function fillPaid(wait) {
  if (!(await confirmed(t("missing.paid"), t("missing.generate")))) return;
  await beginFill(wait, { provider: "veo", generate: true });
}

/** Asks for a job that fills the segment, and follows it. */
async function beginFill(wait, pick) {
  await scenario.save();
  const response = await ask("POST", `${segmentPath(wait)}/fill`, { body: pick });
  const job = await response.json();
  remembered({ ...remembered(), [job.id]: wait.segment_id });
  followFill(wait.segment_id, job);
}

function followFill(key, job) {
  const show = (now) => {
    const words = word("phase", now.progress?.phase ?? now.state);
    fills.set(key, { id: job.id, running: !["done", "failed", "cancelled"].includes(now.state), failed: now.state === "failed", words: now.problem?.detail ?? words });
    showMissing();
  };
  show(job);
  follow(job.id, {
    progress: (progress) => show({ state: "running", progress }),
    over: async (ended) => {
      show(ended);
      if (ended.state === "done") {
        fills.delete(key);
        await media.load();
        await scenario.merge();
        toast(t("missing.filled", { name: key }), "good");
      } else if (ended.state === "failed") toast(ended.problem?.detail ?? word("phase", ended.state), "bad");
    },
  });
}

async function openStock(wait, segment) {
  const box = $("stock");
  const body = $("stock-body");
  $("stock-title").textContent = t("stock.title", { name: wait.scene_id ?? wait.segment_id });
  const query = h("input", { id: "stock-query", type: "search", "aria-label": t("stock.query"), placeholder: t("stock.query") });
  const found = h("ul", { class: "candidates" });
  const told = h("p", { class: "muted small", id: "stock-told", role: "status" });
  const troubles = h("div", { class: "troubles", role: "alert" });
  const look = async () => {
    told.textContent = t("stock.searching");
    told.classList.add("looking");
    found.replaceChildren();
    troubles.replaceChildren();
    try {
      await scenario.save();
      const wish = query.value.trim() ? { query: query.value.trim() } : {};
      const answer = await (await ask("POST", `${segmentPath(wait)}/candidates`, { body: wish, keyed: false })).json();
      const items = answer.candidates;
      if (!query.value && answer.wish?.query) query.placeholder = answer.wish.query;
      const length = number(segment.end_sec - segment.start_sec, 1);
      told.textContent = items.length ? t("stock.found", { count: items.length, length }) : t("stock.none");
      troubles.replaceChildren(...answer.troubles.map((trouble) => h("p", { class: "wrong" }, prose(trouble.detail))));
      found.replaceChildren(...items.map((item) => candidate(wait, item, wish)));
    } catch (error) {
      told.textContent = "";
      troubles.replaceChildren(h("p", { class: "wrong" }, prose(error.message)));
    } finally { told.classList.remove("looking"); }
  };
  body.replaceChildren(h("form", { class: "row", onsubmit: (event) => { event.preventDefault(); look(); } }, query, h("button", { type: "submit" }, t("stock.search"))), told, troubles, found);
  box.showModal();
  query.focus();
  await look();
}

/** A still of what is offered; where it cannot be had, its place. */
function still(item) {
  const nothing = () => h("span", { class: "poster sound", "aria-hidden": "true" }, item.width ? "▶" : "♪");
  if (!item.preview?.startsWith("https://") && !item.preview?.startsWith("/")) return nothing();
  const image = h("img", { class: "poster", src: item.preview, alt: "", referrerpolicy: "no-referrer", onerror: () => image.replaceWith(nothing()) });
  return image;
}

function candidate(wait, item, wish) {
  const credit = item.credit ?? {};
  const fits = [["shape", item.fit?.shape], ["length", item.fit?.length], ["size", item.fit?.size]].filter(([, fit]) => fit === false);
  return h("li", { class: "candidate" },
    still(item),
    h("div", {},
      h("strong", {}, item.title ?? item.id),
      h("p", { class: "muted small" }, [word("provider", item.provider), item.duration_sec ? clock(item.duration_sec) : null, item.width ? `${item.width}×${item.height}` : null].filter(Boolean).join(" · ")),
      h("p", { class: "muted small" }, [credit.author, credit.license ?? credit.licence].filter(Boolean).join(" · ")),
      fits.length ? h("p", { class: "small warn" }, fits.map(([name]) => t(`stock.not_${name}`)).join(", ")) : null),
    h("button", { type: "button", class: "primary", onclick: guarded(async () => {
      $("stock").close();
      await beginFill(wait, { provider: item.provider, candidate_id: item.id, ...wish });
    }) }, t("stock.pick")));
}

function startMissing() {
  $("stock-close").addEventListener("click", () => $("stock").close());
  scenario.on((what) => { if (["pending", "all", "media", "undo"].includes(what)) showMissing(); });
}
