"""Conversations in a real browser: found again after a reload or a restart, renamed, removed, exported, rated."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from ui_desk import ScriptedDesk, at_rest, eventually, free_port, to_tab, typed

from assistant.evaluation.dataset import read_questions
from assistant.ui.page import build_page
from assistant.ui.server import Server, serve
from vectorstore.storage.schema import conversations

Open = Callable[..., Page]
META_QUESTION = "Is Meta still open sourcing its models?"


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")


def ask_and_wait(page: Page, question: str, number: int = 1) -> None:
    ask(page, question)
    expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def do(page: Page, title: str, act: str) -> None:
    page.get_by_label(f"Rename, export or delete: {title}").click()
    page.get_by_role("button", name=act, exact=True).click()


def test_a_reload_shows_the_conversation_as_it_was(open_page: Open) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    ask_and_wait(page, "And Behemoth?", 2)
    expect(page.locator(".talk [aria-current]")).to_contain_text(META_QUESTION)
    expect(page).to_have_url(re.compile(r"\?conversation="))
    expect(page.locator("#exchange-2 .onward")).to_contain_text("Ask next")

    def drawn() -> list[list[str]]:
        """Elements with their attributes, whose order Gradio's patches may change, and texts."""
        walk = """exchange => [...exchange.querySelectorAll("*")].flatMap(e => [
            e.tagName, [...e.attributes].map(a => `${a.name}=${a.value}`).sort().join(" "),
            ...[...e.childNodes].filter(c => c.nodeType === Node.TEXT_NODE).map(c => c.data)])"""
        return [page.locator(f"#exchange-{number}").evaluate(walk) for number in (1, 2)]

    at_rest(page)  # the buttons under it come after what to ask next
    before = drawn()
    page.reload()
    expect(page.locator("#exchange-2 .onward")).to_contain_text("Ask next")
    eventually(lambda: drawn() == before)
    page.locator("#exchange-1 .cite").first.click()
    expect(page.locator(".card.lit mark").first).to_have_text("Meta says its position is unchanged")


def test_a_reload_in_the_middle_loses_nothing_and_stop_still_works(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask(page, "Is Meta open, slowly?")
    expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")
    expect(page).to_have_url(re.compile(r"\?conversation="))
    page.reload()
    expect(page.locator("#exchange-1 .stage")).to_have_text("Writing")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#exchange-1 .answer")).to_contain_text("unchanged. [1] 2 July 2022, The Ledger(stopped)")
    assert desk.closed.wait(10)
    assert len(desk.asked) == 1


def test_leaving_for_another_conversation_mixes_nothing_up(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_and_wait(page, "What happened to Behemoth?")
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("heading", name="Ask the news")).to_be_visible()
    ask(page, "Is Meta open, slowly?")
    expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")
    expect(page.locator(".talk")).to_have_count(2)
    page.locator(".talk a", has_text="Behemoth").click()
    expect(page.locator("#exchange-1 .question")).to_have_text("What happened to Behemoth?")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    desk.closed.set()
    page.go_back()
    expect(page.locator("#exchange-1 .question")).to_have_text("Is Meta open, slowly?")
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.locator(".talk [aria-current]")).to_contain_text("Is Meta open, slowly?")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.go_forward()
    expect(page.locator("#exchange-1 .question")).to_have_text("What happened to Behemoth?")


def test_two_browsers_share_a_conversation(open_page: Open) -> None:
    first = open_page()
    ask_and_wait(first, META_QUESTION)
    second = open_page(at="?" + first.url.partition("?")[2])
    expect(second.locator("#exchange-1 .basis")).to_contain_text("As of")
    ask_and_wait(second, "And Behemoth?", 2)
    ask_and_wait(first, "Who won the 2031 Tour de France?", 3)
    for number, question in enumerate((META_QUESTION, "And Behemoth?", "Who won the 2031 Tour de France?"), start=1):
        expect(first.locator(f"#exchange-{number} .question")).to_have_text(question)


def restarted(desk: ScriptedDesk, server: Server) -> Server:
    server.close()
    desk.put_away()
    desk.closed.clear()
    return serve(build_page(desk), "127.0.0.1", int(server.url.rstrip("/").rpartition(":")[2]), desk.max_upload_mb)


