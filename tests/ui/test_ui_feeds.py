"""The Feeds tab and work under way, in a real browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect
from test_ui_render import Reader
from ui_desk import FAILING, FEED, NOW, ScriptedDesk, document, eventually, reported, typed

from assistant.text.texts import reading_at, reading_in
from assistant.ui.feeds_tab import Followed, feeds_html, schedule_html, standing_html
from assistant.ui.work import pace
from vectorstore.reports import Standing, Step

Open = Callable[..., Page]
LATER = NOW + timedelta(minutes=5)


def to_feeds(page: Page) -> None:
    page.get_by_role("tab", name="Feeds").click()
    expect(page.get_by_role("heading", name="Follow a feed")).to_be_visible()


def test_every_feed_is_listed_with_what_came_of_it(open_page: Open) -> None:
    page = open_page()
    to_feeds(page)
    expect(page.locator(".feed")).to_have_count(2)
    expect(page.locator(".feed").first).to_contain_text("Read 3 July 2022, 12:00: 2 added, 1 updated")
    expect(page.locator(".feed").last).to_contain_text(
        "Failed 3 July 2022, 12:00: the site answered 500 · 3 times in a row · tried again after 3 July 2022, 13:00"
    )


def test_a_feed_is_followed_and_read_at_once(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_feeds(page)
    typed(page.get_by_label("Address of a site or feed"), "https://new.example/")
    page.get_by_role("button", name="Follow").click()
    expect(page.locator("#feeds-report")).to_contain_text("1 added")
    expect(page.locator(".feed")).to_have_count(3)
    expect(page.get_by_label("Address of a site or feed")).to_have_value("")
    assert "https://new.example/" in desk.articles


def test_an_address_without_a_feed_is_told_and_stays_in_its_field(open_page: Open) -> None:
    page = open_page()
    to_feeds(page)
    typed(page.get_by_label("Address of a site or feed"), "https://refused.example/")
    page.get_by_label("Address of a site or feed").press("Enter")
    expect(page.locator("#feeds-report")).to_contain_text("https://refused.example/ names no feed")
    expect(page.get_by_label("Address of a site or feed")).to_have_value("https://refused.example/")


def test_a_feed_is_left_only_after_a_second_yes(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_feeds(page)
    remove = page.get_by_role("button", name="Remove: The Ledger", exact=True)  # and not "Yes, remove: The Ledger"
    remove.click()
    page.get_by_role("button", name="Keep: The Ledger").click()
    remove.click()
    assert desk.followed == [FEED, FAILING]
    page.get_by_role("button", name="Yes, remove: The Ledger").click()
    expect(page.locator(".feed")).to_have_count(1)
    assert desk.followed == [FAILING]


def test_a_slow_draw_of_the_feeds_does_not_take_back_a_later_press(
    open_page: Open, desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    to_feeds(page)
    expect(page.locator(".feed")).to_have_count(2)
    slow, export = iter([1.0]), desk.export_feeds
    drawn: list[float] = []

    def slowly() -> bytes:
        wait = next(slow, 0.0)
        time.sleep(wait)
        drawn.append(wait)
        return export()

    monkeypatch.setattr(desk, "export_feeds", slowly)
    page.get_by_role("button", name="Remove: The Ledger", exact=True).click()
    page.get_by_role("button", name=f"Remove: {FAILING.url}", exact=True).click()
    eventually(lambda: len(drawn) == 2)
    page.wait_for_timeout(500)
    expect(page.locator(".feed").first.get_by_role("button", name="Yes, remove")).to_have_count(0)
    expect(page.locator(".feed").last.get_by_role("button", name="Yes, remove")).to_be_visible()


def test_a_refresh_shows_how_far_it_is_and_stops_when_told_to(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_feeds(page)
    page.get_by_role("button", name="Refresh now").click()
    report = page.locator("#feeds-report")
    expect(report).to_contain_text("1 of 4 · 15 passages/s · 6 s left")
    report.get_by_role("button", name="Stop").click()
    expect(report).to_contain_text("Stopped. What is listed is stored; do the same again to go on.")
    desk.closed.set()


def test_a_refresh_while_another_is_under_way_is_told_so(open_page: Open, desk: ScriptedDesk) -> None:
    desk.standing = Standing(since=NOW, done=7)
    page = open_page()
    to_feeds(page)
    expect(page.locator("#standing")).to_contain_text("Refreshing since 3 July 2022, 12:00, 7 articles so far")
    page.get_by_role("button", name="Refresh now").click()
    expect(page.locator("#feeds-report").get_by_role("alert")).to_contain_text("being refreshed already")


def test_what_the_clock_brought_appears_by_itself(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_feeds(page)
    desk.standing = Standing(last_at=NOW, report=reported([document("a", "added")]))
    expect(page.locator("#standing")).to_contain_text("1 added", timeout=20_000)


def test_feeds_come_in_and_go_out_as_opml(open_page: Open, tmp_path: Path, desk: ScriptedDesk) -> None:
    page = open_page()
    to_feeds(page)
    for name, content in (("feeds.opml", "<opml/>"), ("broken.xml", "<html/>")):
        (tmp_path / name).write_text(content)
        page.locator("input[type=file][accept*=opml]").set_input_files(tmp_path / name)
        told = "Following 1 more; 2 were followed before." if name == "feeds.opml" else "broken.xml: names no feed"
        expect(page.locator("#feeds-report")).to_contain_text(told)
    expect(page.locator(".feed")).to_have_count(3)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as OPML").click()
    assert download.value.suggested_filename == "dateline-feeds.opml"
    assert Path(download.value.path()).read_bytes() == desk.export_feeds()


def test_no_feeds_are_told_as_such(open_page: Open, desk: ScriptedDesk) -> None:
    desk.followed.clear()
    page = open_page()
    to_feeds(page)
    expect(page.get_by_text("No feeds yet.")).to_be_visible()
    expect(page.get_by_role("link", name="Export as OPML")).to_have_count(0)


def test_adding_an_article_can_be_stopped(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("tab", name="Library").click()
    typed(page.get_by_label("Address of an article"), "https://slowly.example/")
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("#report").get_by_role("button", name="Stop").click()
    expect(page.locator("#report")).to_contain_text("Stopped.")
    expect(page.get_by_label("Address of an article")).to_have_value("https://slowly.example/")


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_feeds_fit_the_window(open_page: Open, desk: ScriptedDesk, width: int, colours: str) -> None:
    desk.followed.append(replace(FAILING, url=f"https://long.example/{'x' * 500}", title="y" * 300))
    page = open_page(width, 844, colours)
    to_feeds(page)
    expect(page.locator(".feed")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("standing", "line"),
    [
        (Standing(), "Not refreshed yet"),
        (Standing(next_at=LATER), "next at 12:05 UTC"),
        (Standing(since=NOW), "Refreshing since 12:00 UTC"),
        (
            Standing(last_at=NOW, report=reported([document("a", "added"), document("b", "gone")]), next_at=LATER),
            "Last refreshed just now: 1 added, 1 gone · next at 12:05 UTC",
        ),
        (Standing(last_at=NOW, report=reported([])), "Last refreshed just now: nothing new"),
        (Standing(last_at=NOW, report=reported([], stopped=True)), "Last refreshed just now: nothing new, stopped"),
        (Standing(last_at=NOW, problem="Run reindex."), "Refresh failed just now: Run reindex."),
    ],
)
def test_one_line_says_how_refreshing_stands(standing: Standing, line: str) -> None:
    assert Reader(standing_html(standing, NOW)).text == line


def test_a_time_on_another_day_names_it() -> None:
    told = standing_html(Standing(last_at=NOW, report=reported([])), NOW + timedelta(days=1))
    assert "3 July 2022, 12:00 UTC" in told


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "just now"), (5, "5 minutes ago"), (120, "2 hours ago"), (360, "17:30"), (1440, "3 July 2022, 17:30")],
)
def test_times_are_those_of_the_reader_and_count_back_while_they_are_fresh(minutes: int, told: str) -> None:
    with reading_at(ZoneInfo("Asia/Kolkata")):
        html = standing_html(Standing(last_at=NOW, report=reported([])), NOW + timedelta(minutes=minutes))
    assert f">{told}</time>" in html and 'title="3 July 2022, 17:30"' in html


def test_times_are_told_in_the_readers_language() -> None:
    with reading_in("ar"), reading_at(ZoneInfo("Europe/Berlin")):
        html = standing_html(Standing(last_at=NOW, report=reported([]), next_at=LATER), LATER)
    assert "قبل 5 دقائق" in html and ">14:05</time>" in html


def test_the_browser_tells_its_time_zone(open_page: Open, desk: ScriptedDesk, browser: Browser, address: str) -> None:
    context = browser.new_context(timezone_id="America/New_York", locale="en-US")
    page = context.new_page()
    page.goto(address)
    to_feeds(page)
    expect(page.locator(".feed").first).to_contain_text("Read 3 July 2022, 08:00: 2 added, 1 updated")
    context.close()


def test_a_feed_without_articles_is_followed_only_after_a_yes(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_feeds(page)
    field = page.get_by_label("Address of a site or feed")
    for button in ("Cancel", "Follow anyway"):
        typed(field, "https://empty.example/feed")
        field.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("This feed has no articles. Follow it anyway?")
        expect(page.locator(".feed")).to_have_count(2)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text("This feed has no articles.")).to_have_count(0)
    expect(page.locator(".feed")).to_have_count(3)
    expect(field).to_have_value("")


def test_a_feed_unfolds_its_articles_which_open_in_the_library(open_page: Open, desk: ScriptedDesk) -> None:
    desk.read = {"meta"}
    page = open_page()
    to_feeds(page)
    feed = page.locator(".feed").first
    expect(feed.get_by_role("heading")).to_contain_text(f"{len(desk.articles) - 1} unread")
    unfolding = feed.get_by_role("button", name=f"{len(desk.articles)} articles: The Ledger")
    unfolding.click()
    expect(unfolding).to_have_attribute("aria-expanded", "true")
    expect(feed.locator(".feed-articles li")).to_have_count(len(desk.articles))
    expect(feed.locator("li.unread")).to_have_count(len(desk.articles) - 1)
    unfolding.click()
    expect(feed.locator(".feed-articles")).to_have_count(0)
    unfolding.click()
    feed.get_by_role("button", name="Meta keeps its models open").click()
    expect(page.get_by_role("tab", name="Library")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#chosen")).to_contain_text("Meta keeps its models open, with more caution")


def test_how_often_feeds_are_refreshed_is_chosen_on_the_page(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    to_feeds(page)
    choice = page.get_by_label("Refresh by itself")
    expect(choice).to_have_value("0")
    with page.expect_response("**/queue/join*"):
        choice.select_option(label="Every hour")
    eventually(lambda: desk.refresh_every == timedelta(hours=1))
    page.reload()
    to_feeds(page)
    expect(choice).to_have_value("60")
    with page.expect_response("**/queue/join*"):
        choice.select_option(label="Never")
    eventually(lambda: desk.refresh_every is None)


def test_a_schedule_of_the_settings_is_offered_as_it_is() -> None:
    html = schedule_html(timedelta(minutes=7))
    assert '<option value="7" selected>Every 7 minutes</option>' in html


def test_a_feed_that_was_never_read_says_so() -> None:
    assert "Not read yet" in feeds_html([Followed(replace(FEED, last_run_at=None))], NOW)


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Step("Starting"), ""),
        (Step("x", 3), "3 so far"),
        (Step("x", 0, 40), "0 of 40"),
        (Step("x", 10, 40, 50, 10.0), "10 of 40 · 5 passages/s · 30 s left"),
        (Step("x", 1, 40, 1200, 10.0), "1 of 40 · 120 passages/s · 6 min left"),
        (Step("x", 1, 4000, 50, 10.0), "1 of 4,000 · 5 passages/s · 11 h left"),
        (Step("x", 50, 40, 50, 10.0), "50 of 40 · 5 passages/s"),
    ],
)
def test_progress_says_what_is_known_of_it(step: Step, line: str) -> None:
    assert pace(step) == line
