"""The README's pictures: what somebody who has never seen the page does, step by step, on the real house.

    python tests/ui/screenshots.py

Asks, opens a source, adds an article, and comes back the next day, with the default chat model and the sample articles
in a library of its own. The pictures go to tests/ui/screenshots/. The next day is the same day: the times of the
conversation are put back instead.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright
from ui_desk import chromium, free_port

from app import SAMPLES, PageDesk, open_dateline
from assistant.ui.page import build_page
from assistant.ui.server import serve

PICTURES = Path(__file__).parent / "screenshots"
SIZE = {"width": 1280, "height": 760}
QUESTION = "Is Meta still open sourcing its models?"
BUSES = {
    "Headline (optional)": "Night buses in Norvale to run until four",
    "Outlet (optional)": "Northline Wire",
    "Text of the article": "Norvale's night buses will run until four in the morning from January. The council voted "
    "for the change on Tuesday, and set aside 1.4 million crowns a year for it.",
}
COLOURS = 64
AN_ANSWER = 120_000  # milliseconds


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        library = Path(folder) / "library"
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)
        with served(library) as address:
            first_day(page, address)
        put_back(library, timedelta(days=1))
        with served(library) as address:
            page.goto(address)
            page.locator("#talks a").first.click()
            expect(page.locator("#exchange-1 .basis")).to_be_visible()
            keep(page, "yesterday")
        browser.close()


def first_day(page: Page, address: str) -> None:
    page.goto(address)
    box = page.get_by_role("textbox", name="Your question")
    box.press_sequentially(QUESTION)
    keep(page, "ask")
    box.press("Enter")
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of", timeout=AN_ANSWER)
    page.locator("#exchange-1 .answer .cite").first.click()
    keep(page, "source")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("tab", name="Paste text").click()
    for label, text in BUSES.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Add text").click()
    expect(page.locator("#report")).to_contain_text("1 added", timeout=AN_ANSWER)
    keep(page, "add")


@contextmanager
def served(library: Path) -> Iterator[str]:
    with open_dateline(library=library, model="local") as news:
        news.ingest([SAMPLES])
        news.warm()
        server = serve(build_page(PageDesk(news, 5)), "127.0.0.1", free_port(), 5)
        try:
            yield server.url
        finally:
            server.close()


def put_back(library: Path, by: timedelta) -> None:
    with sqlite3.connect(library / "catalogue.db") as catalogue:
        for column in ("started_at", "changed_at"):
            for id, told in catalogue.execute(f"SELECT id, {column} FROM conversations").fetchall():
                earlier = str(datetime.fromisoformat(told) - by)
                catalogue.execute(f"UPDATE conversations SET {column} = ? WHERE id = ?", (earlier, id))


def keep(page: Page, name: str) -> None:
    """A picture of few colours, once nothing moves any more."""
    page.wait_for_timeout(1500)
    file = PICTURES / f"{name}.png"
    page.screenshot(path=file)
    with Image.open(file) as picture:
        picture.quantize(COLOURS).save(file, optimize=True)


if __name__ == "__main__":
    main()
