"""What an answer says of its own ground: how many sources, how new, and what was corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from newsroom import NOW, RATES, article, hit_of

from assistant.answering.assistant import Assistant
from assistant.answering.provenance import aged, basis, corrected_since, fallen_behind
from assistant.evidence import cite
from assistant.presentation.as_json import answer_as_json
from assistant.presentation.terminal_text import answer_as_text
from assistant.types import Answer, Citation, Window
from ingest.splitting import split
from vectorstore.library import Library
from vectorstore.models import Article, Copy, Hit


def cited(id: str, outlet: str, *copies: str) -> Citation:
    of = article(id, "The ferry ran aground.", outlet=outlet)
    hit = Hit(split(of)[0], of, 1.0, tuple(Copy(f"{id}-{name}", name, "", None) for name in copies))
    return cite(1, hit, 0, 10)


@pytest.mark.parametrize(
    ("citations", "told"),
    [
        ([cited("a", "CNN"), cited("b", "Reuters"), cited("c", "CNN")], "3 articles, 2 outlets"),
        ([cited("a", "CNN"), cited("a", "CNN")], "1 article, 1 outlet"),
        ([cited("a", "CNN", "Reuters", "AP")], "3 outlets, 1 source"),
        ([cited("a", "CNN", "Reuters"), cited("b", "BBC")], "3 outlets, 2 sources"),
        ([cited("a", "")], "1 article"),
        ([cited("a", "", "")], "2 articles, 1 source"),
    ],
    ids=["apart", "cited twice", "copies", "copies and another", "no outlet", "copies without outlet"],
)
def test_copies_count_as_one_source(citations: list[Citation], told: str) -> None:
    answer = Answer("?", "?", NOW, citations=tuple(citations), newest_source=NOW)
    assert basis(answer) == f"As of 10 July 2022 · newest source 10 July 2022 · {told}"
    assert basis(answer) in answer_as_text(answer)
    assert answer_as_json(answer)["basis"] == basis(answer)


def test_without_citations_only_the_day_is_told() -> None:
    assert basis(Answer("?", "?", NOW)) == "As of 10 July 2022"


@pytest.mark.parametrize(
    ("newest", "window", "told"),
    [
        (NOW - timedelta(days=30), None, "Newest article in your library: 10 June 2022"),
        (NOW - timedelta(days=6), None, ""),
        (None, None, ""),
        (NOW - timedelta(days=30), Window(date(2022, 5, 1), date(2022, 5, 31)), ""),
        (
            NOW - timedelta(days=30),
            Window(date(2022, 6, 1), date(2022, 6, 30)),
            "Newest article in your library: 10 June 2022",
        ),
    ],
    ids=["old", "new", "no dates", "about an earlier time", "about the time since"],
)
def test_an_answer_from_an_old_library_says_so(newest: datetime | None, window: Window | None, told: str) -> None:
    answer = Answer("?", "?", NOW, newest_article=newest, window=window)
    assert fallen_behind(answer) == told
    assert told in answer_as_text(answer)


def reported(day: str | None) -> Citation:
    of = article("a", "The ferry ran aground.", day)
    return cite(1, Hit(split(of)[0], of, 1.0), 0, 10)


@pytest.mark.parametrize(
    ("days", "window", "told"),
    [
        (["2021-03-10"], None, "Latest report: 16 months old · 10 March 2021"),
        (["2022-01-10"], None, "Latest report: 6 months old · 10 January 2022"),
        (["2022-01-11"], None, ""),
        (["2019-07-10"], None, "Latest report: 3 years old · 10 July 2019"),
        (["2019-07-10", "2022-06-01"], None, ""),
        (["2019-07-10", None], None, ""),
        ([], None, ""),
        (["2019-07-10"], Window(date(2019, 1, 1), date(2019, 12, 31)), ""),
        (["2019-07-10"], Window(date(2022, 7, 4), date(2022, 7, 10)), "Latest report: 3 years old · 10 July 2019"),
    ],
    ids=["old", "half a year", "a day less", "years", "one is new", "unknown", "none", "about that time", "about now"],
)
def test_an_answer_from_old_reports_says_so_first(days: list[str | None], window: Window | None, told: str) -> None:
    answer = Answer("?", "?", NOW, citations=tuple(map(reported, days)), window=window)
    assert aged(answer) == told
    assert answer_as_text(answer).startswith(told)
    assert aged(replace(answer, citations=(), quoted=answer.citations)) == told


def test_the_newest_article_is_that_of_the_readers_today(library: Library) -> None:
    late = article("late", "A bell was rung in the harbour. Nobody heard it.", "2022-09-30")
    unknown = article("unknown", "A second bell was rung in the harbour. Nobody heard that.", None)
    library.put([(each, split(each)) for each in (late, unknown)])
    assistant = Assistant(library, None)
    assert assistant.answer("Who raised the key rate?", as_of=date(2022, 12, 1)).newest_article == late.published_at
    assert assistant.answer("Who raised the key rate?", as_of=date(2022, 7, 2)).newest_article == RATES.published_at
    refused = assistant.answer("Who won the 2031 Tour de France?", as_of=date(2022, 12, 1))
    assert refused.refused and "Newest article in your library: 30 September 2022" in answer_as_text(refused)


def test_an_answer_from_a_library_without_dates_tells_none(library: Library) -> None:
    for id in ("rates", "old-rates", "ferry"):
        library.remove(id)
    assert library.newest(NOW) is None


def corrected(of: Article) -> Article:
    return replace(of, version=of.version + 1, updated_at=datetime(2022, 7, 4, tzinfo=UTC))


def test_an_article_corrected_after_the_answer_is_named_by_its_number() -> None:
    hit = hit_of("The ferry ran aground.")
    answer = Answer("?", "?", NOW, citations=(cite(2, hit, 0, 10),))
    later = corrected(hit.article)
    assert corrected_since(answer, {later.id: later}) == {2: "corrected 4 July 2022, after this answer"}
    assert corrected_since(answer, {later.id: hit.article}) == corrected_since(answer, {}) == {}


def test_a_citation_of_a_corrected_article_says_so() -> None:
    hit = hit_of("The ferry ran aground.")
    answer = Answer("?", "?", NOW, citations=(cite(1, replace(hit, article=corrected(hit.article)), 0, 10),))
    assert "Post, 1 July 2022, corrected 4 July 2022" in answer_as_text(answer)
    assert answer_as_json(answer)["citations"][0]["corrected"] == "corrected 4 July 2022"
    assert "corrected" not in answer_as_text(replace(answer, citations=(cite(1, hit, 0, 10),)))
