"""A quotation in another language than the page is translated on request, below it, and marked as a machine's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect
from ui_desk import META, ScriptedDesk, meta_answer

from assistant.text.texts import reading_in
from assistant.types import Exchange
from assistant.ui.answer_view import live_html
from assistant.ui.reader import Reader

Open = Callable[..., Page]
BUTTON = 'class="translate"'
WANTED = {"article": "meta", "version": 1, "start": 0, "end": 36}


def drawn(translates: bool = True) -> str:
    return live_html(Exchange(1, "Is Meta open?", meta_answer()), translates=translates)


def test_only_what_is_in_another_language_than_the_page_can_be_translated_and_only_by_a_chat_model() -> None:
    assert BUTTON not in drawn()
    with reading_in("de"):
        assert drawn().count(BUTTON) == 1  # of one quotation; what the model wrote is no quotation
        assert BUTTON not in drawn(translates=False)


def test_the_article_s_own_words_are_what_is_translated() -> None:
    desk = ScriptedDesk()
    with reading_in("fr"):
        html = Reader(desk).translation(WANTED)
    assert desk.to_translate == [(META.text[:36], "fr")]
    assert "&lt;b&gt;fr&lt;/b&gt;: META SAYS" in html and "traduit par une machine, non vérifié" in html


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (WANTED | {"article": "nope"}, "no longer in the library"),
        (WANTED | {"start": -5}, "The chat model gave no translation."),
        ({"words": "anything at all"}, "The chat model gave no translation."),
        (None, "The chat model gave no translation."),
    ],
    ids=["no such article", "before its beginning", "words of somebody's own", "nothing"],
)
def test_nothing_but_an_article_s_words_is_translated(asked: object, said: str) -> None:
    desk = ScriptedDesk()
    assert said in Reader(desk).translation(asked)
    assert desk.to_translate == []


def test_a_long_stretch_is_cut() -> None:
    desk = ScriptedDesk()
    desk.articles["meta"] = replace(META, text="word " * 2000)
    Reader(desk).translation(WANTED | {"end": 9000})
    assert len(desk.to_translate[0][0]) == 1000


def test_a_click_puts_the_translation_below_the_quotation_which_stays(open_page: Open, desk: ScriptedDesk) -> None:
    desk.translates = True
    page = open_page(locale="de-DE")
    box = page.locator("#composer textarea")
    box.fill("Ist Meta noch offen?")
    box.press("Enter")
    page.locator("#live .onward .chip").first.wait_for()
    quote = page.locator("#live .quote").first
    words = quote.locator(".words").inner_text()
    quote.get_by_role("button", name="Übersetzen").click()
    expect(quote.locator(".translation")).to_have_text(
        f"<b>de</b>: {words.upper().rstrip('.')} maschinell übersetzt, nicht geprüft"
    )
    expect(quote.locator(".words")).to_have_text(words)
    expect(quote.get_by_role("button", name="Übersetzen")).to_be_hidden()
    page.locator("#live").get_by_role("button", name="Gute Antwort").click()  # by which the answer is drawn anew
    expect(quote.locator(".translation")).to_contain_text("maschinell übersetzt")
