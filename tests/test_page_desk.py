"""What the page asks of the house, with the real library, ingest and a feed served on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from test_feeds_command import site  # noqa: F401  (a fixture)

from app import Dateline, PageDesk, open_dateline
from assistant.settings import read_settings
from assistant.ui.desk import Desk
from vectorstore.errors import RefreshUnderWay, RejectedDocument, SettingsError
from vectorstore.models import Scope
from vectorstore.reports import Report, Step
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


def test_how_often_feeds_are_refreshed_is_kept_and_counts_before_the_setting(news: Dateline) -> None:
    assert PageDesk(news, 5, timedelta(hours=1)).refresh_every == timedelta(hours=1)
    desk = PageDesk(news, 5)
    desk.set_refresh_every(timedelta(minutes=15))
    desk.close()
    assert PageDesk(news, 5, timedelta(hours=1)).refresh_every == timedelta(minutes=15)
    desk.set_refresh_every(None)
    assert PageDesk(news, 5, timedelta(hours=1)).refresh_every is None


@pytest.mark.parametrize("address", ["", "nonsense", "file:///etc/passwd", "/etc/passwd"])
def test_what_is_no_address_is_told_in_the_same_words_everywhere(news: Dateline, address: str) -> None:
    desk = PageDesk(news, 5)
    for asked in (
        lambda: desk.follow(address),
        lambda: desk.add_url(address, lambda step: None, lambda: False),
    ):
        with pytest.raises(RejectedDocument, match=f"“{address}” isn't a web address"):
            asked()


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


def test_settings_are_the_same_in_another_process() -> None:
    given = {
        "refresh_every": timedelta(minutes=90),
        "allowed_origins": "https://a.example",
        "oidc_roles": '{"claim": "g"}',
        "oidc_collections": "Sport desk, Wire,",
    }
    settings = read_settings(given)
    assert settings.oidc_collections == ("Sport desk", "Wire")
    there = json.loads(json.dumps(settings.model_dump(mode="json")))
    assert settings.model_validate(there) == settings


@pytest.mark.parametrize("text", ["", "30", "m", "-5m", "1.5h", "30 minutes", "0m", "59s", "99999d", "٣m"])
def test_a_span_that_is_none_or_too_short_is_told_in_a_line(text: str) -> None:
    with pytest.raises(SettingsError, match="DATELINE_REFRESH_EVERY cannot be used: .*(no span of time|once a minute)"):
        read_settings({"refresh_every": text})


DATED = (
    "LAKEMONT, 12 November 2026 - The night ferry will sail again on Friday, the harbour master of Lakemont said. "
    "It had been out of service since its thruster failed in October, and forty-one people were hurt."
)


def test_what_a_reader_put_right_is_what_answers_cite_also_after_the_article_was_added_again(news: Dateline) -> None:
    desk: Desk = PageDesk(news, 5)

    def add() -> Report:
        return desk.add_text(DATED, "Ferry", "Post", lambda step: None, lambda: False, "", "example.com/ferry")

    [row] = add().rows
    article = desk.article(row.article_id)
    stated = desk.stated_day(article.text)
    assert article.published_at is None and article.url == "https://example.com/ferry" and stated
    right = {"title": "Night ferry returns", "outlet": "The Harbour Courier", "published_at": stated}
    desk.edit(article.id, right)
    desk.annotations.tag(article.id, "harbour")
    assert add().unchanged == 1
    for scope in (Scope(articles=(article.id,)), Scope(tags=("harbour",)), Scope(outlets=("The Harbour Courier",))):
        *_, answer = desk.stream("When will the night ferry sail again?", scope=scope)
        [source] = {hit.article.id: hit.article for hit in answer.sources}.values()
        assert {name: getattr(source, name) for name in right} == right
    for scope in (Scope(articles=("gone",)), Scope(tags=("other",)), Scope(marked=True)):
        *_, answer = desk.stream("When will the night ferry sail again?", scope=scope)
        assert answer.refused and not answer.sources
    [found] = desk.listed(Listing("thruster")).entries
    assert found.title == "Night ferry returns" and found.words == 36
    edit = desk.annotations.edited(article.id)
    assert edit and desk.edit(article.id, edit.stated) == article


def test_what_is_no_address_is_told_and_a_bare_one_is_completed(news: Dateline) -> None:
    desk = PageDesk(news, 5)
    for typed in ("example", "", "/etc/passwd", "file:///etc/passwd", "javascript:alert(1)", "a b.com"):
        with pytest.raises(RejectedDocument, match="isn't a web address; an address begins"):
            desk.add_url(typed, lambda step: None, lambda: False)
    report = desk.add_url("127.0.0.1:1/pier.html", lambda step: None, lambda: False)
    assert report.rejected[0].source == "http://127.0.0.1:1/pier.html"
    assert [each.can_help for each in report.again] == [True]  # what does not answer now may answer later


def test_only_what_could_go_well_is_offered_to_be_tried_again(news: Dateline, tmp_path: Path) -> None:
    desk = PageDesk(news, 5)
    for name in ("empty.txt", "picture.png"):
        (tmp_path / name).write_bytes(b"")
    report = desk.add_files([(tmp_path / n, n) for n in ("empty.txt", "picture.png")], lambda step: None, lambda: False)
    assert len(report.rejected) == 2 and not any(each.can_help for each in report.again)
    assert desk.retry(report, lambda step: None, lambda: False).rows == ()
    assert ".docx" in desk.readable and ".txt" in desk.readable
