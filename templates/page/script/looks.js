// How texts look, and how it all looks: style pickers and the preview frame.

/** What the texts of a kind are dressed by: each thing that has a style of its own. */
function dressed(kind) {
  const story = scenario.story;
  const found = [];
  for (const scene of story.scenes) for (const overlay of scene.overlays ?? []) if ((overlay.format ?? "thesis") === kind) found.push({ get: () => overlay.font_style, set: (name) => { overlay.font_style = name; } });
  for (const layer of story.layers ?? []) {
    if (layer.type === "subtitle" && kind === "subtitle" && (layer.segments ?? []).length) found.push({ get: () => layer.font_style, set: (name) => { layer.font_style = name ?? undefined; for (const segment of layer.segments) delete segment.params?.font_style; } });
    if (layer.type === "text") for (const segment of layer.segments ?? []) if ((segment.params?.format ?? "thesis") === kind) found.push({ get: () => segment.params?.font_style, set: (name) => { segment.params = { ...segment.params, font_style: name ?? undefined }; } });
  }
  return found;
}

function swatch(name, style) {
  const sample = h("span", { class: "sample", "aria-hidden": "true" }, h("span", { class: "sample-words" }, t("looks.sample")));
  if (style) {
    const text = sample.firstChild.style;
    text.color = style.color;
    text.fontWeight = style.bold ? "700" : "400";
    const shadows = [];
    const wide = Math.min(2, (style.outline ?? 0) / 3);
    if (wide) for (const [x, y] of [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1], [1, -1], [-1, 1]]) shadows.push(`${x * wide}px ${y * wide}px 0 ${style.outline_color}`);
    if (style.shadow) shadows.push(`${style.shadow / 2}px ${style.shadow / 2}px 1px ${style.shadow_color}`);
    text.textShadow = shadows.join(", ");
    if (style.box) {
      text.background = style.box;
      text.borderRadius = `${(style.radius ?? 0) / 3}px`;
      text.padding = "2px 7px";
    }
    if (style.highlight_color) sample.firstChild.replaceChildren(Object.assign(h("span", {}, t("looks.sample").slice(0, 1))), t("looks.sample").slice(1));
    if (style.highlight_color) sample.firstChild.firstChild.style.color = style.highlight_color;
  }
  return sample;
}

function picker(kind) {
  const things = dressed(kind);
  const now = new Set(things.map((thing) => thing.get() ?? ""));
  const chosen = now.size === 1 ? [...now][0] : null;
  const choice = (name, style) => h("label", { class: "look" },
    h("input", { type: "radio", name: `look-${kind}`, value: name, "data-key": `look-${kind}-${name}`, checked: chosen === name,
      onchange: () => {
        scenario.edit("looks", () => { for (const thing of things) thing.set(name || null); });
        showTextOf(kind);
      } }),
    swatch(name, style), h("span", { class: "small" }, name ? word("style", name) : t("looks.auto")));
  return h("fieldset", {}, h("legend", {}, t(kind === "thesis" ? "looks.theses" : "looks.subtitles")),
    !things.length ? h("p", { class: "muted small" }, t("looks.nothing")) : h("div", { class: "looks-row" }, choice("", null), ...Object.entries(boot.styles).map(([name, style]) => choice(name, style))));
}

/** Shows a moment at which a text of this kind is seen, unless one is seen now. */
function showTextOf(kind) {
  const spans = [];
  for (const scene of scenario.story.scenes) for (const overlay of scene.overlays ?? []) if ((overlay.format ?? "thesis") === kind) spans.push(overlay);
  for (const layer of scenario.story.layers ?? []) if (["text", "subtitle"].includes(layer.type)) for (const segment of layer.segments ?? []) if (isSubtitle(layer, segment) === (kind === "subtitle")) spans.push(segment);
  if (spans.length && !spans.some((one) => one.start_sec <= timeline.at && timeline.at < one.end_sec)) showAt((spans[0].start_sec + spans[0].end_sec) / 2);
}

function showLooks() {
  $("looks").hidden = !scenario.doc;
  if (!scenario.doc) return;
  keepFocus(() => {
    $("look-thesis").replaceChildren(picker("thesis"));
    $("look-subtitle").replaceChildren(picker("subtitle"));
  });
}

let drawing = null;

/** The frame at the moment that is looked at, of the scenario as it is in this tab. */
const drawFrame = later(220, async () => {
  drawing?.abort();
  const stage = $("stage");
  const words = (text) => {
    $("stage-words").textContent = text;
    $("stage-words").hidden = !text;
  };
  const trouble = (text) => {
    $("preview-trouble").replaceChildren(...prose(text));
    $("preview-trouble").hidden = !text;
  };
  stage.classList.toggle("vacant", !scenario.doc || scenario.pending.length > 0);
  trouble("");
  if (!scenario.doc) return words(t("preview.empty"));
  const [wide, high] = (scenario.story.metadata?.aspect_ratio ?? "9:16").split(":").map(Number);
  stage.style.aspectRatio = `${wide} / ${high}`;
  $("scrub").max = scenario.duration();
  $("scrub").hidden = false;
  $("scrub").setAttribute("aria-valuetext", clock(timeline.at));
  $("preview-time").textContent = `${clock(timeline.at)} / ${clock(scenario.duration())}`;
  if (scenario.pending.length) {
    $("frame").hidden = true;
    return words(t("preview.waits"));
  }
  const mine = new AbortController();
  drawing = mine;
  stage.classList.add("busy");
  try {
    const at = Math.min(timeline.at, Math.max(0, scenario.duration() - 0.05));
    const response = await ask("POST", `${place}/frame?at=${at}&width=${Math.round(Math.min(720, stage.clientWidth * Math.min(2, devicePixelRatio)))}`, { body: scenario.doc, keyed: false, signal: mine.signal });
    const url = URL.createObjectURL(await response.blob());
    const frame = $("frame");
    const old = frame.src;
    frame.src = url;
    frame.alt = t("preview.alt", { time: clock(timeline.at) });
    frame.hidden = false;
    words("");
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    $("frame").hidden = true;
    stage.classList.add("vacant");
    words(t("preview.cannot"));
    const found = error.problem?.diagnostics?.find((one) => one.severity === "error");
    trouble(found ? [found.message, found.help].filter(Boolean).join(" — ") : error.message);
  } finally {
    if (drawing === mine) stage.classList.remove("busy");
  }
  return undefined;
});

function startLooks() {
  $("scrub").addEventListener("input", () => {
    timeline.at = Number($("scrub").value);
    $("preview-time").textContent = `${clock(timeline.at)} / ${clock(scenario.duration())}`;
    placeHead();
    drawFrame();
  });
  scenario.on((what) => {
    // What is worth looking at first is a text.
    if (what === "all" && scenario.doc && timeline.at === 0) { showTextOf("subtitle"); showTextOf("thesis"); }
    if (["all", "cards", "undo"].includes(what)) showLooks();
    if (["all", "cards", "times", "moved", "text", "looks", "pending", "prompt", "undo"].includes(what)) drawFrame();
  });
}
