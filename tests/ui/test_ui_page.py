"""The page in a real browser, as a reader uses it. The fixture fails on any request elsewhere, error or dialog."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Page, expect
from ui_desk import HOSTILE_TEXT, ScriptedDesk, at_rest, eventually, typed

from vectorstore.storage.listings import Listing, ListPage

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


def to_library(page: Page) -> None:
    page.get_by_role("tab", name="Library").click()
    expect(page.get_by_role("heading", name="Add articles")).to_be_visible()


def test_an_answer_stands_beside_its_sources(open_page: Open) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    expect(page.locator("#exchange-1 .answer")).to_contain_text("for $10 to $65 billion. [1] [2]")
    expect(page.locator(".card")).to_have_count(2)
    answer, card = page.locator("#exchange-1 .answer").bounding_box(), page.locator(".card").first.bounding_box()
    assert answer and card and card["x"] > answer["x"] + answer["width"]
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("")


def test_a_question_asked_while_the_page_still_opens_is_answered_there(open_page: Open, desk: ScriptedDesk) -> None:
    listed, asked = desk.listed, Event()

    def slow(listing: Listing) -> ListPage:
        asked.wait(10)
        return listed(listing)

    desk.listed = slow  # type: ignore[method-assign]
    page = open_page()
    ask(page, META_QUESTION)
    expect(page).to_have_url(re.compile(r"\?conversation="))
    asked.set()
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    at_rest(page)  # the welcome would have come by now
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")


def test_an_example_can_be_clicked(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    page.get_by_role("button", name=desk.examples[1]).click()
    expect(page.locator("#exchange-1 .basis")).to_contain_text("2 articles")
    assert desk.asked == [(desk.examples[1], ())]


def test_every_answer_keeps_its_own_sources(open_page: Open) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    ask_and_wait(page, "And Behemoth?", 2)
    expect(page.locator("#exchange-2 .reading")).to_have_text("Understood as: What about Meta's Behemoth model?")
    expect(page.locator("#exchange-1 .sources")).to_be_hidden()
    page.locator("#exchange-1 .cite").first.click()
    page.keyboard.press("Escape")
    expect(page.locator("#exchange-1 .sources")).to_be_visible()
    expect(page.locator("#exchange-2 .sources")).to_be_hidden()
    expect(page.locator("#source-1-1")).to_contain_class("lit")
    page.locator("#exchange-2 .cite").first.click()
    expect(page.locator("#exchange-1 .sources")).to_be_hidden()
    expect(page.locator("#source-2-1")).to_be_visible()


def test_stop_ends_the_model_and_keeps_what_was_written(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask(page, "Is Meta open, slowly?")
    expect(page.locator("#exchange-1 .stage")).to_have_text("Writing")
    expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#exchange-1 .answer")).to_contain_text("(stopped)")
    assert desk.closed.wait(10)
    expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    ask_and_wait(page, "And Behemoth?", 2)
    assert desk.asked[-1][1][0].answer == "Meta says its position is unchanged."


def test_an_answer_is_written_to_its_end_though_the_page_was_left(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask(page, "Is Meta open, slowly?")
    expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")
    page.close()
    desk.closed.set()
    page = open_page()
    page.locator(".talk a").click()
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    expect(page.locator("#exchange-1 .answer")).not_to_contain_text("stopped")


def test_retry_answers_the_last_question_again_in_its_place(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    page.locator("#exchange-1 .onward button").first.wait_for()  # with which the answer is drawn for the last time
    page.get_by_role("button", name="Retry").click()
    eventually(lambda: len(desk.asked) == 2)
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    expect(page.locator(".exchange")).to_have_count(1)
    assert desk.asked == [(META_QUESTION, ())] * 2


def test_an_answer_is_copied_with_its_footnotes(open_page: Open) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    page.locator("#exchange-1 .onward button").first.wait_for()  # with which the answer is drawn for the last time
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "[1] Meta keeps its models open" in page.evaluate("navigator.clipboard.readText()")


def test_a_doubtful_sentence_explains_itself_by_keyboard(open_page: Open) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    doubt = page.get_by_role("button", name="Not confirmed by the sources")
    doubt.focus()
    assert doubt.evaluate("button => getComputedStyle(button, '::after').display") == "block"


def test_a_refusal_names_the_nearest_articles_and_shows_no_sources(open_page: Open) -> None:
    page = open_page()
    ask_and_wait(page, "Who won the 2031 Tour de France?")
    expect(page.locator(".nearest li").first).to_contain_text("Meta keeps its models open, with more caution")
    expect(page.locator(".nearest li").first).to_contain_text("2 July 2022")
    expect(page.locator(".sources .card, .strip li")).to_have_count(0)
    expect(page.get_by_role("link", name="<img")).to_have_count(0)


def test_an_error_is_one_line_and_the_conversation_goes_on(open_page: Open) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    ask(page, "broken")
    expect(page.get_by_role("alert").filter(has_text="The chat model cannot be reached")).to_be_visible()
    ask_and_wait(page, "And Behemoth?", 3)
    expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")


def test_a_new_conversation_starts_from_the_welcome(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_and_wait(page, META_QUESTION)
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("heading", name="Ask the news")).to_be_visible()
    ask_and_wait(page, "And Behemoth?")
    assert desk.asked[-1] == ("And Behemoth?", ())


def test_two_readers_do_not_hear_each_other(open_page: Open, desk: ScriptedDesk) -> None:
    first, second = open_page(), open_page()
    ask(first, "Is Meta open, slowly?")
    expect(first.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")
    ask_and_wait(second, "What happened to Behemoth?")
    expect(second.locator(".exchange")).to_have_count(1)
    expect(first.locator("#exchange-1 .stage")).to_have_text("Writing")
    assert desk.asked[-1] == ("What happened to Behemoth?", ())


def test_hostile_words_are_only_ever_text(open_page: Open) -> None:
    page = open_page()
    ask_and_wait(page, f"hostile {HOSTILE_TEXT[:1900]}")
    page.locator("#exchange-1 .cite").first.click()
    expect(page.locator(".card.lit .excerpt mark")).to_have_text("[1] Sources: [2]")
    expect(page.locator(".reader mark.now")).to_have_text("[1] Sources: [2]")
    for part in ("#exchange-1 .answer", "#exchange-1 .card blockquote", ".reader .said", ".reader .text"):
        expect(page.locator(part)).to_contain_text("<script>window.hacked = 1</script> <img src=x")
    to_library(page)
    page.get_by_role("button", name="<img src=x onerror").click()
    expect(page.locator(".reading-card")).to_contain_text("![x](http://evil.example/x.png)")
    assert page.evaluate("window.hacked") is None
    assert (
        page.locator(
            "#exchange-1 img, #library img, :is(.reader, .reading-card) :is(img, form[action], a[href])"
        ).count()
        == 0
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_empty_library_leads_to_where_it_is_filled(open_page: Open, desk: ScriptedDesk) -> None:
    desk.articles.clear()
    page = open_page()
    page.get_by_role("button", name="Add articles").click()
    expect(page.get_by_text("The library is empty. Add an address")).to_be_visible()


def test_pasted_text_is_added_reported_and_listed(open_page: Open, desk: ScriptedDesk) -> None:
    desk.articles.clear()
    page = open_page()
    to_library(page)
    page.get_by_role("tab", name="Paste text").click()
    typed(page.get_by_label("Headline (optional)"), "A note")
    typed(page.get_by_label("Text of the article"), "Something happened.")
    page.get_by_role("button", name="Add text").click()
    expect(page.locator("#report")).to_contain_text("1 added")
    expect(page.locator("#library tbody tr")).to_contain_text("A note")
    expect(page.get_by_label("Text of the article")).to_have_value("")
    page.get_by_role("tab", name="Chat").click()
    expect(page.get_by_role("button", name=desk.examples[0])).to_be_visible()


def test_files_are_added_under_the_names_their_owner_gave_them(
    open_page: Open, tmp_path: Path, desk: ScriptedDesk
) -> None:
    names = ["Ünï & cødé (1).txt", "empty.txt"]
    (tmp_path / names[0]).write_text("Something happened.", encoding="utf-8")
    (tmp_path / names[1]).write_text("", encoding="utf-8")
    page = open_page()
    to_library(page)
    page.get_by_role("tab", name="Files").click()
    page.locator("input[type=file]").set_input_files([tmp_path / name for name in names])
    expect(page.locator("#report")).to_contain_text("1 added · 1 rejected")
    expect(page.locator("#report")).to_contain_text("empty.txt: the file is empty")
    assert names[0] in desk.articles
    expect(page.locator("#library tbody")).to_contain_text(f"File {names[0]}")


def test_an_address_is_added_and_read_again(open_page: Open) -> None:
    page = open_page()
    to_library(page)
    typed(page.get_by_label("Address of an article"), "https://a.example/new")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#report")).to_contain_text("1 added")
    page.get_by_role("button", name="From an address").click()
    page.get_by_role("button", name="Check for updates").click()
    expect(page.locator("#report")).to_contain_text("1 unchanged")


def test_a_rejected_address_stays_in_its_field_with_the_reason_below(open_page: Open) -> None:
    page = open_page()
    to_library(page)
    typed(page.get_by_label("Address of an article"), "https://refused.example")
    page.get_by_label("Address of an article").press("Enter")
    expect(page.locator("#report")).to_contain_text("https://refused.example: the address is private")
    expect(page.get_by_label("Address of an article")).to_have_value("https://refused.example")


def test_an_article_without_an_address_says_how_to_read_it_again(open_page: Open) -> None:
    page = open_page()
    to_library(page)
    page.get_by_role("button", name="A pasted note").click()
    expect(page.get_by_text("To read it again, add its file again.")).to_be_visible()
    expect(page.get_by_role("button", name="Check for updates")).to_be_hidden()


def test_an_article_that_is_gone_is_told_in_a_line(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_library(page)
    expect(page.get_by_role("button", name="Behemoth delayed again")).to_be_visible()
    desk.gone.add("behemoth")  # and the table, however late it is drawn, still lists it
    page.get_by_role("button", name="Behemoth delayed again").click()
    expect(page.get_by_text("That article is no longer in the library.")).to_be_visible()


def test_the_table_is_searched_while_typing(open_page: Open) -> None:
    page = open_page()
    to_library(page)
    expect(page.locator("#library tbody tr")).to_have_count(4)
    typed(page.get_by_label("Search headlines, outlets and texts"), "behemoth")
    expect(page.locator("#library tbody tr")).to_have_count(1)


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_is_wider_than_the_window(open_page: Open, width: int, colours: str) -> None:
    page = open_page(width, 844, colours)
    ask_and_wait(page, "hostile")
    for tab in ("Chat", "Library"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("tab", name="Chat").click()
    expect(page.get_by_role("textbox", name="Your question")).to_be_in_viewport()


def test_on_a_phone_the_cards_stand_below_the_answer(open_page: Open) -> None:
    page = open_page(390, 844)
    ask_and_wait(page, META_QUESTION)
    answer, card = page.locator("#exchange-1 .answer").bounding_box(), page.locator(".card").first.bounding_box()
    assert answer and card and card["y"] > answer["y"] + answer["height"]
