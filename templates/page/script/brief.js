// The prompt, the scenario that is made of it, and what its words led to.

let generating = false;

function showGenerate() {
  const has = Boolean(scenario.doc);
  const button = $("generate-button");
  button.textContent = t(generating ? "brief.generating" : has ? "brief.again" : "brief.generate");
  button.disabled = generating;
  button.classList.toggle("busy", generating);
  button.classList.toggle("primary", !has);
  $("writer").textContent = boot.model ? t("brief.model", { name: boot.model }) : t("brief.draft");
}

async function generate(event) {
  event.preventDefault();
  if (generating) return;
  const wrong = $("generate-wrong");
  const prompt = $("prompt").value.trim();
  wrong.hidden = true;
  const refuse = (words) => {
    wrong.replaceChildren(...prose(words));
    wrong.hidden = false;
    $("alarm").textContent = words;
  };
  if (!prompt) { $("prompt").focus(); return refuse(t("brief.no_prompt")); }
  if (!media.items.length) { $("files").focus(); return refuse(t("brief.no_media")); }
  if (scenario.doc && !(await confirmed(t("brief.replace"), t("brief.again")))) return undefined;
  generating = true;
  showGenerate();
  say(t("brief.generating"));
  const wish = { prompt };
  const text = (id, name) => { if ($(id).value.trim()) wish[name] = $(id).value.trim(); };
  text("reference", "reference");
  text("voiceover", "voiceover");
  text("shape", "aspect_ratio");
  if ($("length").value) wish.duration_sec = Number($("length").value);
  if ($("main-clip").value === "-") wish.no_main = true;
  else if ($("main-clip").value) wish.main_asset_id = $("main-clip").value;
  try {
    await scenario.save();
    const headers = scenario.etag ? { "If-Match": scenario.etag } : {};
    const response = await ask("POST", `${project}/scenario/generate`, { body: wish, headers });
    const made = await response.json();
    scenario.take(made.scenario, made.etag);
    await scenario.look();
    const notes = [...made.said, ...(made.warnings ?? []).map((one) => one.message)];
    $("generate-notes").replaceChildren(...notes.slice(0, 8).map((line) => h("li", {}, prose(line))));
    $("generate-told").hidden = !notes.length;
    $("generate-told").firstElementChild.textContent = t("brief.notes", { count: Math.min(8, notes.length) });
    say(t("brief.done", { count: made.scenario.scenario.scenes.length }));
    $("scenes").scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  } catch (error) {
    if (error.status === 412) scenario.mark("stale");
    refuse(error.message);
  } finally {
    generating = false;
    showGenerate();
  }
  return undefined;
}

/** Asks a yes or no. */
function confirmed(question, yes) {
  return new Promise((answer) => {
    const done = (value) => { box.close(); box.remove(); answer(value); };
    const box = h("dialog", { class: "dialog small-dialog", "aria-labelledby": "question", oncancel: () => done(false) },
      h("p", { id: "question" }, question),
      h("div", { class: "row end" },
        h("button", { type: "button", onclick: () => done(false) }, t("cancel")),
        h("button", { type: "button", class: "primary", id: "yes", onclick: () => done(true) }, yes)));
    document.body.append(box);
    box.showModal();
  });
}

// What a change of the decision writes into the prompt. The rules read it there like any other word of it.
const SAYS = { theses: ["says.theses_on", "says.theses_off"], subtitles: ["says.subtitles_on", "says.subtitles_off"] };

function said(prompt, what, on) {
  let text = prompt.trim();
  for (const key of SAYS[what]) text = text.replace(words[key], "").trim();
  const added = words[SAYS[what][on ? 0 : 1]];
  if (text && !/[.!?…]$/.test(text)) text += ".";
  return text ? `${text} ${added}` : added;
}

async function showDecision() {
  const box = $("decision");
  if (!scenario.doc) { box.hidden = true; return; }
  let decision;
  try {
    decision = await (await ask("GET", `${place}/decision`)).json();
  } catch { return; }
  const row = (what) => {
    const on = decision[what];
    const because = (decision.because[what] ?? []).map((one) => one.text);
    const others = Object.entries(decision.because).filter(([name]) => name !== "theses" && name !== "subtitles");
    const why = because.length ? because : others.flatMap(([, list]) => list.map((one) => one.text));
    return h("div", { class: "choice" },
      h("button", { type: "button", role: "switch", "aria-checked": String(on), class: "toggle", id: `toggle-${what}`, "data-key": `toggle-${what}`, "aria-label": t(`decision.${what}`),
        onclick: () => decide(what, !on) }, h("span", { class: "knob" })),
      h("div", {}, h("strong", {}, t(`decision.${what}`)), " ", h("span", { class: "muted" }, t(on ? "decision.on" : "decision.off")),
        what === "subtitles" && on && decision.source !== "none" ? h("span", { class: "muted" }, ` · ${word("says", `source_${decision.source}`)}`) : null,
        h("p", { class: "small muted" }, why.length ? t("decision.because") : t("decision.default"), " ",
          ...[...new Set(why)].slice(0, 4).map((text) => h("mark", {}, text)))));
  };
  keepFocus(() => box.replaceChildren(
    h("h3", {}, t("decision.title")),
    h("div", { class: "choices" }, row("theses"), row("subtitles")),
    h("p", { class: "muted small" }, t("decision.note"), decision.answered_at ? ` ${decision.answered_at.file}:${decision.answered_at.line}` : "")));
  box.hidden = false;
}

function decide(what, on) {
  scenario.edit("prompt", (doc) => { doc.scenario.global_prompt = said(doc.scenario.global_prompt ?? "", what, on); });
  $("prompt").value = scenario.story.global_prompt;
  say(`${t(`decision.${what}`)}: ${t(on ? "decision.on" : "decision.off")}`);
}

function startBrief() {
  $("generate").addEventListener("submit", generate);
  for (const shape of boot.shapes) $("shape").append(h("option", { value: shape }, shape));
  $("prompt").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("generate").requestSubmit();
  });
  scenario.on((what) => {
    if (what === "undo" && scenario.story.global_prompt !== undefined) $("prompt").value = scenario.story.global_prompt;
    if (what === "all") {
      if (scenario.story?.global_prompt && document.activeElement !== $("prompt")) $("prompt").value = scenario.story.global_prompt;
      showGenerate();
      showDecision();
    }
    if (what === "saved") showDecision();
  });
}
