// Files on their way. A large one goes in pieces: where the connection breaks it goes on from what has arrived, also when the
// page was closed meanwhile and the same file is chosen again.

const PIECE = 8 << 20;

/** Sends bytes; resolves to the answer, and throws a Refusal where it is none. `told` hears how many are on their way. */
function sent(method, path, body, headers, told, signal) {
  return new Promise((done, refuse) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    const all = { "Content-Type": "application/octet-stream", "Accept-Language": language, ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => told(event.loaded);
    request.onload = () => {
      if (request.status === 401) location.assign("/session");
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* an answer without a body */ }
      if (request.status < 300) done({ status: request.status, answer, offset: Number(request.getResponseHeader("upload-offset")) });
      else refuse(new Refusal(request.status, answer));
    };
    request.onerror = () => refuse(new Refusal(0, { detail: t("offline") }));
    request.onabort = () => refuse(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

/** A moment, or less where the network or somebody says that it may go on. */
function pause(milliseconds, signal) {
  return new Promise((done) => {
    const end = new AbortController();
    const over = () => { clearTimeout(timer); end.abort(); done(); };
    const timer = setTimeout(over, milliseconds);
    addEventListener("online", over, { signal: end.signal });
    signal.addEventListener("abort", over, { signal: end.signal });
  });
}

/** The upload that a file was begun as, remembered beyond this page; `id` keeps it, null forgets it. */
function begun(file, id) {
  const name = `callsheet.upload.${boot.project.id}.${file.name}.${file.size}.${file.lastModified}`;
  try {
    if (id) localStorage.setItem(name, id);
    else if (id === null) localStorage.removeItem(name);
    return localStorage.getItem(name);
  } catch { return null; }
}

/** Where an upload goes on. */
const reached = async (id) => (await (await ask("GET", `${project}/uploads/${id}`)).json()).offset;

/** Sends a file to its end, however often the connection breaks. `told` hears of bytes, `lost` of a break. */
async function sendFile(file, { told, lost, signal }) {
  const name = file.name.slice(0, 200);
  const isLarge = file.size > PIECE;
  let id = isLarge ? begun(file) : null;
  // A file that was begun before goes on where it is.
  let at = id ? null : 0;
  for (let breaks = 0; ;) {
    try {
      signal.throwIfAborted();
      if (!isLarge) return await sent("POST", `${project}/assets?name=${encodeURIComponent(name)}`, file, {}, told, signal);
      if (!id) {
        id = (await (await ask("POST", `${project}/uploads`, { body: { name, length: file.size }, signal })).json()).id;
        begun(file, id);
        at = 0;
      }
      at ??= await reached(id);
      const from = at;
      const answer = await sent("PATCH", `${project}/uploads/${id}`, file.slice(from, from + PIECE), { "Upload-Offset": String(from) }, (bytes) => told(from + bytes), signal);
      breaks = 0;
      if (answer.status === 204) { at = answer.offset; continue; }
      begun(file, null);
      return answer;
    } catch (error) {
      if (error.name === "AbortError") {
        if (id) { begun(file, null); ask("DELETE", `${project}/uploads/${id}`).catch(() => { /* given up in seven days */ }); }
        throw error;
      }
      if (error.status === 404 && at === null) {
        // Done, with an answer that never came; or given up, and begun anew.
        begun(file, null);
        id = null;
        await media.load();
        const there = media.items.find((item) => item.name === name && item.bytes === file.size);
        if (there) return { status: 201, answer: there };
        continue;
      }
      // No answer, one that took too long, or a request before this one that has not noticed its end.
      if (![0, 408, 409, 502, 503, 504].includes(error.status)) { begun(file, null); throw error; }
      if (error.status !== 409) lost();
      await pause(Math.min(15000, 700 * 2 ** breaks), signal);
      breaks += 1;
      if (isLarge && id) at = null;
    }
  }
}

/** Takes a file; its row shows how far it is. Whoever wants to know is told what became of it; given up, it failed without words. */
function upload(file, { done = () => {}, gone: wasted = () => {} } = {}) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": file.name });
  const told = h("span", { class: "muted small told" }, size(file.size));
  const stop = h("button", { type: "button", class: "quiet" }, t("cancel"));
  const row = h("li", { class: "upload" }, h("span", { class: "upload-name", title: file.name }, file.name), told, stop, bar);
  $("uploads").append(row);
  $("uploads").hidden = false;
  const gone = () => {
    row.remove();
    $("uploads").hidden = !$("uploads").children.length;
  };
  const failed = (words) => {
    row.className = "upload bad";
    told.replaceChildren(...prose(words));
    bar.hidden = true;
    $("alarm").textContent = `${file.name}: ${words}`;
    stop.textContent = t("close");
    stop.onclick = gone;
    stop.before(again);
    wasted(words);
  };
  const send = async () => {
    const ends = new AbortController();
    stop.onclick = () => ends.abort();
    const on = {
      signal: ends.signal,
      told: (bytes) => {
        row.classList.remove("lost");
        bar.value = bytes / Math.max(1, file.size);
        told.textContent = bytes < file.size ? t("media.sent", { percent: number(Math.floor(bar.value * 100)), size: size(file.size) }) : t("media.measuring");
        if (bytes >= file.size) bar.removeAttribute("value");
      },
      lost: () => {
        if (!row.classList.contains("lost")) say(`${file.name}: ${t("media.lost")}`);
        row.classList.add("lost");
        bar.value = bar.value || 0;
        told.textContent = t("media.lost");
      },
    };
    try {
      const { status, answer } = await sendFile(file, on);
      gone();
      media.add(answer);
      done(answer);
      say(t(status === 200 ? "media.same" : "media.added", { name: file.name }));
    } catch (error) {
      if (error.name !== "AbortError") return failed(error.message);
      gone();
      wasted("");
    }
    return undefined;
  };
  const again = h("button", { type: "button", class: "quiet", onclick: () => {
    row.className = "upload";
    bar.hidden = false;
    again.remove();
    stop.textContent = t("cancel");
    queue(send);
  } }, t("again"));
  if (boot.max_upload && file.size > boot.max_upload) {
    failed(t("media.large", { size: size(boot.max_upload) }));
    again.remove();
    return;
  }
  stop.onclick = () => {
    waiting.splice(waiting.indexOf(send), 1);
    gone();
    wasted("");
  };
  queue(send);
}

// Two at a time: more would only make each slower.
const waiting = [];
let sending = 0;

function queue(send) {
  waiting.push(send);
  next();
}

function next() {
  while (sending < 2 && waiting.length) {
    sending += 1;
    waiting.shift()().finally(() => { sending -= 1; next(); });
  }
}
