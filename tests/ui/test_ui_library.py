"""The library's page in a real browser: the table, removal and undo, trying again, export and the chart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from ui_desk import META, NOW, ScriptedDesk, document, reported, typed

from vectorstore.errors import LibraryBusy
from vectorstore.reports import Report

Open = Callable[..., Page]


@pytest.fixture
def many(desk: ScriptedDesk) -> ScriptedDesk:
    """Of 120 articles, each two days older than the one before, a third are by another outlet."""
    desk.articles.clear()
    for number in range(120):
        desk.articles[f"n{number}"] = replace(
            META,
            id=f"n{number}",
            title=f"Report {number:03}",
            outlet="Gazette" if number % 3 else "The Ledger",
            published_at=NOW - timedelta(days=2 * number),
            ingested_at=NOW - timedelta(minutes=number),
        )
    return desk


def to_library(page: Page) -> Page:
    page.get_by_role("tab", name="Library").click()
    expect(page.locator("#library tbody tr").first).to_be_visible()
    return page


def first_row(page: Page) -> Locator:
    return page.locator("#library tbody tr").first


def place(page: Page) -> Locator:
    return page.locator(".pager .tally")


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#table-{name} input:not(.calendar)")


def test_pages_are_turned_by_mouse_and_by_keyboard(open_page: Open, many: ScriptedDesk) -> None:
    page = to_library(open_page())
    expect(place(page)).to_have_text("1–50 of 120 articles")
    page.locator("#library .scroll").evaluate("rows => rows.scrollTop = 900")
    page.get_by_role("button", name="Next").click()
    expect(place(page)).to_have_text("51–100 of 120 articles")
    expect(first_row(page)).to_contain_text("Report 050")
    expect(first_row(page)).to_be_in_viewport()
    page.keyboard.press("Enter")  # the button has kept the focus
    expect(place(page)).to_have_text("101–120 of 120 articles")
    expect(page.get_by_role("button", name="Next")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Previous").click()
    expect(place(page)).to_have_text("51–100 of 120 articles")


def test_a_head_sorts_and_sorts_the_other_way_round(open_page: Open, many: ScriptedDesk) -> None:
    page = to_library(open_page())
    head = page.get_by_role("columnheader", name="Headline")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(first_row(page)).to_contain_text("Report 000")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(first_row(page)).to_contain_text("Report 119")
    expect(page.locator("[aria-sort]")).to_have_count(1)
    page.get_by_role("button", name="Next").click()
    expect(first_row(page)).to_contain_text("Report 069")
    page.get_by_role("columnheader", name="Outlet").get_by_role("button").click()
    expect(place(page)).to_have_text("1–50 of 120 articles")
    expect(first_row(page)).to_contain_text("Gazette")


def test_words_outlet_and_days_are_kept_to_together_and_the_chart_follows(open_page: Open, many: ScriptedDesk) -> None:
    page = to_library(open_page())
    page.get_by_role("button", name="Next").click()
    expect(place(page)).to_contain_text("51–100")
    field(page, "outlet").click()
    page.get_by_role("option", name="The Ledger").click()
    expect(place(page)).to_have_text("1–40 of 40 articles")
    expect(page.locator("#chart .outlets li")).to_have_text(["The Ledger 40"])
    typed(field(page, "from"), "2022-06-01")
    expect(place(page)).to_have_text("1–6 of 6 articles")
    typed(field(page, "to"), "2022-06-30")
    expect(place(page)).to_have_text("1–5 of 5 articles")
    typed(field(page, "search"), "report 003")
    expect(place(page)).to_have_text("1–1 of 1 article")
    expect(page.locator("#chart svg.chart")).to_have_attribute("aria-label", re.compile("1 article of 27 June 2022"))
    typed(field(page, "search"), "zebra")
    expect(page.get_by_text('No article fits "zebra".')).to_be_visible()
    for name in ("search", "to", "from"):
        typed(field(page, name), "")
    field(page, "outlet").click()
    page.get_by_role("option", name="All outlets").click()
    expect(place(page)).to_have_text("1–50 of 120 articles")


def test_the_table_is_kept_to_a_language(open_page: Open, many: ScriptedDesk) -> None:
    for number in range(0, 120, 4):
        many.articles[f"n{number}"] = replace(many.articles[f"n{number}"], language="de")
    many.articles["n1"] = replace(many.articles["n1"], language="pt")
    page = to_library(open_page())
    expect(first_row(page)).to_contain_text("German")
    field(page, "language").click()
    expect(page.get_by_role("option")).to_have_text(
        [re.compile(each) for each in ("All languages", "German", "Portuguese")]
    )
    page.get_by_role("option", name="German").click()
    expect(place(page)).to_have_text("1–30 of 30 articles")
    typed(field(page, "from"), "2022-06-01")
    expect(place(page)).to_have_text("1–5 of 5 articles")
    page.get_by_role("columnheader", name="Language").get_by_role("button").click()
    expect(place(page)).to_have_text("1–5 of 5 articles")
    link = page.get_by_role("link", name="Export as JSONL").get_attribute("href")
    assert link == "library.jsonl?language=de&from=2022-06-01"
    first_row(page).get_by_role("button").click()
    expect(page.locator(".reading-card .byline")).to_contain_text("German")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("from", "2022-13-01", "From: '2022-13-01' is not a day such as 2022-07-03."),
        ("to", "next week", "To: 'next week' is not a day such as 2022-07-03."),
        ("outlet", "Nowhere", "Outlet: the library holds nothing by 'Nowhere'."),
        ("language", "Elvish", "Article language: the library holds nothing in the language 'Elvish'."),
    ],
)
def test_a_filter_that_cannot_be_used_is_told_below_it_and_the_table_stays(
    open_page: Open, many: ScriptedDesk, name: str, text: str, said: str
) -> None:
    page = to_library(open_page())
    typed(field(page, name), text)
    field(page, name).press("Enter")
    problem = page.locator("#table-problem")
    expect(problem).to_contain_text(said)
    expect(problem.get_by_role("alert")).to_be_visible()
    assert _top(problem) > _top(field(page, name)) and _top(problem) < _top(page.locator("#library"))
    expect(place(page)).to_have_text("1–50 of 120 articles")
    page.get_by_role("button", name="Next").click()
    expect(place(page)).to_have_text("51–100 of 120 articles")
    typed(field(page, name), "")
    field(page, name).press("Enter")
    expect(problem).not_to_contain_text("is not a day")
    expect(problem.get_by_role("alert")).to_have_count(0)


def test_a_day_half_typed_is_no_mistake_until_it_is_left(open_page: Open, many: ScriptedDesk) -> None:
    page = to_library(open_page())
    typed(field(page, "from"), "2022-07-0")
    page.wait_for_timeout(500)
    expect(page.locator("#table-problem").get_by_role("alert")).to_have_count(0)
    field(page, "to").focus()
    expect(page.locator("#table-problem")).to_contain_text("From: '2022-07-0' is not a day")


def test_a_library_that_cannot_be_read_is_told_in_place_of_the_table(open_page: Open, many: ScriptedDesk) -> None:
    def unreadable(listing: object) -> None:
        raise LibraryBusy("Another Dateline is using the library.")

    many.listed = unreadable  # type: ignore[method-assign, assignment]
    page = open_page()
    page.get_by_role("tab", name="Library").click()
    expect(page.locator("#library")).to_contain_text("Another Dateline is using the library.")


def test_one_click_removes_and_one_brings_it_back(open_page: Open, desk: ScriptedDesk) -> None:
    desk.correct("behemoth", title="Behemoth delayed twice")
    before = dict(desk.articles), desk.versions("behemoth")
    page = to_library(open_page())
    page.get_by_role("button", name="Behemoth delayed twice").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    undo = page.locator("#undo")
    expect(undo).to_contain_text("Removed “Behemoth delayed twice”.")
    expect(page.locator("#library tbody")).not_to_contain_text("Behemoth")
    expect(page.locator(".reading-card")).to_be_hidden()
    assert "behemoth" not in desk.articles
    undo.get_by_role("button", name="Undo").click()
    expect(page.locator("#library tbody")).to_contain_text("Behemoth delayed twice")
    expect(page.locator(".reading-card")).to_contain_text("Version 2 of 2")
    expect(undo.get_by_role("button")).to_have_count(0)
    assert (desk.articles, desk.versions("behemoth")) == before


def test_only_the_last_removal_is_offered_to_be_undone(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    for name in ("Behemoth delayed again", "A pasted note"):
        page.get_by_role("button", name=name).click()
        expect(page.locator(".reading-card h3")).to_have_text(name)
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.locator("#undo")).to_contain_text(name)
    expect(page.locator("#library tbody")).not_to_contain_text("A pasted note")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#library tbody")).to_contain_text("A pasted note")
    assert set(desk.articles) == {"meta", "pasted", '"><script>window.hacked=1</script>'}


def test_what_came_in_again_meanwhile_stays_as_it_is(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    page.get_by_role("button", name="Behemoth delayed again").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#undo")).to_contain_text("Removed")
    desk.articles["behemoth"] = replace(META, id="behemoth", title="Behemoth is back")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#undo")).to_contain_text("added again meanwhile")
    expect(page.locator(".reading-card")).to_contain_text("Behemoth is back")


def test_an_article_that_another_reader_removed_is_told(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    page.get_by_role("button", name="Behemoth delayed again").click()
    expect(page.get_by_role("button", name="Remove", exact=True)).to_be_visible()
    desk.gone.add("behemoth")
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#undo")).to_contain_text("That article is no longer in the library.")


def upload(page: Page, tmp_path: Path, *names: str) -> None:
    page.get_by_role("tab", name="Files").click()
    for name in names:
        (tmp_path / name).write_text("")
    page.locator("#files input[type=file]").set_input_files([tmp_path / name for name in names])


def test_what_was_rejected_is_tried_again_with_one_click_and_reported_anew(
    open_page: Open, desk: ScriptedDesk, tmp_path: Path
) -> None:
    page = to_library(open_page())
    upload(page, tmp_path, "one.txt", "two.txt")
    report = page.locator("#report")
    expect(report).to_contain_text("2 rejected")
    report.get_by_role("button", name="Try the 2 rejected again").click()
    expect(report).to_contain_text("2 added")
    expect(report).to_contain_text("At last one.txt")
    expect(report.get_by_role("button")).to_have_count(0)
    assert desk.retried == [("one.txt", "two.txt")]


def test_uploads_that_are_gone_are_told_and_not_offered_again(
    open_page: Open, desk: ScriptedDesk, tmp_path: Path
) -> None:
    page = to_library(open_page())
    upload(page, tmp_path, "one.txt", "two.txt")
    desk.lost = {"two.txt"}
    report = page.locator("#report")
    report.get_by_role("button", name="Try the 2 rejected again").click()
    expect(report).to_contain_text("1 added · 1 rejected")
    expect(report).to_contain_text("two.txt: the file that was uploaded is no longer kept here; add it again")
    expect(report.get_by_role("button")).to_have_count(0)


def test_an_address_that_was_rejected_is_tried_again(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    typed(page.get_by_label("Address of an article"), "https://refused.example")
    page.get_by_label("Address of an article").press("Enter")
    page.get_by_role("button", name="Try it again").click()
    expect(page.locator("#report")).to_contain_text("At last https://refused.example")


def test_rejected_rows_of_a_refresh_are_tried_again_on_the_feeds_tab(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    page.get_by_role("tab", name="Feeds").click()
    typed(page.get_by_label("Address of a site or feed"), "https://a.example/feed")

    def refusing(url: str, *_: object) -> Report:
        return reported([document(url, "rejected", reason="the site answered 500")])

    desk.add_url = refusing  # type: ignore[method-assign]
    page.get_by_role("button", name="Follow", exact=True).click()
    page.locator("#feeds-report").get_by_role("button", name="Try it again").click()
    expect(page.locator("#feeds-report")).to_contain_text("At last https://a.example/feed")


def test_what_is_filtered_is_exported(open_page: Open, many: ScriptedDesk, tmp_path: Path) -> None:
    page = to_library(open_page())
    typed(field(page, "search"), "ledger 11")
    expect(place(page)).to_have_text("1–3 of 3 articles")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as JSONL").click()
    assert download.value.suggested_filename == "dateline.jsonl"
    download.value.save_as(tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["id"] for row in rows} == {"n111", "n114", "n117"}
    assert rows[0] == {
        "id": "n111",
        "title": "Report 111",
        "source": "The Ledger",
        "published_at": (NOW - timedelta(days=222)).isoformat(),
        "url": META.url,
        "text": META.text,
    }


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_chart_and_the_table_fit_the_window(open_page: Open, many: ScriptedDesk, width: int, colours: str) -> None:
    page = to_library(open_page(width, 844, colours))
    chart = page.locator("#chart svg.chart")
    expect(chart).to_be_visible()
    for part in (chart, page.locator("#library"), page.locator("#table-filters")):
        box = part.bounding_box()
        assert box and box["width"] > 200 and box["x"] >= 0 and box["x"] + box["width"] <= width
    bar = page.locator("#chart svg.chart rect").first
    assert bar.evaluate("bar => getComputedStyle(bar).fill") != page.locator("body").evaluate(
        "body => getComputedStyle(body).backgroundColor"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def _top(part: Locator) -> float:
    box = part.bounding_box()
    assert box
    return box["y"]
