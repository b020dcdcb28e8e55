"""What stands on the page has an address, and the window's title says what it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from ui_desk import META, ScriptedDesk, free_port, to_tab

from assistant.ui.page import build_page
from assistant.ui.sent_pages import sent_page_routes
from assistant.ui.server import serve

Open = Callable[..., Page]
QUESTION = "Is Meta still open sourcing its models?"


def at(query: str) -> re.Pattern[str]:
    return re.compile(re.escape(query) + "$")


def test_tabs_articles_and_stories_are_found_by_back_and_forward(open_page: Open) -> None:
    page = open_page()
    to_tab(page, "Library")
    expect(page).to_have_url(at("/?tab=library"))
    expect(page).to_have_title("Library - Dateline")
    page.locator("#library").get_by_text("Meta keeps its models").first.click()
    expect(page).to_have_url(at("/?article=meta"))
    expect(page).to_have_title(f"{META.title} - Dateline")
    to_tab(page, "Stories")
    of_meta = page.locator("#new .news > li", has_text=META.title)
    of_meta.get_by_role("button", name="Timeline of this story").click()
    expect(page).to_have_url(at("/?story=meta"))
    page.go_back()
    expect(page.locator("#new h2")).to_be_visible()
    page.go_back()
    expect(page.locator(".reading-card")).to_be_visible()
    page.go_back()
    expect(page.locator(".reading-card")).to_be_hidden()
    expect(page).to_have_url(at("/?tab=library"))
    page.go_forward()
    expect(page.locator(".reading-card")).to_be_visible()
    page.reload()
    expect(page.locator(".reading-card h3")).to_have_text(META.title)
    expect(page).to_have_url(at("/?article=meta"))


def test_a_version_and_a_passage_have_an_address(open_page: Open, desk: ScriptedDesk) -> None:
    desk.correct("meta", text="Meta says nothing. " + META.text)
    page = open_page(at="?article=meta&version=1&at=0-36&utm=%3Cscript%3E")
    expect(page.locator(".reading-card mark").first).to_have_text("Meta says its position is unchanged.")
    expect(page.locator(".reading-card")).to_contain_text("Version 1 of 2")
    page.locator(".reading-card").get_by_role("button", name="Copy link").click()
    eventually_copied = page.evaluate("navigator.clipboard.readText()")
    assert eventually_copied.endswith("/?article=meta&version=1&at=0-36")
    assert page.evaluate("document.querySelector('script[src*=utm], [data-utm]')") is None


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?conversation=nothing", "This conversation is not in the library"),
        ("?article=nothing", "no longer in the library"),
        ("?article=meta&version=9", "That version is not in the library"),
        ("?story=nothing", "no longer in the library"),
    ],
)
def test_an_address_of_what_is_gone_says_so(open_page: Open, query: str, told: str) -> None:
    page = open_page(at=query)
    expect(page.get_by_text(told).first).to_be_visible()


@pytest.mark.parametrize(
    "query", ["?tab=%3Cb%3E", "?article=%3Cimg%20src%3Dx%3E&at=x", "?story=%22%3E%3Cscript%3E", "?a=1"]
)
def test_what_an_address_holds_is_never_markup(open_page: Open, query: str) -> None:
    page = open_page(at=query)
    expect(page.locator("#pages")).to_be_visible()
    assert page.evaluate("document.querySelector('main img[src=x], b:empty')") is None


def test_an_answer_has_an_address(open_page: Open) -> None:
    page = open_page()
    for number in (1, 2, 3):
        page.get_by_role("textbox", name="Your question").fill(f"{QUESTION} {number}")
        page.keyboard.press("Enter")
        expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of")
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page).to_have_title(f"{QUESTION} 1 - Dateline")
    page.locator("#exchange-2").get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("#exchange-2")
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator("#exchange-2 .question")).to_be_in_viewport()
    expect(page.locator("#exchange-3 .question")).to_have_text(f"{QUESTION} 3")


def test_what_a_link_shows_elsewhere_is_ours(address: str) -> None:
    document = httpx.get(address).text
    head = re.sub(r"<style>.*?</style>", "", document[: document.index("</head>")], flags=re.DOTALL)
    assert 'property="og:title" content="Dateline"' in head
    for theirs in ('content="Gradio"', "gradio-app", "@Gradio", "@teamGradio", "gradio.app", "/manifest.json"):
        assert theirs not in head


def test_it_can_be_installed(address: str, browser: Browser) -> None:
    manifest = json.loads(httpx.get(f"{address}dateline.webmanifest").text)
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        answer = httpx.get(address + icon["src"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, icon["type"])
        assert len(answer.content) < 6000
    assert httpx.get(f"{address}icons/icon.txt").status_code == 404
    page = browser.new_page()
    page.goto(address)
    worker = page.evaluate("navigator.serviceWorker.ready.then(found => found.active.scriptURL)")
    assert worker == f"{address}worker.js"
    page.context.close()


def test_without_a_server_the_window_says_so_and_keeps_what_was_typed(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    expect(page.locator("#shell")).to_have_count(0, timeout=30_000)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.get_by_role("textbox", name="Your question").fill("Half a question")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="Dateline cannot be reached")).to_be_visible()
    expect(page.locator("blockquote")).to_have_text("Half a question")
    page.context.set_offline(False)
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("Half a question")
    page.context.close()


def test_an_address_that_a_phone_shares_is_added_once_its_reader_says_so(browser: Browser, desk: ScriptedDesk) -> None:
    server = serve(build_page(desk), "127.0.0.1", free_port(), 5, sent_page_routes(desk))
    page = browser.new_page()
    try:
        page.goto(f"{server.url}add?title=Trams&text=Read%20https%3A%2F%2Fshared.example%2Ftrams%20now")
        expect(page.locator("#from")).to_have_text("https://shared.example/trams")
        assert "https://shared.example/trams" not in desk.articles
        page.get_by_role("button", name="Add").click()
        expect(page.locator("#became")).to_contain_text("1 added")
        assert "https://shared.example/trams" in desk.articles
    finally:
        page.context.close()
        server.close()
