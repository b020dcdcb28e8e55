"""How articles open: the first passage of each, the last to come first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from stacks import NOW, Place, Shelf, prose, story

from vectorstore.library import Library
from vectorstore.models import Scope

DAY = timedelta(days=1)


def came(id: str, seed: int, at: datetime, **stated: object) -> Shelf:
    article, passages = story(id, prose(seed), **stated)
    return replace(article, ingested_at=at), passages


def ids(library: Library, **asked: object) -> list[str]:
    return [each.article_id for each in library.openings(**asked)]  # type: ignore[arg-type]


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    with place.opened() as library:
        yield library


def test_the_last_to_come_is_first_and_a_limit_keeps_the_newest(library: Library) -> None:
    library.put([came("old", 1, NOW - DAY), came("new", 2, NOW), came("middle", 3, NOW - DAY / 2)])
    assert ids(library) == ["new", "middle", "old"]
    assert ids(library, limit=1) == ["new"]


def test_only_what_came_after_the_moment_counts(library: Library) -> None:
    library.put([came("old", 1, NOW - DAY), came("new", 2, NOW)])
    assert ids(library, arrived=NOW - DAY) == ["new"] and library.arrived_since(NOW - DAY) == 1
    assert ids(library, arrived=NOW) == [] and library.arrived_since(NOW) == 0


def test_only_what_lies_within_the_scope_counts(library: Library) -> None:
    june, july = datetime(2022, 6, 1, tzinfo=UTC), datetime(2022, 7, 1, tzinfo=UTC)
    library.put([came("june", 1, NOW, published_at=june), came("july", 2, NOW, published_at=july, outlet="Post")])
    assert ids(library, scope=Scope(since=july)) == ["july"]
    assert ids(library, scope=Scope(outlets=("Post",))) == ["july"]


def test_an_opening_is_the_first_passage_with_its_vector_and_copies_share_a_story(library: Library) -> None:
    library.put([came("one", 1, NOW), came("other", 1, NOW, outlet="Gazette"), came("third", 2, NOW)])
    found = {each.article_id: each for each in library.openings()}
    assert found["one"].passage_id == library.passages_of("one")[0].id
    assert abs(np.linalg.norm(found["one"].vector) - 1) < 1e-5
    assert found["one"].story == found["other"].story != found["third"].story


def test_by_date_the_last_published_is_first_and_what_has_no_date_last(library: Library) -> None:
    june, july = datetime(2022, 6, 1, tzinfo=UTC), datetime(2022, 7, 1, tzinfo=UTC)
    library.put([came("undated", 1, NOW), came("july", 2, NOW - DAY, published_at=july)])
    library.put([came("june", 3, NOW, published_at=june)])
    assert ids(library, by_date=True) == ["july", "june", "undated"]
    assert ids(library, by_date=True, limit=1) == ["july"]
    assert library.openings(by_date=True)[0].title == library.article("july").title
