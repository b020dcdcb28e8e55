"""How soon the page shows what a reader waits for, whether it keeps still, and what an answer takes up on a phone.

    python tests/benchmarks/page_speed.py [--times 5] [--model quote] [--url http://127.0.0.1:7860]

The real server with the sample articles and the default chat model, both warm, or one that runs already; every opening
is that of a browser that has nothing stored. Counted inside the page, in milliseconds, to the first frame in which it
can be seen: first content and question as in opening.py; preview, from the pointer on a citation's number to the exact
words; reader, from the click on it to the cited words marked. Layout shift is the browser's own figure (Layout
Instability, without what follows on a key or click within half a second), summed up from the question to the finished
answer, at three widths. Phone: the height of an answer with its sources in screens of 390 x 844, and the smaller side
of the smallest thing to tap in it, in pixels.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opening import asked, clicked, opened
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app import SAMPLES, PageDesk, open_dateline
from assistant.evaluation.tables import markdown
from assistant.ui.page import build_page
from assistant.ui.server import serve

_PORT = 7897
_AN_ANSWER = 180_000  # milliseconds
_PHONE = (390, 844)
_WIDTHS = (390, 768, 1440)
_QUESTIONS = (
    "Is Meta still open sourcing its models?",
    "How many people were hurt on the ferry?",
    "Who ordered electric ferries?",
)
_LIMITS = {
    "first content": "1,000",
    "question, drawn by the browser": "100",
    "preview of a citation": "50",
    "reader": "150",
    **{f"layout shift at {width}": "0.02" for width in _WIDTHS},
    "answer on a phone, screens": "3",
    "smallest tap target on a phone": "32",
}
_PREVIEW = """async (number) => {
  const cite = document.querySelectorAll("#exchange-1 .answer a.cite")[number];
  const began = performance.now();
  cite.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
  while (performance.now() - began < 5000) {
    await new Promise(requestAnimationFrame);
    const words = document.querySelector(".preview .words");
    if (words.checkVisibility() && words.textContent === cite.dataset.quote) return performance.now() - began;
  }
  throw new Error("no preview");
}"""
_SHIFTS = """() => {
  window.moved = 0;
  new PerformanceObserver(list => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.moved += shift.value;
  }).observe({ type: "layout-shift" });
}"""
_TARGETS = """() => [...document.querySelectorAll("#live :is(a, button, summary, input)")]
  .filter(each => each.checkVisibility({ visibilityProperty: true }))
  .map(each => [each.getBoundingClientRect(), each])
  .filter(([{ width, height }]) => width && height)
  .map(([{ width, height }, each]) => [Math.min(width, height), each.className || each.textContent])
  .sort(([one], [other]) => one - other)[0]"""

Taken = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--model", default="local")
    parser.add_argument("--url", default="", help="a server that runs already")
    given = parser.parse_args()
    with served(given.url, given.model) as url, sync_playwright() as playwright:
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        taken: Taken = defaultdict(list)
        for _ in range(given.times):
            on_a_screen(browser, url, taken)
        for question in _QUESTIONS:
            for width in _WIDTHS:
                while_written(browser, url, question, width, taken)
        browser.close()
    print(report(taken))


@contextmanager
def served(url: str, model: str) -> Iterator[str]:
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory() as folder, open_dateline(library=folder, model=model) as news:
        news.ingest([SAMPLES])
        news.warm()
        server = serve(build_page(PageDesk(news, 5)), "127.0.0.1", _PORT, 5)
        try:
            yield server.url
        finally:
            server.close()


def on_a_screen(browser: Browser, url: str, taken: Taken) -> None:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    taken["first content"].append(opened(browser, url, page)["first content"])
    name = "question, drawn by the browser"
    taken[name].append(asked(page)[name])
    taken["reader"] += clicked(page)
    for number in range(page.locator("#exchange-1 .answer a.cite").count()):
        taken["preview of a citation"].append(float(page.evaluate(_PREVIEW, number)))
        page.keyboard.press("Escape")
    page.context.close()


def while_written(browser: Browser, url: str, question: str, width: int, taken: Taken) -> None:
    page = browser.new_context(viewport={"width": width, "height": _PHONE[1]}).new_page()
    page.goto(url)
    expect(page.locator("#talks nav")).to_be_attached()
    expect(page.locator("#shell")).to_have_count(0)
    page.wait_for_timeout(1500)
    page.evaluate(_SHIFTS)
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of", timeout=_AN_ANSWER)
    page.wait_for_timeout(3000)  # what to ask next comes a moment after the answer
    taken[f"layout shift at {width}"].append(float(page.evaluate("moved")))
    if width == _PHONE[0]:
        on_a_phone(page, taken)
    page.context.close()


def on_a_phone(page: Page, taken: Taken) -> None:
    height = page.locator("#exchange-1").evaluate("each => each.getBoundingClientRect().height")
    taken["answer on a phone, screens"].append(height / _PHONE[1])
    smallest, _ = page.evaluate(_TARGETS)
    taken["smallest tap target on a phone"].append(smallest)


def report(taken: Taken) -> str:
    rows = [[name, len(each), *_told(each), _LIMITS.get(name, "")] for name, each in taken.items()]
    return markdown(["on the page", "times", "median", "least", "most", "wanted"], rows)


def _told(values: Sequence[float]) -> list[str]:
    decimals = 3 if max(values) < 1 else 1 if max(values) < 10 else 0
    return [f"{value:,.{decimals}f}" for value in (statistics.median(values), min(values), max(values))]


if __name__ == "__main__":
    main()
