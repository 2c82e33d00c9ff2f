// Media: what the project has, and where files are taken.

const media = {
  items: [],
  by(id) { return this.items.find((item) => item.id === id); },
  name(id) { return this.by(id)?.name ?? id ?? ""; },

  async load() {
    this.items = await all(`${project}/assets`);
    this.show();
  },

  add(asset) {
    if (!this.by(asset.id)) this.items.push(asset);
    this.show();
  },

  show() {
    $("assets").replaceChildren(...this.items.map(tile));
    $("media-sum").textContent = this.items.length ? t("media.sum", { count: this.items.length, size: size(this.items.reduce((sum, item) => sum + item.bytes, 0)) }) : "";
    $("media").classList.toggle("filled", this.items.length > 0);
    const chosen = $("main-clip").value;
    const clips = this.items.filter((item) => item.kind === "video");
    $("main-clip").replaceChildren(...[...$("main-clip").options].slice(0, 2), ...clips.map((item) => h("option", { value: item.id }, item.name)));
    $("main-clip").value = chosen;
    showGenerate();
    scenario.tell("media");
  },
};

const poster = (item) => item && item.kind !== "audio"
  ? h("img", { class: "poster", src: `${place}/assets/${item.id}/poster`, alt: "", loading: "lazy", decoding: "async" })
  : h("span", { class: "poster sound", "aria-hidden": "true" }, "♪");

const facts = (item) => [
  item.duration_sec ? clock(item.duration_sec) : null,
  item.width ? `${item.width}×${item.height}` : null,
  item.source !== "upload" ? word("provider", item.source) : null,
].filter(Boolean).join(" · ");

function tile(item) {
  return h("li", { class: "asset" }, poster(item),
    h("div", { class: "asset-words" },
      h("span", { class: "asset-name", title: item.name }, item.name),
      h("span", { class: "muted small" }, facts(item) || word("kind", item.kind))),
    h("button", { type: "button", class: "quiet icon remove", "aria-label": t("media.remove", { name: item.name }), title: t("delete"), onclick: guarded(() => removeAsset(item)) }, "✕"));
}

async function removeAsset(item) {
  await ask("DELETE", `${project}/assets/${item.id}`);
  media.items = media.items.filter((other) => other !== item);
  media.show();
  say(t("media.removed", { name: item.name }));
  $("files").focus();
}

function takeFiles(files) {
  for (const file of files) upload(file);
}

function startMedia() {
  const drop = $("drop");
  $("files").addEventListener("change", () => { takeFiles($("files").files); $("files").value = ""; });
  let depth = 0;
  const lit = (on) => drop.classList.toggle("over", on);
  drop.addEventListener("dragenter", (event) => { event.preventDefault(); depth += 1; lit(true); });
  drop.addEventListener("dragleave", () => { depth -= 1; lit(depth > 0); });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    lit(false);
    takeFiles([...event.dataTransfer.files]);
  });
}
