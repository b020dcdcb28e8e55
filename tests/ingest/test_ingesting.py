from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.documents import Pasted, Upload
from ingest.pipeline import Progress, ingest
from ingest.web.politeness import Web
from vectorstore.errors import LibraryBusy
from vectorstore.models import Article, Passage
from vectorstore.reports import Outcome, Report

NOW = datetime(2026, 1, 2, tzinfo=UTC)
STORY = " ".join(f"The council said in sentence {n} that the plan for the harbour would go on." for n in range(40))


def archive(folder: Path, *rows: object, name: str = "a.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def story(number: int, **fields: object) -> dict[str, object]:
    return {"id": f"n{number}", "title": f"Plan {number}", "text": f"Story {number}. {STORY}", **fields}


def outcomes(report: Report) -> list[str]:
    return [row.outcome.value for row in report.rows]


class TestOutcomes:
    def test_new_articles_are_added_with_their_passages(self, shelf, tmp_path: Path) -> None:
        report = ingest([archive(tmp_path, story(1), story(2))], shelf, now=lambda: NOW)
        assert (report.added, report.readable, report.rejected, report.stopped) == (2, 2, (), False)
        assert [row.title for row in report.rows] == ["Plan 1", "Plan 2"]
        assert report.passages == sum(map(len, shelf.passages.values())) > 4
        assert {article.ingested_at for article in shelf.articles} == {NOW}

    def test_the_same_again_is_unchanged_and_writes_nothing(self, shelf, tmp_path: Path) -> None:
        path = archive(tmp_path, story(1), story(2))
        ingest([path], shelf)
        report = ingest([path], shelf)
        assert (outcomes(report), report.passages) == (["unchanged", "unchanged"], 0)
        assert len(shelf.batches) == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"text": f"Story 1. {STORY} Corrected."},
            {"title": "Plan fails"},
            {"outlet": "Bugle"},
            {"authors": ["Jane Doe"]},
            {"published_at": "2024-03-05"},
            {"url": "https://bugle.example/other", "outlet": ""},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_another_statement_is_a_new_version(self, shelf, tmp_path: Path, change: dict[str, object]) -> None:
        ingest([archive(tmp_path, story(1))], shelf)
        report = ingest([archive(tmp_path, story(1, **change))], shelf)
        assert outcomes(report) == ["updated"]
        assert [article.version for article in shelf.versions["n1"]] == [1, 2]
        assert all(passage.id.startswith("n1@2#") for passage in shelf.passages["n1"])
        assert outcomes(ingest([archive(tmp_path, story(1, **change))], shelf)) == ["unchanged"]

    def test_a_value_that_is_no_longer_stated_is_a_change(self, shelf, tmp_path: Path) -> None:
        ingest([archive(tmp_path, story(1, published_at="2024-03-05"))], shelf)
        assert outcomes(ingest([archive(tmp_path, story(1))], shelf)) == ["updated"]
        assert shelf.find("n1").published_at is None

    @pytest.mark.parametrize(
        "same",
        [
            {"text": f"  Story 1.\r\n\r\n{STORY} "},
            {"published_at": "March 5, 2024"},
            {"updated_at": "2024-03-06"},
            {"url": "http://bugle.example/a/?utm_source=feed"},
            {"id": " n1"},
        ],
        ids=lambda same: next(iter(same)),
    )
    def test_another_way_of_writing_it_is_no_change(self, shelf, tmp_path: Path, same: dict[str, object]) -> None:
        stated = story(1, published_at="2024-03-05", url="https://bugle.example/a", outlet="Bugle")
        ingest([archive(tmp_path, stated)], shelf)
        assert outcomes(ingest([archive(tmp_path, {**stated, **same})], shelf)) == ["unchanged"]

    def test_the_same_text_under_another_id_is_a_duplicate_of_the_first(self, shelf, tmp_path: Path) -> None:
        twin = story(1, id="n2", title="Other headline")
        ingest([archive(tmp_path, story(1))], shelf)
        report = ingest([archive(tmp_path, twin)], shelf)
        assert outcomes(report) == ["duplicate"] and report.rows[0].duplicate_of == "n1"
        assert report.readable == 1 and "n2" not in shelf.versions

    @pytest.mark.parametrize(
        ("one", "other", "outcome"),
        [
            ({"outlet": "Post"}, {"outlet": "Bugle"}, "added"),
            ({"outlet": "Post"}, {"outlet": "POST"}, "duplicate"),
            ({"outlet": "Post"}, {}, "duplicate"),
            ({"url": "https://post.example/a"}, {"url": "https://bugle.example/a"}, "added"),
            ({"url": "https://post.example/a"}, {"url": "https://www.post.example/b", "outlet": "Post"}, "duplicate"),
            (
                {"url": "https://post.example/a", "outlet": "Post"},
                {"url": "https://edition.post.example/a", "outlet": "Post"},
                "duplicate",
            ),
        ],
        ids=["other outlet", "same outlet", "outlet unknown", "other site", "same site", "two sites of one outlet"],
    )
    def test_the_same_text_is_kept_for_each_outlet_that_prints_it(
        self, shelf, tmp_path: Path, one: dict[str, str], other: dict[str, str], outcome: str
    ) -> None:
        report = ingest([archive(tmp_path, story(1, **one), story(1, id="n2", **other))], shelf)
        assert outcomes(report) == ["added", outcome]

    def test_the_second_time_an_outlet_prints_a_wire_story_is_a_duplicate_of_its_first(
        self, shelf, tmp_path: Path
    ) -> None:
        rows = [story(1, outlet="Post"), story(1, id="n2", outlet="Bugle"), story(1, id="n3", outlet="Bugle")]
        report = ingest([archive(tmp_path, *rows)], shelf)
        assert outcomes(report) == ["added", "added", "duplicate"] and report.rows[2].duplicate_of == "n2"

    def test_twins_in_one_run_are_found_too(self, shelf, tmp_path: Path) -> None:
        report = ingest([archive(tmp_path, story(1), story(1, id="n2"), story(1), story(3))], shelf)
        assert outcomes(report) == ["added", "duplicate", "unchanged", "added"]

    def test_two_versions_in_one_run_are_both_kept(self, shelf, tmp_path: Path) -> None:
        report = ingest([archive(tmp_path, story(1), story(1, text="Corrected."))], shelf)
        assert outcomes(report) == ["added", "updated"]
        assert [article.version for article in shelf.versions["n1"]] == [1, 2]

    def test_an_upload_and_pasted_text_are_recognised_again(self, shelf, tmp_path: Path) -> None:
        for number in (1, 2):
            path = tmp_path / f"upload-{number}"
            path.write_text(STORY)
            report = ingest([Upload(path, "story.txt"), Pasted("They voted.")], shelf)
        assert outcomes(report) == ["unchanged", "unchanged"]


