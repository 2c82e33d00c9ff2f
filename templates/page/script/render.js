// Rendering: refused with the reason, followed to its end over lost connections and restarts, downloaded.

const rendering = { job: null, source: null, begun: null, last: null, rate: null };

/** Follows a job to its end. A connection that breaks is made again and goes on after the last event that came. */
function follow(id, { progress, over, lost = () => {}, back = () => {} }) {
  let ended = false;
  let source;
  let last = 0;
  const finish = async () => {
    if (ended) return;
    ended = true;
    source?.close();
    for (;;) {
      try {
        // In the language of this page; the stream speaks the browser's.
        over(await (await ask("GET", `/api/jobs/${id}`)).json());
        return;
      } catch (error) {
        if (error.status !== 0) { over({ id, state: "failed", problem: { detail: error.message }, outputs: [] }); return; }
        lost();
        await new Promise((done) => { setTimeout(done, 2000); });
      }
    }
  };
  const connect = () => {
    if (ended) return;
    source = new EventSource(`/api/jobs/${id}/events`);
    source.onopen = back;
    source.addEventListener("progress", (event) => {
      const told = Number(event.lastEventId);
      if (told <= last) return;
      last = told;
      back();
      progress(JSON.parse(event.data));
    });
    source.addEventListener("done", finish);
    // A stream that breaks is an event of the same name, without data.
    source.addEventListener("error", (event) => { if (event.data) finish(); else broke(); });
  };
  const broke = async () => {
    if (ended) return;
    lost();
    source.close();
    await new Promise((done) => { setTimeout(done, 1500); });
    try {
      const job = await (await ask("GET", `/api/jobs/${id}`)).json();
      if (["done", "failed", "cancelled"].includes(job.state)) { await finish(); return; }
      if (job.progress) progress(job.progress);
      connect();
    } catch (error) {
      if (error.status === 0) broke(); else await finish();
    }
  };
  connect();
  return () => { ended = true; source?.close(); };
}

function showRender() {
  const button = $("render-button");
  const busy = Boolean(rendering.job);
  const why = !scenario.doc ? t("render.no_scenario")
    : scenario.pending.length ? t("render.waits", { scenes: [...new Set(scenario.pending.map((wait) => wait.scene_id ?? wait.segment_id))].join(", ") })
    : scenario.state === "refused" ? t("render.refused") : scenario.state === "stale" ? t("render.stale") : "";
  // Not `disabled`: whoever cannot see it grey would never learn why.
  button.setAttribute("aria-disabled", String(Boolean(why) || busy));
  button.classList.toggle("off", Boolean(why) || busy);
  button.hidden = busy;
  $("render-options").hidden = busy;
  $("render-why").textContent = busy ? "" : why;
  $("render-why").classList.toggle("warn", scenario.pending.length > 0);
}

async function render() {
  if ($("render-button").getAttribute("aria-disabled") === "true") {
    say($("render-why").textContent);
    if (scenario.pending.length) $("missing").querySelector("button")?.focus();
    return;
  }
  const options = { subtitles: $("subtitles").value };
  if ($("quality").value) options.preset = $("quality").value;
  rendering.job = { id: null };
  showRender();
  try {
    await scenario.save();
    if (scenario.state === "stale" || scenario.state === "refused") return letGo();
    const job = await (await ask("POST", `${project}/scenario/render`, { body: options })).json();
    watch(job);
  } catch (error) {
    letGo();
    if (error.problem?.scenes) scenario.waits(error.problem.scenes);
    toast(error.message, "bad");
  }
  return undefined;
}

function letGo() {
  rendering.job = null;
  $("progress").hidden = true;
  showRender();
}

