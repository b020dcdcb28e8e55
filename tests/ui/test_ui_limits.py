"""The days and the outlet of a search, changed on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect
from ui_desk import META, ScriptedDesk, at_rest, eventually, typed

from assistant.query.search_filters import ALL_DATES
from assistant.types import Window
from vectorstore.models import Scope

Open = Callable[..., Page]
QUESTION = "What did Meta say in July?"
JULY = Window(date(2022, 7, 2), date(2022, 7, 31))


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your question")


def ask(page: Page, question: str, number: int = 1) -> None:
    box(page).fill(question)
    box(page).press("Enter")
    settled(page, number)


def settled(page: Page, number: int = 1) -> None:
    expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of")


def until_asked(page: Page, desk: ScriptedDesk, times: int) -> None:
    eventually(lambda: len(desk.asked) == times)
    settled(page, 1)


def unfold(page: Page) -> None:
    page.get_by_role("button", name="Dates, outlet, articles").click()
    expect(page.get_by_label("From")).to_be_visible()


def test_the_window_shown_opens_the_fields_filled_in_and_the_question_is_asked_again_with_them(
    open_page: Open, desk: ScriptedDesk
) -> None:
    page = open_page()
    ask(page, QUESTION)
    page.get_by_role("button", name="Searching 1–31 July 2022, The Ledger first").click()
    for label, value in (("From", "2022-07-01"), ("To", "2022-07-31"), ("Outlet", "The Ledger")):
        expect(page.get_by_label(label)).to_have_value(value)
    typed(page.get_by_label("From"), "2022-07-02")
    page.get_by_role("button", name="Ask again").click()
    until_asked(page, desk, 2)
    assert [question for question, _ in desk.asked] == [QUESTION, QUESTION]
    assert desk.scopes == [Scope(), Scope(JULY.opens, JULY.closes, ("The Ledger",))]
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.get_by_label("From")).to_be_hidden()
    expect(page.get_by_role("button", name="Dates, outlet, articles: 2–31 July 2022, The Ledger")).to_be_visible()


def test_a_click_drops_the_window_and_asks_again(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask(page, QUESTION)
    page.get_by_role("button", name="Searching 1–31 July").click()
    expect(page.get_by_label("From")).to_have_value("2022-07-01")
    typed(page.get_by_label("Outlet"), "")
    page.get_by_role("button", name="Search all dates").click()
    until_asked(page, desk, 2)
    assert desk.scopes[1] == Scope(until=ALL_DATES)
    expect(page.get_by_role("button", name="Searching 1–31 July")).to_have_count(0)
    unfold(page)
    expect(page.get_by_label("From")).to_have_value("")


def test_what_is_set_is_kept_for_the_next_question_until_a_new_conversation(
    open_page: Open, desk: ScriptedDesk
) -> None:
    page = open_page()
    unfold(page)
    expect(page.get_by_role("button", name="Ask again")).to_be_hidden()
    typed(page.get_by_label("To"), "2022-07-31")
    typed(page.get_by_label("Outlet"), "circuit daily")
    ask(page, "What about Behemoth?")
    ask(page, "Why?", 2)
    assert desk.scopes == [Scope(until=JULY.closes, outlets=("Circuit Daily",))] * 2
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("heading", name="Ask the news")).to_be_visible()
    ask(page, "What about Behemoth?")
    assert desk.scopes[2] == Scope()


def test_a_language_is_named_as_its_reader_names_it_and_kept_for_the_next_question(
    open_page: Open, desk: ScriptedDesk
) -> None:
    desk.articles["meta"] = replace(META, language="pt")
    page = open_page(locale="de-DE")
    page.get_by_role("button", name="Daten, Medium, Artikel").click()
    typed(page.get_by_label("Sprache der Artikel"), "portugiesisch")
    box = page.get_by_role("textbox", name="Ihre Frage")
    box.fill("What about Behemoth?")
    box.press("Enter")
    eventually(lambda: len(desk.asked) == 1)
    assert desk.scopes == [Scope(languages=("pt",))]
    expect(page.get_by_role("button", name="Daten, Medium, Artikel: Portugiesisch")).to_be_visible()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"From": "some week"}, "From: 'some week' is not a day such as 2022-07-03."),
        ({"To": "2022-02-30"}, "To: '2022-02-30' is not a day such as 2022-07-03."),
        ({"From": "2022-07-03", "To": "2022-07-01"}, "From: 2022-07-03 is later than 2022-07-01."),
        ({"Outlet": "<b>Nobody</b>"}, "Outlet: the library holds nothing by '<b>Nobody</b>'."),
        ({"Article language": "Elvish"}, "Article language: the library holds nothing in the language 'Elvish'."),
    ],
)
def test_what_cannot_be_used_is_told_below_the_fields_and_nothing_is_asked(
    open_page: Open, desk: ScriptedDesk, fields: dict[str, str], told: str
) -> None:
    page = open_page()
    ask(page, QUESTION)
    unfold(page)
    for label, value in fields.items():
        typed(page.get_by_label(label), value)
    box(page).fill("And Behemoth?")
    box(page).press("Enter")
    expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
    expect(box(page)).to_have_value("And Behemoth?")
    expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")
    assert len(desk.asked) == 1
    for label in fields:
        typed(page.get_by_label(label), "")
    box(page).press("Enter")
    settled(page, 2)
    expect(page.get_by_role("alert").filter(has_text=told)).to_have_count(0)


def test_enter_in_an_empty_box_leaves_the_answer_where_it_is(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask(page, QUESTION)
    box(page).press("Enter")
    at_rest(page)
    expect(page.locator("#exchange-1 .answer")).to_contain_text("position is unchanged")
    assert len(desk.asked) == 1


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_the_open_fields_fit_the_window(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    ask(page, QUESTION)
    page.get_by_role("button", name="Searching 1–31 July").click()
    expect(page.get_by_role("button", name="Ask again")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
