"""Every state that the pages can be in, each looked at by axe: light on a desktop, dark on a phone.

With CALLSHEET_SHOTS, a folder, each is photographed into it too, in both schemes at both widths, for whoever wants to see them.
"""

import os
import re
import subprocess
from pathlib import Path

from playwright.sync_api import expect

from kit import PROMPTS, Hand, Server, again, api, grown, look, missing, other, project

SHOTS = os.environ.get("CALLSHEET_SHOTS")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
LONG = {
    "en": "A slow pan over the evening embankment: lanterns, wet cobbles, people under umbrellas, and in the far distance the lights of "
          "the bridge that the whole story is about, long enough to be worth a second line and then a third one",
    "ru": "Медленная панорама вечерней набережной: фонари, мокрая брусчатка, люди под зонтами, а вдали огни того самого моста, о котором "
          "весь ролик, — достаточно длинное описание, чтобы занять и вторую строку, и третью, и непредвиденныесловабезпробеловподряд",
}

# What the page is told about jobs, said by the test.
EVENTS = """() => {
  window.streams = [];
  window.EventSource = class extends EventTarget {
    constructor() { super(); window.streams.push(this); setTimeout(() => this.onopen?.()); }
    close() {}
  };
  window.emit = (name, data) => window.streams.at(-1).dispatchEvent(new MessageEvent(name, { data: data && JSON.stringify(data), lastEventId: String(window.told = (window.told ?? 0) + 1) }));
}"""


class Album:
    """Looks at a state in both schemes and at both widths: axe, nothing wider than the page, nothing too small for a finger."""

    def __init__(self, page, language):
        self.page, self.language, self.names = page, language, []

    def __call__(self, name):
        self.names.append(name)
        # Both schemes and both widths; all four of them for photographs.
        every = [(scheme, width) for scheme in ("light", "dark") for width in ("desktop", "phone")]
        for scheme, width in every if SHOTS else (every[0], every[3]):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.page.set_viewport_size(DESKTOP if width == "desktop" else PHONE)
            # What follows a resize has followed when the frames after it are drawn.
            self.page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 200))")
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{name}: the page is {wide} pixels wider than a {width}"
            if width == "phone":
                small = self.page.evaluate(SMALL)
                assert not small, f"{name}: too small for a finger: {small}"
            look(self.page)
            if SHOTS:
                # Cards that are out of sight are not painted, but for a photograph.
                self.page.evaluate("scrollTo(0, 0); for (const card of document.querySelectorAll('.scene')) card.style.contentVisibility = 'visible'")
                path = Path(SHOTS) / f"{self.language}-{name}-{scheme}-{width}.png"
                self.page.screenshot(path=path, full_page=not self.page.locator("dialog[open]").count())
        self.page.set_viewport_size(DESKTOP)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")


