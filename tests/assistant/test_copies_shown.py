from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from newsroom import RATES, article, hit_of

from assistant.answering.assistant import Assistant
from assistant.presentation.as_json import answer_as_json, hit_as_json
from assistant.presentation.terminal_text import answer_as_text, hits_as_text
from assistant.retrieval.search import one_of_each_story
from assistant.text.labels import also_in
from ingest.splitting import split
from vectorstore.library import Library
from vectorstore.models import Candidate, Copy

QUESTION = "To what did the central bank raise its key rate?"
AS_OF = date(2022, 7, 10)
TEXT = f"{RATES.text} The next meeting of the board is in August, and few expect it to raise the rate again so soon."


def ranked(*rows: tuple[str, int, float, int | None]) -> list[tuple[Candidate, float]]:
    """Of (article, story, score, day of July), best first."""
    days = {day: day and datetime(2022, 7, day, tzinfo=UTC) for *_, day in rows}
    return [
        (Candidate(f"{id}#{place}", id, place, "", days[day] or None, 0.0, 0.0, story), score)
        for place, (id, story, score, day) in enumerate(rows)
    ]


def kept(*rows: tuple[str, int, float, int | None]) -> list[str]:
    return [candidate.passage_id for candidate, _ in one_of_each_story(ranked(*rows))]


def copies(*outlets: str) -> tuple[Copy, ...]:
    return tuple(Copy(f"c{place}", outlet, "", None) for place, outlet in enumerate(outlets))


@pytest.fixture
def syndicated(library: Library) -> Library:
    """The story of the rates in three outlets, on the 1st, the 3rd and the 8th of July."""
    library.remove("rates")
    library.remove("old-rates")
    for outlet, day in {"Post": "2022-07-01", "Gazette": "2022-07-03", "Herald": "2022-07-08"}.items():
        printed = article(outlet.lower(), f"By our staff. {TEXT}", day, outlet=outlet)
        library.put([(printed, split(printed))])
    return library


class TestOneOfEachStory:
    def test_the_best_stays_with_all_its_passages_and_the_order_is_kept(self) -> None:
        rows = [("a", 1, 0.9, 1), ("x", 2, 0.8, 1), ("b", 1, 0.7, 1), ("a", 1, 0.6, 1), ("b", 1, 0.5, 1)]
        assert kept(*rows) == ["a#0", "x#1", "a#3"]

    def test_of_equals_the_one_published_first_stays(self) -> None:
        assert kept(("c", 1, 0.9, None), ("b", 1, 0.9, 3), ("a", 1, 0.9, 2)) == ["a#2"]

    def test_nothing_comes_of_nothing(self) -> None:
        assert one_of_each_story([]) == []


@pytest.mark.parametrize(
    ("outlets", "told"),
    [
        ([], ""),
        (["CNN"], "also in CNN"),
        (["CNN", "Reuters"], "also in CNN and Reuters"),
        (["CNN", "Reuters", "AP"], "also in CNN, Reuters and AP"),
        (["CNN", "Reuters", "AP", "BBC"], "also in CNN, Reuters and 2 others"),
        (["CNN", "CNN", ""], "also in CNN"),
        ([""], "also in 1 other outlet"),
        (["", "", ""], "also in 3 other outlets"),
    ],
    ids=["none", "one", "two", "three", "four", "one twice", "one unnamed", "all unnamed"],
)
def test_it_is_told_where_else_a_story_stands(outlets: list[str], told: str) -> None:
    assert also_in(copies(*outlets)) == told


class TestSearching:
    def test_a_story_in_several_outlets_is_one_source(self, syndicated: Library) -> None:
        hits = Assistant(syndicated, None).search(QUESTION, as_of=AS_OF)
        assert len({hit.article.id for hit in hits} & {"post", "gazette", "herald"}) == 1
        assert len(hits[0].copies) == 2 and hits[0].article.id not in {copy.id for copy in hits[0].copies}

    def test_copies_of_after_the_readers_today_do_not_count(self, syndicated: Library) -> None:
        hit = Assistant(syndicated, None).search(QUESTION, as_of=date(2022, 7, 3))[0]
        assert {hit.article.id, *(copy.id for copy in hit.copies)} == {"post", "gazette"}


def test_an_answer_tells_where_else_its_sources_stand(syndicated: Library) -> None:
    answer = Assistant(syndicated, None).answer(QUESTION, as_of=date(2022, 7, 3))
    shown, other = sorted(("Post", "Gazette"), key=lambda outlet: answer.citations[0].article.outlet != outlet)
    assert f"{shown}, " in answer_as_text(answer) and f"(also in {other})" in answer_as_text(answer)
    exported = json.loads(json.dumps(answer_as_json(answer)))["citations"][0]["copies"]
    assert [(copy["article_id"], copy["outlet"]) for copy in exported] == [(other.lower(), other)]


def test_a_hit_tells_where_else_it_stands() -> None:
    hit = replace(hit_of("The ferry ran aground."), copies=copies("CNN"))
    assert "Post, 1 July 2022 (also in CNN)  [1.00]" in hits_as_text([hit])
    assert "also" not in hits_as_text([hit_of("The ferry ran aground.")])
    copy = {"article_id": "c0", "outlet": "CNN", "published_at": None, "url": ""}
    assert hit_as_json(1, hit)["copies"] == [copy]
