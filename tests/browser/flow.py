"""Drives the pages in Chromium against the real server: python flow.py CASE CALLSHEET CHROMIUM FOLDER.

FOLDER holds `media` (what is uploaded) and `library` (what the server offers for missing segments). Each case ends with a line
of what it saw. Where axe is (see kit.py), every state that is passed is looked at by it.
"""

import os
import re
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from kit import SUBTITLES, Server, again, api, grown, length, look, missing, other, project
from states import states
from upload import broken

CASE, PROGRAM, CHROMIUM, FOLDER = sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])
REFUSED = {"en": "Generate or find stock first for scenes:", "ru": "Сначала сгенерируйте или найдите в стоке для сцен:"}
MAKING = {"en": "Making the clip", "ru": "Создаём клип"}
STILL = next(iter(sorted((FOLDER / "stills").glob("*.jpg"))), None)


def stills(page):
    """The stills that a stock shows of its clips: nothing is fetched from outside."""
    page.route(re.compile(r"https://(images\.pexels|cdn\.pixabay)\.com/"), lambda route: route.fulfill(path=STILL))


def told(page):
    """Notes what the segments that wait say, however shortly."""
    page.evaluate("""() => {
      window.told = [];
      const note = (node) => { for (const one of [node, ...(node.querySelectorAll?.('*') ?? [])]) if (one.matches?.('.missing [role=status]')) window.told.push(one.textContent); };
      new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(note))).observe(document.getElementById('missing'), { childList: true, subtree: true });
    }""")


def from_stock(page, hand, previews):
    """Finds a clip in stock and takes it."""
    hand.press("#missing [id^=stock-]")
    expect(page.locator(".candidate").first).to_be_visible()
    # A still of each is really there.
    images = page.locator(".candidate img")
    expect(images).to_have_count(previews)
    for image in images.all():
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0
    look(page)
    hand.press(".candidate button")
    expect(page.locator(".missing")).to_have_count(0)


def from_veo(page, hand, language):
    """Has Veo make a clip, after a word about the money."""
    told(page)
    hand.press("#missing [id^=veo-]")
    expect(page.locator("#yes")).to_be_visible()
    look(page)
    hand.press("#yes")
    expect(page.locator(".missing")).to_have_count(0)
    assert MAKING[language] in page.evaluate("window.told"), page.evaluate("window.told")


def whole(page, server, language, keyboard):
    """Upload, generate, the refusal, fill, edit, render, download."""
    hand = project(page, server, language, FOLDER, keyboard, SUBTITLES[language])
    assert page.locator("html").get_attribute("lang") == language
    stills(page)
    other(page, missing)
    again(page)
    expect(page.locator(".missing")).to_have_count(1)
    expect(page.locator("#render-why")).to_contain_text(REFUSED[language])
    expect(page.locator("#render-button")).to_have_attribute("aria-disabled", "true")
    look(page)
    if "CALLSHEET_VEO_KEY" in os.environ:
        from_veo(page, hand, language)
    else:
        from_stock(page, hand, 3 if "CALLSHEET_PEXELS_KEY" in os.environ else 1)
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


def failing(page, server):
    """A stock whose file is gone, one that refuses the key, a Veo that refuses the words: each says why, and nothing is lost."""
    hand = project(page, server, "en", FOLDER)
    stills(page)
    other(page, missing)
    again(page)
    hand.press("#missing [id^=stock-]")
    expect(page.locator(".candidate").first).to_be_visible()
    expect(page.locator(".troubles")).to_contain_text("pixabay")
    look(page)
    hand.press(".candidate button")
    expect(page.locator(".missing .why")).to_contain_text("404")
    look(page)
    hand.press("#missing [id^=veo-]")
    hand.press("#yes")
    expect(page.locator(".missing .why")).to_contain_text("likeness")
    look(page)
    stock, veo = (page.locator(f".missing [id^={way}-]") for way in ("stock", "veo"))
    expect(stock).to_be_enabled()
    expect(veo).to_be_enabled()
    print("each says why")


def nobody(page, server, language):
    """Nobody is set up: the page says what has to be, and takes a file instead, one that is there or a new one."""
    hand = project(page, server, language, FOLDER)
    other(page, missing)
    again(page)
    expect(page.locator("#no-providers")).to_be_visible()
    for way, names in (("stock", ["CALLSHEET_PEXELS_KEY", "CALLSHEET_PIXABAY_KEY", "CALLSHEET_LIBRARY"]), ("veo", ["CALLSHEET_VEO_KEY"])):
        hand.press(f"#missing [id^={way}-]")
        assert page.locator(".setup code").all_text_contents() == names
        look(page)
        if way == "stock":
            page.keyboard.press("Escape")
    hand.press("#setup-own")
    expect(page.locator("#stock .own").first).to_be_visible()
    look(page)
    hand.upload([FOLDER / "library" / "city at night.mp4"], "own-file")
    expect(page.locator(".missing")).to_have_count(0)
    expect(page.locator("#saved.saved")).to_have_class(re.compile(r"\bsaved saved\b"))
    expect(page.locator("#render-button")).to_have_attribute("aria-disabled", "false")
    segment = page.request.get(api(page) + "/scenario").json()["scenario"]["layers"][0]["segments"][-1]
    names = {one["id"]: one["name"] for one in page.request.get(api(page) + "/assets").json()["items"]}
    assert names[segment["asset_id"]] == "city at night.mp4", segment
    # Once more, with one that is there already.
    other(page, missing)
    again(page)
    hand.press("#missing [id^=own-]")
    hand.press("#stock .own")
    expect(page.locator(".missing")).to_have_count(0)
    print(f"{language}: a file of one's own instead")


