"""How soon the page has something to show, and how soon a click on a citation shows the words it cites, in Chromium.

    python tests/benchmarks/opening.py [--times 9]

The real server with the sample articles and the default chat model, both warm; every opening is that of a browser that
has nothing stored. First content is counted from the request to the moment the box for the question is there. A click
is counted inside the page, to the first frame in which the cited words stand marked in the reader and in view. The
model is asked once for each opening and is idle when citations are clicked.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from time import perf_counter

from playwright.sync_api import Browser, Page, expect, sync_playwright

from app import SAMPLES, PageDesk, open_dateline
from assistant.figures import markdown
from assistant.ui.page import build_page
from assistant.ui.server import serve

_PORT = 7898
_QUESTION = "How many people were hurt on the ferry?"
_AN_ANSWER = 120_000  # milliseconds
_CITATIONS = "#exchange-1 .answer a.cite"
_CLICK = """async ([citations, number]) => {
  const began = performance.now();
  document.querySelectorAll(citations)[number].click();
  while (performance.now() - began < 5000) {
    await new Promise(requestAnimationFrame);
    const marked = document.querySelector(".reader mark.now")?.getBoundingClientRect();
    if (marked?.height && marked.top >= 0 && marked.top < innerHeight) return performance.now() - began;
  }
  throw new Error("no cited words in view");
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=9)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder, open_dateline(library=folder, model="local") as news:
        news.ingest([SAMPLES])
        news.warm()
        server = serve(build_page(PageDesk(news, 5)), "127.0.0.1", _PORT, 5)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                print(report(*measured(browser, server.url, times)))
                browser.close()
        finally:
            server.close()


def measured(browser: Browser, url: str, times: int) -> tuple[list[float], list[float]]:
    """Milliseconds to the first content, and from each click to the words."""
    openings, clicks = [], []
    for _ in range(times):
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        openings.append(opened(page, url))
        clicks += clicked(page)
        page.context.close()
    return openings, clicks


def opened(page: Page, url: str) -> float:
    began = perf_counter()
    page.goto(url, wait_until="commit")
    page.get_by_role("textbox", name="Your question").wait_for()
    return (perf_counter() - began) * 1000


def clicked(page: Page) -> list[float]:
    box = page.get_by_role("textbox", name="Your question")
    box.fill(_QUESTION)
    box.press("Enter")
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of", timeout=_AN_ANSWER)
    page.wait_for_timeout(1500)  # what follows upon an answer is under way
    taken = []
    for number in range(page.locator(_CITATIONS).count()):
        taken.append(float(page.evaluate(_CLICK, [_CITATIONS, number])))
        page.keyboard.press("Escape")
        expect(page.locator(".reader mark.now")).to_be_hidden()
    return taken


def report(openings: Sequence[float], clicks: Sequence[float]) -> str:
    rows = [
        [name, len(taken), f"{statistics.median(taken):.0f}", f"{max(taken):.0f}"]
        for name, taken in (("first content", openings), ("a citation clicked", clicks))
    ]
    return markdown(["on the page", "times", "median ms", "slowest"], rows)


if __name__ == "__main__":
    main()
