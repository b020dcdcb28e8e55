"""What decides, pinned by the real embedder on the sample articles: refusal, fusion, grouping.

The numbers behind it are drawn from data, see docs/evaluation.md; whoever draws them anew sees here what that does to
what a reader gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from app import SAMPLES, Dateline, open_dateline
from assistant.verification.answerability import Verdict, verdict
from vectorstore.near_duplicates import is_copy, shingles

TODAY = date(2026, 11, 26)
VERDICTS = {
    "How many nights may homes in Hallow Bay be let?": Verdict.ANSWERED,
    "How much did the Brannock library rebuild cost?": Verdict.ANSWERED,
    "Why is tram line 4 delayed?": Verdict.ANSWERED,  # "the fourth line"
    "What do drones deliver in blood flights?": Verdict.CLOSEST,
    "Who is the mayor of Hallow Bay?": Verdict.CLOSEST,
    "What does Meta pay for Instagram?": Verdict.REFUSED,  # "builds Llama into Instagram" is no price
    "Who scored in the Champions League final?": Verdict.REFUSED,
    "How many books did Walter Nkemelu write?": Verdict.REFUSED,
    "How tall is the Eiffel Tower?": Verdict.REFUSED,
}


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    with open_dateline(library=tmp_path_factory.mktemp("samples"), model="quote") as news:
        news.ingest([SAMPLES])
        news.library.pending.wait()
        yield news


@pytest.mark.parametrize(("question", "expected"), VERDICTS.items(), ids=list(VERDICTS))
def test_what_is_answered_shown_as_the_closest_and_refused(news: Dateline, question: str, expected: Verdict) -> None:
    assert verdict(news.assistant.grounds(question, as_of=TODAY).signals) is expected


@pytest.mark.parametrize(
    ("question", "headline"),
    [
        ("vessels powered by batteries", "electric ships"),  # by meaning: neither word stands there
        ("Nkemelu", "Brannock Central Library"),  # by its word: a name that no model knows
        ("ferry accident findings", "injured 41"),  # of two reports the later one
    ],
)
def test_words_meaning_and_time_are_fused(news: Dateline, question: str, headline: str) -> None:
    assert headline in news.search(question, as_of=TODAY)[0].article.title


def test_a_reprint_is_a_copy_and_a_second_report_is_none(news: Dateline) -> None:
    first, later = (
        next(hit.article for hit in news.search(asked, as_of=TODAY) if words in hit.article.title)
        for asked, words in (("ferry strikes pier", "Ferry strikes"), ("ferry accident injured", "injured 41"))
    )
    reprint = first.text.replace("The ferry, coming", "Coming").rpartition(" Numbers may change")[0]
    assert is_copy(shingles(first.text), shingles(reprint))
    assert not is_copy(shingles(first.text), shingles(later.text))