# What is pressed with a finger is 44 pixels high and wide, but for blocks and edges of the timeline, whose width is their time,
# and links inside of text.
SMALL = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.unseen, .skip, .tracks') && !one.matches('.unseen, .skip, p a, .foot a');
  return [...document.querySelectorAll('a, button, select, input, summary, label.button, label.look')].filter(seen)
    .map((one) => (one.matches('.look input') ? one.parentNode : one)).map((one) => [one, one.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5)).map(([one, box]) => `${one.tagName}.${one.className}#${one.id} ${Math.round(box.width)}x${Math.round(box.height)} ${one.textContent.slice(0, 20)}`);
}"""


def states(browser, program, server, language, folder):
    context = browser.new_context(locale=language, reduced_motion="reduce", viewport=DESKTOP)
    page = context.new_page()
    page.add_init_script(f"({EVENTS})()")
    seen = Album(page, language)
    begin(page, server, language, folder, seen)
    doors(browser, program, server, language, folder, seen)
    troubles(page, language, folder, seen)
    rendering(page, seen)
    many(page, language, seen)
    painted = [first_paint(page, address) for address in (server.url, page.url)]
    print(f"{language}: {len(seen.names)} states; first painted after {painted[0]:.0f} ms, with 50 scenes {painted[1]:.0f} ms: {', '.join(seen.names)}")
    if os.environ.get("CALLSHEET_MEASURES"):
        assert max(painted) < 1000, painted


def first_paint(page, address):
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")


def begin(page, server, language, folder, seen):
    """From nothing to a draft."""
    page.goto(server.url)
    expect(page.locator(".empty")).to_be_visible()
    seen("home-empty")
    hand = Hand(page, False)
    hand.type("#name", "Autumn 2026" if language == "en" else "Осень 2026")
    hand.press("#new-project button")
    expect(page.locator("body[data-ready]")).to_be_attached()
    seen("project-empty")
    # One is on its way, one is lost, one is refused.
    page.route("**/uploads/*", lambda route: route.abort("connectionreset"))
    held, red = [], re.compile(r"/assets\?name=red")
    page.route(re.compile(r"/assets\?name=main"), lambda route: held.append(route))
    page.route(red, lambda route: route.fulfill(status=422, json={"detail": "no video" if language == "en" else "это не видео и не звук; загрузите MP4, MOV или WAV"}))
    hand.upload([folder / "media" / "red.mp4", next((folder / "large").iterdir()), folder / "media" / "main.mp4"])
    expect(page.locator(".upload.lost")).to_be_visible()
    expect(page.locator(".upload.bad")).to_be_visible()
    seen("uploading")
    page.unroute("**/uploads/*")
    page.unroute(red)
    page.locator(".upload.bad button").first.click()
    held[0].continue_()
    expect(page.locator("#assets .asset")).to_have_count(3)
    generate = []
    page.route("**/generate", lambda route: generate.append(route))
    words = {"en": "A vertical video of 6 seconds. Key points: fast, tasty, near you.", "ru": "Вертикальный ролик на 6 секунд. Тезисы: быстро, вкусно, рядом."}
    hand.type("#prompt", words[language])
    hand.press("#generate-button")
    expect(page.locator("#generate-button.busy")).to_be_visible()
    seen("generating")
    generate[0].continue_()
    page.unroute("**/generate")
    expect(page.locator("#scene-list .scene").first).to_be_visible()
    expect(page.locator("#decision")).to_be_visible()
    expect(page.locator("#frame")).to_be_visible()
    seen("drafted")
    page.locator(".line.text .block").first.focus()
    expect(page.locator("#inspector")).to_be_visible()
    page.locator("#plan-button").click()
    expect(page.locator("#plan-body tbody tr").first).to_be_visible()
    seen("plan-and-inspector")


def doors(browser, program, server, language, folder, seen):
    """What is asked for, and what is not there."""
    place = seen.page.url
    seen.page.goto(server.url + "/projects/aaaaaaaaaaaaaaaaaaaaaaaaaa")
    expect(seen.page.locator(".code")).to_have_text("404")
    seen("not-there")
    seen.page.goto(server.url)
    expect(seen.page.locator(".projects li")).to_have_count(1)
    seen("home")
    seen.page.locator("[data-delete]").click()
    seen("home-delete")
    seen.page.keyboard.press("Escape")
    locked = folder / f"data-locked-{language}"
    subprocess.run([program, "token", "new", "browser", "--data", str(locked)], check=True, capture_output=True)
    guarded = Server(program, locked)
    seen.page.goto(guarded.url)
    expect(seen.page.locator("#token")).to_be_visible()
    seen("sign-in")
    seen.page.locator("#token").fill("wrong")
    seen.page.locator("#sign-in button").click()
    expect(seen.page.locator("#sign-in-wrong")).to_be_visible()
    seen("sign-in-refused")
    guarded.kill()
    seen.page.goto(place)
    expect(seen.page.locator("#frame")).to_be_visible()


def troubles(page, language, folder, seen):
    """What waits, what fails, what is stale."""
    other(page, missing)
    again(page)
    expect(page.locator(".missing")).to_have_count(1)
    page.locator("#render-button").click(force=True)
    seen("pending")
    page.locator("#missing [id^=stock-]").click()
    expect(page.locator(".candidate").first).to_be_visible()
    seen("stock")
    page.locator("#stock-query").fill("submarine")
    page.locator("#stock-body form button").click()
    expect(page.locator(".candidate")).to_have_count(0)
    expect(page.locator("#stock-told:not(.looking)")).to_be_visible()
    seen("stock-nothing")
    page.locator("#stock-close").click()
    page.locator("#missing [id^=own-]").click()
    seen("own")
    page.locator("#stock-close").click()
    page.locator("#missing [id^=veo-]").click()
    expect(page.locator(".setup")).to_be_visible()
    seen("veo-not-set-up")
    page.locator("#stock-close").click()
    # A clip on its way, then not.
    key = page.locator(".missing").get_attribute("id").removeprefix("missing-")
    job = {"id": "j" * 26, "kind": "fill", "state": "running", "progress": {"phase": "fetching", "done": 1, "total": 2}, "outputs": []}
    page.route("**/fill", lambda route: route.fulfill(status=202, json=job))
    why = {"en": "pexels: `303` is gone: the file answers 404 Not Found; pick another candidate", "ru": "pexels: клипа `303` больше нет, файл отвечает 404 Not Found; выберите другой"}[language]
    page.route("**/api/jobs/" + "j" * 26, lambda route: route.fulfill(json={**job, "state": "failed", "problem": {"detail": why}}))
    page.locator(f"#stock-{key}").click()
    page.locator(".candidate button").first.click()
    expect(page.locator(".filling")).to_be_visible()
    seen("filling")
    page.evaluate("emit('error', {})")
    expect(page.locator(".missing .why")).to_be_visible()
    seen("filling-failed")
    for close in page.locator(".toast button").all():
        close.click()
    page.unroute("**/fill")
    # The clip that is there.
    page.locator(f"#own-{key}").click()
    page.locator("#stock .own").first.click()
    expect(page.locator(".missing")).to_have_count(0)
    expect(page.locator("#saved.saved")).to_have_class(re.compile(r"\bsaved saved\b"))
    # A change that is refused, one that has no connection, one that comes too late.
    area = page.locator("[data-key='scene-0-overlay-0-text']")
    page.locator("[data-key='scene-0-overlay-0-end']").fill("0")
    page.locator("[data-key='scene-0-overlay-0-end']").press("Tab")
    expect(page.locator("#banner")).to_be_visible()
    seen("refused")
    page.locator("#banner button").click()
    expect(page.locator("#saved.saved")).to_have_class(re.compile(r"\bsaved saved\b"))
    page.route("**/scenario", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    area.fill("without a connection")
    expect(page.locator("#banner[data-state=offline]")).to_be_visible()
    seen("offline")
    page.unroute("**/scenario")
    expect(page.locator("#saved")).to_have_class("saved saved")
    writes = []

    def first_the_other(route):
        if route.request.method == "PUT" and not writes:
            writes.append(route)
            other(page, lambda document: document["scenario"]["scenes"][1].update(visual_description="by the other tab"))
        route.continue_()

    page.route("**/scenario", first_the_other)
    area.fill("typed here")
    expect(page.locator("#stale-merge")).to_be_visible()
    seen("stale")
    page.unroute("**/scenario")
    page.locator("#stale-merge").click()
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#saved")).to_have_class("saved saved")


def rendering(page, seen):
    """From the button to the video, and what can go wrong on the way."""
    page.locator("#render-button").click()
    expect(page.locator("#bar")).to_be_visible()
    jobs = page.request.get(api(page) + "/jobs").json()["items"]
    job = next(one for one in jobs if one["kind"] == "render")["id"]
    page.route(f"**/api/jobs/{job}", lambda route: route.abort())
    for done in range(10, 400):
        page.evaluate(f"emit('progress', {{ phase: 'encoding', done: {done}, total: 900, percent: 1 }})")
        if page.locator("#left").text_content():
            break
    seen("rendering")
    page.evaluate("emit('error')")
    expect(page.locator("#connection")).not_to_be_empty()
    seen("rendering-lost")
    page.unroute(f"**/api/jobs/{job}")
    done = None
    while done is None or done["state"] not in ("done", "failed"):
        done = page.request.get(f"{api(page).split('/api')[0]}/api/jobs/{job}").json()
    assert done["state"] == "done", done
    # Where the page had come back before the end, it waits for the word of it.
    page.evaluate("emit('done', {})")
    expect(page.locator("#download")).to_be_visible()
    page.wait_for_load_state("networkidle")
    seen("done")
    why = "the disk of the server is full: 12 MB are left and 80 MB are needed; delete some projects and render again"
    failed = {**done, "state": "failed", "problem": {"detail": why}, "outputs": []}
    page.route("**/scenario/render", lambda route: route.fulfill(status=202, json={**done, "state": "queued", "progress": None}))
    page.route(f"**/api/jobs/{job}", lambda route: route.fulfill(json=failed))
    page.locator("#render-button").click()
    expect(page.locator("#bar")).to_be_visible()
    page.evaluate("emit('error', {})")
    expect(page.locator("#result .bad")).to_be_visible()
    seen("failed")
    page.unroute("**/scenario/render")
    page.unroute(f"**/api/jobs/{job}")


def many(page, language, seen):
    """Long texts, then 50 scenes."""
    def longer(document):
        for scene in document["scenario"]["scenes"]:
            scene["visual_description"] = LONG[language]
            scene["voiceover_text"] = LONG[language]
            scene.setdefault("overlays", [{"start_sec": scene["start_sec"], "end_sec": scene["end_sec"]}])
            scene["overlays"][0]["text"] = LONG[language][:90]
        document["scenario"]["global_prompt"] = LONG[language]

    other(page, longer)
    page.reload()
    expect(page.locator("#scene-list .scene").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    seen("long-texts")
    other(page, grown)
    page.reload()
    expect(page.locator(".scene")).to_have_count(50)
    page.wait_for_load_state("networkidle")
    seen("fifty-scenes")
