"""What an answer does to the page around it while it grows: nothing moves, and a screen reader hears it once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from ui_desk import ScriptedDesk, at_rest, drawn, meta_answer

from assistant.types import Answer, Exchange, Stage, Turn
from assistant.ui.answer_view import live_html, past_html

Open = Callable[..., Page]
# Shifts that a reader's own act brings about are none: the browser says which those are.
WATCH = """
    window.moved = 0; window.movers = [];
    new PerformanceObserver(list => {
        for (const shift of list.getEntries()) {
            if (shift.hadRecentInput) continue;
            window.moved += shift.value;
            for (const { node, previousRect, currentRect } of shift.sources) {
                window.movers.push([node?.className || node?.id || node?.nodeName, previousRect.y, currentRect.y]);
            }
        }
    }).observe({ type: "layout-shift", buffered: true });
"""


class WordByWord(ScriptedDesk):
    """As the real one with a model: the sources, quoted sentences at once, then another answer in their place, a word
    at a time."""

    def stream(self, question: str, turns: Sequence[Turn] = (), **given: Any) -> Generator[Answer]:
        final = meta_answer(question)
        final = replace(final, sentences=final.sentences * 3)
        yield replace(final, stage=Stage.SEARCHED, sentences=(), citations=())
        sleep(0.7)  # the browser counts what moves within half a second of a key as the reader's own doing
        yield replace(final, stage=Stage.SEARCHED, sentences=final.sentences[:3])
        sleep(0.5)
        for number, sentence in enumerate(final.sentences):
            for words in _growing(sentence.text):
                yield replace(final, stage=Stage.WRITING, sentences=final.sentences[:number], writing=words)
                sleep(0.02)
        yield final


def _growing(text: str) -> Iterator[str]:
    words = text.split()
    yield from (" ".join(words[:end]) for end in range(1, len(words) + 1))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ScriptedDesk]:
    desk = WordByWord(folder=tmp_path)
    yield desk
    desk.put_away()


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_moves_while_an_answer_grows(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    drawn(page)
    at_rest(page)
    page.evaluate(WATCH)
    before = page.evaluate("window.moved")
    for number, question in enumerate(("Is Meta open?", "And Behemoth?"), start=1):
        box = page.get_by_role("textbox", name="Your question")
        box.fill(question)
        box.press("Enter")
        expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of", timeout=30_000)
    expect(page.locator("#exchange-2 .card").first).to_be_visible()
    moved = page.evaluate("window.moved") - before

    assert moved < 0.1, page.evaluate("window.movers")


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("at", ["", "?conversation="], ids=["welcome", "conversation"])
def test_nothing_moves_while_the_page_opens(open_page: Open, width: int, at: str) -> None:
    page = open_page(width, 844)
    if at:
        box = page.get_by_role("textbox", name="Your question")
        box.fill("Is Meta open?")
        box.press("Enter")
        expect(page.locator("#exchange-1 .onward button").first).to_be_visible(timeout=30_000)
        page.goto(page.url)
    drawn(page)
    at_rest(page)
    page.evaluate(WATCH)  # also of what has moved until now

    # What could be asked next is found out once the conversation can be read, and moves the foot of the page.
    assert page.evaluate("window.moved") < (0.05 if at else 0.01), page.evaluate("window.movers")


def test_what_moves_is_measured(open_page: Open) -> None:
    page = open_page()
    drawn(page)
    at_rest(page)
    page.evaluate(WATCH)
    before = page.evaluate("window.moved")
    page.evaluate("document.querySelector('#live').style.paddingTop = '300px'")
    page.wait_for_function(f"window.moved > {before} + 0.02")


def test_a_screen_reader_hears_the_answer_once_and_when_it_is_over() -> None:
    answer = meta_answer()
    growing = live_html(Exchange(1, answer.question, replace(answer, stage=Stage.WRITING)))
    over = live_html(Exchange(1, answer.question, answer))
    assert "aria-live" not in growing and '<p class="heard" role="status"></p>' in growing
    assert f'<p class="heard" role="status">{answer.text}</p>' in over
    assert '<p class="heard" role="status"></p>' in past_html([Exchange(1, answer.question, answer)])
