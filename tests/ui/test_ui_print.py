"""An answer on paper: with its sources, black on white, and without what can only be clicked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from ui_desk import HOSTILE_TEXT

Open = Callable[..., Page]
QUESTION = "Is Meta still open sourcing its models?"
# A4 without the margins, at the 96 pixels to an inch of CSS.
PAPER = (673, 987)


CUT_OFF_BY = """element => {
    for (let at = element; at; at = at.parentElement) {
        const kept = getComputedStyle(at).overflowY !== "visible" && at.scrollHeight > at.clientHeight + 1;
        if (kept) return at.className || at.tagName;
    }
}"""


def printed(open_page: Open, *questions: str, colours: str = "light") -> Page:
    page = open_page(colours=colours)
    for number, question in enumerate(questions, start=1):
        page.get_by_role("textbox", name="Your question").fill(question)
        page.get_by_role("textbox", name="Your question").press("Enter")
        expect(page.locator(f"#exchange-{number} .basis")).to_contain_text("As of")
    page.set_viewport_size({"width": PAPER[0], "height": PAPER[1]})
    page.emulate_media(media="print", color_scheme="dark" if colours == "dark" else "light")
    return page


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_an_answer_prints_black_on_white_and_its_sources_follow(open_page: Open, colours: str) -> None:
    page = printed(open_page, QUESTION, "And Behemoth?", colours=colours)
    for number in (1, 2):
        exchange = page.locator(f"#exchange-{number}")
        answer = exchange.locator(".answer").bounding_box()
        cards = [card.bounding_box() for card in exchange.locator(".card").all()]
        assert answer and len(cards) == 2
        for card in cards:
            assert card and card["y"] >= answer["y"] + answer["height"] and card["x"] + card["width"] <= PAPER[0]
    for part in ("html", "body", ".card"):
        assert page.locator(part).first.evaluate("e => getComputedStyle(e).backgroundColor") in WHITE, part
    for part in (".question", ".answer", ".card blockquote", ".cite"):
        assert page.locator(part).first.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)", part


WHITE = {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}


def test_what_can_only_be_clicked_is_not_printed(open_page: Open) -> None:
    page = printed(open_page, QUESTION)
    for part in ("#composer", "#masthead", ".tab-container", "#talks", ".tools", "footer", ".doubt", ".card button"):
        for each in page.locator(part).all():
            expect(each).to_be_hidden()
    assert page.locator(".sentence.unsupported").evaluate("e => getComputedStyle(e, '::after').content") == (
        '" (not confirmed by the sources)"'
    )
    link = page.locator(".card a").first
    assert "https://ledger.example/meta" in link.evaluate("e => getComputedStyle(e, '::after').content")


def test_nothing_is_cut_off_on_paper(open_page: Open) -> None:
    """The hostile source is ten thousand characters without a space: pages of them, and all of them."""
    page = printed(open_page, f"hostile {HOSTILE_TEXT[:200]}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER[0]
    passage = page.locator(".card blockquote")
    assert passage.evaluate("e => e.scrollHeight <= e.clientHeight + 1 && e.clientHeight > 2000")
    assert passage.evaluate(CUT_OFF_BY) is None
    short = printed(open_page, QUESTION).pdf(format="A4")
    assert short.startswith(b"%PDF") and short.count(b"/Type /Page\n") == 1
    assert page.pdf(format="A4").count(b"/Type /Page\n") >= 4


def test_an_article_of_the_library_prints_whole(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("tab", name="Library").click()
    page.locator("#library").get_by_role("button", name="<img src=x").click()
    page.locator(".reading-card").wait_for()
    page.emulate_media(media="print")
    assert page.locator(".reading-card .scroll").evaluate("e => e.scrollHeight <= e.clientHeight + 1")