def test_a_server_that_is_started_anew_goes_on_under_the_open_page(desk: ScriptedDesk, browser: object) -> None:
    server = serve(build_page(desk), "127.0.0.1", free_port(), desk.max_upload_mb)
    page = browser.new_page(viewport={"width": 1440, "height": 900})  # type: ignore[attr-defined]
    page.goto(server.url)
    ask_and_wait(page, META_QUESTION)
    at_rest(page)  # with an event on its way, Gradio would load the page anew
    server = restarted(desk, server)
    try:
        page.wait_for_timeout(1000)
        ask_and_wait(page, "And Behemoth?", 2)
        expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")
        assert desk.asked[-1][1][0].question == META_QUESTION
        assert [each.question for each in desk.notebook.read(page.url.rpartition("=")[2])] == [
            META_QUESTION,
            "And Behemoth?",
        ]
    finally:
        page.close()
        server.close()


def test_yesterdays_conversation_is_found_renamed_removed_and_brought_back(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    [entry] = desk.notebook.entries()
    with desk._database.begin() as connection:
        connection.execute(update(conversations).values(changed_at=entry.changed_at - timedelta(days=1)))
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("heading", name="Ask the news")).to_be_visible()
    ask_and_wait(page, "What happened to Behemoth?")
    expect(page.locator("#talks h2")).to_have_text(["Today", "Yesterday"])

    search = page.get_by_role("textbox", name="Search conversations")
    search.fill("UNCHANGED open")
    expect(page.locator(".talk")).to_have_count(2)
    search.fill("sourcing")
    expect(page.locator(".talk")).to_have_count(1)
    page.locator(".talk a").click()
    expect(page.locator("#exchange-1 .question")).to_have_text(META_QUESTION)
    search.fill("")
    expect(page.locator(".talk")).to_have_count(2)

    do(page, META_QUESTION, "Rename")
    page.get_by_role("textbox", name="Title").fill("Meta <b>models</b>")
    page.get_by_role("textbox", name="Title").press("Enter")
    expect(page.locator(".talk", has_text="Meta <b>models</b>")).to_have_count(1)

    do(page, "Meta <b>models</b>", "Delete")
    expect(page.locator(".talk")).to_have_count(1)
    expect(page.get_by_role("heading", name="Ask the news")).to_be_visible()
    expect(page).not_to_have_url(re.compile("conversation="))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".talk")).to_have_count(2)
    page.locator(".talk a", has_text="Meta <b>models</b>").click()
    expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")


@pytest.mark.parametrize(
    ("label", "ending"), [("Save as Markdown", "md"), ("Save as Word", "docx"), ("Save as PDF", "pdf")]
)
def test_a_conversation_is_saved_under_its_title(open_page: Open, label: str, ending: str) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    for _ in range(2):  # the second time nothing has changed
        with page.expect_download() as download:
            do(page, META_QUESTION, label)
    assert download.value.suggested_filename == f"Is Meta still open sourcing its models.{ending}"
    content = Path(download.value.path()).read_bytes()
    assert content.startswith({"md": b"# Is Meta", "docx": b"PK", "pdf": b"%PDF"}[ending])
    if ending == "md":
        assert b"[^1-1]: Meta keeps its models open, with more caution, The Ledger, 2 July 2022" in content


def test_one_answer_is_saved_alone(open_page: Open) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    ask_and_wait(page, "And Behemoth?", 2)
    menu = page.locator("#exchange-2 details.export")
    menu.locator("summary").click()
    menu.locator("summary").press("Escape")
    expect(menu.get_by_role("button", name="Save as Markdown")).to_be_hidden()
    menu.locator("summary").click()
    with page.expect_download() as download:
        menu.get_by_role("button", name="Save as Markdown").click()
    text = Path(download.value.path()).read_text()
    assert text.startswith("# And Behemoth?\n\n## And Behemoth?\n") and META_QUESTION not in text
    assert download.value.suggested_filename == "And Behemoth.md"
    expect(menu.get_by_role("button", name="Save as Markdown")).to_be_hidden()


