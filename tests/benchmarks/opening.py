"""How soon the page has something to show, takes a question and shows it, and how soon a click on a citation shows the
words it cites, in Chromium.

    python tests/benchmarks/opening.py [--times 9]

The real server with the sample articles and the default chat model, both warm; every opening is that of a browser that
has nothing stored. Beside it a page of Gradio's with nothing but one box: what Gradio itself costs here. Everything is
counted inside the page: from the request to the first frame with a box for the question (first content) and to the
first with Gradio's own (interactive); from Enter to the first frame with the question, drawn by the browser and by the
server; from the click on a citation to the first frame in which the cited words stand marked in the reader and in view.
The model is asked once for each opening and is idle when citations are clicked.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence

import gradio as gr
import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app import SAMPLES, PageDesk, open_dateline
from assistant.evaluation.tables import markdown
from assistant.ui.page import build_page
from assistant.ui.server import serve

_PORT, _BARE_PORT = 7898, 7899
_QUESTION = "How many people were hurt on the ferry?"
_AN_ANSWER = 120_000  # milliseconds
_CITATIONS = "#exchange-1 .answer a.cite"
_WATCH = """
  window.seen = {};
  const shown = selector =>
    [...document.querySelectorAll(selector)].some(each => each.checkVisibility({ visibilityProperty: true }));
  (function look() {
    if (shown("textarea")) seen["first content"] ??= performance.now();
    if (shown("gradio-app textarea")) seen["interactive"] ??= performance.now();
    if (!seen["interactive"]) requestAnimationFrame(look);
  })();
"""
_SENT = """() => {
  const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  return [all.length, all.reduce((sum, each) => sum + each.encodedBodySize, 0)];
}"""
_ENTER = """() => {
  // At the window, since the page lets no key that asks go further than the document.
  window.asked = new Promise(done => window.addEventListener("keydown", async ({ timeStamp }) => {
    const taken = {};
    while (!taken.server) {
      await new Promise(requestAnimationFrame);
      const standing = document.querySelector("#exchange-1 .question");
      if (standing) taken.browser ??= performance.now() - timeStamp;
      if (standing && !standing.closest(".asked")) taken.server = performance.now() - timeStamp;
    }
    done(taken);
  }, { capture: true, once: true }));
}"""
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

Taken = Mapping[str, Sequence[float]]
"""What was measured, by its name."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=9)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder, open_dateline(library=folder, model="local") as news:
        news.ingest([SAMPLES])
        news.warm()
        server = serve(build_page(PageDesk(news, 5)), "127.0.0.1", _PORT, 5)
        bare = bare_page()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
                    args=["--no-sandbox"],
                )
                print(report(measured(browser, server.url, str(bare.local_url), times), server.url))
                browser.close()
        finally:
            server.close()
            bare.close()


def bare_page() -> gr.Blocks:
    """Gradio's own floor."""
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Textbox(label="Your question")
    page.launch(server_name="127.0.0.1", server_port=_BARE_PORT, prevent_thread_lock=True, quiet=True, ssr_mode=False)
    return page


def measured(browser: Browser, url: str, bare: str, times: int) -> Taken:
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(times):
        for name, value in opened(browser, bare).items():
            taken[f"bare Gradio: {name}"].append(value)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        for name, value in [*opened(browser, url, page).items(), *asked(page).items()]:
            taken[name].append(value)
        taken["a citation clicked"] += clicked(page)
        page.context.close()
    return taken


def opened(browser: Browser, url: str, page: Page | None = None) -> Mapping[str, float]:
    """Milliseconds to the first content and until it can be used, and what was sent by then, which is Gradio's scripts,
    and the events that the page begins with."""
    page = page or browser.new_page()
    page.add_init_script(_WATCH)
    page.goto(url, wait_until="commit")
    page.wait_for_function("seen.interactive")
    page.wait_for_timeout(1500)
    requests, sent = page.evaluate(_SENT)
    return {**page.evaluate("seen"), "requests": requests, "bytes of all requests": sent}


def asked(page: Page) -> Mapping[str, float]:
    """Milliseconds from Enter to the question, as the browser and as the server draws it."""
    page.evaluate(_ENTER)
    box = page.get_by_role("textbox", name="Your question")
    box.fill(_QUESTION)
    box.press("Enter")
    drawn = page.evaluate("asked")
    return {"question, drawn by the browser": drawn["browser"], "question, drawn by the server": drawn["server"]}


def clicked(page: Page) -> list[float]:
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of", timeout=_AN_ANSWER)
    page.wait_for_timeout(1500)  # what follows upon an answer is under way
    taken = []
    for number in range(page.locator(_CITATIONS).count()):
        taken.append(float(page.evaluate(_CLICK, [_CITATIONS, number])))
        page.keyboard.press("Escape")
        expect(page.locator(".reader mark.now")).to_be_hidden()
    return taken


def report(taken: Taken, url: str) -> str:
    rows = [[name, len(each), f"{statistics.median(each):,.0f}", f"{max(each):,.0f}"] for name, each in taken.items()]
    plain = httpx.get(url, headers={"accept-encoding": "identity"}).content
    compressed = httpx.get(url, headers={"accept-encoding": "gzip"}).headers["content-length"]
    rows.append(["bytes of the document", 1, f"{len(plain):,}", ""])
    rows.append(["bytes of the document, compressed", 1, f"{int(compressed):,}", ""])
    floor = statistics.median(taken["bare Gradio: interactive"])
    against = ", ".join(
        f"{name} {statistics.median(taken[name]) / floor:.2f}" for name in ("first content", "interactive")
    )
    table = markdown(["on the page", "times", "median (ms where it is a time)", "most"], rows)
    return f"{table}\n\nAgainst a bare page of Gradio's, whose box can be used after {floor:.0f} ms: {against}."


if __name__ == "__main__":
    main()
