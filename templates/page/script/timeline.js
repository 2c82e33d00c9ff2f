// The timeline: layers under each other, each block dragged, trimmed, or moved by the keys.

const timeline = { scale: 10, width: 0, at: 0, active: null, drawn: new Map(), lines: new Map(), duration: 0 };

/** Every block, with the thing whose times it shows. A track is a line of them. */
function tracks() {
  const story = scenario.story;
  const list = [];
  const main = scenario.doc.main_asset_id;
  list.push({ kind: "story", name: t("timeline.scenes"), blocks: story.scenes.map((scene, at) => ({ key: `b-scene-${at}`, thing: scene, words: scene.visual_description || scene.id })) });
  (story.layers ?? []).forEach((layer, number) => {
    if (!(layer.segments ?? []).length) return;
    const name = word("layer", layer.type);
    list.push({ kind: layer.type, name, layer, blocks: layer.segments.map((segment, at) => ({
      key: `b-${number}-${at}`, thing: segment, layer, pointer: `/scenario/layers/${number}/segments/${at}`,
      words: segment.params?.text ?? (segment.asset_id ? media.name(segment.asset_id) : segment.id ?? name),
      asset: segment.asset_id, field: `cue-${number}-${at}` })) });
  });
  for (const format of ["thesis", "subtitle"]) {
    const blocks = story.scenes.flatMap((scene, at) => (scene.overlays ?? []).map((overlay, number) => ({ overlay, key: `b-overlay-${at}-${number}`, field: `scene-${at}-overlay-${number}-text` })))
      .filter(({ overlay }) => (overlay.format ?? "thesis") === format)
      .map(({ overlay, key, field }) => ({ key, thing: overlay, words: overlay.text ?? "", field, overlay }));
    if (blocks.length) list.push({ kind: format === "thesis" ? "text" : "subtitle", name: t(format === "thesis" ? "timeline.theses" : "timeline.subtitles"), blocks });
  }
  if (main) list.splice(1, 0, { kind: "main", name: t("timeline.main"), asset: main, blocks: [] });
  return list;
}

const waitsFor = (block) => block.pointer && scenario.pending.some((wait) => wait.pointer === block.pointer);

function label(track, block) {
  const waits = waitsFor(block) ? `, ${t("scenes.waits")}` : "";
  return `${track.name}: ${block.words}, ${clock(block.thing.start_sec)} – ${clock(block.thing.end_sec)}${waits}`;
}

function showTimeline() {
  $("timeline").hidden = !scenario.doc;
  if (!scenario.doc) return;
  const box = $("tracks");
  const { room, duration, span } = measures();
  timeline.scale = (room / duration) * (1 + (Number($("zoom").value) / 100) * span);
  timeline.width = Math.ceil(duration * timeline.scale);
  const lines = tracks();
  timeline.duration = scenario.duration();
  timeline.drawn.clear();
  timeline.lines.clear();
  const scrolled = box.scrollLeft;
  const elements = lines.map(line);
  lines.map(shapeOf).forEach(({ id, blocks }, at) => timeline.lines.set(id, { blocks, element: elements[at] }));
  keepFocus(() => {
    box.replaceChildren(ruler(timeline.width, duration), ...elements, h("div", { class: "playhead", id: "playhead", "aria-hidden": "true" }));
  });
  box.scrollLeft = scrolled;
  placeHead();
}

/** So near that most blocks can be seen, and taken hold of. */
function zoomIn() {
  const lengths = tracks().flatMap((track) => track.blocks.map(({ thing }) => thing.end_sec - thing.start_sec)).sort((one, other) => one - other);
  const wanted = 16 / Math.max(SHORTEST, lengths[Math.floor(lengths.length / 4)] ?? 1);
  $("zoom").value = 0;
  const { room, duration, span } = measures();
  $("zoom").value = Math.min(100, Math.max(0, Math.ceil(((wanted * duration) / room - 1) / span * 100)));
}

/** The pixels that there are, the seconds that they show, and how far it can be zoomed in. */
function measures() {
  const box = $("tracks");
  const duration = Math.max(1, scenario.duration());
  const room = Math.max(160, box.clientWidth - parseFloat(getComputedStyle(box).getPropertyValue("--name")) - 16);
  return { room, duration, span: Math.max(3, (60 * duration) / room) };
}

/** Which blocks a line has. Two lines may be of a kind. */
const shapeOf = (track, at, lines) => ({
  id: `${track.kind} ${track.name} ${lines.slice(0, at).filter((other) => other.kind === track.kind && other.name === track.name).length}`,
  blocks: JSON.stringify([track.asset, track.blocks.map((block) => [block.key, block.asset])]),
});

