// Segments that wait for their media, each with what can be done about it.

/** The layer and segment that a pointer names. */
function pointed(pointer) {
  const [, , , layer, , segment] = pointer.split("/");
  return scenario.story?.layers?.[Number(layer)]?.segments?.[Number(segment)];
}

function showMissing() {
  const list = scenario.pending.map((wait) => ({ wait, segment: pointed(wait.pointer) })).filter(({ segment }) => segment);
  keepFocus(() => $("missing").replaceChildren(...(list.length ? [
    h("div", { class: "missing-head" }, h("h3", {}, t("missing.title", { count: list.length })), h("p", { class: "muted small" }, t("missing.lead"))),
    h("ul", { class: "missing-list" }, list.map(({ wait, segment }) => missingRow(wait, segment))),
  ] : [])));
}

function missingRow(wait, segment) {
  const scene = scenario.story.scenes.find((one) => one.id === wait.scene_id);
  const name = wait.scene_id ?? wait.segment_id;
  const shown = `${clock(segment.start_sec)} – ${clock(segment.end_sec)}`;
  const failed = wait.asset_status === "failed";
  const key = wait.segment_id;
  const job = fills.get(key);
  const own = media.items.filter((item) => item.kind !== "audio");
  const select = h("select", { id: `own-${key}`, "data-key": `own-${key}`, "aria-label": t("missing.own_for", { name }), onchange: (event) => fillOwn(wait, event.target.value) },
    h("option", { value: "" }, t("missing.own")), own.map((item) => h("option", { value: item.id }, item.name)));
  return h("li", { class: `missing ${failed ? "failed" : ""}`, id: `missing-${key}` },
    h("div", { class: "missing-words" },
      h("strong", {}, name), " ", h("span", { class: "muted" }, shown),
      scene?.visual_description ? h("p", {}, scene.visual_description) : null,
      job ? h("p", { class: "small", role: "status" }, job.words) : failed ? h("p", { class: "small bad" }, wait.reason) : null),
    job?.running ? h("div", { class: "row" }, h("span", { class: "spinner", "aria-hidden": "true" }), h("button", { type: "button", class: "quiet", onclick: guarded(() => ask("POST", `/api/jobs/${job.id}/cancel`)) }, t("cancel")))
      : h("div", { class: "row wrap" },
        h("button", { type: "button", "data-key": `veo-${key}`, "aria-label": `${t("missing.generate")}: ${name}`, onclick: guarded(() => fillPaid(wait)) }, t("missing.generate")),
        h("button", { type: "button", class: "primary", "data-key": `stock-${key}`, "aria-label": `${t("missing.stock")}: ${name}`, onclick: guarded(() => openStock(wait, segment)) }, t("missing.stock")),
        own.length ? select : null));
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
  if (!id) return;
  scenario.edit("all", () => {
    const segment = pointed(wait.pointer);
    segment.asset_id = id;
    segment.asset_source = "uploaded";
    segment.asset_status = "ready";
  });
  say(t("missing.taken", { name: media.name(id) }));
}

const segmentPath = (wait) => `${project}/scenario/segments/${encodeURIComponent(wait.segment_id)}`;

async function fillPaid(wait) {
  if (!boot.veo) { toast(t("missing.no_veo")); return; }
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
    fills.set(key, { id: job.id, running: !["done", "failed", "cancelled"].includes(now.state), words: now.problem?.detail ?? words });
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
        say(t("missing.filled", { name: key }));
      } else toast(ended.problem?.detail ?? word("phase", ended.state), "bad");
    },
  });
}

async function openStock(wait, segment) {
  if (!boot.stock) { toast(t("missing.no_stock")); return; }
  const box = $("stock");
  const body = $("stock-body");
  $("stock-title").textContent = t("stock.title", { name: wait.scene_id ?? wait.segment_id });
  const query = h("input", { id: "stock-query", type: "search", "aria-label": t("stock.query"), placeholder: t("stock.query") });
  const found = h("ul", { class: "candidates", "aria-live": "polite" });
  const told = h("p", { class: "muted small", id: "stock-told" });
  const look = async () => {
    told.textContent = t("stock.searching");
    found.replaceChildren();
    try {
      await scenario.save();
      const wish = query.value.trim() ? { query: query.value.trim() } : {};
      const answer = await (await ask("POST", `${segmentPath(wait)}/candidates`, { body: wish, keyed: false })).json();
      const items = answer.candidates;
      if (!query.value && answer.wish?.query) query.placeholder = answer.wish.query;
      const length = number(segment.end_sec - segment.start_sec, 1);
      told.textContent = [items.length ? t("stock.found", { count: items.length, length }) : t("stock.none"), ...answer.troubles.map((trouble) => trouble.detail)].join(" ");
      found.replaceChildren(...items.map((item) => candidate(wait, item, wish)));
    } catch (error) { told.textContent = error.message; }
  };
  body.replaceChildren(h("form", { class: "row", onsubmit: (event) => { event.preventDefault(); look(); } }, query, h("button", { type: "submit" }, t("stock.search"))), told, found);
  box.showModal();
  query.focus();
  await look();
}

function candidate(wait, item, wish) {
  const credit = item.credit ?? {};
  const fits = [["shape", item.fit?.shape], ["length", item.fit?.length], ["size", item.fit?.size]].filter(([, fit]) => fit === false);
  return h("li", { class: "candidate" },
    item.preview?.startsWith("https://") || item.preview?.startsWith("/") ? h("img", { src: item.preview, alt: "", loading: "lazy" }) : h("span", { class: "poster sound", "aria-hidden": "true" }, "▶"),
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
  scenario.on((what) => { if (["pending", "all", "media"].includes(what)) showMissing(); });
}
