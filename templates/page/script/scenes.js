// Scenes as cards: what is seen, what is said, and the texts on the screen, all edited where they stand.

const POSITIONS = ["top_left", "top_center", "top_right", "center_left", "center", "center_right", "bottom_left", "bottom_center", "bottom_right"];

/** A field that writes into the scenario as it is typed in. `key` names it for focus and for undo. */
function field(tag, key, label, value, write, attributes = {}) {
  const element = h(tag, { "aria-label": label, "data-key": key, ...attributes });
  element.value = value ?? "";
  element.addEventListener("input", () => scenario.edit("text", () => write(element.value), { merge: key }));
  if (tag === "textarea") grow(element);
  return element;
}

function grow(area) {
  area.rows = 1;
  area.classList.add("grows");
}

/** Seconds in a field: written when they are a number that can be. */
function seconds(key, label, value, write) {
  const element = h("input", { type: "number", step: "0.1", min: "0", class: "seconds", "aria-label": label, "data-key": key, inputmode: "decimal" });
  element.value = String(Math.round(value * 1000) / 1000);
  element.addEventListener("change", () => {
    const typed = Number(element.value);
    if (!Number.isFinite(typed) || typed < 0 || element.value === "") { element.value = String(value); return; }
    scenario.edit("times", () => write(typed));
  });
  return element;
}

function pick(key, label, options, value, write, what = "looks") {
  const element = h("select", { "aria-label": label, "data-key": key }, options.map(([option, words]) => h("option", { value: option }, words)));
  element.value = value ?? "";
  element.addEventListener("change", () => scenario.edit(what, () => write(element.value || null)));
  return element;
}

/** The texts of a layer that are on the screen during a scene. */
function during(scene) {
  const found = [];
  (scenario.story.layers ?? []).forEach((layer, at) => {
    if (layer.type !== "text" && layer.type !== "subtitle") return;
    (layer.segments ?? []).forEach((segment, number) => {
      if (segment.start_sec < scene.end_sec - 0.001 && segment.start_sec >= scene.start_sec - 0.001) found.push({ layer, segment, key: `${at}-${number}` });
    });
  });
  return found;
}

const isSubtitle = (layer, segment) => layer.type === "subtitle" || segment.params?.format === "subtitle";

function badge(isSub) {
  return h("span", { class: `badge ${isSub ? "subtitle" : "thesis"}` }, t(isSub ? "subtitle" : "thesis"));
}

function overlayRow(scene, overlay, at, number) {
  const key = `scene-${at}-overlay-${number}`;
  const isSub = overlay.format === "subtitle";
  return h("li", { class: `overlay ${isSub ? "is-subtitle" : "is-thesis"}` },
    h("button", { type: "button", class: "turn", "data-key": `${key}-format`, title: t("scenes.turn"), "aria-label": t("scenes.turn_it", { now: t(isSub ? "subtitle" : "thesis") }),
      onclick: () => scenario.edit("cards", () => { overlay.format = isSub ? "thesis" : "subtitle"; }) }, badge(isSub)),
    field("textarea", `${key}-text`, t("scenes.text"), overlay.text, (text) => { overlay.text = text; }),
    h("div", { class: "overlay-tools" },
      seconds(`${key}-start`, t("from"), overlay.start_sec, (value) => { overlay.start_sec = value; }), h("span", { class: "muted", "aria-hidden": "true" }, "–"),
      seconds(`${key}-end`, t("to"), overlay.end_sec, (value) => { overlay.end_sec = value; }),
      pick(`${key}-position`, t("scenes.position"), [["", t("scenes.by_rules")], ...POSITIONS.map((name) => [name, word("position", name)])], overlay.position, (value) => { overlay.position = value; }),
      h("button", { type: "button", class: "quiet icon", "aria-label": t("scenes.remove_text", { text: overlay.text ?? "" }), title: t("delete"), onclick: () => scenario.edit("cards", () => { scene.overlays.splice(number, 1); }) }, "✕")));
}

function cueRow({ layer, segment, key }) {
  const isSub = isSubtitle(layer, segment);
  return h("li", { class: `cue ${isSub ? "is-subtitle" : "is-thesis"}` }, badge(isSub),
    h("span", { class: "muted small time" }, clock(segment.start_sec)),
    field("input", `cue-${key}`, t("scenes.cue_at", { time: clock(segment.start_sec) }), segment.params?.text, (text) => { segment.params = { ...segment.params, text }; }, { type: "text" }));
}

