// Begins what the page needs.

/** The parts of the page at its top; the one that is looked at is marked. */
function startJump() {
  const links = new Map([...$("jump").children].map((link) => [$(link.hash.slice(1)), link]));
  const shown = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) shown.add(entry.target); else shown.delete(entry.target);
    const first = [...links.keys()].find((part) => shown.has(part) && part.id !== "render") ?? [...shown][0];
    for (const [part, link] of links) if (part === first) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }, { rootMargin: "-25% 0px -65% 0px" });
  for (const part of links.keys()) watch.observe(part);
  scenario.on((what) => { if (what === "all") $("jump").hidden = !scenario.doc; });
}

async function startProject() {
  startJump();
  startMedia();
  startBrief();
  startMissing();
  startScenes();
  startTimeline();
  startLooks();
  startPlan();
  scenario.on((what) => { if (what === "state" || what === "all") showState(); });
  addEventListener("focus", () => scenario.check());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) scenario.check(); });
  addEventListener("beforeunload", (event) => { if (scenario.dirty || waiting.length || sending) event.preventDefault(); });
  try {
    await media.load();
    await scenario.load();
    drawFrame();
    await startRender();
  } catch (error) { toast(error.message, "bad"); }
  document.body.dataset.ready = "true";
}

function startHome() {
  for (const time of document.querySelectorAll("time")) time.textContent = new Date(time.dateTime).toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric" });
  $("new-project").addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = $("new-wrong");
    try {
      const made = await (await ask("POST", "/api/projects", { body: { name: $("name").value } })).json();
      location.assign(`/projects/${made.id}`);
    } catch (error) {
      wrong.replaceChildren(...prose(error.message));
      wrong.hidden = false;
      $("alarm").textContent = error.message;
      $("name").focus();
    }
  });
  for (const button of document.querySelectorAll("[data-delete]")) {
    button.addEventListener("click", guarded(async () => {
      if (!(await confirmed(t("home.delete_ask", { name: button.dataset.name }), t("delete")))) return;
      await ask("DELETE", `/api/projects/${button.dataset.delete}`);
      button.closest("li").remove();
      say(t("home.deleted", { name: button.dataset.name }));
      $("name").focus();
    }));
  }
}

function startSession() {
  $("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = $("sign-in-wrong");
    const headers = { "Content-Type": "application/json", "Accept-Language": language };
    try {
      const response = await fetch("/session", { method: "POST", headers, body: JSON.stringify({ token: $("token").value }) });
      if (response.ok) return location.assign("/");
      wrong.replaceChildren(...prose((await response.json()).detail));
    } catch { wrong.textContent = t("offline"); }
    wrong.hidden = false;
    $("alarm").textContent = wrong.textContent;
    $("token").focus();
    return undefined;
  });
}

$("sign-out")?.addEventListener("click", async () => {
  await fetch("/session", { method: "DELETE" });
  location.assign("/session");
});

({ home: startHome, project: startProject, session: startSession })[document.body.dataset.page]?.();