/** Shows how far a job is, to its end. */
function watch(job) {
  Object.assign(rendering, { job, rate: null, last: null });
  $("result").hidden = true;
  const bar = h("progress", { id: "bar", max: "1", "aria-labelledby": "phase" });
  const phase = h("p", { id: "phase" }, word("phase", job.progress?.phase ?? job.state));
  const percent = h("p", { id: "percent" });
  const left = h("p", { class: "muted small grow", id: "left" });
  const connection = h("p", { class: "small warn", id: "connection", role: "status" });
  const stop = h("button", { type: "button", class: "quiet", id: "cancel-render", onclick: guarded(async () => {
    stop.disabled = true;
    phase.textContent = t("render.cancelling");
    await ask("POST", `/api/jobs/${job.id}/cancel`);
  }) }, t("cancel"));
  $("progress").replaceChildren(h("div", { class: "row" }, phase, percent), bar, h("div", { class: "row" }, left, stop), connection);
  $("progress").hidden = false;
  showRender();
  if (document.activeElement === document.body) stop.focus({ preventScroll: true });
  let told = "";
  follow(job.id, {
    progress: (now) => {
      if (stop.disabled) return;
      const words = word("phase", now.phase);
      phase.textContent = words;
      if (words !== told) say(words);
      told = words;
      if (now.total) {
        bar.max = now.total;
        bar.value = now.done;
        const part = `${number(Math.floor((now.done / now.total) * 100))} %`;
        percent.textContent = part;
        left.textContent = remaining(now) || left.textContent;
        document.title = `${part} · ${boot.project.name}`;
      } else {
        bar.removeAttribute("value");
        percent.textContent = "";
        left.textContent = "";
      }
    },
    lost: () => { connection.textContent = t("render.lost"); },
    back: () => { connection.textContent = ""; },
    over: (ended) => {
      letGo();
      rendering.watched = true;
      document.title = `${boot.project.name} · callsheet`;
      showResult(ended);
    },
  });
}

/** How long the rest takes at the pace of the last moments. */
function remaining(now) {
  const at = performance.now();
  const before = rendering.last;
  if (!before || before.phase !== now.phase) { rendering.last = { ...now, at }; rendering.rate = null; return ""; }
  if (at - before.at > 400 && now.done > before.done) {
    const rate = (now.done - before.done) / (at - before.at);
    rendering.rate = rendering.rate ? rendering.rate * 0.6 + rate * 0.4 : rate;
    rendering.last = { ...now, at };
  }
  if (!rendering.rate) return "";
  const seconds = (now.total - now.done) / rendering.rate / 1000;
  return t("render.left", { time: seconds < 60 ? t("render.seconds", { count: Math.max(1, Math.round(seconds)) }) : t("render.minutes", { count: Math.round(seconds / 60) }) });
}

function showResult(job) {
  const box = $("result");
  box.hidden = false;
  if (job.state !== "done") {
    const cancelled = job.state === "cancelled";
    box.replaceChildren(h("div", { class: cancelled ? "note" : "note bad" }, h("strong", {}, t(cancelled ? "render.cancelled" : "render.failed")),
      cancelled ? h("p", { class: "small muted" }, t("render.cancelled_note")) : h("p", { class: "small" }, prose(job.problem?.detail))));
    (cancelled ? say : (words) => { $("alarm").textContent = words; })(t(cancelled ? "render.cancelled" : "render.failed"));
    $("render-button").focus({ preventScroll: true });
    return;
  }
  const video = job.outputs.find((output) => output.role === "video");
  const captions = job.outputs.filter((output) => output.role === "captions");
  if (!video?.download_url) {
    box.replaceChildren(h("p", { class: "note" }, t("render.gone")));
    return;
  }
  const player = h("video", { controls: true, preload: "metadata", playsinline: true, src: video.download_url, "aria-label": t("render.player") });
  const file = (output, words, main) => h("a", { class: `button ${main ? "primary" : ""}`, href: output.download_url, download: output.name ?? "", id: main ? "download" : null }, words, " ", h("span", { class: "small" }, output.bytes ? size(output.bytes) : ""));
  box.replaceChildren(h("div", { class: "result-head" }, h("h3", {}, t("render.done")), file(video, t("render.download"), true)), player,
    h("div", { class: "row wrap" },
      ...captions.filter((output) => output.download_url).map((output) => file(output, t("render.captions", { kind: (output.name ?? "").split(".").pop().toUpperCase() }), false))));
  say(t("render.done"));
  // Where the panel is longer than the window.
  if (rendering.watched) box.scrollIntoView({ block: "nearest" });
}

async function startRender() {
  $("render-button").addEventListener("click", render);
  scenario.on((what) => { if (["all", "pending", "state"].includes(what)) showRender(); });
  showRender();
  // What goes on goes on: a page that was closed meanwhile takes it up where it is.
  const jobs = await all(`${project}/jobs`);
  for (const job of jobs.filter((one) => one.kind === "fill" && ["queued", "running"].includes(one.state))) {
    const key = remembered()[job.id];
    if (key) followFill(key, job);
  }
  const renders = jobs.filter((one) => one.kind === "render");
  const going = renders.find((one) => one.state === "queued" || one.state === "running");
  if (going) watch(going);
  else {
    const done = renders.filter((one) => one.state === "done" && one.download_url).at(-1);
    if (done) showResult(done);
  }
}
