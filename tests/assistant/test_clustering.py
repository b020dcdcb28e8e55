"""Which articles are one story: by how alike their openings are, how far apart, and what their headlines name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assistant.answering.clustering import grouped
from vectorstore.storage.story_groups import Opening

FIRST = datetime(2026, 10, 4, tzinfo=UTC)
FERRY = "Ferry strikes Hallow Bay pier in fog"
FOUND_OUT = "Hallow Bay ferry accident injured 41, investigators say"


def opening(id: str, day: int, like: float = 1.0, title: str = FERRY, turn: int = 1) -> Opening:
    """`like` is its cosine to what points straight ahead, in a plane of its own for each `turn`."""
    vector = np.zeros(8, np.float32)
    vector[0], vector[turn] = like, (1 - like**2) ** 0.5
    published = FIRST + timedelta(days=day)
    return Opening(id, id, title, "Post", published, int.from_bytes(id.encode()), vector)


def stories(*openings: Opening) -> list[set[str]]:
    return [{each.article_id for each in group.members} for group in grouped(openings)]


def test_what_is_found_out_weeks_later_of_one_event_is_one_story_with_its_first_reports() -> None:
    assert stories(opening("report", 0), opening("finding", 12, 0.86, FOUND_OUT)) == [{"report", "finding"}]


@pytest.mark.parametrize(
    ("day", "like", "title"),
    [
        (12, 0.86, "Ferry strikes a pier in Port Esker"),
        (12, 0.7, FOUND_OUT),
        (40, 0.95, FOUND_OUT),
        (12, 0.95, "5 things to know for 16 October"),
    ],
    ids=["another place", "less alike", "too late", "the next of a series"],
)
def test_what_is_only_alike_weeks_later_is_another_story(day: int, like: float, title: str) -> None:
    assert len(stories(opening("report", 0), opening("other", day, like, title))) == 2


def test_the_next_of_a_series_is_never_a_follow_up() -> None:
    series = [opening(f"n{week}", 14 * week, 0.99, f"{week} things to know for {week} July") for week in range(3)]
    assert len(stories(*series)) == 3


def test_whole_groups_are_joined_and_no_chain_of_them() -> None:
    first = [opening("a", 0), opening("b", 1, 0.99)]
    later = [opening("c", 20, 0.9, FOUND_OUT), opening("d", 21, 0.89, FOUND_OUT)]
    last = [opening("e", 45, 0.9, FOUND_OUT)]
    found = stories(*first, *later, *last)
    assert {"a", "b", "c", "d"} in found and {"e"} in found


def test_members_stay_in_the_order_in_which_they_were_given_and_the_largest_group_is_first() -> None:
    alone = opening("alone", 0, 0.0, "Tidal turbine runs on", turn=3)
    groups = grouped([alone, opening("finding", 12, 0.86, FOUND_OUT), opening("report", 0)])
    assert [[each.article_id for each in group.members] for group in groups] == [["finding", "report"], ["alone"]]


def test_what_waits_for_its_vector_is_a_story_of_its_own() -> None:
    waiting = opening("waiting", 0)._replace(vector=np.empty(0, np.float32))
    assert len(stories(opening("report", 0), waiting)) == 2
    assert stories(waiting) == [{"waiting"}] and grouped([]) == []
