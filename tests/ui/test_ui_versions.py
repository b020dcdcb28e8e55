"""Versions of an article on the page: turned to, compared, and kept for the answers that cited them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from test_ui_render import Reader
from ui_desk import BEHEMOTH, META, NOW, ScriptedDesk, answered, hit

from assistant.presentation.changes import changes
from assistant.types import Sentence, Support
from assistant.ui.library_view import library_html
from assistant.ui.reader_view import article_html, changes_html, leaf_html
from assistant.ui.render_sources import sources_html
from vectorstore.models import Correction
from vectorstore.storage.listings import Listing

Open = Callable[..., Page]
CORRECTED = replace(
    META,
    version=2,
    text=META.text.replace("a mix of open", "a blend of open"),
    updated_at=NOW + timedelta(days=1),
)


@pytest.fixture
def corrected(desk: ScriptedDesk) -> ScriptedDesk:
    desk.correct("meta", text=CORRECTED.text, updated_at=CORRECTED.updated_at)
    return desk


def open_article(page: Page, name: str = "Meta keeps its models open") -> None:
    page.get_by_role("tab", name="Library").click()
    page.locator("#library").get_by_role("button", name=name).click()


def test_an_article_says_which_version_it_is_and_turns_to_the_others(open_page: Open, corrected: ScriptedDesk) -> None:
    page = open_page()
    open_article(page)
    card = page.locator(".reading-card")
    expect(card).to_contain_text("Version 2 of 2, corrected 4 July 2022")
    expect(card).to_contain_text("a blend of open")
    card.get_by_role("button", name="Version 1").click()
    expect(card).to_contain_text("a mix of open")
    expect(card).to_contain_text("An earlier version: the article was corrected 4 July 2022.")
    expect(card.get_by_role("button", name="Version 1")).to_have_attribute("aria-pressed", "true")


def test_what_changed_is_struck_out_and_underlined(open_page: Open, corrected: ScriptedDesk) -> None:
    page = open_page()
    open_article(page)
    page.get_by_role("button", name="What changed").click()
    expect(page.locator("del")).to_have_text("mix")
    expect(page.locator("ins").last).to_have_text("blend")
    expect(page.locator("ins").last).to_be_in_viewport()
    assert "line-through" in page.locator("del").evaluate("element => getComputedStyle(element).textDecoration")
    assert "underline" in page.locator("ins").last.evaluate("element => getComputedStyle(element).textDecoration")
    page.get_by_role("button", name="Version 2").click()
    expect(page.locator("del")).to_have_count(0)


def ask_about_meta(page: Page) -> None:
    page.get_by_role("textbox", name="Your question").fill("Is Meta open?")
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.get_by_text("Ask next")).to_be_visible()  # until then it is drawn as it was being written


def test_a_citation_made_before_an_update_opens_the_version_it_cited(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_about_meta(page)
    desk.correct("meta", text=CORRECTED.text, updated_at=CORRECTED.updated_at)
    page.locator("#exchange-1 .cite").first.click()
    reader = page.get_by_role("dialog", name="Meta keeps its models open")
    expect(reader).to_contain_text("Version 1 of 2")
    expect(reader).to_contain_text("The article was corrected 4 July 2022. This is the version that the answer cites.")
    expect(reader.locator("mark")).to_have_text(["Meta says its position is unchanged", "a mix of open"])
    reader.get_by_role("button", name="Read it in the library").click()
    card = page.locator(".reading-card")
    expect(card.locator("mark")).to_have_text(["Meta says its position is unchanged"])
    expect(card.locator("mark")).to_be_in_viewport()
    expect(card).to_contain_text("An earlier version: the article was corrected 4 July 2022.")
    card.get_by_role("button", name="What changed since").click()
    expect(card.locator("ins").last).to_have_text("blend")


def test_an_answer_says_that_what_it_cites_was_corrected_since(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask_about_meta(page)
    desk.correct("meta", text=CORRECTED.text, updated_at=CORRECTED.updated_at)
    told = "[1] corrected 4 July 2022, after this answer"
    expect(page.locator("#exchange-1")).not_to_contain_text(told)
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("tab", name="Chat").click()
    expect(page.locator("#exchange-1")).to_contain_text(told)
    page.get_by_role("textbox", name="Your question").fill("And Behemoth?")
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator("#past")).to_contain_text(told)


def test_a_citation_of_an_article_that_was_removed_still_opens_what_was_cited(
    open_page: Open, desk: ScriptedDesk
) -> None:
    page = open_page()
    ask_about_meta(page)
    desk.remove("meta")
    page.locator("#source-1-1").get_by_role("button", name="Read the article").click()
    reader = page.get_by_role("dialog", name="Meta keeps its models open")
    expect(reader).to_contain_text("removed from the library since")
    expect(reader.locator("mark.now")).to_have_text("Meta says its position is unchanged")
    expect(reader.get_by_role("button", name="Read it in the library")).to_be_hidden()


def test_the_article_of_an_earlier_answer_opens_too(open_page: Open) -> None:
    page = open_page()
    ask_about_meta(page)
    page.get_by_role("textbox", name="Your question").fill("And Behemoth?")
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(page.locator("#exchange-2 .basis")).to_contain_text("As of")
    page.locator("#exchange-1 .cite").last.click()
    expect(page.get_by_role("dialog", name="Behemoth delayed again")).to_be_visible()
    expect(page.locator("#source-1-2")).to_contain_class("lit")


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_versions_and_changes_fit_the_window(open_page: Open, desk: ScriptedDesk, width: int, colours: str) -> None:
    for number in range(12):
        desk.correct("meta", text=f"{META.text} {'x' * 400} {number}")
    page = open_page(width, 844, colours)
    open_article(page)
    expect(page.get_by_text("Version 13 of 13")).to_be_visible()
    page.get_by_role("button", name="What changed").click()
    expect(page.locator("del")).to_have_text("10")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


MARKED = replace(BEHEMOTH, summary_only=True, gone_at=NOW)


@pytest.mark.parametrize(
    "html",
    [
        library_html(ScriptedDesk(articles={"behemoth": MARKED}).listed(Listing()), Listing()),
        article_html(MARKED, [MARKED]),
        changes_html(changes(BEHEMOTH, MARKED), [BEHEMOTH, MARKED]),
        article_html(replace(MARKED, gone_at=None), [MARKED, replace(MARKED, version=2)]),
        sources_html(1, answered("?", [hit(MARKED)], [(Sentence("So.", (1,), Support.SUPPORTED), "delayed")])),
    ],
    ids=["table", "article", "changes", "an earlier version", "card"],
)
def test_what_is_a_summary_only_and_what_is_gone_says_so_everywhere(html: str) -> None:
    text = Reader(html).text
    assert "summary only: what the feed had" in text
    assert "gone at its source since 3 July 2022" in text


def test_an_article_with_one_version_speaks_of_none() -> None:
    assert "ersion" not in Reader(article_html(META, [META])).text


def test_a_version_whose_publisher_gives_no_time_is_dated_by_when_it_was_found() -> None:
    later = replace(META, version=2, ingested_at=NOW + timedelta(days=2))
    assert "Version 2 of 2, found changed 5 July 2022" in Reader(article_html(later, [META, later])).text


@pytest.mark.parametrize("drawn", [article_html, lambda *article: leaf_html(*article, ())], ids=["library", "reader"])
def test_corrections_stand_above_the_text(drawn: Callable[..., str]) -> None:
    dated = Correction(NOW + timedelta(days=1), "The model has 405 billion parameters, not 450.")
    noted = replace(META, corrections=(dated, Correction(None, "An earlier headline named the wrong firm.")))
    text = Reader(drawn(noted, [noted])).text
    assert "4 July 2022: The model has 405 billion parameters, not 450." in text
    assert text.index("An earlier headline") < text.index(noted.text[:20])


def test_a_change_of_the_headline_alone_says_that_the_text_is_the_same() -> None:
    later = replace(META, version=2, title="Meta thinks again")
    text = Reader(changes_html(changes(META, later), [META, later])).text
    assert "Headline" in text and "The text is the same." in text
