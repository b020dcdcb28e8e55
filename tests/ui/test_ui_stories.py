"""Stories: what is drawn of them, when a visit begins, and the clicks of a reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import gradio as gr
import pytest
from playwright.sync_api import Page, expect
from ui_desk import BEHEMOTH, META, NOW, ScriptedDesk, hit, meta_answer, pick, story

from assistant.answering.stories import Arrivals, Story
from assistant.types import AnswerKind, Exchange
from assistant.ui.answer_view import live_html
from assistant.ui.conversation_markdown import plain
from assistant.ui.stories_tab import StoriesTab, visited
from assistant.ui.story_view import arrivals_html, axis_svg, lanes, story_html

Open = Callable[..., Page]


def test_events_stand_on_the_axis_where_their_days_are_and_name_themselves() -> None:
    drawn = axis_svg(story().events)
    assert 'cx="5.0%"' in drawn and 'cx="95.0%"' in drawn
    assert 'aria-label="2 July 2022, The Ledger: Meta keeps its models open, with more caution"' in drawn
    assert 'href="#event-3"' not in drawn, "its day is not known"
    assert 'aria-label="3 events, 2 July 2022 to 3 July 2022"' in drawn


def test_a_story_of_one_day_and_one_of_no_known_day_are_drawn() -> None:
    told = pick(hit(META), "Meta says its position is unchanged.")
    assert 'cx="50.0%"' in axis_svg([told, told])
    undated = pick(hit(BEHEMOTH), "Engineers were unhappy with its results.")
    assert axis_svg([undated]) == "" and "date unknown" in story_html(Story("Behemoth", (undated,)))
    assert "nothing else" in story_html(Story("Behemoth", ()))


def test_numbers_too_close_to_be_told_apart_go_to_lanes_of_their_own() -> None:
    assert lanes([5, 6, 20, 21, 22]) == [(5, 0), (6, 1), (20, 0), (21, 1), (22, 2)]


def test_what_is_new_says_how_much_is_not_shown() -> None:
    new = ScriptedDesk().arrivals(NOW)
    drawn = arrivals_html(new)
    assert "1,234 articles since 3 July 2022, 12:00 UTC · 1,232 stories, the 2 largest shown" in drawn
    assert "3 articles, 2 outlets" in drawn
    assert "1 article since 3 July 2022, 12:00 UTC · 1 story<" in arrivals_html(
        replace(new, articles=1, stories=new.stories[:1], more=0)
    )
    assert "Nothing has come in since" in arrivals_html(Arrivals(NOW, 0, ()))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (AnswerKind.TIMELINE, "<b><bdi>3 July 2022</bdi></b>"),
        (AnswerKind.DIGEST, "<b><bdi>Meta keeps its models open, with more caution</bdi></b>"),
        (AnswerKind.COMPARISON, "<b><bdi>3 July 2022</bdi></b>"),
    ],
)
def test_an_answer_is_laid_out_as_its_kind_asks(kind: AnswerKind, expected: str) -> None:
    answer = meta_answer()
    listed = replace(answer, kind=kind, sentences=(replace(answer.sentences[0], label="3 July 2022"),))
    drawn = live_html(Exchange(1, "?", listed))
    assert f'class="entries {kind}"' in drawn and expected in drawn
    assert 'href="#source-1-1"' in drawn
    assert "Meta says its position is unchanged. [1]" in plain(listed)


def test_a_visit_begins_where_the_last_one_ended_and_a_reload_goes_on_with_it() -> None:
    first, kept = visited(None, NOW)
    assert first == NOW - timedelta(days=1)
    again, kept = visited(kept, NOW + timedelta(minutes=10))
    assert again == first
    assert visited(kept, NOW + timedelta(days=3))[0] == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    "kept",
    ["text", [1], {"seen": 7}, {"seen": "x" * 99}, {"seen": "2022-07-01T00:00"}, {"seen": "9999-12-31T23:59:59+00:00"}],
)
def test_what_a_browser_brings_that_is_no_visit_counts_as_a_first_one(kept: object) -> None:
    assert visited(kept, NOW)[0] == NOW - timedelta(days=1)


def to_stories(page: Page) -> None:
    page.get_by_role("tab", name="Stories").click()
    expect(page.locator("#new .news > li")).to_have_count(2)


def test_what_is_new_can_be_asked_about(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_stories(page)
    assert abs(desk.since[-1] - (datetime.now(UTC) - timedelta(days=1))) < timedelta(hours=1)
    page.get_by_role("button", name="Ask about this").first.click()
    expect(page.get_by_role("textbox", name="Your question")).to_have_value(
        f"What is the latest on this: {META.title}?"
    )
    assert desk.asked == []


def test_a_second_load_of_the_page_is_the_same_visit(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    page.wait_for_function("localStorage['dateline-visit']")
    to_stories(page)
    page.reload()
    to_stories(page)
    assert len(desk.since) == 2 and desk.since[0] == desk.since[1]


def test_a_tab_opened_at_once_goes_by_what_the_browser_kept(desk: ScriptedDesk) -> None:
    with gr.Blocks():
        tab = StoriesTab(desk)
    last = datetime.now(UTC) - timedelta(days=9)
    tab.turn_to("", {"since": last.isoformat(), "seen": last.isoformat()}, "")
    assert desk.since == [last]
    tab.turn_to(NOW.isoformat(), None, "")
    assert desk.since[-1] == NOW


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_a_story_opens_from_what_is_new_and_a_click_marks_the_words(open_page: Open, width: int) -> None:
    page = open_page(width)
    to_stories(page)
    page.get_by_role("button", name="The story so far").first.click()
    expect(page.locator("#story h2")).to_have_text(META.title)
    expect(page.locator("#new")).to_be_hidden()
    page.get_by_role("link", name="2 July 2022, The Ledger").click()
    expect(page.locator("#event-1")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#event-1").get_by_role("button", name="Read the article").click()
    expect(page.locator(".reading-card mark")).to_have_text("Meta says its position is unchanged.")
    expect(page.locator(".reading-card mark")).to_be_in_viewport()
    page.get_by_role("tab", name="Stories").click()
    expect(page.locator("#story h2")).to_be_visible()
    page.get_by_role("button", name="Back to what is new").click()
    expect(page.locator("#new h2")).to_have_text("What’s new")
    expect(page.locator("#story")).to_be_hidden()


def test_a_story_opens_from_an_answer_and_from_an_article(open_page: Open) -> None:
    page = open_page()
    box = page.get_by_role("textbox", name="Your question")
    box.fill("Is Meta open?")
    box.press("Enter")
    page.locator("#exchange-1").get_by_role("button", name="The story so far").click()
    expect(page.locator("#story h2")).to_have_text("Is Meta open?")
    page.get_by_role("tab", name="Library").click()
    page.locator("#library").get_by_role("button", name=BEHEMOTH.title).click()
    page.locator(".reading-card").get_by_role("button", name="The story so far").click()
    expect(page.locator("#story h2")).to_have_text(BEHEMOTH.title)
    expect(page.locator("#story .events > li")).to_have_count(3)


def test_a_story_of_an_article_that_is_gone_says_so(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_stories(page)
    del desk.articles[META.id]
    page.get_by_role("button", name="The story so far").first.click()
    expect(page.locator("#story .problem")).to_contain_text("no longer in the library")
