// What every part needs: words, elements, requests, and saying something to whoever sees or hears.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const words = read("words");
const boot = read("boot");
const language = document.documentElement.lang;
const $ = (id) => document.getElementById(id);

/** The words of `key`, with `{name}` filled in. */
function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The words of a family, or the name itself where nobody has words for it. */
const word = (family, name) => words[`${family}.${name}`] ?? name;

/** An element. `on…` are listeners, `class` and the rest attributes; texts become text nodes, never HTML. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A text in which `…` is a name that somebody has to type: shown as one. Nothing in it is HTML. */
const prose = (text) => String(text ?? "").split("`").map((part, at) => (at % 2 ? h("code", {}, part) : part));

/** 75.5 → 1:15.5 */
function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds * 10) / 10);
  const minutes = Math.floor(whole / 60);
  const rest = (whole - minutes * 60).toFixed(1).replace(/\.0$/, "");
  return `${minutes}:${rest.split(".")[0].padStart(2, "0")}${rest.includes(".") ? `.${rest.split(".")[1]}` : ""}`;
}

const number = (value, digits = 0) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${number(bytes / 1024 ** step, step > 1 ? 1 : 0)} ${word("unit", units[step])}`;
}

function later(delay, work) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), delay);
  };
}

/** For ears: politely. */
const say = (text) => { $("said").textContent = text; };

/** For eyes and ears: something went wrong, or is done. */
function toast(text, kind = "") {
  const note = h("div", { class: `toast ${kind}` }, h("span", {}, prose(text)),
    h("button", { type: "button", class: "quiet icon", "aria-label": t("close"), onclick: () => note.remove() }, "✕"));
  $("toasts").append(note);
  (kind === "bad" ? $("alarm") : $("said")).textContent = text;
  setTimeout(() => note.remove(), kind === "bad" ? 12000 : 5000);
}

/** An answer that is no success. */
class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || t("offline"));
    this.status = status;
    this.problem = problem;
  }
}

async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  return new Refusal(response.status, problem);
}

/** A request to the API; its answer, or a thrown Refusal. No answer at all is a Refusal of status 0. What makes something
 * has a key, so that it is made once. */
async function ask(method, path, { body, headers = {}, signal, keyed = true } = {}) {
  const told = { "Accept-Language": language, ...headers };
  if (body !== undefined) told["Content-Type"] = "application/json";
  if (method === "POST" && keyed) told["Idempotency-Key"] ??= once();
  let response;
  try {
    response = await fetch(path, { method, headers: told, body: body === undefined ? undefined : JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, { detail: t("offline") });
  }
  if (response.status === 401) location.assign("/session");
  if (!response.ok && response.status !== 304) throw await refusal(response);
  return response;
}

const once = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** All items of a list that comes in pages. */
async function all(path) {
  const items = [];
  let after = null;
  do {
    const cut = after ? `&after=${encodeURIComponent(after)}` : "";
    const page = await (await ask("GET", `${path}${path.includes("?") ? "&" : "?"}limit=100${cut}`)).json();
    items.push(...page.items);
    after = page.next;
  } while (after);
  return items;
}

const copy = (value) => structuredClone(value);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Puts the focus back where it was after `work` has made elements anew: by their `data-key`. */
function keepFocus(work) {
  const active = document.activeElement;
  const key = active?.dataset?.key;
  const cut = key && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  work();
  if (!key || document.activeElement?.dataset?.key === key) return;
  const again = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  again?.focus({ preventScroll: true });
  if (cut && cut[0] !== null) try { again?.setSelectionRange(...cut); } catch { /* a field without a text cursor */ }
}