class TestBadInput:
    def test_one_bad_document_never_costs_the_others(self, shelf, tmp_path: Path) -> None:
        path = archive(tmp_path, story(1), "{oops", {"title": "no text"}, story(2, title=3), story(3))
        report = ingest([tmp_path / "missing.txt", path, "http://127.0.0.1:1/"], shelf)
        assert outcomes(report) == ["rejected", "added", "rejected", "rejected", "rejected", "added", "rejected"]
        assert [row.source.rpartition("/")[2] for row in report.rejected][1:4] == [
            f"a.jsonl line {n}" for n in (2, 3, 4)
        ]
        assert all(row.reason for row in report.rejected)
        assert report.readable == 2

    def test_a_fault_of_ours_in_one_document_is_told_and_logged(
        self, shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Broken(type(tmp_path)):
            def open(self, *arguments: object, **options: object) -> None:
                raise RuntimeError("nobody thought of this")

        report = ingest([Upload(Broken(archive(tmp_path, "x", name="a.txt")), "a.txt"), Pasted(STORY)], shelf)
        assert outcomes(report) == ["rejected", "added"]
        assert report.rejected[0].reason == "RuntimeError: nobody thought of this" and "Traceback" in caplog.text

    def test_nothing_at_all_is_an_empty_report(self, shelf) -> None:
        report = ingest([], shelf)
        assert (report.rows, report.readable, shelf.batches) == ((), 0, [])


class TestProgress:
    def test_a_document_is_told_once_and_only_when_it_is_stored(self, shelf, tmp_path: Path) -> None:
        told: list[Progress] = []

        def tell(event: Progress) -> None:
            if event.row.outcome is Outcome.ADDED:
                assert shelf.find(event.row.article_id) is not None
            told.append(event)

        rows = [story(n) for n in range(300)]
        report = ingest([archive(tmp_path, *rows, "{oops")], shelf, progress=tell)
        assert [event.done for event in told] == list(range(1, 302))
        assert {event.total for event in told} == {301}
        assert sorted(event.row.source for event in told) == sorted(row.source for row in report.rows)
        assert told[-1].passages == report.passages

    def test_articles_are_stored_many_at_a_time(self, shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ingest.pipeline._SECONDS", 60.0)
        ingest([archive(tmp_path, *[story(n) for n in range(300)])], shelf)
        sizes = [sum(len(shelf.passages[each]) for each in batch) for batch in shelf.batches]
        assert len(sizes) > 2 and all(512 <= size < 530 for size in sizes[:-1])

    def test_none_waits_for_more_when_it_has_waited_long(
        self, shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ingest.pipeline._SECONDS", 0.0)
        ingest([archive(tmp_path, *[story(n) for n in range(5)])], shelf)
        assert [len(batch) for batch in shelf.batches] == [1] * 5


class TestStopping:
    def test_stop_keeps_what_is_in_hand(self, shelf, tmp_path: Path) -> None:
        path = archive(tmp_path, story(1), story(2), "{oops", story(3))
        told: list[Progress] = []
        report = ingest([path], shelf, progress=told.append, stop=lambda: bool(told))
        assert report.stopped and outcomes(report) == ["added", "added", "rejected"]
        assert sorted(shelf.versions) == ["n1", "n2"] and len(told) == 3
        assert outcomes(ingest([path], shelf)) == ["unchanged", "unchanged", "rejected", "added"]

    def test_control_c_keeps_what_is_in_hand(self, shelf, tmp_path: Path) -> None:
        def interrupt(event: Progress) -> None:
            if event.row.outcome is Outcome.REJECTED:
                signal.raise_signal(signal.SIGINT)

        path = archive(tmp_path, story(1), story(2), "{oops", story(3))
        report = ingest([path], shelf, progress=interrupt)
        assert report.stopped and outcomes(report) == ["added", "added", "rejected"]
        assert sorted(shelf.versions) == ["n1", "n2"]
        assert outcomes(ingest([path], shelf)) == ["unchanged", "unchanged", "rejected", "added"]

    def test_control_c_while_a_batch_is_stored_stores_it_once(self, shelf, tmp_path: Path) -> None:
        class Interrupted(type(shelf)):
            def store(self, batch: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
                signal.raise_signal(signal.SIGINT)
                super().store(batch)

        interrupted = Interrupted()
        report = ingest([archive(tmp_path, *[story(n) for n in range(300)])], interrupted)
        assert report.stopped and 0 < report.added == len(interrupted.versions) < 300

    def test_control_c_twice_ends_it_at_once_and_what_was_told_stays(self, shelf, tmp_path: Path) -> None:
        told: list[Progress] = []

        def interrupt(event: Progress) -> None:
            told.append(event)
            signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            ingest([archive(tmp_path, *[story(n) for n in range(300)])], shelf, progress=interrupt)
        assert len(told) == 2 and {event.row.article_id for event in told} <= set(shelf.versions)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_an_error_of_the_library_is_raised_and_earlier_batches_stay(self, shelf, tmp_path: Path) -> None:
        class Failing(type(shelf)):
            def store(self, batch: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
                if self.batches:
                    raise LibraryBusy("another process is writing")
                super().store(batch)

        failing, told = Failing(), []
        with pytest.raises(LibraryBusy):
            ingest([archive(tmp_path, *[story(n) for n in range(300)])], failing, progress=told.append)
        assert len(told) == len(failing.versions) == len(failing.batches[0]) > 5


class TestReport:
    def test_as_json_is_what_the_command_line_prints(self, shelf, tmp_path: Path) -> None:
        path = archive(tmp_path, story(1), story(1, id="n2"), "{oops")
        printed = json.loads(json.dumps(ingest([path], shelf).as_json()))
        assert {name: printed[name] for name in ("added", "updated", "unchanged", "duplicate", "stopped")} == {
            "added": 1,
            "updated": 0,
            "unchanged": 0,
            "duplicate": 1,
            "stopped": False,
        }
        assert printed["duplicates"] == [{"source": f"{path} line 2", "of": "n1"}]
        assert printed["rejected"][0]["source"] == f"{path} line 3"
        assert set(printed) >= {"passages", "seconds"}


def test_heavy_libraries_are_loaded_only_when_used() -> None:
    heavy = ("trafilatura", "httpx", "httpcore", "charset_normalizer", "markdown_it", "yaml", "dateutil", "lxml")
    program = f"import sys, ingest, ingest.pipeline; sys.exit(bool([m for m in {heavy!r} if m in sys.modules]))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_page_from_the_web_is_added_and_recognised(shelf, site) -> None:
    paragraphs = "".join(f"<p>{STORY} Part {n}.</p>" for n in range(3))
    site.pages["/a"] = f"<html><head><title>Plan</title></head><body><h1>Plan</h1>{paragraphs}</body></html>".encode()
    assert outcomes(ingest([f"{site.url}/a"], shelf, web=Web(allow_private=True, delay=0))) == ["added"]
    assert outcomes(ingest([f"{site.url}/a?utm_source=x"], shelf, web=Web(allow_private=True, delay=0))) == ["rejected"]
    site.redirect("/moved", "/a#top")
    assert outcomes(ingest([f"{site.url}/moved"], shelf, web=Web(allow_private=True, delay=0))) == ["unchanged"]