/** Times, words and what waits follow the scenario; nothing is made anew that can stay. */
function followTimeline() {
  if (!scenario.doc) return;
  if (scenario.duration() !== timeline.duration) { showTimeline(); return; }
  const lines = tracks();
  const shapes = lines.map(shapeOf);
  keepFocus(() => {
    for (const [id, { element }] of timeline.lines) if (!shapes.some((shape) => shape.id === id)) { forget(element); element.remove(); timeline.lines.delete(id); }
    let last = $("tracks").firstElementChild;
    lines.forEach((track, at) => {
      const { id, blocks } = shapes[at];
      const there = timeline.lines.get(id);
      if (there?.blocks === blocks) for (const block of track.blocks) {
        const drawn = timeline.drawn.get(block.key);
        Object.assign(drawn, { track, block });
        if (!sameLook(drawn.look, lookOf(block))) dress(drawn);
      } else {
        const element = line(track);
        if (there) { forget(there.element); there.element.replaceWith(element); } else last.after(element);
        timeline.lines.set(id, { blocks, element });
      }
      last = timeline.lines.get(id).element;
    });
  });
  const active = timeline.drawn.get(timeline.active);
  if (active && !$("inspector").hidden && !$("inspector").contains(document.activeElement)) inspect(active);
}

/** The blocks of a line that is no more, but for those that stand elsewhere by now. */
function forget(gone) {
  for (const block of gone.querySelectorAll(".block")) if (timeline.drawn.get(block.dataset.key)?.element === block) timeline.drawn.delete(block.dataset.key);
}

const lookOf = (block) => [block.thing.start_sec, block.thing.end_sec, block.words, Boolean(waitsFor(block))];
const sameLook = (one, other) => one.every((value, at) => value === other[at]);

/** Puts into a block what is to be seen and heard of it. */
function dress(drawn) {
  const { track, block, element } = drawn;
  const isNew = !drawn.look;
  drawn.look = lookOf(block);
  const [start, end, text, waits] = drawn.look;
  element.classList.toggle("waits", waits);
  element.setAttribute("aria-label", label(track, block));
  element.title = text;
  element.children[1].textContent = text;
  placed(element, start, end);
  if (track.kind === "audio" && block.asset) {
    element.querySelector(".wave")?.remove();
    element.append(waveform(block.asset, block.thing.source_in_sec ?? 0, 0, end - start));
  }
  // The same text stands in a card.
  const field = !isNew && block.field && document.querySelector(`[data-key="${block.field}"]`);
  if (field && field !== document.activeElement && field.value !== text) field.value = text;
}

function ruler(width, duration) {
  const steps = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
  const step = steps.find((one) => one * timeline.scale >= 64) ?? 600;
  const marks = [];
  for (let at = 0; at <= duration + 0.001 && (at === 0 || (duration - at) * timeline.scale > 36); at += step) marks.push(placed(h("span", { class: "mark" }, clock(at)), at));
  const bar = h("div", { class: "line-body", onpointerdown: (event) => { if (event.button === 0) showAt((event.clientX - bar.getBoundingClientRect().left) / timeline.scale); } }, marks);
  bar.style.width = `${width}px`;
  return h("div", { class: "line ruler", "aria-hidden": "true" }, h("span", { class: "line-name" }), bar);
}

function placed(element, start, end) {
  element.style.left = `${start * timeline.scale}px`;
  if (end !== undefined) element.style.width = `${Math.max(4, (end - start) * timeline.scale - 1)}px`;
  return element;
}

function line(track) {
  const body = h("div", { class: "line-body" });
  body.style.width = `${timeline.width}px`;
  if (track.asset) body.append(waveform(track.asset, 0, 0, scenario.duration()));
  const first = track.blocks.find((block) => block.key === timeline.active) ?? track.blocks[0];
  for (const block of track.blocks) body.append(blockElement(track, block, block === first));
  return h("div", { class: `line ${track.kind}`, role: "group", "aria-label": track.name }, h("span", { class: "line-name" }, track.name), body);
}

const BLOCK = h("button", { type: "button", class: "block", "aria-describedby": "timeline-help" }, h("span", { class: "edge", "data-edge": "start" }), h("span", { class: "block-words" }), h("span", { class: "edge", "data-edge": "end" }));

function blockElement(track, block, stops) {
  const element = BLOCK.cloneNode(true);
  element.dataset.key = block.key;
  element.tabIndex = stops ? 0 : -1;
  const drawn = { element, track, block, look: null };
  timeline.drawn.set(block.key, drawn);
  dress(drawn);
  return element;
}

/** The block that something happens to. */
const blockOf = (event) => timeline.drawn.get(event.target.closest?.(".block")?.dataset.key);

