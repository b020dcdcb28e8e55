"""What the page asks of the house, with the real library, ingest and a feed served on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from test_feeds_command import site  # noqa: F401  (a fixture)

from app import Dateline, PageDesk, open_dateline
from assistant.settings import read_settings
from assistant.ui.desk import Desk
from vectorstore.errors import RefreshUnderWay, SettingsError
from vectorstore.reports import Step
from vectorstore.storage.listings import Listing

NOTE = "The night buses of Norvale will run until four in the morning, the council said on Tuesday."


@pytest.fixture
def news(site: str, tmp_path: Path) -> Iterator[Dateline]:  # noqa: F811
    with open_dateline(library=tmp_path / "library", model="quote") as news:
        yield news


def test_the_desk_of_the_house_is_one_and_its_feeds_go_round(news: Dateline, site: str) -> None:  # noqa: F811
    desk: Desk = PageDesk(news, 5)
    assert desk.follow(site).title == "Harbour Post"
    steps: list[Step] = []
    assert desk.refresh([f"{site}/feed"], steps.append, lambda: False).added == 1
    assert [(step.done, step.passages) for step in steps] == [(1, 1)]
    assert desk.feeds()[0].last_result == "1 added"
    standing = desk.refreshing()
    assert standing.report and standing.report.added == 1 and standing.since is None
    opml = desk.export_feeds()
    desk.unfollow(f"{site}/feed")
    assert desk.feeds() == []
    assert desk.import_feeds(opml) == (1, 0) and desk.import_feeds(opml) == (0, 1)


def test_while_a_refresh_runs_questions_are_answered_and_uploads_wait_and_are_told(
    news: Dateline,
    site: str,  # noqa: F811
) -> None:
    desk = PageDesk(news, 5)
    desk.follow(site)
    told: list[str] = []
    waiting, reports = threading.Event(), []

    def tell(step: Step) -> None:
        told.append(step.line)
        waiting.set()

    def in_the_middle(at: Step) -> None:
        assert list(desk.stream("When will the ferry sail again?"))[-1].sources
        with pytest.raises(RefreshUnderWay):
            desk.refresh([], lambda step: None, lambda: False)
        uploading.start()
        assert waiting.wait(30)
        assert desk.add_text(NOTE, "Unwanted", "", told.append, lambda: True).stopped

    uploading = threading.Thread(target=lambda: reports.append(desk.add_text(NOTE, "Buses", "", tell, lambda: False)))
    assert desk.refresh([], in_the_middle, lambda: False).added == 1
    uploading.join(60)
    assert told[0].startswith("Waiting until")
    assert [report.added for report in reports] == [1]
    assert {entry.title for entry in desk.listed(Listing()).entries} == {"Ferry returns", "Buses"}


def test_closing_ends_what_is_being_added_and_keeps_what_is_done(news: Dateline, tmp_path: Path) -> None:
    desk = PageDesk(news, 5)
    texts = [f"{NOTE} This is report number {number}." for number in range(40)]
    texts[1] = ""  # rejected, and so told of at once
    files = [(tmp_path / f"{number}.txt", f"{number}.txt") for number in range(len(texts))]
    for (path, _), text in zip(files, texts, strict=True):
        path.write_text(text)
    closing = threading.Thread(target=desk.close)

    def close(step: Step) -> None:
        if closing.ident is None:
            closing.start()
            # This waits for its turn, which never comes: it ends only because the desk is being closed.
            assert desk.add_text(NOTE, "Unwanted", "", lambda step: None, lambda: False).stopped

    report = desk.add_files(files, close, lambda: False)
    closing.join(60)
    assert report.stopped and 0 < report.added < 39
    assert desk.listed(Listing()).held == report.added


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        (" 1D ", timedelta(days=1)),
    ],
)
def test_feeds_are_refreshed_as_often_as_is_set(monkeypatch: pytest.MonkeyPatch, text: str, span: timedelta) -> None:
    monkeypatch.setenv("DATELINE_REFRESH_EVERY", text)
    assert read_settings({}).refresh_every == span


@pytest.mark.parametrize("text", ["", "30", "m", "-5m", "1.5h", "30 minutes", "0m", "59s", "99999d", "٣m"])
def test_a_span_that_is_none_or_too_short_is_told_in_a_line(text: str) -> None:
    with pytest.raises(SettingsError, match="DATELINE_REFRESH_EVERY cannot be used: .*(no span of time|once a minute)"):
        read_settings({"refresh_every": text})
