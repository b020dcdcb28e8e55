"""Reading and the library in a real browser: marks, notes, quotations, tags, saved filters, details, one article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from test_ui_library import field, to_library, upload
from test_ui_reader import ask
from ui_desk import META, ScriptedDesk, typed

from vectorstore.models import Scope

Open = Callable[..., Page]
ARABIC = replace(META, id="ar", language="ar", title="عودة العبّارات", text="عادت العبّارات إلى الميناء يوم الاثنين.")
SELECT = """([sheet, from, to]) => {
  const runs = [...sheet.querySelectorAll('.text [data-at]')];
  const at = (place) => {
    const run = runs.findLast((each) => Number(each.dataset.at) <= place);
    return [run.firstChild, place - Number(run.dataset.at)];
  };
  const range = document.createRange();
  range.setStart(...at(from));
  range.setEnd(...at(to));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def select(sheet: Locator, words: str, text: str = META.text) -> None:
    start = text.index(words)
    sheet.page.evaluate(SELECT, [sheet.element_handle(), start, start + len(words)])


def opened(page: Page, title: str = META.title) -> Locator:
    page.get_by_role("button", name=title).first.click()
    sheet = page.locator("#chosen .sheet")
    expect(sheet).to_be_visible()
    return sheet


def test_words_are_marked_noted_and_there_again(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    sheet = opened(page)
    select(sheet, "open and closed models")
    sheet.get_by_role("button", name="Mark", exact=True).click()
    expect(sheet.locator(".own")).to_have_text("open and closed models")
    select(sheet, "a mix of open")
    sheet.get_by_role("button", name="Add a note").first.click()
    sheet.get_by_label("Note").fill("<b>mine</b>")
    sheet.get_by_role("button", name="Save").click()
    expect(sheet.locator(".own-note")).to_have_text("<b>mine</b>")
    kept = desk.annotations.marks("meta")
    assert [(each.words, each.note) for each in kept] == [
        ("a mix of open", "<b>mine</b>"),
        ("open and closed models", ""),
    ]
    assert all(META.text[each.start : each.end] == each.words for each in kept)
    page.reload()
    page = to_library(page)
    expect(page.locator(".all-marks summary")).to_have_text("2 marks and notes")
    page.locator(".all-marks summary").click()
    page.locator(".all-marks .quote").first.click()
    expect(page.locator("#chosen mark").first).to_be_visible()
    expect(page.locator("#chosen .own")).to_have_count(4)  # "open" is in both
    row = page.locator("#chosen .own-marks li").first
    row.get_by_role("button", name="Edit note").click()
    page.locator("#chosen").get_by_label("Note").fill("another")
    page.locator("#chosen .note-form").get_by_role("button", name="Save").click()
    expect(row.locator(".own-note")).to_have_text("another")
    row.get_by_role("button", name="Remove").click()
    expect(page.locator("#chosen .own-marks li")).to_have_count(1)
    assert [each.words for each in desk.annotations.marks()] == ["open and closed models"]


def test_a_quotation_is_copied_with_its_source(open_page: Open, desk: ScriptedDesk) -> None:
    page = open_page()
    ask(page)
    page.locator("#exchange-1 a.cite").first.click()
    sheet = page.locator("dialog.reader .sheet")
    sheet.get_by_role("button", name="Copy quotation").click()
    expect(sheet.get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "“Meta says its position is unchanged” (The Ledger, 2 July 2022, https://ledger.example/meta)"
    select(sheet, "$10 to $65 billion")
    sheet.get_by_role("button", name="Copy quotation").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('“$10 to $65 billion”'))")


def test_nothing_selected_is_told_and_nothing_kept(open_page: Open, desk: ScriptedDesk) -> None:
    sheet = opened(to_library(open_page()))
    sheet.get_by_role("button", name="Mark", exact=True).click()
    expect(sheet.get_by_role("status")).to_have_text("Select words in the article first.")
    assert desk.annotations.marks() == []


def test_what_is_no_longer_there_is_not_marked(open_page: Open, desk: ScriptedDesk) -> None:
    sheet = opened(to_library(open_page()))
    desk.articles["meta"] = replace(META, text="Quite another text, of the same version.")
    select(sheet, "a mix of open")
    sheet.get_by_role("button", name="Mark", exact=True).click()
    expect(sheet.get_by_role("status")).to_contain_text("These words are not in the article.")
    assert desk.annotations.marks() == []


def test_the_size_of_the_text_is_kept(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    text = opened(page).locator(".text")
    before = text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)")
    for _ in range(3):
        page.get_by_role("button", name="Larger text").click()
    size = "text => parseFloat(getComputedStyle(text).fontSize)"
    assert text.evaluate(size) > before * 1.25
    page.reload()
    assert opened(to_library(page)).locator(".text").evaluate(size) > before * 1.25


def test_lines_have_68_characters_at_most_and_an_article_its_direction(open_page: Open, desk: ScriptedDesk) -> None:
    desk.articles["ar"] = ARABIC
    page = to_library(open_page())
    text = opened(page, ARABIC.title).locator(".text")
    expect(text).to_have_attribute("lang", "ar")
    expect(text).to_have_attribute("dir", "rtl")
    assert text.evaluate("text => getComputedStyle(text).direction") == "rtl"
    wide = "text => text.getBoundingClientRect().width <= 68.5 * parseFloat(getComputedStyle(text).fontSize)"
    assert text.evaluate(wide)


def test_questions_are_kept_to_one_article(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    opened(page)
    page.locator("#chosen").get_by_role("button", name="Ask about this article").click()
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    expect(page.locator("#limits > button")).to_contain_text(META.title)
    ask(page, "What does it say?")
    assert desk.scopes[-1] == Scope(articles=("meta",))
    expect(page.locator("#limits > button")).to_contain_text(META.title)
    ask(page, "And then?", 2)
    assert desk.scopes[-1] == Scope(articles=("meta",))


def test_tags_are_added_filtered_by_and_saved_as_a_filter_that_questions_are_kept_to(
    open_page: Open, desk: ScriptedDesk
) -> None:
    page = to_library(open_page())
    opened(page)
    page.get_by_label("New tag").fill("<b>Models</b>")
    page.get_by_label("New tag").press("Enter")
    expect(page.locator("#chosen .tags li")).to_have_text(["<b>Models</b>×"])
    expect(page.get_by_label("New tag")).to_have_value("")
    expect(page.locator("#library tbody")).to_contain_text("#<b>Models</b>")
    field(page, "among").click()
    page.get_by_role("option", name="#<b>Models</b>").click()
    expect(page.locator("#library tbody tr")).to_have_count(1)
    assert "among=tag" in (page.get_by_role("link", name="Export as JSONL").get_attribute("href") or "")
    typed(page.get_by_label("Save this filter as"), "Open models")
    page.locator(".collect").get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Forget the saved filter “Open models”")).to_be_visible()
    [saved] = desk.annotations.filters()
    assert (saved.name, saved.tags) == ("Open models", ("<b>Models</b>",))
    page.get_by_role("tab", name="Chat").click()
    page.locator("#limits > button").click()
    page.locator("#limits-among input").click()
    page.get_by_role("option", name="Open models").click()
    ask(page, "What is open?")
    assert desk.scopes[-1] == Scope(tags=("<b>Models</b>",))
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("button", name="Remove the tag <b>Models</b>").click()
    expect(page.locator("#chosen .tags li")).to_have_count(0)
    assert desk.annotations.tags() == []


def test_details_are_put_right_and_back(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    opened(page)
    card = page.locator("#chosen")
    card.get_by_text("Edit details").click()
    card.get_by_label("Headline").fill("Meta <i>stays</i> open")
    card.get_by_label("Date").fill("2022-06-30")
    card.get_by_role("button", name="Save").last.click()
    expect(card.locator("h3").first).to_have_text("Meta <i>stays</i> open")
    expect(page.locator("#library tbody")).to_contain_text("30 June 2022")
    assert desk.articles["meta"].published_at == datetime(2022, 6, 30, tzinfo=UTC)
    expect(card).to_contain_text(f"As published: {META.title} · The Ledger")
    card.get_by_label("Link").fill("not an address")
    card.get_by_role("button", name="Save").last.click()
    expect(card.get_by_role("alert")).to_contain_text("“not an address” is not a web address.")
    card.get_by_role("button", name="Back to the original").click()
    expect(card.locator("h3").first).to_have_text(META.title)
    assert desk.articles["meta"] == META


def test_a_date_that_the_text_states_is_used_when_the_reader_says_so(
    open_page: Open, desk: ScriptedDesk, tmp_path: Path
) -> None:
    page = to_library(open_page())
    page.get_by_role("tab", name="Files").click()
    (tmp_path / "note.txt").write_text("LAKEMONT, 21 November 2026 - It rained.")
    page.locator("#files input[type=file]").set_input_files([tmp_path / "note.txt"])
    report = page.locator("#report")
    expect(report).to_contain_text("From the text: 21 November 2026")
    assert desk.articles["note.txt"].published_at is None
    report.get_by_role("button", name="Use this date").click()
    expect(page.locator("#chosen .byline")).to_contain_text("21 November 2026")
    assert desk.articles["note.txt"].published_at == datetime(2026, 11, 21, tzinfo=UTC)
    report.get_by_role("button", name="Ask about it").click()
    expect(page.locator("#limits > button")).to_contain_text("File note.txt")


def test_a_pasted_text_takes_a_date_and_a_link(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    page.get_by_role("tab", name="Paste text").click()
    typed(page.get_by_label("Text of the article"), "LAKEMONT, 21 November 2026 - It rained.")
    page.get_by_label("Headline (optional)").fill("Rain")
    page.get_by_label("Headline (optional)").focus()
    page.locator("#proposal").get_by_role("button", name="Use this date").click()
    expect(page.get_by_label("Date (optional)")).to_have_value("2026-11-21")
    page.get_by_label("Link (optional)").fill("https://example.com/rain")
    page.get_by_role("button", name="Add text").click()
    expect(page.locator("#report")).to_contain_text("1 added")
    assert desk.articles["Rain"].published_at == datetime(2026, 11, 21, tzinfo=UTC)
    assert desk.articles["Rain"].url == "https://example.com/rain"
    typed(page.get_by_label("Text of the article"), "Something.")
    typed(page.get_by_label("Date (optional)"), "the day after")
    page.get_by_role("button", name="Add text").click()
    expect(page.locator("#report")).to_contain_text("Date: 'the day after' is not a day such as 2022-07-03.")
    expect(page.get_by_label("Text of the article")).to_have_value("Something.")


def test_a_day_is_chosen_in_the_calendar_or_typed_in_words(open_page: Open, desk: ScriptedDesk) -> None:
    page = to_library(open_page())
    page.locator("#table-from .calendar").fill("2022-07-03")
    expect(field(page, "from")).to_have_value("2022-07-03")
    expect(page.locator("#library tbody tr")).to_have_count(1)
    typed(field(page, "from"), "last week")
    field(page, "from").press("Enter")
    expect(page.locator("#library")).to_contain_text("No article fits")


def test_gradio_says_nothing_where_files_are_dropped(open_page: Open, desk: ScriptedDesk, tmp_path: Path) -> None:
    page = to_library(open_page())
    page.get_by_role("tab", name="Files").click()
    expect(page.get_by_text("or click to choose them")).to_be_visible()
    for words in ("Drop File Here", "Click to Upload"):
        expect(page.get_by_text(words)).not_to_be_visible()
    upload(page, tmp_path, "one.txt")
    expect(page.locator("#report")).to_contain_text("1 rejected")


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_an_open_article_fits_and_can_be_touched(open_page: Open, desk: ScriptedDesk, width: int) -> None:
    rows = "\n".join(f"| A long name of a party {n} | {n} | {'x' * 60} |" for n in range(3))
    desk.articles["meta"] = replace(META, text=f"Before.\n{rows}\nAfter.")
    page = to_library(open_page(width, 844))
    desk.annotations.mark("meta", 1, desk.articles["meta"].text, 0, 6, "note")
    sheet = opened(page)
    expect(sheet.locator("table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.locator("#chosen :is(button, summary)").evaluate_all(
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 31.5).map(e => e.outerHTML)"
    )
    assert small == []
