// Media: files on their way, and what the project has.

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

/** Sends one file; its row shows how far it is. */
function upload(file) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": file.name });
  const told = h("span", { class: "muted small" }, size(file.size));
  const stop = h("button", { type: "button", class: "quiet" }, t("cancel"));
  const row = h("li", { class: "upload" }, h("span", { class: "upload-name" }, file.name), told, bar, stop);
  $("uploads").append(row);
  $("uploads").hidden = false;
  const gone = () => {
    row.remove();
    $("uploads").hidden = !$("uploads").children.length;
  };
  const send = () => {
    const request = new XMLHttpRequest();
    request.open("POST", `${project}/assets?name=${encodeURIComponent(file.name.slice(0, 200))}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept-Language", language);
    request.upload.onprogress = (event) => {
      bar.value = event.loaded / Math.max(1, event.total);
      told.textContent = event.loaded < event.total ? `${number(bar.value * 100)} %` : t("media.measuring");
    };
    const failed = (words) => {
      row.classList.add("bad");
      told.textContent = words;
      bar.hidden = true;
      $("alarm").textContent = `${file.name}: ${words}`;
      stop.textContent = t("close");
      stop.onclick = gone;
      if (again.parentNode !== row) row.append(again);
    };
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* told as a failure below */ }
      if (request.status < 300) {
        gone();
        media.add(answer);
        say(t(request.status === 200 ? "media.same" : "media.added", { name: file.name }));
      } else if (request.status === 401) location.assign("/session");
      else failed(answer.detail ?? t("offline"));
      next();
    };
    request.onerror = () => { failed(t("offline")); next(); };
    request.onabort = () => { gone(); next(); };
    stop.onclick = () => request.abort();
    if (boot.max_upload && file.size > boot.max_upload) {
      failed(t("media.large", { size: size(boot.max_upload) }));
      return next();
    }
    return request.send(file);
  };
  const again = h("button", { type: "button", class: "quiet", onclick: () => {
    row.classList.remove("bad");
    bar.hidden = false;
    again.remove();
    stop.textContent = t("cancel");
    waiting.push(send);
    next(true);
  } }, t("again"));
  stop.onclick = () => {
    waiting.splice(waiting.indexOf(send), 1);
    gone();
  };
  waiting.push(send);
}

// Two at a time: more would only make each slower.
const waiting = [];
let sending = 0;
function next(fresh = false) {
  if (!fresh) sending = Math.max(0, sending - 1);
  while (sending < 2 && waiting.length) {
    sending += 1;
    waiting.shift()();
  }
}

function takeFiles(files) {
  for (const file of files) upload(file);
  next(true);
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
