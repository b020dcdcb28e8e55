"""What was rejected is tried once more at the desk of the page: pages, uploads, rows of uploads and pasted text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import MemoryShelf, Site

from ingest.intake import Intake, IntakeDesk
from ingest.web.politeness import Web
from vectorstore.errors import RejectedDocument
from vectorstore.reports import Outcome, Report, Step

STORY = "The council voted on the harbour plan on Tuesday and the ferry will sail again in spring. " * 4
PAGE = f"<html><title>Ferry returns</title><article><p>{STORY}".encode()
OTHER = f"<html><title>Tram returns</title><article><p>{STORY.replace('ferry', 'tram')}".encode()


class Desk(IntakeDesk):
    """Without the arguments that these tests don't care for; `steps` is what was told on the way."""

    def __init__(self, shelf: MemoryShelf) -> None:
        intake = Intake(shelf, lambda: Web(allow_private=True, robots=False, delay=0))  # type: ignore[arg-type]
        super().__init__(intake)
        self.steps: list[Step] = []

    def url(self, url: str) -> Report:
        return self.add_url(url, self.steps.append, lambda: False)

    def files(self, *files: Path) -> Report:
        return self.add_files([(file, file.name) for file in files], self.steps.append, lambda: False)

    def again(self, report: Report) -> Report:
        self.steps.clear()
        return self.retry(report, self.steps.append, lambda: False)


@pytest.fixture
def desk(shelf: MemoryShelf) -> Desk:
    return Desk(shelf)


def given_up(report: Report) -> Report:
    """As if this machine had not come to read them: the same bytes can go well then."""
    return replace(report, again=tuple(each._replace(can_help=True) for each in report.again))


def outcomes(report: Report) -> Sequence[tuple[str, Outcome]]:
    return [(row.source, row.outcome) for row in report.rows]


def test_a_page_that_could_not_be_read_is_read_now(desk: Desk, site: Site, shelf: MemoryShelf) -> None:
    url = site.answer("/a", (b"", 404, {}), (PAGE, 200, {"Content_Type": "text/html"}))
    first = desk.url(url)
    assert outcomes(first) == [(url, Outcome.REJECTED)] and [each.name for each in first.again] == [url]
    assert outcomes(desk.again(first)) == [(url, Outcome.ADDED)]
    assert [article.title for article in shelf.articles] == ["Ferry returns"]


def test_what_is_rejected_again_can_be_tried_again(desk: Desk, site: Site) -> None:
    report = desk.url(f"{site.url}/missing")
    for _ in range(2):
        report = desk.again(report)
        assert outcomes(report) == [(f"{site.url}/missing", Outcome.REJECTED)] and len(report.again) == 1


def test_of_a_feed_only_the_pages_that_failed_are_asked_for(desk: Desk, site: Site) -> None:
    links = [f"<item><title>{name}</title><link>{site.url}/{name}</link></item>" for name in ("good", "bad")]
    site.pages["/feed"] = f"<rss version='2.0'><channel><title>Post</title>{''.join(links)}</channel></rss>".encode()
    site.pages["/good"] = PAGE
    site.answer("/bad", (b"", 500, {}), (OTHER, 200, {"Content_Type": "text/html"}))
    first = desk.url(f"{site.url}/feed")
    assert sorted(outcome for _, outcome in outcomes(first)) == [Outcome.ADDED, Outcome.REJECTED]
    site.asked.clear()
    assert outcomes(desk.again(first)) == [(f"{site.url}/bad", Outcome.ADDED)]
    assert site.asked == ["/bad"]


def test_of_a_file_only_the_rows_that_failed_are_reported(desk: Desk, tmp_path: Path, shelf: MemoryShelf) -> None:
    rows = tmp_path / "rows.jsonl"
    good = [json.dumps({"id": f"n{number}", "text": f"{STORY} Report {number}."}) for number in range(3)]
    rows.write_text("\n".join([good[0], "{broken", good[1], '{"title": "no text"}']))
    first = desk.files(rows)
    assert [row.source for row in first.rejected] == ["rows.jsonl line 2", "rows.jsonl line 4"]
    rows.write_text("\n".join([good[0], good[2], good[1], '{"title": "no text"}']))  # as if it could be read now
    assert desk.again(first).rows == (), "the same bytes would be rejected for the same reason"
    second = desk.again(given_up(first))
    assert outcomes(second) == [("rows.jsonl line 2", Outcome.ADDED), ("rows.jsonl line 4", Outcome.REJECTED)]
    assert [article.id for article in shelf.articles] == ["n0", "n1", "n2"]
    assert [(step.done, step.total) for step in desk.steps] == [(1, 2), (2, 2)]


def test_files_of_the_same_name_are_two(desk: Desk, tmp_path: Path) -> None:
    files = [tmp_path / folder / "note.txt" for folder in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text("")
    first = desk.files(*files)
    assert len(first.again) == 2
    files[1].write_text(STORY)
    assert desk.again(first).rows == ()
    assert [outcome for _, outcome in outcomes(desk.again(given_up(first)))] == [Outcome.REJECTED, Outcome.ADDED]


def test_uploads_that_are_gone_are_told_and_no_longer_offered(desk: Desk, tmp_path: Path) -> None:
    kept, gone = tmp_path / "kept.txt", tmp_path / "gone.txt"
    kept.write_text("")
    gone.write_text("")
    first = given_up(desk.files(kept, gone))
    gone.unlink()
    second = desk.again(first)
    assert [(row.source, row.reason) for row in second.rejected] == [
        ("kept.txt", "is empty"),
        ("gone.txt", "the file that was uploaded is no longer kept here; add it again"),
    ]
    assert [each.name for each in second.again] == ["kept.txt"]
    kept.unlink()
    last = desk.again(given_up(second))
    assert [row.source for row in last.rejected] == ["kept.txt"] and last.again == ()
    assert outcomes(desk.again(last)) == []


def test_a_text_that_says_nothing_is_not_tried_again(desk: Desk) -> None:
    first = desk.add_text("", "A note", "", desk.steps.append, lambda: False)
    assert outcomes(first) == [("A note", Outcome.REJECTED)] and desk.again(first).rows == ()


def test_what_is_stopped_at_once_tries_nothing(desk: Desk, site: Site) -> None:
    first = desk.url(f"{site.url}/missing")
    site.asked.clear()
    stopped = desk.retry(first, desk.steps.append, lambda: True)
    assert stopped.stopped and stopped.rows == ()


def test_where_nothing_was_rejected_nothing_is_to_be_tried(desk: Desk, site: Site) -> None:
    site.pages["/a"] = PAGE
    assert desk.url(f"{site.url}/a").again == ()


@pytest.mark.parametrize(
    "typed",
    ["", " ", "/etc/hostname", ".", "~", "C:\\notes.txt", "file:///etc/hostname", "ftp://127.0.0.1/a", "https://"],
)
def test_a_reader_of_the_page_names_no_files_of_this_machine(desk: Desk, shelf: MemoryShelf, typed: str) -> None:
    with pytest.raises(RejectedDocument, match="an address begins with https://"):
        desk.url(typed)
    assert shelf.articles == []
