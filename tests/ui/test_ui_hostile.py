"""An article full of markup, on the real house: wherever a reader meets its words, they are words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Page, expect
from ui_desk import free_port

from app import Dateline, PageDesk, open_dateline
from assistant.ui.library_tab import library_routes
from assistant.ui.page import build_page
from assistant.ui.server import serve

Open = Callable[..., Page]
ADDRESS = "https://paper.example/night-buses"
SCRIPT = "<script>window.hacked = 1</script>"
MARKUP = (
    f"{SCRIPT} <img src=x onerror=window.hacked=1> <b style=position:fixed;inset:0>bold</b> ![x](x.png) $x$ "
    "[a](javascript:window.hacked=1) <form action=/><input name=q></form> \u202egnp.exe\u202c ${window.hacked=1}"
)
ENDLESS = "x" * 10_000
ARTICLE = {
    "id": "buses",
    "title": f"Night buses in Norvale to run until four {MARKUP}",
    "outlet": "<b>Post</b> <img src=x onerror=window.hacked=1>",
    "url": ADDRESS,
    "published_at": datetime.now(UTC).isoformat(),
    "text": f"The night buses of Norvale will run until four in the morning $x$, the council said on Tuesday.\n\n"
    f"{SCRIPT} The night buses {MARKUP} carry 4,100 people a night in Norvale.\n\nDrivers {ENDLESS} asked for a depot.",
}
LATER = ARTICLE | {"text": str(ARTICLE["text"]).replace("4,100", f"5,200 {MARKUP}")}
# What an article's words must never become. The card's link to the article is none of them.
ALIVE = ":is(img, iframe, script, form[action='/'], input[name=q], b[style], i[style], [onerror], [href^=javascript])"


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    with open_dateline(library=tmp_path_factory.mktemp("library"), model="quote") as news:
        file = tmp_path_factory.mktemp("files") / "articles.jsonl"
        for article in (ARTICLE, LATER):
            file.write_text(json.dumps(article))
            news.ingest([file])
        yield news


@pytest.fixture
def address(news: Dateline) -> Iterator[str]:
    desk = PageDesk(news, 5)
    server = serve(build_page(desk), "127.0.0.1", free_port(), 5, library_routes(desk))
    yield server.url
    server.close()


def calm(page: Page, *places: str) -> None:
    """Each place shows the script as text; nothing ran, nothing became an element, nothing is wider than the page."""
    for place in places:
        expect(page.locator(place).first).to_contain_text(SCRIPT)
        assert page.locator(f"{place} {ALIVE}").count() == 0, place
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def ask(page: Page, question: str, number: int) -> None:
    page.get_by_role("tab", name="Chat").click()
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of", timeout=30_000)


@pytest.mark.parametrize("width", [390, 1440])
def test_on_every_tab_an_article_s_markup_is_text(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    calm(page)
    ask(page, f"Until when will the night buses of Norvale run? {SCRIPT}", 1)
    page.locator("#exchange-1 .answer .cite").first.click()
    expect(page.locator("#exchange-1 .answer")).to_contain_text("$x$")
    expect(page.locator(".reader mark.now")).to_be_in_viewport()
    calm(page, "#exchange-1 .question", "#exchange-1 .card", ".reader")
    page.keyboard.press("Escape")
    ask(page, "Timeline of the night buses in Norvale", 2)
    calm(page, "#exchange-2")

    page.get_by_role("tab", name="Stories").click()
    calm(page, "#new")
    page.get_by_role("button", name="Timeline of this story").first.click()
    calm(page, "#story")

    page.get_by_role("tab", name="Library").click()
    calm(page, "#library")
    page.locator("#library").get_by_role("button", name="Night buses in Norvale").click()
    calm(page, ".reading-card")
    page.get_by_role("button", name="What changed").click()
    expect(page.locator("ins").first).to_be_visible()
    calm(page, ".reading-card")


def test_in_what_is_exported_it_is_text(open_page: Open) -> None:
    page = open_page()
    ask(page, f"Until when will the night buses run? {SCRIPT}", 1)
    page.locator("#talks summary").first.click()
    with page.expect_download() as download:
        page.locator("#talks").get_by_role("button", name="Save as Markdown").first.click()
    tokens = MarkdownIt("commonmark").parse(Path(download.value.path()).read_text())
    parsed = [each for token in tokens for each in (token, *(token.children or []))]
    assert not [each for each in parsed if each.type in ("html_block", "html_inline", "image", "fence", "code_block")]
    assert {each.attrs["href"] for each in parsed if each.type == "link_open"} == {ADDRESS}
    assert SCRIPT in "".join(each.content for each in parsed if each.type == "text")

    page.get_by_role("tab", name="Library").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as JSONL").click()
    (line,) = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    exported = json.loads(line)
    assert SCRIPT in exported["title"] and SCRIPT in exported["text"] and ENDLESS in exported["text"]