function activate(drawn) {
  const { block, element } = drawn;
  timeline.active = block.key;
  for (const other of element.parentNode?.querySelectorAll(".block[tabindex='0']") ?? []) other.tabIndex = -1;
  element.tabIndex = 0;
  inspect(drawn);
}

const round = (value) => Math.round(value * 1000) / 1000;
const SHORTEST = 0.1;

/** Moves both ends, or one. A move keeps the length; nothing leaves the video. */
function moved(thing, edge, by, from = thing) {
  const last = Math.max(scenario.duration(), from.end_sec);
  let { start_sec: start, end_sec: end } = from;
  if (edge === "start") start = Math.min(Math.max(0, start + by), end - SHORTEST);
  else if (edge === "end") end = Math.max(Math.min(last, end + by), start + SHORTEST);
  else {
    const held = Math.max(-start, Math.min(by, last - end));
    start += held;
    end += held;
  }
  return { start_sec: round(start), end_sec: round(end) };
}

/** The nearest end of another block, if it is near. */
function snapped(value, block) {
  const near = 7 / timeline.scale;
  let best = value;
  let gap = near;
  for (const { block: other } of timeline.drawn.values()) {
    if (other.key === block.key) continue;
    for (const edge of [other.thing.start_sec, other.thing.end_sec]) if (Math.abs(edge - value) < gap) { gap = Math.abs(edge - value); best = edge; }
  }
  return best;
}

function drag(event) {
  const drawn = blockOf(event);
  if (!drawn || event.button !== 0) return;
  const { track, block, element } = drawn;
  const edge = event.target.dataset.edge ?? null;
  const from = { start_sec: block.thing.start_sec, end_sec: block.thing.end_sec };
  const origin = event.clientX;
  let now = from;
  element.setPointerCapture(event.pointerId);
  const move = (at) => {
    const by = (at.clientX - origin) / timeline.scale;
    if (Math.abs(at.clientX - origin) < 3 && now === from) return;
    const wanted = moved(block.thing, edge, by, from);
    const anchor = edge === "end" ? "end_sec" : "start_sec";
    const held = snapped(wanted[anchor], block);
    now = moved(block.thing, edge, held - from[anchor], from);
    placed(element, now.start_sec, now.end_sec);
    element.classList.add("dragging");
    $("preview-time").textContent = clock(now[anchor]);
  };
  const end = () => {
    element.removeEventListener("pointermove", move);
    element.classList.remove("dragging");
    if (now !== from && !same(now, from)) change(track, block, now);
    else showAt(Math.min(block.thing.end_sec - 0.05, Math.max(block.thing.start_sec, from.start_sec + 0.5)));
  };
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", end, { once: true });
  element.addEventListener("pointercancel", () => { element.removeEventListener("pointermove", move); placed(element, from.start_sec, from.end_sec); }, { once: true });
}

function change(track, block, times, merge = null) {
  // The cards show the times of scenes and their texts; those of a layer only where its list is open.
  const shown = block.overlay || track.kind === "story" || opened.size > 0;
  scenario.edit(shown ? "times" : "moved", () => {
    // Trimmed at its beginning, a clip begins later in its source as well.
    const by = times.start_sec - block.thing.start_sec;
    const trims = by !== 0 && times.end_sec === block.thing.end_sec;
    if (trims && block.asset && (block.layer?.type === "video" || block.layer?.type === "audio")) {
      const into = (block.thing.source_in_sec ?? 0) + by;
      if (into >= 0 && (block.thing.source_in_sec !== undefined || into > 0)) block.thing.source_in_sec = round(into);
    }
    Object.assign(block.thing, times);
  }, { merge });
  say(label(track, block));
}

function keys(event) {
  const drawn = blockOf(event);
  if (!drawn) return;
  const { track, block } = drawn;
  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  const step = steps[event.key];
  if (step) {
    event.preventDefault();
    const edge = event.shiftKey ? "end" : event.ctrlKey || event.metaKey ? "start" : null;
    const times = moved(block.thing, edge, step * (event.altKey ? 1 : 0.1));
    if (!same(times, { start_sec: block.thing.start_sec, end_sec: block.thing.end_sec })) change(track, block, times, block.key);
    return;
  }
  const at = track.blocks.indexOf(block);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: track.blocks.length - 1 }[event.key];
  if (to !== undefined && track.blocks[to]) {
    event.preventDefault();
    timeline.drawn.get(track.blocks[to].key)?.element.focus();
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    showAt((block.thing.start_sec + block.thing.end_sec) / 2);
    $("inspector").querySelector("input, textarea, select, button")?.focus();
  }
}

