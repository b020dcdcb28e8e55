"""The sources of an answer in a real browser: the strip above it, short cards, the words behind a number, the nearest
articles of a refusal, and what of all that fits on a phone."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from ui_desk import META, NOW, ScriptedDesk, answered, at_rest, hit, quoting_answer, refusal

from assistant.types import Answer, Sentence, Support, Turn

Open = Callable[..., Page]
WIDTHS = pytest.mark.parametrize("width", [390, 768, 1440])
MIXED = "It will release a mix of open and closed models."
DELAYED = "The largest model, Behemoth, was delayed a second time."
# Of what a finger is to hit: the smaller side, and what it is.
TARGETS = """() => [...document.querySelectorAll("#live :is(a, button, summary)")]
    .filter(each => each.checkVisibility({ visibilityProperty: true }) && each.getBoundingClientRect().width)
    .map(each => [each.getBoundingClientRect(), each])
    .map(([{ width, height }, each]) => [Math.min(width, height), each.className || each.textContent])
    .filter(([side]) => side < 32)"""


class Quoting(ScriptedDesk):
    """Its answers say one of their quotations, rest on one and leave one."""

    as_of: datetime = NOW

    def stream(self, question: str, turns: Sequence[Turn] = (), **given: Any) -> Generator[Answer]:
        answer = refusal(question) if "Tour de France" in question else quoting_answer(question)
        yield replace(of_one_report(question) if "old" in question else answer, as_of=self.as_of)


def of_one_report(question: str) -> Answer:
    return answered(question, [hit(META)], [(Sentence(MIXED, (1,), Support.QUOTED), MIXED)])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ScriptedDesk]:
    desk = Quoting(folder=tmp_path)
    yield desk
    desk.put_away()


def asked(page: Page, question: str = "Is Meta open?") -> Locator:
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    at_rest(page)
    return page.locator("#exchange-1")


@WIDTHS
def test_a_strip_above_the_answer_says_who_is_cited(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    strip = asked(page).locator(".strip .from")
    assert strip.all_inner_texts() == ["1 The Ledger · 2 Jul 2022", "2 Circuit Daily"]
    above, answer = strip.last.bounding_box(), page.locator("#exchange-1 .answer").bounding_box()
    assert above and answer and above["y"] + above["height"] <= answer["y"]
    strip.last.click()
    expect(page.locator(".reader")).to_contain_text("Behemoth delayed again")
    expect(page.locator(".reader mark.now")).to_have_text(DELAYED)


@WIDTHS
def test_a_card_is_a_few_lines_and_its_passage_unfolds(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    card = asked(page).locator("#source-1-1")
    expect(card).to_contain_text("The Ledger · 2 July 2022 · yesterday")
    expect(card.locator(".excerpt.now mark")).to_have_text(MIXED)
    expect(card.locator(".excerpt.now")).to_contain_text("unchanged. It will")
    expect(card.locator("blockquote")).to_be_hidden()
    box = card.bounding_box()
    assert box and box["height"] < 220
    card.get_by_role("button", name="Show passage").click()
    expect(card.locator("blockquote")).to_contain_text("A spokesman declined to name dates.")
    expect(card.locator(".excerpt.now")).to_be_hidden()
    page.get_by_role("button", name="Good answer").click()  # draws the answer anew
    expect(page.get_by_label("What was good?")).to_be_visible()
    expect(card.locator("blockquote")).to_be_visible()
    card.get_by_role("button", name="Hide passage").click()
    expect(card.locator("blockquote")).to_be_hidden()


@WIDTHS
def test_cited_sources_come_first_and_the_others_are_folded(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    exchange = asked(page)
    assert exchange.locator(".sources > .cards .number").all_inner_texts() == ["1", "2"]
    expect(exchange.get_by_text("A pasted note")).to_be_hidden()
    exchange.get_by_text("Also read (1)").click()
    expect(exchange.get_by_text("A pasted note")).to_be_visible()
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_label("What was good?")).to_be_visible()
    expect(exchange.get_by_text("A pasted note")).to_be_visible()


@WIDTHS
def test_a_number_that_is_pointed_at_shows_the_exact_words(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    exchange = asked(page)
    sent = at_rest(page)
    preview = page.locator(".preview")
    exchange.locator(".written .cite").hover()
    expect(preview.locator(".words")).to_have_text(MIXED)
    expect(preview).to_contain_text("The Ledger · 2 July 2022")
    expect(preview).to_contain_text("Paraphrased: the source says it in other words")
    expect(page.locator("#source-1-1")).to_contain_class("pointed")
    expect(page.locator("#source-1-1 .excerpt.now")).to_contain_class("pointed")
    box = preview.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    preview.hover()  # the mouse may go there
    page.wait_for_timeout(400)
    expect(preview).to_be_visible()
    page.mouse.move(2, 2)
    expect(preview).to_be_hidden()
    expect(page.locator("#source-1-1")).not_to_contain_class("pointed")
    assert sent == []


def test_of_several_words_of_a_source_the_card_shows_those_that_are_pointed_at(open_page: Open) -> None:
    page = open_page()
    exchange = asked(page)
    exchange.locator(".unused .cite").hover()
    expect(page.locator("#source-1-1 .excerpt.now mark")).to_have_text(
        "Executives spoke of $10 to $65 billion in spending."
    )


@WIDTHS
def test_the_words_come_by_keyboard_and_go_with_escape(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    exchange = asked(page)
    preview = page.locator(".preview")
    exchange.locator(".strip .from").last.focus()
    page.keyboard.press("Tab")
    expect(exchange.locator(".written .cite")).to_be_focused()
    expect(preview.locator(".words")).to_have_text(MIXED)
    expect(exchange.locator(".written .cite")).to_have_attribute("aria-describedby", "preview-words")
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    expect(exchange.locator(".written .cite")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".reader mark.now")).to_have_text(MIXED)
    page.keyboard.press("Escape")
    expect(page.locator(".reader")).to_be_hidden()
    expect(preview).to_be_hidden()


def test_a_tap_shows_the_words_and_a_second_one_opens_the_article(open_page: Open) -> None:
    page = open_page(390, 844, touch=True)
    exchange = asked(page)
    preview, cite = page.locator(".preview"), exchange.locator(".written .cite")
    cite.tap()
    expect(preview.locator(".words")).to_have_text(MIXED)
    expect(page.locator(".reader")).to_be_hidden()
    page.locator("#exchange-1 .question").tap()
    expect(preview).to_be_hidden()
    cite.tap()
    cite.tap()
    expect(page.locator(".reader mark.now")).to_have_text(MIXED)
    page.locator(".reader").get_by_role("button", name="Close").tap()
    cite.tap()
    preview.get_by_role("button", name="Open").tap()
    expect(page.locator(".reader mark.now")).to_have_text(MIXED)


def test_on_a_phone_an_answer_fits_into_three_screens_and_what_to_ask_next_precedes_the_sources(
    open_page: Open,
) -> None:
    page = open_page(390, 844)
    exchange = asked(page)
    box = exchange.bounding_box()
    assert box and box["height"] <= 3 * 844
    onward, sources = exchange.locator(".onward").bounding_box(), exchange.locator(".sources").bounding_box()
    assert onward and sources and onward["y"] + onward["height"] <= sources["y"]
    expect(exchange.locator(".card").first).to_be_visible()
    assert page.evaluate(TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@WIDTHS
def test_an_answer_that_rests_on_old_reports_says_so_before_it(open_page: Open, desk: Quoting, width: int) -> None:
    desk.as_of = NOW.replace(year=2023, month=11)
    page = open_page(width, 844)
    exchange = asked(page, "What is old?")
    aged, answer = exchange.locator(".aged"), exchange.locator(".answer").bounding_box()
    expect(aged).to_have_text("Latest report: 16 months old · 2 July 2022")
    above = aged.bounding_box()
    assert above and answer and above["y"] + above["height"] <= answer["y"]


@WIDTHS
def test_the_nearest_articles_of_a_refusal_open_here(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    exchange = asked(page, "Who won the 2031 Tour de France?")
    expect(exchange.locator(".nearest a")).to_have_count(0)
    exchange.get_by_role("button", name=META.title).click()
    expect(page.locator(".reader .text")).to_contain_text("A spokesman declined to name dates.")
    expect(page.locator(".reader").get_by_role("link", name="Open original")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".reader")).to_be_hidden()


def test_a_right_to_left_page_previews_within_its_window(open_page: Open) -> None:
    page = open_page(390, 844, colours="dark", locale="ar")
    box = page.locator("#composer textarea")
    box.fill("Is Meta open?")
    box.press("Enter")
    expect(page.locator("#exchange-1 .written .cite")).to_be_visible()
    at_rest(page)
    page.locator("#exchange-1 .written .cite").hover()
    expect(page.locator(".preview .words")).to_have_text(MIXED)
    shown = page.locator(".preview").bounding_box()
    assert shown and shown["x"] >= 0 and shown["x"] + shown["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
