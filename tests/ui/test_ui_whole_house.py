"""The page on the real library, embedder, index and ingest: only the chat model is left out (answers are quoted)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from playwright.sync_api import Page, expect
from ui_desk import free_port

from app import SAMPLES, Dateline, PageDesk, open_dateline
from assistant.ui.articles_api import article_routes
from assistant.ui.library_tab import library_routes
from assistant.ui.page import build_page
from assistant.ui.server import serve

TOKEN = "a token that nobody guesses"
QUESTION = "Is Meta still open sourcing its models?"
TRAM = (
    "Norvale's night buses will run until four in the morning from September. The council voted for the change on "
    "Tuesday, and set aside 1.4 million crowns a year for it. Drivers had asked for a second depot."
)


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    with open_dateline(library=tmp_path_factory.mktemp("library"), model="quote") as news:
        news.ingest([SAMPLES])
        yield news


@pytest.fixture
def address(news: Dateline) -> Iterator[str]:
    desk = PageDesk(news, 5)
    beside = [*article_routes(desk, TOKEN), *library_routes(desk)]
    server = serve(build_page(desk), "127.0.0.1", free_port(), 5, beside)
    yield server.url
    server.close()


def ask(page: Page, question: str, number: int = 1) -> None:
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of", timeout=30_000)


def test_the_example_question_a_citation_a_follow_up_and_a_refusal(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, QUESTION)
    answer = page.locator("#exchange-1 .answer")
    expect(answer).to_contain_text("mix of open and closed models")
    expect(answer).to_contain_text("careful about what we choose to open source")
    answer.locator(".cite").first.click()
    lit = page.locator(".card.lit")
    expect(page.locator(".reader mark.now")).to_be_in_viewport()
    expect(lit).to_contain_text("31 July 2025")
    expect(lit.get_by_role("link")).to_have_attribute(
        "href", "https://example.org/tech-ledger/2025/07/31/meta-superintelligence-open-source"
    )

    ask(page, "And what about Behemoth?", 2)
    expect(page.locator("#exchange-2 .answer")).to_contain_text("Behemoth")
    expect(page.locator("#exchange-2 .reading")).to_be_empty()  # two questions side by side are no sentence

    ask(page, "Who won the 2031 Tour de France?", 3)
    expect(page.locator("#exchange-3 .answer")).to_contain_text("couldn't find this")
    expect(page.locator("#exchange-3 .nearest li")).to_have_count(3)
    expect(page.locator("#exchange-3 .cite")).to_have_count(0)


def test_a_first_report_and_a_later_one_are_both_told_with_the_figure_of_each(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "How many people were hurt on the ferry?")
    differ = page.locator("#exchange-1 .differ")
    expect(differ.get_by_role("listitem")).to_have_text(
        ["41 — Northline Wire, 16 October 2026 [1]", "At least 23 people — The Harbour Courier, 4 October 2026 [2]"]
    )
    differ.locator(".cite").first.click()
    expect(page.locator(".card.lit mark").first).to_contain_text("was 41, almost twice the figure given on the day")


def test_a_file_goes_in_is_asked_about_changes_and_goes_out(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page()
    file = tmp_path / "night-buses.txt"
    file.write_text(TRAM)

    def add() -> None:
        page.locator("#files input[type=file]").set_input_files(file)

    page.get_by_role("tab", name="Library").click()
    page.get_by_role("tab", name="Files").click()
    report = page.locator("#report")
    add()
    expect(report).to_contain_text("1 added", timeout=30_000)
    add()
    expect(report).to_contain_text("1 unchanged", timeout=30_000)
    file.write_text(TRAM.replace("four", "five"))
    add()
    expect(report).to_contain_text("1 updated", timeout=30_000)

    page.get_by_role("tab", name="Chat").click()
    ask(page, "Until when will Norvale's night buses run?")
    expect(page.locator("#exchange-1 .answer")).to_contain_text("until five in the morning")

    page.get_by_role("tab", name="Library").click()
    file.write_text(TRAM.replace("four", "six"))
    add()
    expect(page.locator("#library").get_by_text("Norvale's night buses will run until six")).to_be_visible(
        timeout=30_000
    )
    page.get_by_role("tab", name="Chat").click()
    page.locator("#source-1-1").get_by_role("button", name="Read the article").click()
    page.get_by_role("button", name="Read it in the library").click()
    card = page.locator(".reading-card")
    expect(card.locator("mark").first).to_contain_text("until five in the morning")
    expect(card).to_contain_text("Version 2 of 3")
    card.get_by_role("button", name="What changed since").click()
    expect(card.locator("ins").last).to_have_text("six")

    page.locator("#library").get_by_text("Norvale's night buses").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#library")).not_to_contain_text("night buses")
    page.get_by_role("tab", name="Chat").click()
    ask(page, "Until when will Norvale's night buses run?", 2)
    expect(page.locator("#exchange-2 .answer")).not_to_contain_text("six")

    page.get_by_role("tab", name="Library").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#library").get_by_text("Norvale's night buses")).to_be_visible(timeout=30_000)
    expect(page.locator(".reading-card")).to_contain_text("Version 3 of 3")
    page.get_by_role("tab", name="Chat").click()
    ask(page, "Until when will Norvale's night buses run?", 3)
    expect(page.locator("#exchange-3 .answer")).to_contain_text("until six in the morning")


def test_a_program_asks_through_the_named_endpoint(address: str) -> None:
    client = Client(address, verbose=False)
    said = client.predict(QUESTION, api_name="/chat")
    assert "mix of open and closed models" in said
    assert "[1]" in said
    client.close()


def test_a_backup_says_how_long_it_is(address: str) -> None:
    """Who stores it can tell whether it is whole."""
    with httpx.stream("GET", f"{address}library.db", headers={"accept-encoding": "gzip"}) as answer:
        assert int(answer.headers["content-length"]) == sum(map(len, answer.iter_raw()))
        assert "content-encoding" not in answer.headers


def test_a_program_sends_a_page_that_is_then_found_and_a_second_time_unchanged(news: Dateline, address: str) -> None:
    told = (
        "The library of Norvale lends telescopes from October. Readers may keep one for three weeks, and a course of "
        "an evening goes with it. The council paid 18,000 crowns for forty of them, and the observatory gave six more."
    )
    page = f"<html lang=en><title>Telescopes</title><article><h1>Telescopes</h1><p>{told}</p></article></html>"
    sent = {
        "url": "https://norvale.example/telescopes",
        "outlet": "Norvale Post",
        "published_at": "2026-08-04",
        "html": page,
    }
    headers = {"authorization": f"Bearer {TOKEN}"}
    outcomes = [httpx.post(f"{address}v1/articles", json=sent, headers=headers, timeout=60).json() for _ in range(2)]
    assert [(each["added"], each["unchanged"]) for each in outcomes] == [(1, 0), (0, 1)]
    assert (
        news.search("How long may readers of Norvale's library keep a telescope?", top=1)[0].article.outlet
        == "Norvale Post"
    )
    news.library.remove(outcomes[0]["documents"][0]["article_id"])