/** The fields of the block that was chosen last. */
function inspect({ track, block }) {
  const { thing } = block;
  const key = `i-${block.key}`;
  const fields = [
    h("div", {}, h("span", { class: "muted small" }, t("from")), seconds(`${key}-start`, t("from"), thing.start_sec, (value) => { thing.start_sec = Math.min(value, thing.end_sec - SHORTEST); })),
    h("div", {}, h("span", { class: "muted small" }, t("to")), seconds(`${key}-end`, t("to"), thing.end_sec, (value) => { thing.end_sec = Math.max(value, thing.start_sec + SHORTEST); })),
  ];
  if (track.kind === "text" || track.kind === "subtitle") {
    const write = block.overlay ? (text) => { thing.text = text; } : (text) => { thing.params = { ...thing.params, text }; };
    fields.unshift(h("div", { class: "grow" }, h("span", { class: "muted small" }, t("scenes.text")), field("textarea", `${key}-text`, t("scenes.text"), block.words, write)));
  } else if (block.layer && ["video", "image", "audio"].includes(block.layer.type)) {
    const fit = media.items.filter((item) => block.layer.type === "audio" ? item.channels : item.kind !== "audio");
    fields.push(h("div", {}, h("span", { class: "muted small" }, t("timeline.clip")), pick(`${key}-clip`, t("timeline.clip"), [["", t("timeline.no_clip")], ...fit.map((item) => [item.id, item.name])], thing.asset_id, (id) => {
      if (!id) return;
      thing.asset_id = id;
      thing.asset_source = "uploaded";
      thing.asset_status = "ready";
    }, "all")));
    const volume = thing.params?.volume;
    if (block.layer.type === "audio") fields.push(h("div", {}, h("span", { class: "muted small" }, t("timeline.volume")), h("input", { type: "range", min: "0", max: "1", step: "0.05", value: volume ?? 1, "aria-label": t("timeline.volume"), "data-key": `${key}-volume`,
      onchange: (event) => scenario.edit("looks", () => { thing.params = { ...thing.params, volume: Number(event.target.value) }; }) })));
  }
  $("inspector").replaceChildren(h("h3", {}, track.name), h("div", { class: "inspector-fields" }, fields));
  $("inspector").hidden = false;
}

const waves = new Map();

/** How loud an asset is, drawn once it is known. */
function waveform(id, from, start, length) {
  const canvas = h("canvas", { class: "wave", "aria-hidden": "true" });
  const width = Math.min(8000, Math.max(2, Math.round(length * timeline.scale)));
  placed(canvas, start, start + length);
  canvas.width = width;
  canvas.height = 34;
  if (!media.by(id)?.channels) return canvas;
  if (!waves.has(id)) {
    waves.set(id, fetch(`${place}/assets/${id}/wave`).then((answer) => (answer.ok ? answer.arrayBuffer() : new ArrayBuffer(0)))
      .then((bytes) => new Uint8Array(bytes)).catch(() => new Uint8Array()));
  }
  waves.get(id).then((looks) => {
    const pen = canvas.getContext("2d");
    pen.fillStyle = getComputedStyle(canvas).color;
    for (let x = 0; x < width; x += 1) {
      const first = Math.floor((from + x / timeline.scale) * 20);
      const last = Math.max(first + 1, Math.floor((from + (x + 1) / timeline.scale) * 20));
      let loud = 0;
      for (let at = first; at < last; at += 1) loud = Math.max(loud, looks[at] ?? 0);
      const tall = Math.max(1, Math.sqrt(loud / 255) * 32);
      pen.fillRect(x, 17 - tall / 2, 1, tall);
    }
  });
  return canvas;
}

function placeHead() {
  const head = $("playhead");
  if (head) head.style.transform = `translateX(${timeline.at * timeline.scale}px)`;
}

/** Looks at a moment: in the timeline and in the preview. */
function showAt(at) {
  timeline.at = Math.max(0, Math.min(scenario.duration(), at));
  $("scrub").value = timeline.at;
  placeHead();
  drawFrame();
}

function startTimeline() {
  $("tracks").addEventListener("pointerdown", drag);
  $("tracks").addEventListener("keydown", keys);
  $("tracks").addEventListener("focusin", (event) => { const drawn = blockOf(event); if (drawn) activate(drawn); });
  $("zoom").addEventListener("input", later(30, showTimeline));
  $("undo").addEventListener("click", () => scenario.undo());
  addEventListener("resize", later(150, showTimeline));
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName ?? "");
    if (!typing && (event.ctrlKey || event.metaKey) && event.key === "z") { event.preventDefault(); scenario.undo(); }
  });
  scenario.on((what) => {
    if (what === "all" && scenario.doc && !timeline.lines.size) { $("timeline").hidden = false; zoomIn(); }
    if (what === "all" || what === "media") showTimeline();
    else if (["cards", "times", "moved", "pending", "text", "undo"].includes(what)) followTimeline();
    if (what === "all") $("inspector").hidden = true;
  });
}
