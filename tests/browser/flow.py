"""Drives the pages in Chromium against the real server: python flow.py CASE CALLSHEET CHROMIUM FOLDER.

FOLDER holds `media` (what is uploaded) and `library` (what the server offers for missing segments). Each case ends with a line
of what it saw. With CALLSHEET_AXE, the path of axe.min.js, every state that is passed is looked at by axe.
"""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

CASE, PROGRAM, CHROMIUM, FOLDER = sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])
PROMPTS = {
    "en": "A vertical video of 6 seconds. Key points: fast, tasty, near you",
    "ru": "Вертикальный ролик на 6 секунд. Тезисы: быстро, вкусно, рядом",
}
SUBTITLES = {"en": " With subtitles.", "ru": " С субтитрами."}
WORDS = {
    "en": {"stock": "Find in stock", "take": "Take", "refused": "Generate or find stock first for scenes:", "lost": "connection is lost"},
    "ru": {"stock": "Найти в стоке", "take": "Взять", "refused": "Сначала сгенерируйте или найдите в стоке для сцен:", "lost": "Связь прервалась"},
}
expect.set_options(timeout=30_000)


class Server:
    """The program itself, so that it can be killed."""

    def __init__(self, data, port=0):
        environment = {**os.environ, "CALLSHEET_LIBRARY": str(FOLDER / "library")}
        command = [PROGRAM, "serve", "--port", str(port), "--data", str(data)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        for line in self.process.stderr:
            found = re.search(r"http://[\d.]+:(\d+)", line)
            if found:
                self.url, self.port = found.group(0), int(found.group(1))
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def kill(self):
        self.process.kill()
        self.process.wait()


def look(page):
    path = os.environ.get("CALLSHEET_AXE")
    if path:
        page.evaluate(Path(path).read_text() + ";0")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        told = [(one["id"], [node["target"] for node in one["nodes"][:5]]) for one in found]
        assert not told, f"axe: {told}"


class Hand:
    """How somebody works at the page: with the mouse, or with the keyboard alone."""

    def __init__(self, page, keyboard):
        self.page, self.keyboard = page, keyboard

    def reach(self, selector):
        """Presses Tab until the focus is there."""
        for _ in range(150):
            if self.page.evaluate("s => Boolean(document.activeElement?.matches(s))", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {selector}")

    def press(self, selector):
        expect(self.page.locator(selector).first).to_be_visible()
        if self.keyboard:
            self.reach(selector)
            self.page.keyboard.press("Enter")
        else:
            self.page.locator(selector).first.click()

    def type(self, selector, text):
        if self.keyboard:
            self.reach(selector)
        else:
            self.page.locator(selector).first.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def upload(self, files):
        with self.page.expect_file_chooser() as chooser:
            if self.keyboard:
                self.reach("#files")
                self.page.keyboard.press("Enter")
            else:
                self.page.locator("label[for=files]").click()
        chooser.value.set_files(files)


def project(page, server, language, keyboard=False, more=""):
    """Makes a project, uploads, generates."""
    hand = Hand(page, keyboard)
    page.goto(server.url)
    look(page)
    hand.type("#name", f"{language} <b>& co</b>")
    hand.press("#new-project button")
    expect(page.locator("body[data-ready]")).to_be_attached()
    look(page)
    files = sorted((FOLDER / "media").iterdir())
    hand.upload(files)
    expect(page.locator("#assets .asset")).to_have_count(len(files))
    hand.type("#prompt", PROMPTS[language] + more)
    hand.press("#generate-button")
    expect(page.locator("#scene-list .scene").first).to_be_visible()
    look(page)
    return hand


def api(page):
    return page.evaluate("location.origin + '/api' + location.pathname")


def other(page, change):
    """Somebody else changes the scenario."""
    where = api(page) + "/scenario"
    got = page.request.get(where)
    document = got.json()
    change(document)
    put = page.request.put(where, data=json.dumps(document), headers={"If-Match": got.headers["etag"], "Content-Type": "application/json"})
    assert put.ok, put.text()
    return document


def missing(document):
    document["scenario"]["metadata"]["resolution"] = 160
    segment = document["scenario"]["layers"][0]["segments"][-1]
    for name in ("asset_id", "source_in_sec"):
        segment.pop(name, None)
    segment.update(asset_source="generated", asset_status="pending")
    cues = [{"start_sec": 0.5, "end_sec": 2, "params": {"text": "Hello"}}]
    document["scenario"]["layers"].append({"type": "subtitle", "segments": cues})
    document["scenario"]["scenes"][-1]["visual_description"] = "city at night"


def length(path):
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def whole(page, server, language, keyboard):
    """Upload, generate, the refusal, fill, edit, render, download."""
    words = WORDS[language]
    hand = project(page, server, language, keyboard, SUBTITLES[language])
    assert page.locator("html").get_attribute("lang") == language
    other(page, missing)
    # The page looks again when it is looked at again.
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator(".missing")).to_have_count(1)
    expect(page.locator("#render-why")).to_contain_text(words["refused"])
    expect(page.locator("#render-button")).to_have_attribute("aria-disabled", "true")
    look(page)
    hand.press("#missing button.primary")
    expect(page.locator(".candidate").first).to_be_visible()
    look(page)
    hand.press(".candidate button")
    expect(page.locator(".missing")).to_have_count(0)
    expect(page.locator("#render-button")).to_have_attribute("aria-disabled", "false")
    text = "[data-key='scene-0-overlay-0-text']"
    hand.type(text, "Changed by hand")
    block = ".line.text .block[tabindex='0']"
    expect(page.locator(block)).to_contain_text("Changed by hand")
    # A block is moved: by half a second with the keys, by a few pixels with the mouse.
    before = page.locator(block).get_attribute("aria-label")
    if keyboard:
        hand.reach(block)
        for _ in range(5):
            page.keyboard.press("ArrowRight")
    else:
        page.locator(block).scroll_into_view_if_needed()
        box = page.locator(block).bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + 12, steps=6)
        page.mouse.up()
    expect(page.locator(block)).not_to_have_attribute("aria-label", before)
    expect(page.locator("#saved.saved")).to_have_class(re.compile(r"\bsaved saved\b"))
    hand.press("#looks input[value='box_light']") if not keyboard else None
    hand.press("#plan-button")
    expect(page.locator("#plan-body tbody tr").first).to_be_visible()
    assert page.locator("#plan-body code").count() > 3
    look(page)
    hand.press("#render-button")
    expect(page.locator("#download")).to_be_visible(timeout=180_000)
    look(page)
    with page.expect_download() as download:
        hand.press("#download")
    seconds = length(download.value.path())
    assert 3 < seconds < 9, seconds
    for ending in ("srt", "vtt"):
        link = page.locator(f"#result a[download$='.{ending}']").get_attribute("href")
        assert "Hello" in page.request.get(server.url + link if link.startswith("/") else link).text()
    kept = page.request.get(api(page) + "/scenario").json()
    assert kept["scenario"]["scenes"][0]["overlays"][0]["text"] == "Changed by hand"
    print(f"{language}, {'keyboard' if keyboard else 'mouse'}: {seconds:.1f} s to download")


