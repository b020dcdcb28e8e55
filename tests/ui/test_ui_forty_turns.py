"""Forty questions by keyboard in two tabs of one conversation, on the real library, while the connection and then the
server go: nothing is lost, nothing stands twice or in another order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from ui_desk import free_port

from app import SAMPLES, Dateline, PageDesk, open_dateline
from assistant.ui.page import build_page
from assistant.ui.server import Server, serve

TURNS = 40
SUBJECTS = ("the ferry", "the night buses", "Meta's models", "the election in Lakemont", "the wind turbines")
GONE = (
    *("net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION", "net::ERR_EMPTY_RESPONSE", "net::ERR_INCOMPLETE"),
    # Gradio, of the event under way
    *("AbortError: signal is aborted", "Connection errored out", "network error", "Server stopped unexpectedly"),
    "Unexpected error 404: Not Found",  # of its stream at the new server, which does not know the session
)


def question(number: int) -> str:
    return f"What is said about {SUBJECTS[number % len(SUBJECTS)]}, part {number}?"


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    with open_dateline(library=tmp_path_factory.mktemp("library"), model="quote") as news:
        news.ingest([SAMPLES])
        yield news


def started(news: Dateline, port: int) -> Server:
    return serve(build_page(PageDesk(news, 5)), "127.0.0.1", port, 5)


def opened(page: Page, address: str, complaints: list[str]) -> None:
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    expect(page.locator("#shell")).to_have_count(0, timeout=60_000)


def ask(page: Page, number: int) -> None:
    """By keyboard alone: "/" leads to the box, Enter sends."""
    page.bring_to_front()
    page.keyboard.press("Escape")
    page.locator("#composer textarea").focus()
    page.keyboard.insert_text(question(number))
    page.keyboard.press("Enter")
    expect(page.locator(f"#exchange-{number} .question")).to_have_text(question(number))


def answered(page: Page, number: int) -> None:
    expect(page.locator(f"#exchange-{number} .question")).to_have_text(question(number), timeout=60_000)
    expect(page.locator(f"#exchange-{number} .answer")).to_have_attribute("aria-busy", "false", timeout=60_000)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_forty_turns_in_two_tabs_with_the_connection_and_the_server_gone(browser: Browser, news: Dateline) -> None:
    port, complaints = free_port(), list[str]()
    server = started(news, port)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tabs = [context.new_page()]
    try:
        opened(tabs[0], server.url, complaints)
        ask(tabs[0], 1)
        answered(tabs[0], 1)
        tabs.append(context.new_page())
        opened(tabs[1], tabs[0].url, complaints)
        for number in range(2, TURNS + 1):
            asking, watching = tabs[number % 2], tabs[1 - number % 2]
            if number == 13:  # offline in the middle of writing
                asking.locator("#composer textarea").focus()
                asking.keyboard.insert_text(question(13)[:9])
                context.set_offline(True)
                expect(asking.locator("#offline")).to_be_visible()
                asking.keyboard.insert_text(question(13)[9:])
                asking.keyboard.press("Enter")
                expect(asking.locator("#exchange-13 .question")).to_have_text(question(13))
                context.set_offline(False)
            elif number == 27:  # a server that goes between a question and its answer
                server.close()
                ask(asking, 27)
                server = started(news, port)
            else:
                ask(asking, number)
            answered(asking, number)
            answered(watching, number)
        notebook = PageDesk(news, 5).notebook
        [entry] = notebook.entries()
        assert [each.question for each in notebook.read(entry.id)] == [question(n) for n in range(1, TURNS + 1)]
        for tab in tabs:
            shown = tab.locator(".exchange .question").all_inner_texts()
            assert shown == [question(number) for number in range(1, TURNS + 1)]
            expect(tab.locator("#offline")).to_be_hidden()
            expect(tab.locator("#composer textarea")).to_have_value("")
        assert [each for each in complaints if not any(gone in each for gone in GONE)] == []
    finally:
        context.close()
        server.close()
