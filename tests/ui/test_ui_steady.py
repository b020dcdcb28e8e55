"""What an answer does to the page around it while it grows: nothing moves, and a screen reader hears it once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from ui_desk import ScriptedDesk, at_rest, drawn, meta_answer, quoting_answer

from assistant.evidence import quotation
from assistant.types import Answer, Exchange, Stage, Turn
from assistant.ui.answer_view import live_html, past_html

Open = Callable[..., Page]
# Shifts that a reader's own act brings about are none: the browser says which those are.
WATCH = """
    window.moved = 0; window.movers = []; window.since = 0;
    new PerformanceObserver(list => {
        for (const shift of list.getEntries()) {
            if (shift.hadRecentInput || shift.startTime < window.since) continue;
            window.moved += shift.value;
            for (const { node, previousRect, currentRect } of shift.sources) {
                const name = node?.className || node?.id || node?.nodeName;
                window.movers.push([name, previousRect.y, currentRect.y, shift.value]);
            }
        }
    }).observe({ type: "layout-shift", buffered: true });
"""


# Counted from the frame after that in which the server has drawn the question: it takes the place of the browser's own
# as soon as the machine gets to it, which on a busy one is later than the browser counts a key as moving it.
DRAWN = """() => new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame)).then(() => {
    window.since = performance.now(); window.moved = 0; window.movers = [];
})"""


class WordByWord(ScriptedDesk):
    """As the real one with a model: the sources, quotations at once, then an answer above them, a word at a time."""

    def stream(self, question: str, turns: Sequence[Turn] = (), **given: Any) -> Generator[Answer]:
        final = quoting_answer(question)
        written, *beside = final.sentences
        yield replace(final, stage=Stage.SEARCHED, sentences=(), citations=(), quoted=())
        sleep(0.7)  # the browser counts what moves within half a second of a key as the reader's own doing
        quoted = tuple(map(quotation, final.quoted))
        yield replace(final, stage=Stage.SEARCHED, sentences=quoted, citations=final.quoted)
        sleep(0.5)
        for words in _growing(written.text):
            yield replace(final, stage=Stage.WRITING, sentences=quoted, citations=final.quoted, writing=words)
            sleep(0.02)
        yield replace(final, stage=Stage.WRITING, sentences=(written, *beside))
        sleep(0.2)
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
    for number, question in enumerate(("Is Meta open?", "And Behemoth?"), start=1):
        box = page.get_by_role("textbox", name="Your question")
        box.fill(question)
        box.press("Enter")
        page.locator(f"#exchange-{number}:not(.asked)").wait_for()
        page.evaluate(DRAWN)
        expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of", timeout=30_000)
        at_rest(page)
        assert page.evaluate("window.moved") < 0.02, page.evaluate("window.movers")
    expect(page.locator("#exchange-2 .card").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_quotations_stay_where_they_are_when_the_written_answer_comes(open_page: Open, width: int) -> None:
    page = open_page(width, 844)
    box = page.get_by_role("textbox", name="Your question")
    box.fill("Is Meta open?")
    box.press("Enter")
    quotes = page.locator("#exchange-1 .answer .quote .words")
    expect(quotes).to_have_count(3)
    before = [(each.inner_text(), each.bounding_box()) for each in quotes.all()]
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of", timeout=30_000)
    assert [(each.inner_text(), each.bounding_box()) for each in quotes.all()] == before
    written = page.locator("#exchange-1 .written")
    expect(written).to_contain_text("Meta goes on with both kinds of models. [1]")
    expect(page.locator("#exchange-1 .unused")).to_have_count(1)
    expect(page.locator("#exchange-1 .unused")).to_contain_text("Executives spoke of $10 to $65 billion")
    expect(page.locator("#exchange-1 .unused")).to_contain_text("not used in the answer")


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