def cancel(page, server):
    project(page, server, "en")
    page.locator("#quality").select_option("slow")
    page.locator("#render-button").click()
    page.locator("#cancel-render").click()
    expect(page.locator("#result")).to_contain_text("cancelled")
    expect(page.locator("#render-button")).to_be_visible()
    look(page)
    print("cancelled, and can be begun again")


def restart(page, server, data):
    """A reload in mid-render, then a server that is killed in mid-render."""
    project(page, server, "en")
    page.locator("#quality").select_option("slow")
    page.locator("#render-button").click()
    expect(page.locator("#bar[value]")).to_be_visible()
    page.reload()
    expect(page.locator("#progress")).to_be_visible()
    look(page)
    server.kill()
    expect(page.locator("#connection")).to_contain_text(WORDS["en"]["lost"])
    again = Server(data, server.port)
    expect(page.locator("#download")).to_be_visible(timeout=240_000)
    jobs = page.request.get(api(page) + "/jobs").json()["items"]
    print(f"{len(jobs)} job, {jobs[0]['state']} at attempt {jobs[0]['attempts']}")
    return again


def stale(page, server):
    """A tab that has not seen what another one wrote keeps what was typed in it."""
    project(page, server, "en")

    writes = []

    def first_the_other(route):
        if route.request.method == "PUT" and not writes:
            writes.append(route)
            other(page, lambda document: document["scenario"]["scenes"][1].update(visual_description="by the other tab"))
        route.continue_()

    page.route("**/scenario", first_the_other)
    page.locator("[data-key='scene-0-overlay-0-text']").fill("typed here")
    expect(page.locator("#banner")).to_contain_text("changed in another tab")
    look(page)
    assert page.locator("[data-key='scene-0-overlay-0-text']").input_value() == "typed here"
    page.locator("#stale-merge").click()
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("[data-key='scene-1-visual']")).to_have_value("by the other tab")
    expect(page.locator("#saved")).to_have_class("saved saved")
    kept = page.request.get(api(page) + "/scenario").json()["scenario"]["scenes"]
    assert (kept[0]["overlays"][0]["text"], kept[1]["visual_description"]) == ("typed here", "by the other tab")
    print("both changes are kept")