function sceneCard(scene, at) {
  const cues = during(scene);
  const waits = waitsIn(scene);
  const shown = sceneShown(scene);
  const list = h("ol", { class: "cues" });
  const more = cues.length ? h("details", { class: "more", "data-scene": scene.id, open: opened.has(scene.id), ontoggle: (event) => {
    // Hundreds of fields that nobody looks at would only make the page slow.
    if (event.target.open) opened.add(scene.id); else opened.delete(scene.id);
    if (event.target.open && !list.children.length) list.append(...cues.map(cueRow));
  } }, h("summary", {}, t("scenes.cues", { count: cues.length })), list) : null;
  if (more && opened.has(scene.id)) list.append(...cues.map(cueRow));
  return h("li", { class: `scene ${waits ? "waits" : ""}`, id: `scene-${at}` },
    h("div", { class: "scene-side" }, shown ? poster(shown) : h("span", { class: "poster nothing", "aria-hidden": "true" }, waits ? "?" : "—"),
      h("span", { class: "muted small" }, `${clock(scene.start_sec)} – ${clock(scene.end_sec)}`)),
    h("div", { class: "scene-main" },
      h("div", { class: "scene-head" }, h("h3", {}, t("scenes.scene", { number: at + 1 })), h("span", { class: "muted small" }, scene.id), waits ? h("span", { class: "badge wait" }, t("scenes.waits")) : null),
      field("textarea", `scene-${at}-visual`, t("scenes.visual"), scene.visual_description, (text) => { scene.visual_description = text; }, { placeholder: t("scenes.visual"), class: "visual" }),
      scene.voiceover_text !== undefined && scene.voiceover_text !== null ? h("div", { class: "voice" }, h("span", { class: "muted small", "aria-hidden": "true" }, t("scenes.voice")), field("textarea", `scene-${at}-voice`, t("scenes.voice"), scene.voiceover_text, (text) => { scene.voiceover_text = text; })) : null,
      h("ul", { class: "overlays" }, (scene.overlays ?? []).map((overlay, number) => overlayRow(scene, overlay, at, number))),
      h("button", { type: "button", class: "quiet add", "data-key": `scene-${at}-add`, onclick: () => addText(scene, at) }, t("scenes.add")),
      more));
}

const opened = new Set();
const waitsIn = (scene) => scenario.pending.some((wait) => wait.scene_id === scene.id);

/** What is seen when a scene begins. */
function sceneShown(scene) {
  const middle = (scene.start_sec + scene.end_sec) / 2;
  for (const layer of [...(scenario.story.layers ?? [])].reverse()) {
    if (layer.type !== "video") continue;
    const found = (layer.segments ?? []).find((one) => one.asset_id && one.start_sec <= middle && middle < one.end_sec);
    if (found) return media.by(found.asset_id);
  }
  return waitsIn(scene) ? null : media.by(scenario.doc.main_asset_id);
}

function addText(scene, at) {
  const length = Math.min(3, scene.end_sec - scene.start_sec);
  scenario.edit("cards", () => {
    scene.overlays ??= [];
    scene.overlays.push({ text: t("scenes.new_text"), format: "thesis", start_sec: scene.start_sec, end_sec: Math.round((scene.start_sec + length) * 100) / 100 });
  });
  const area = document.querySelector(`[data-key="scene-${at}-overlay-${scene.overlays.length - 1}-text"]`);
  area?.focus();
  area?.select();
}

/** What a card shows besides what is typed into it. A card is made anew only where that is another. */
function marks(scene) {
  const list = during(scene).map(({ key, segment }) => (opened.has(scene.id) ? [key, segment.start_sec] : key));
  const overlays = (scene.overlays ?? []).map((overlay) => [overlay.format, overlay.position, overlay.start_sec, overlay.end_sec]);
  return JSON.stringify([scene.start_sec, scene.end_sec, overlays, list, sceneShown(scene)?.id, waitsIn(scene)]);
}

let drawnCards = [];

/** All that a card shows, and no style, which it does not. */
const contents = () => scenario.story.scenes.map((scene) => JSON.stringify([scene, during(scene).map(({ segment }) => segment)], (name, value) => (name === "font_style" ? undefined : value)));

function showScenes(fresh) {
  const scenes = scenario.story?.scenes ?? [];
  const list = $("scene-list");
  $("scenes").hidden = !scenario.doc;
  $("scenes-sum").textContent = scenario.doc ? t("scenes.sum", { count: scenes.length, length: clock(scenario.duration()) }) : "";
  const now = scenes.map(marks);
  keepFocus(() => {
    if (fresh || now.length !== drawnCards.length) list.replaceChildren(...scenes.map(sceneCard));
    else now.forEach((mark, at) => { if (mark !== drawnCards[at]) list.children[at].replaceWith(sceneCard(scenes[at], at)); });
  });
  drawnCards = now;
}

function startScenes() {
  let before = [];
  scenario.on((what) => {
    if (what === "undoing") before = contents();
    if (what === "undo") {
      const now = contents();
      if (now.length === before.length) drawnCards = drawnCards.map((mark, at) => (now[at] === before[at] ? mark : ""));
      showScenes(now.length !== before.length);
    }
    if (["all", "cards", "times", "media", "pending"].includes(what)) showScenes(what === "all");
  });
}
