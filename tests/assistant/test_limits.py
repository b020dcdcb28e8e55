from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant.answering.assistant import Assistant
from assistant.query.search_filters import ALL_DATES, limited
from assistant.text.labels import kept_to
from assistant.text.texts import reading_in
from vectorstore.errors import LimitUnusable
from vectorstore.library import Library
from vectorstore.models import Scope

KNOWN = ["CNN", "The Ledger", ""]
QUESTION = "To what did the central bank raise its key rate last month?"
TODAY = date(2022, 7, 10)


def test_days_are_whole_and_an_outlet_is_spelled_as_in_the_library() -> None:
    assert limited("", "", [], KNOWN) == Scope()
    since, until = datetime(2022, 7, 1, tzinfo=UTC), datetime(2022, 7, 3, 23, 59, 59, 999999, UTC)
    assert limited("2022-07-01", "2022-07-03", ["the ledger", "cnn"], KNOWN) == Scope(
        since, until, ("The Ledger", "CNN")
    )


@pytest.mark.parametrize(
    ("since", "until", "outlets", "field", "told"),
    [
        ("Julember", "", [], "from", "'Julember' is not a day such as 2022-07-03"),
        ("", "2022-13-01", [], "to", "'2022-13-01' is not a day"),
        ("2022-07-02", "2022-07-01", [], "from", "2022-07-02 is later than 2022-07-01"),
        ("", "", ["Nobody"], "outlet", "the library holds nothing by 'Nobody'"),
        ("", "", [" "], "outlet", "the library holds nothing by ' '"),
    ],
)
def test_what_cannot_be_used_is_named(since: str, until: str, outlets: list[str], field: str, told: str) -> None:
    with pytest.raises(LimitUnusable, match=told) as raised:
        limited(since, until, outlets, KNOWN)
    assert raised.value.field == field


@pytest.mark.parametrize("asked", ["de", "DE", "de-AT", "german", "Deutsch"])
def test_a_language_is_named_by_its_code_in_english_or_as_the_reader_calls_it(asked: str) -> None:
    with reading_in("de"):
        assert limited("", "", [], [], [asked, "en"], ["en", "de"]).languages == ("de", "en")
        assert kept_to(limited("", "", [], [], ["en"], ["en"])) == "Englisch"


@pytest.mark.parametrize("asked", ["fr", "Elvish", "", "de"])
def test_a_language_that_nothing_is_in_is_named(asked: str) -> None:
    with pytest.raises(LimitUnusable, match=f"the library holds nothing in the language '{asked}'") as raised:
        limited("", "", [], [], [asked], ["en", "pt"])
    assert raised.value.field == "language"


def test_the_days_of_a_question_are_set_aside_by_a_scope_of_all_dates(library: Library) -> None:
    named = Assistant(library, None).answer(QUESTION, as_of=TODAY)
    assert str(named.window) == "1–30 June 2022"
    everything = Assistant(library, None).answer(QUESTION, as_of=TODAY, scope=Scope(until=ALL_DATES))
    assert everything.window is None and not everything.notice
    assert everything.sources[0].article.id == "rates"


def test_days_to_come_are_no_end(library: Library) -> None:
    scope = limited("2022-01-01", "2030-01-01", [], ())
    answer = Assistant(library, None).answer(QUESTION, as_of=TODAY, scope=scope)
    assert str(answer.window) == "since 1 January 2022"
    assert "rates" in {hit.article.id for hit in answer.sources} <= {"rates", "ferry"}