def large(page, server):
    """50 scenes and 400 subtitles: what is typed shows at once."""
    project(page, server, "en")

    def grow(document):
        story = document["scenario"]
        asset = story["layers"][0]["segments"][0]["asset_id"]
        story["metadata"]["total_duration_sec"] = 200
        document.pop("main_asset_id", None)
        times = [{"start_sec": at * 4, "end_sec": at * 4 + 4} for at in range(50)]
        story["scenes"] = [{"id": f"scene-{at}", "visual_description": f"What is seen in scene {at}", **time,
                            "overlays": [{"text": f"Thesis {at}", "format": "thesis", "start_sec": time["start_sec"], "end_sec": time["start_sec"] + 2}]}
                           for at, time in enumerate(times)]
        cues = [{"start_sec": at / 2, "end_sec": at / 2 + 0.45, "params": {"text": f"line {at}"}} for at in range(400)]
        story["layers"] = [{"type": "video", "segments": [{"id": f"s{at}", "asset_id": asset, "asset_status": "ready", **time} for at, time in enumerate(times)]},
                           {"type": "subtitle", "segments": cues}]

    other(page, grow)
    page.reload()
    expect(page.locator(".scene")).to_have_count(50)
    expect(page.locator(".line.subtitle .block")).to_have_count(400)
    # From the key to the frame that shows it, a dozen times; and a block that is moved, after which all is drawn anew.
    took = page.evaluate("""async () => {
      const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      const typed = [], moved = [];
      const area = document.querySelector("[data-key='scene-20-overlay-0-text']");
      for (let at = 0; at < 12; at += 1) {
        const begun = performance.now();
        area.value += "x";
        area.dispatchEvent(new Event("input"));
        await frame();
        typed.push(performance.now() - begun);
      }
      for (let at = 0; at < 6; at += 1) {
        const begun = performance.now();
        document.querySelector("[data-key='b-1-200']").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        await frame();
        moved.push(performance.now() - begun);
      }
      const middle = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
      return { typed: middle(typed), moved: middle(moved) };
    }""")
    look(page)
    print(f"50 scenes, 400 subtitles: a letter shows after {took['typed']:.0f} ms, a move after {took['moved']:.0f} ms")
    if os.environ.get("CALLSHEET_MEASURES"):
        assert took["typed"] < 100 and took["moved"] < 100, took


def main():
    data = FOLDER / f"data-{CASE}"
    server = Server(data)
    language = CASE.split("-")[1] if "-" in CASE else "en"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            context = browser.new_context(locale=language, reduced_motion="reduce", viewport={"width": 1280, "height": 900})
            page = context.new_page()
            wrong = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
            try:
                if CASE.startswith("mouse") or CASE.startswith("keyboard"):
                    whole(page, server, language, CASE.startswith("keyboard"))
                elif CASE == "restart":
                    server = restart(page, server, data)
                else:
                    {"cancel": cancel, "stale": stale, "large": large}[CASE](page, server)
            except BaseException:
                page.screenshot(path=FOLDER / f"{CASE}.png", full_page=True)
                raise
            assert not wrong, wrong
            browser.close()
    finally:
        server.kill()


main()
