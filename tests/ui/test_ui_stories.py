"""Stories: what is drawn of them, when a visit begins, and the clicks of a reader."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import gradio as gr
import pytest
from playwright.sync_api import Page, expect
from ui_desk import BEHEMOTH, META, NOW, ScriptedDesk, eventually, hit, meta_answer, pick, story

from assistant.answering.stories import Arrivals, FrontPage, Story
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
    assert "3 articles · <bdi>The Ledger</bdi>, <bdi>Circuit Daily</bdi>" in drawn
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
    assert first == NOW
    again, kept = visited(kept, NOW + timedelta(minutes=10))
    assert again == first
    assert visited(kept, NOW + timedelta(days=3))[0] == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    "kept",
    ["text", [1], {"seen": 7}, {"seen": "x" * 99}, {"seen": "2022-07-01T00:00"}, {"seen": "9999-12-31T23:59:59+00:00"}],
)
def test_what_a_browser_brings_that_is_no_visit_counts_as_a_first_one(kept: object) -> None:
    assert visited(kept, NOW)[0] == NOW


def to_stories(page: Page) -> None:
    page.get_by_role("tab", name="Stories").click()
    expect(page.locator("#new .news > li")).to_have_count(2)


def test_what_is_new_can_be_asked_about(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_stories(page)
    assert abs(desk.since[-1] - datetime.now(UTC)) < timedelta(hours=1)
    page.get_by_role("button", name="Ask about this").last.click()
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
    page.get_by_role("button", name="Timeline of this story").last.click()
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
    page.get_by_role("button", name="Back to the stories").click()
    expect(page.locator("#new h2")).to_have_text("What’s new")
    expect(page.locator("#story")).to_be_hidden()


def to_the_story_of_an_answer(page: Page) -> None:
    box = page.get_by_role("textbox", name="Your question")
    box.fill("Is Meta open?")
    box.press("Enter")
    page.locator("#exchange-1").get_by_role("button", name="Timeline of this story").click()
    expect(page.locator("#story h2")).to_have_text("Is Meta open?")


def test_a_story_opens_from_an_answer_and_from_an_article(open_page: Open) -> None:
    page = open_page()
    to_the_story_of_an_answer(page)
    page.get_by_role("tab", name="Library").click()
    page.locator("#library").get_by_role("button", name=BEHEMOTH.title).click()
    page.locator(".reading-card").get_by_role("button", name="Timeline of this story").click()
    expect(page.locator("#story h2")).to_have_text(BEHEMOTH.title)
    expect(page.locator("#story .events > li")).to_have_count(3)


def test_a_story_that_takes_its_time_is_not_drawn_over_by_the_tab_that_it_opens(
    open_page: Open, desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = desk.story_about

    def slowly(question: str) -> Story:
        time.sleep(1.0)
        return find(question)

    monkeypatch.setattr(desk, "story_about", slowly)
    page = open_page()
    to_the_story_of_an_answer(page)
    page.wait_for_timeout(1500)  # the tab's own draw has come by then
    expect(page.locator("#story h2")).to_have_text("Is Meta open?")


def test_a_story_of_an_article_that_is_gone_says_so(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_stories(page)
    del desk.articles[META.id]
    page.get_by_role("button", name="Timeline of this story").last.click()
    expect(page.locator("#story .problem")).to_contain_text("no longer in the library")


def test_a_first_visit_shows_what_was_published_last_by_day(open_page: Open, desk: ScriptedDesk) -> None:
    desk.arrived = 0
    page = open_page()
    to_stories(page)
    expect(page.locator("#new h3.day")).to_have_text(["3 July 2022", "2 July 2022"])
    expect(page.get_by_role("button", name="The latest", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#new")).not_to_contain_text("What’s new")
    page.get_by_role("button", name="New since your last visit").click()
    expect(page.locator("#new")).to_contain_text("Nothing has come in since")


def test_a_star_is_kept_over_a_restart_and_found_again(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_stories(page)
    star = page.locator("#new .news > li").last.get_by_role("button", name="Star")
    star.focus()
    page.keyboard.press("Enter")
    starred = page.locator("#new .news > li").last.get_by_role("button", name="Starred")
    expect(starred).to_have_attribute("aria-pressed", "true")
    expect(starred).to_be_focused()
    desk.put_away()
    page.reload()
    to_stories(page)
    page.get_by_role("button", name="Starred (1)").click()
    expect(page.locator("#new .news > li")).to_have_count(1)
    expect(page.locator("#new .news h4")).to_contain_text(META.title)
    page.locator("#new .news").get_by_role("button", name="Starred").click()
    expect(page.locator("#new")).to_contain_text("You have starred nothing yet")


def test_of_a_story_that_is_followed_what_comes_in_later_is_marked_until_it_is_opened(
    open_page: Open, desk: ScriptedDesk
) -> None:
    page = open_page()
    to_stories(page)
    followed = page.locator("#new .news > li").last
    followed.get_by_role("button", name="Follow").click()
    expect(followed.get_by_role("button", name="Following")).to_be_visible()
    expect(followed.locator(".label", has_text="new")).to_have_count(0)
    desk.of_meta.append("later")
    page.get_by_role("button", name="Following (1)").click()
    expect(page.locator("#new .news .label", has_text="1 new")).to_be_visible()
    page.locator("#new .news h4 button").click()
    expect(page.locator("#story").get_by_role("button", name="Following")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Back to the stories").click()
    page.get_by_role("button", name="Following (1)").click()
    expect(page.locator("#new .news > li")).to_have_count(1)
    expect(page.locator("#new .news .label")).to_have_count(0)


def test_what_is_opened_or_marked_counts_as_read(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_stories(page)
    page.get_by_role("button", name="Unread", exact=True).click()
    expect(page.locator("#new .news > li")).to_have_count(2)
    page.locator("#new .news > li").last.get_by_role("button", name="Mark as read").click()
    expect(page.locator("#new .news > li")).to_have_count(1)
    page.locator("#new .news h4 button").click()
    page.get_by_role("button", name="Back to the stories").click()
    page.get_by_role("button", name="Unread", exact=True).click()
    expect(page.locator("#new")).to_contain_text("You have read everything here.")
    assert desk.reading_states.of().read >= {META.id, BEHEMOTH.id}


def test_what_is_pressed_before_the_last_press_is_drawn_counts_too(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_stories(page)
    expect(page.locator("#new .news > li")).to_have_count(2)
    page.evaluate("document.querySelectorAll('#new [data-star]').forEach(star => star.click())")
    eventually(lambda: len(desk.reading_states.of().starred) == 2)
    press = "for (const each of ['[data-look=unread]', '[data-seen]']) document.querySelector(`#new ${each}`).click()"
    page.evaluate(press)
    expect(page.locator("#new .news > li")).to_have_count(1)


def test_a_slow_draw_does_not_take_back_a_later_press(
    open_page: Open, desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    to_stories(page)
    slow, draw = iter([1.0]), desk.front_page
    drawn: list[float] = []

    def slowly() -> FrontPage:
        wait = next(slow, 0.0)
        time.sleep(wait)
        drawn.append(wait)
        return draw()

    monkeypatch.setattr(desk, "front_page", slowly)
    press = "for (const each of ['[data-look=unread]', '[data-seen]']) document.querySelector(`#new ${each}`).click()"
    page.evaluate(press)
    eventually(lambda: len(drawn) == 2)
    page.wait_for_timeout(500)
    expect(page.locator("#new .news > li")).to_have_count(1)


def test_an_article_that_is_opened_in_the_library_is_read(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    page.get_by_role("tab", name="Library").click()
    page.locator("#library").get_by_role("button", name=BEHEMOTH.title).click()
    expect(page.locator(".reading-card")).to_be_visible()
    page.wait_for_timeout(500)
    assert desk.reading_states.of().read == {BEHEMOTH.id}


def test_an_opened_story_sets_the_outlets_beside_each_other(open_page: Open) -> None:
    page = open_page(768)
    to_stories(page)
    page.get_by_role("button", name="Timeline of this story").last.click()
    expect(page.locator("#story .tellings > li")).to_have_count(2)
    expect(page.locator("#story .tellings > li").first).to_contain_text("The Ledger")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.hacked") is None
