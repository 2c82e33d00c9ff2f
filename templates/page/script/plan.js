// The plan: each task in order, with the rule, the file and the line that made it.

/** What is told of a task, the text first. */
const SHOWN = {
  text: (text) => `“${text}”`,
  style: (name) => word("style", name),
  position: (name) => word("position", name),
  aspect_ratio: (shape) => shape,
  volume: (volume) => `${t("timeline.volume").toLowerCase()} ${number(volume, 2)}`,
  factor: (factor) => `× ${number(factor, 2)}`,
  transition: (name) => name,
};

function told(params = {}) {
  const files = Object.values(params).filter((value) => media.by(value)).map((id) => media.name(id));
  const facts = Object.entries(SHOWN).filter(([name]) => params[name] !== undefined && typeof params[name] !== "object").map(([name, show]) => show(params[name]));
  return [...files, ...facts].join(" · ");
}

const when = ({ start_time: start, end_time: end } = {}) => (start === undefined ? "" : end === undefined ? clock(start) : `${clock(start)} – ${clock(end)}`);

async function showPlan() {
  const button = $("plan-button");
  button.disabled = true;
  $("plan-why").textContent = t("plan.making");
  try {
    await scenario.save();
    const plan = await (await ask("GET", `${project}/scenario/plan`)).json();
    const { render } = plan;
    $("plan-why").textContent = t("plan.sum", { count: plan.tasks.length, size: `${render.width}×${render.height}`, length: clock(render.duration_sec), frames: number(render.frames), left: number(render.frames_to_render) });
    const rows = plan.tasks.map((task, at) => h("tr", {},
      h("td", { class: "muted" }, String(at + 1)),
      h("th", { scope: "row" }, word("task", task.type)),
      h("td", { class: "muted nowrap" }, when(task.params)),
      h("td", {}, [...(task.inputs ?? []).map((id) => media.by(id)?.name).filter(Boolean), told(task.params)].filter(Boolean).join(" · ")),
      h("td", {}, task.origin ? h("code", {}, task.origin.rule) : "", " ", task.origin ? h("span", { class: "muted small nowrap" }, `${task.origin.file}:${task.origin.line}`) : "")));
    const warnings = (plan.warnings ?? []).map((one) => one.message);
    $("plan-body").replaceChildren(
      warnings.length || plan.said?.length ? h("ul", { class: "notes" }, [...warnings, ...(plan.said ?? [])].map((line) => h("li", {}, prose(line)))) : "",
      h("div", { class: "table", tabindex: "0", role: "group", "aria-labelledby": "plan-title" }, h("table", {},
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "№"), ...["task", "time", "what", "rule"].map((name) => h("th", { scope: "col" }, t(`plan.${name}`))))),
        h("tbody", {}, rows))));
    button.textContent = t("plan.again");
  } catch (error) {
    $("plan-why").replaceChildren(...prose(error.message));
    $("plan-body").replaceChildren();
  } finally {
    button.disabled = !scenario.doc;
  }
}

function startPlan() {
  $("plan-button").addEventListener("click", showPlan);
  scenario.on((what) => {
    $("plan").hidden = !scenario.doc;
    if (["saved", "all"].includes(what) && $("plan-body").children.length) $("plan-body").classList.add("old");
    if (what === "all") { $("plan-body").replaceChildren(); $("plan-button").textContent = t("plan.show"); $("plan-why").textContent = t("plan.lead"); }
  });
}
