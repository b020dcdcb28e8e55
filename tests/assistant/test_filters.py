"""What the table is kept to, as a reader types it and as it stands in an address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from assistant.text.texts import reading_in
from assistant.ui.library_view import as_query, kept_to
from vectorstore.errors import LimitUnusable
from vectorstore.models import EVERYTHING
from vectorstore.storage.listings import Column, Listing

KNOWN = ("The Ledger", "Circuit Daily")


def test_nothing_typed_keeps_nothing_out() -> None:
    assert kept_to("", " ", "", "", KNOWN) == Listing()
    assert as_query(Listing()) == ""


def test_days_are_whole_and_outlets_are_known_in_any_letter_case() -> None:
    listing = kept_to(" ferry ", " the ledger", "2022-07-01", "2022-07-01", KNOWN)
    assert (listing.search, listing.scope.outlets) == ("ferry", ("The Ledger",))
    assert listing.scope.since == datetime(2022, 7, 1, tzinfo=UTC)
    assert listing.scope.until and listing.scope.until.date() == listing.scope.since.date()
    assert listing.scope.until > datetime(2022, 7, 1, 23, 59, 59, tzinfo=UTC)


def test_another_filter_begins_at_the_first_row_in_the_same_order() -> None:
    before = Listing("old", by=Column.OUTLET, descending=False, start=150)
    assert kept_to("new", "", "", "", KNOWN, before) == Listing("new", EVERYTHING, Column.OUTLET, False, 0)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        (("", "", "2022-13-01", ""), "from", "is not a day such as"),
        (("", "", "", "someday"), "to", "is not a day such as"),
        (("", "", "2022-07-02", "2022-07-01"), "from", "is later than"),
        (("", "Nowhere Post", "", ""), "outlet", "holds nothing by 'Nowhere Post'"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_field(typed: tuple[str, str, str, str], field: str, said: str) -> None:
    with pytest.raises(LimitUnusable, match=said) as raised:
        kept_to(*typed, KNOWN)
    assert raised.value.field == field


def test_an_address_says_the_same() -> None:
    typed = ("50% & “more” \ud800", "The Ledger", "2022-07-01", "2022-07-31")
    query = parse_qs(as_query(kept_to(*typed, KNOWN, None, "German", ["de"])))
    assert query.pop("language") == ["de"]
    assert query.pop("search") == ["50% & “more” ?"]
    assert query == {"outlet": ["The Ledger"], "from": ["2022-07-01"], "to": ["2022-07-31"]}
    again = (query.get(name, [""])[0] for name in ("outlet", "from", "to"))
    assert kept_to("", *again, KNOWN) == kept_to("", *typed[1:], KNOWN)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("yesterday", timedelta(days=1)),
        ("3 days ago", timedelta(days=3)),
        (" today ", timedelta(0)),
    ],
)
def test_a_day_in_words_is_the_one_they_say(words: str, days: timedelta) -> None:
    listing = kept_to("", "", words, words, KNOWN)
    day = datetime.now(UTC).date() - days
    assert listing.scope.since and listing.scope.until
    assert (listing.scope.since.date(), listing.scope.until.date()) == (day, day)


def test_a_span_in_words_begins_and_ends_where_it_does() -> None:
    scope = kept_to("", "", "last week", "last week", KNOWN).scope
    assert scope.since and scope.until
    assert (scope.until.date() - scope.since.date()) == timedelta(days=6)
    assert kept_to("", "", "July 2022", "July 2022", KNOWN) == kept_to("", "", "2022-07-01", "2022-07-31", KNOWN)
    with reading_in("de"):
        assert kept_to("", "", "letzte Woche", "", KNOWN).scope.since == scope.since


@pytest.mark.parametrize("words", ["next week", "the ferry last week", "last", "2022-13-01", "<b>today</b>", "x" * 500])
def test_words_that_are_no_day_are_refused(words: str) -> None:
    with pytest.raises(LimitUnusable, match="is not a day such as"):
        kept_to("", "", words, "", KNOWN)