def cancel(page, server):
    project(page, server, "en", FOLDER)
    page.locator("#quality").select_option("slow")
    page.locator("#render-button").click()
    page.locator("#cancel-render").click()
    expect(page.locator("#result")).to_contain_text("cancelled")
    expect(page.locator("#render-button")).to_be_visible()
    look(page)
    print("cancelled, and can be begun again")


def restart(page, server, data):
    """A reload in mid-render, then a server that is killed in mid-render."""
    project(page, server, "en", FOLDER)
    page.locator("#quality").select_option("slow")
    page.locator("#render-button").click()
    expect(page.locator("#bar[value]")).to_be_visible()
    page.reload()
    expect(page.locator("#progress")).to_be_visible()
    look(page)
    server.kill()
    expect(page.locator("#connection")).to_contain_text("connection is lost")
    anew = Server(PROGRAM, data, server.port)
    expect(page.locator("#download")).to_be_visible(timeout=240_000)
    jobs = page.request.get(api(page) + "/jobs").json()["items"]
    print(f"{len(jobs)} job, {jobs[0]['state']} at attempt {jobs[0]['attempts']}")
    return anew


def stale(page, server):
    """A tab that has not seen what another one wrote keeps what was typed in it."""
    project(page, server, "en", FOLDER)

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


# From what is done to the frame that shows it, each a few times.
EDITS = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const $ = (selector) => document.querySelector(selector);
  const field = (selector) => () => {
    const area = $(selector);
    area.value += "x";
    area.dispatchEvent(new Event("input"));
  };
  const key = (selector, name) => () => $(selector).dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  const number = (selector) => () => { const one = $(selector); one.value = Number(one.value) + 0.1; one.dispatchEvent(new Event("change")); };
  const pointer = (target, type, x) => target.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1, clientX: x }));
  const drag = (selector) => () => {
    const block = $(selector);
    block.setPointerCapture = () => {};
    const from = block.getBoundingClientRect().x + 1;
    pointer(block, "pointerdown", from);
    pointer(block, "pointermove", from + 30);
    pointer(block, "pointerup", from + 30);
  };
  const took = {};
  const time = async (name, work, times = 6) => {
    const each = [];
    for (let at = 0; at < times; at += 1) {
      const begun = performance.now();
      work(at);
      await frame();
      each.push(performance.now() - begun);
    }
    took[name] = [each.sort((a, b) => a - b)[Math.floor(times / 2)], each.at(-1)];
  };
  const list = $("#scene-20 details");
  list.open = true;
  await frame();
  await frame();
  await time("scene text", field("[data-key='scene-20-visual']"), 12);
  await time("text on screen", field("[data-key='scene-20-overlay-0-text']"), 12);
  await time("subtitle", field("#scene-20 .cue input"), 12);
  await time("time of a text", number("[data-key='scene-20-overlay-0-start']"));
  await time("block by key", key("[data-key='b-1-200']", "ArrowRight"));
  await time("block dragged", drag("[data-key='b-1-300']"));
  await time("text dragged", drag("[data-key='b-overlay-30-0']"));
  await time("scene dragged", drag("[data-key='b-scene-40']"));
  await time("thesis or subtitle", () => $("[data-key='scene-22-overlay-0-format']").click());
  await time("text added", () => $("[data-key='scene-24-add']").click());
  await time("style", (at) => $(`[data-key='look-thesis-${at % 2 ? "shadow" : "outline"}']`).click());
  await time("undo", () => $("#undo").click());
  return took;
}"""


def large(page, server):
    """50 scenes and 400 subtitles: whatever is changed shows at once."""
    project(page, server, "en", FOLDER)
    other(page, grown)
    page.reload()
    expect(page.locator(".scene")).to_have_count(50)
    expect(page.locator(".line.subtitle .block")).to_have_count(400)
    took = page.evaluate(EDITS)
    print("50 scenes, 400 subtitles: " + ", ".join(f"{name} {middle:.0f} ms (at most {most:.0f})" for name, (middle, most) in took.items()))
    if os.environ.get("CALLSHEET_MEASURES"):
        assert all(middle < 100 for middle, _ in took.values()), took


def main():
    data = FOLDER / f"data-{CASE}"
    server = Server(PROGRAM, data)
    language = CASE.split("-")[1] if "-" in CASE else "en"
    look.wanted = CASE.split("-")[0] in ("states", "failing", "nobody") or CASE == "mouse-en"
    try:
        with sync_playwright() as playwright:
            # Root, as which containers run, may have no sandbox.
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
            wish = {"locale": language, "reduced_motion": "reduce", "viewport": {"width": 1280, "height": 900}}
            page = browser.new_context(**wish).new_page()
            wrong = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None)
            try:
                if CASE.startswith("mouse") or CASE.startswith("keyboard"):
                    whole(page, server, language, CASE.startswith("keyboard"))
                elif CASE == "restart":
                    server = restart(page, server, data)
                elif CASE.startswith("nobody"):
                    nobody(page, server, language)
                elif CASE == "upload":
                    broken(page, server, FOLDER, data)
                elif CASE.startswith("states"):
                    states(browser, PROGRAM, server, language, FOLDER)
                else:
                    {"cancel": cancel, "stale": stale, "large": large, "failing": failing}[CASE](page, server)
            except BaseException:
                last = browser.contexts[-1].pages[-1]
                last.screenshot(path=FOLDER / f"{CASE}.png", full_page=True)
                raise
            assert not wrong, wrong
            browser.close()
    finally:
        server.kill()


main()
