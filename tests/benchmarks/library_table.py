"""How long the library's table takes with many articles: at the desk, and on the page in Chromium.

    python tests/benchmarks/library_table.py [--articles 100000] [--times 9]

The catalogue is synthetic: its rows are put straight into the database, with a text of some 3,000 characters each and
without vectors that mean anything. On the page, the time is from the click to the row that was waited for.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert

from app import PageDesk, open_dateline
from assistant.evaluation.tables import markdown
from assistant.ui.page import build_page
from assistant.ui.server import serve
from vectorstore.models import Scope
from vectorstore.storage import listings as listing
from vectorstore.storage.database import create_database, open_database
from vectorstore.storage.listings import Column, Listing
from vectorstore.storage.schema import articles, passages

_BATCH = 5000
_LENGTH = 3000
_OUTLETS = [f"{town} {name}" for town in ("Norvale", "Hallow Bay", "Windmere", "Brannock") for name in
            ("Post", "Gazette", "Courier", "Herald", "Wire")]  # fmt: skip
_START = datetime(2016, 1, 1, tzinfo=UTC)
_PORT = 7899


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        fill(Path(folder), options.articles)
        print(f"{options.articles:,} articles made in {time.perf_counter() - began:.0f} s", flush=True)
        with open_dateline(library=folder, model="quote") as news:
            desk = PageDesk(news, 5)
            print(markdown(["at the desk", "median ms", "slowest"], at_the_desk(desk, options.times)), flush=True)
            print(markdown(["on the page", "median ms", "slowest"], on_the_page(desk, options.times)))


def fill(folder: Path, number: int) -> None:
    create_database(folder / "catalogue.db")
    engine = open_database(folder / "catalogue.db")
    draw = random.Random(1)
    words = ["".join(draw.choices("aeioubcdfgklmnprst", k=draw.randint(3, 9))) for _ in range(4000)]
    prose = " ".join(draw.choices(words, k=20_000))
    with engine.begin() as connection:
        for first in range(0, number, _BATCH):
            rows = [_article(key, draw, words, prose) for key in range(first, min(first + _BATCH, number))]
            connection.execute(insert(articles), rows)
            connection.execute(insert(passages), [_passage(row["key"], part) for row in rows for part in range(2)])
        listing.enter_all(connection)
    engine.dispose()


def _article(key: int, draw: random.Random, words: list[str], prose: str) -> dict[str, Any]:
    published = None if key % 20 == 0 else _START + timedelta(minutes=draw.randrange(10 * 365 * 24 * 60))
    begin = draw.randrange(len(prose) - _LENGTH)
    return {
        "key": key,
        "id": f"n{key}",
        "version": 1,
        "title": " ".join(draw.choices(words, k=9)).capitalize(),
        "outlet": draw.choices(_OUTLETS, weights=range(1, len(_OUTLETS) + 1))[0],
        "authors": [],
        "url": f"https://news.example/{key}",
        "published_at": published,
        "updated_at": None,
        "ingested_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=key // 7),
        "language": "en",
        "text": prose[begin : begin + _LENGTH],
        "summary_only": False,
        "gone_at": None,
        "text_hash": str(key),
        "story": key,
    }


def _passage(key: int, part: int) -> dict[str, Any]:
    place = {"position": part, "start": part * 1000, "end": part * 1000 + 1000}
    return {"id": f"n{key}#{part}", "article_key": key, "generation": 0, "vector": bytes(8), **place}


def at_the_desk(desk: PageDesk, times: int) -> list[list[object]]:
    july = Scope(datetime(2022, 7, 1, tzinfo=UTC), datetime(2022, 7, 31, tzinfo=UTC))
    post = Scope(outlets=("Norvale Post",))
    asked: dict[str, Callable[[], object]] = {
        "the first page": lambda: desk.listed(Listing()),
        "the next page": lambda: desk.listed(Listing(start=50)),
        "the last page": lambda: desk.listed(Listing(start=10**9)),
        **{f"sorted by {by}": lambda by=by: desk.listed(Listing(by=by)) for by in Column},
        **{f"sorted by {by}, upwards": lambda by=by: desk.listed(Listing(by=by, descending=False)) for by in Column},
        "sorted by date, its last page": lambda: desk.listed(Listing(by=Column.DATE, start=10**9)),
        "a word in few headlines": lambda: desk.listed(Listing("zebra")),
        "two words in many": lambda: desk.listed(Listing("a herald", by=Column.HEADLINE)),
        "one month": lambda: desk.listed(Listing(scope=july)),
        "one outlet, by headline": lambda: desk.listed(Listing(scope=post, by=Column.HEADLINE)),
        "the chart": lambda: desk.tally(Listing()),
        "the chart of a word": lambda: desk.tally(Listing("herald")),
        "the welcome": desk.welcome,
    }
    return [[name, *spread(timed(ask) for _ in range(times))] for name, ask in asked.items()]


def timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def spread(times: Iterator[float]) -> list[str]:
    taken = list(times)
    return [f"{statistics.median(taken):.0f}", f"{max(taken):.0f}"]


def on_the_page(desk: PageDesk, times: int) -> list[list[object]]:
    server = serve(build_page(desk), "127.0.0.1", _PORT, 5)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
                args=["--no-sandbox"],
            )
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(server.url)
            page.get_by_role("tab", name="Library").click()
            page.locator("#library tbody tr").first.wait_for()
            page.wait_for_timeout(2000)
            rows = [[name, *spread(iter(taken))] for name, taken in clicked(page, times).items()]
            browser.close()
        return rows
    finally:
        server.close()


def clicked(page: Page, times: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {
        "a page turned": [],
        "sorted by a head": [],
        "a word searched": [],
        "an outlet": [],
    }
    for number in range(times):
        taken["a page turned"].append(_until_changed(page, "#library .pager button:text('Next')"))
        head = ("headline", "date", "passages")[number % 3]
        taken["sorted by a head"].append(_until_changed(page, f"#library [data-sort='{head}']"))
        taken["a word searched"].append(_until_typed(page, "#table-search input", f"k{'aeiou'[number % 5]}"))
        taken["an outlet"].append(_until_typed(page, "#table-outlet input", _OUTLETS[number % len(_OUTLETS)], "Enter"))
        _until_typed(page, "#table-outlet input", "", "Enter")
        _until_typed(page, "#table-search input", "")
    return taken


# Measured inside the page: from the click or the key to the frame after the table has changed.
_WATCH = """() => {
  const shown = document.querySelector("#library");
  const parts = () => [...shown.querySelectorAll("tbody, .tally, .hint")].map((part) => part.textContent).join();
  const before = parts();
  window.taken = new Promise((resolve, reject) => {
    let began;
    const begin = () => (began ??= performance.now());
    for (const event of ["click", "input"]) document.addEventListener(event, begin, { capture: true, once: true });
    const gaveUp = setTimeout(() => reject(new Error("the table did not change")), 60000);
    new MutationObserver((_, observer) => {
      if (parts() === before || began === undefined) return;
      observer.disconnect();
      clearTimeout(gaveUp);
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - began)));
    }).observe(shown, { childList: true, characterData: true, subtree: true });
  });
}"""


def _until_changed(page: Page, selector: str) -> float:
    _settled(page)
    page.evaluate(_WATCH)
    page.locator(selector).first.click()
    return float(page.evaluate("window.taken"))


def _until_typed(page: Page, selector: str, text: str, key: str = "") -> float:
    field = page.locator(selector)
    _settled(page)
    page.evaluate(_WATCH)
    field.fill(text)
    if key:
        field.press(key)
    return float(page.evaluate("window.taken"))


def _settled(page: Page) -> None:
    """What was asked for before has come, the chart too."""
    page.wait_for_timeout(3000)


if __name__ == "__main__":
    main()