def test_thumbs_and_reasons_become_a_question_file(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    ask_and_wait(page, "And Behemoth?", 2)
    first, second = page.locator("#exchange-1"), page.locator("#exchange-2")
    first.get_by_role("button", name="Good answer").click()
    expect(first.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    second.get_by_role("button", name="Poor answer").click()
    typed(second.get_by_label("What was wrong?"), 'About "another" <model>')
    second.get_by_label("What was wrong?").press("Enter")
    expect(second.get_by_role("button", name="Saved")).to_be_visible()
    page.reload()
    expect(second.get_by_label("What was wrong?")).to_have_value('About "another" <model>')
    to_tab(page, "Settings")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export ratings").click()
    to_tab(page, "Chat")
    file = tmp_path / "ratings.jsonl"
    download.value.save_as(file)
    up, down = map(json.loads, file.read_text().splitlines())
    assert up["evidence_article_ids"] == ["meta", "behemoth"]
    assert down["reason"] == 'About "another" <model>'
    assert [question.text for question in read_questions(file)] == [META_QUESTION]
    first.get_by_role("button", name="Good answer").click()
    expect(first.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "false")


def test_the_last_question_is_edited_and_asked_again(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    ask_and_wait(page, "And Behemot?", 2)
    edit = page.locator("#exchange-2").get_by_role("button", name="Edit")
    edit.click()
    field = page.get_by_role("textbox", name="The question in other words")
    expect(field).to_have_value("And Behemot?")
    field.press("Escape")
    expect(page.locator("#exchange-2 .question")).to_be_visible()
    edit.click()
    field.fill("And Behemoth?")
    field.press("Enter")
    expect(page.locator("#exchange-2 .question")).to_have_text("And Behemoth?")
    expect(page.locator("#exchange-2 .basis")).to_contain_text("As of")
    expect(page.locator(".exchange")).to_have_count(2)
    assert [turn.question for turn in desk.asked[-1][1]] == [META_QUESTION]


def test_a_menu_stays_with_its_conversation_when_the_list_is_drawn_anew(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    page.get_by_label(f"Rename, export or delete: {META_QUESTION}").click()
    copied = desk.notebook.entries()[0].id
    desk.notebook.copy(copied, "later", "Asked in another tab")  # which comes first in the list
    page.evaluate("document.dispatchEvent(new Event('dateline-list'))")
    expect(page.locator(".talk")).to_have_count(2)
    mine = page.locator(".talk").filter(has_text=META_QUESTION)
    expect(mine.get_by_role("button", name="Delete")).to_be_visible()
    expect(page.locator(".talk details[open]")).to_have_count(1)
    mine.locator("summary").press("Enter")
    page.evaluate("document.dispatchEvent(new Event('dateline-list'))")
    expect(page.locator(".talk details[open]")).to_have_count(0)


def test_a_removed_article_leaves_the_words_that_were_cited(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    desk.remove("meta")
    page.reload()
    card = page.locator("#source-1-1")
    expect(card).to_contain_text("removed from the library since")
    expect(card.locator("mark").first).to_have_text("Meta says its position is unchanged")
    card.get_by_role("button", name="Read the article").click()
    reader = page.get_by_role("dialog", name="Meta keeps its models open")
    expect(reader).to_contain_text("removed from the library since")
    expect(reader.locator("mark").first).to_have_text("Meta says its position is unchanged")
    expect(reader.get_by_role("button", name="Read it in the library")).to_be_hidden()


def test_a_conversation_that_cannot_be_kept_goes_on_and_says_so(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    desk.notebook._conversations._only_read = "another Dateline uses it"
    ask_and_wait(page, "And Behemoth?", 2)
    expect(page.locator("#talks .problem")).to_contain_text("Conversations are not being kept")
    page.reload()
    expect(page.locator("#exchange-2 .answer")).to_contain_text("position is unchanged")


def test_an_address_of_no_conversation_is_the_welcome(open_page: Open) -> None:
    page = open_page(at="?conversation=%3Cscript%3E")
    expect(page.get_by_role("heading", name="Ask the news")).to_be_visible()
    ask_and_wait(page, META_QUESTION)


@pytest.mark.parametrize("width", [390, 768])
def test_on_a_small_screen_the_list_is_a_drawer(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    ask_and_wait(page, META_QUESTION)
    expect(page.locator("#talks")).to_be_hidden()
    page.get_by_role("button", name="Conversations", exact=True).click()
    expect(page.locator(".talk a")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#talks")).to_be_hidden()
    page.get_by_role("button", name="Conversations", exact=True).click()
    page.locator(".talk a").click()
    expect(page.locator("#talks")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_beside_the_chat_it_can_be_hidden_and_stays_so(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Hide").click()
    expect(page.locator("#talks")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Conversations", exact=True)).to_be_visible()
    expect(page.locator("#talks")).to_be_hidden()
