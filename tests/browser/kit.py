"""What the browser tests have in common: the server, a hand that works at the page, and an eye that looks it over."""

import json
import os
import re
import subprocess
import threading
from pathlib import Path

from playwright.sync_api import expect

PROMPTS = {
    "en": "A vertical video of 6 seconds. Key points: fast, tasty, near you",
    "ru": "Вертикальный ролик на 6 секунд. Тезисы: быстро, вкусно, рядом",
}
SUBTITLES = {"en": " With subtitles.", "ru": " С субтитрами."}
expect.set_options(timeout=30_000)


class Server:
    """The program itself, so that it can be killed. Who offers clips is said by the environment."""

    def __init__(self, program, data, port=0):
        command = [program, "serve", "--port", str(port), "--data", str(data)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.search(r"http://[\d.]+:(\d+)", line)
            if found:
                self.url, self.port = found.group(0), int(found.group(1))
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def kill(self):
        self.process.kill()
        self.process.wait()


def axe_script():
    """axe-core: the file that CALLSHEET_AXE names, or that of the Python package that brings it; none elsewhere."""
    named = os.environ.get("CALLSHEET_AXE")
    if named:
        return Path(named).read_text()
    try:
        import axe_playwright_python
    except ImportError:
        return None
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


AXE = axe_script()


def look(page):
    """Whoever cannot see or point can use what is shown: axe finds nothing."""
    if AXE and look.wanted:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE + ";0")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        told = [(one["id"], [(node["target"], node["failureSummary"]) for node in one["nodes"][:5]]) for one in found]
        assert not told, f"axe: {told}"


# Whoever passes the same states as others need not look at them again.
look.wanted = True


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

    def upload(self, files, field="files"):
        with self.page.expect_file_chooser() as chooser:
            if self.keyboard:
                self.reach(f"#{field}")
                self.page.keyboard.press("Enter")
            else:
                self.page.locator(f"label[for={field}]").click()
        chooser.value.set_files(files)


def project(page, server, language, folder, keyboard=False, more="", seen=look):
    """Makes a project, uploads, generates."""
    hand = Hand(page, keyboard)
    page.goto(server.url)
    seen(page)
    hand.type("#name", f"{language} <b>& co</b>")
    hand.press("#new-project button")
    expect(page.locator("body[data-ready]")).to_be_attached()
    seen(page)
    files = sorted((folder / "media").iterdir())
    hand.upload(files)
    expect(page.locator("#assets .asset")).to_have_count(len(files))
    hand.type("#prompt", PROMPTS[language] + more)
    hand.press("#generate-button")
    expect(page.locator("#scene-list .scene").first).to_be_visible()
    seen(page)
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


def again(page):
    """The page looks again when it is looked at again."""
    page.evaluate("dispatchEvent(new Event('focus'))")


def missing(document):
    """Takes a clip away, and adds a subtitle."""
    document["scenario"]["metadata"]["resolution"] = 160
    segment = document["scenario"]["layers"][0]["segments"][-1]
    for name in ("asset_id", "source_in_sec"):
        segment.pop(name, None)
    segment.update(asset_source="generated", asset_status="pending")
    cues = [{"start_sec": 0.5, "end_sec": 2, "params": {"text": "Hello"}}]
    document["scenario"]["layers"].append({"type": "subtitle", "segments": cues})
    document["scenario"]["scenes"][-1]["visual_description"] = "city at night"


def grown(document):
    """50 scenes and 400 subtitles."""
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


def length(path):
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
