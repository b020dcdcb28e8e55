"""Addresses wait, are taken by one worker at a time, tried again later and later, and set aside."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from stacks import Place

from vectorstore.storage.address_queue import LEASE, MOST_TRIES, AddressQueue

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
A, B, C = (f"https://post.example/{name}" for name in "abc")


@pytest.fixture
def queue(place: Place) -> Iterator[AddressQueue]:
    with place.opened() as library:
        yield library.queue


def urls(queue: AddressQueue, now: datetime = NOW, most: int = 9) -> list[str]:
    return [each.url for each in queue.take(most, now)]


def test_each_is_there_once_and_the_first_come_first(queue: AddressQueue) -> None:
    assert queue.add([A, B, A], NOW) == 2 and queue.add([B, C], NOW + MINUTE) == 1
    assert queue.counts() == (3, 0) and queue.counts() == (3, 0)
    assert urls(queue, NOW) == [A, B] and urls(queue, NOW + MINUTE) == [C]
    queue.retry(NOW, [A, C])
    queue.done([each for each in queue.take(9, NOW) if each.url != B])
    assert [each.url for each in queue.entries()] == [B]


def test_what_is_taken_is_nobody_elses_until_the_lease_is_over(queue: AddressQueue) -> None:
    queue.add([A, B, C], NOW)
    assert urls(queue, most=2) == [A, B] and urls(queue) == [C] and urls(queue) == []
    assert urls(queue, NOW + LEASE) == [A, B, C], "their workers have ended"


def test_of_many_at_once_each_has_its_own(queue: AddressQueue) -> None:
    wanted = [f"https://post.example/{number}" for number in range(120)]
    queue.add(wanted, NOW)

    def worker(_: int) -> list[str]:
        taken: list[str] = []
        while more := urls(queue, most=7):
            taken += more
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [url for each in pool.map(worker, range(4)) for url in each]
    assert sorted(taken) == sorted(wanted)


def test_what_fails_is_tried_later_and_later_and_then_set_aside(queue: AddressQueue) -> None:
    queue.add([A], NOW)
    now, pauses = NOW, []
    while True:
        [taken] = queue.take(1, now)
        queue.failed(taken, "answered 503", now)
        [entry] = queue.entries()
        if entry.due_at is None:
            break
        pauses.append((entry.due_at - now) // MINUTE)
        now = entry.due_at
    assert pauses == [1, 4, 16, 64, 256] and entry.tries == MOST_TRIES and entry.problem == "answered 503"
    assert queue.counts() == (0, 1) and urls(queue, now + timedelta(days=9)) == []
    assert queue.retry(NOW) == 1 and urls(queue) == [A]


def test_what_would_fail_in_the_same_way_is_set_aside_at_once(queue: AddressQueue) -> None:
    queue.add([A, B], NOW)
    [first, _] = queue.take(2, NOW)
    queue.failed(first, "refused: a private address", NOW, for_good=True)
    assert [(each.url, each.due_at) for each in queue.entries()][0] == (A, None)
    assert queue.add([A], NOW) == 1, "asked for once more, it is tried once more"
    assert urls(queue) == [A] and queue.remove([A, B]) == 2 and queue.counts() == (0, 0)


def test_what_ends_its_worker_each_time_is_set_aside(queue: AddressQueue) -> None:
    queue.add([A], NOW)
    for number in range(MOST_TRIES):
        assert urls(queue, NOW + number * LEASE) == [A]
    assert urls(queue, NOW + MOST_TRIES * LEASE) == []
    [entry] = queue.entries()
    assert entry.due_at is None and "ended while it was read" in entry.problem


def test_what_was_not_tried_is_given_back(queue: AddressQueue) -> None:
    queue.add([A], NOW)
    taken = queue.take(1, NOW)
    queue.give_back(taken, NOW)
    [again] = queue.take(1, NOW)
    assert again.tries == 1


def test_a_long_list_goes_in(queue: AddressQueue) -> None:
    assert queue.add((f"https://post.example/{number}" for number in range(2500)), NOW, "Archive") == 2500
    assert queue.counts() == (2500, 0) and queue.entries(1)[0].collection == "Archive"


def test_a_collection_that_is_named_later_takes_the_place_of_the_one_before(queue: AddressQueue) -> None:
    queue.add([A, B], NOW, "Public")
    assert queue.add([A], NOW, "Desk") == 0 and queue.add([B], NOW) == 0
    assert {each.url: each.collection for each in queue.entries()} == {A: "Desk", B: "Public"}
    for each in queue.take(2, NOW):
        queue.failed(each, "refused", NOW, for_good=True)
    assert queue.add([B], NOW) == 1
    assert {each.url: each.collection for each in queue.entries()} == {A: "Desk", B: ""}, "not into the old one"


def test_who_comes_back_late_changes_nothing_of_who_has_it_now(queue: AddressQueue) -> None:
    queue.add([A], NOW)
    late = queue.take(1, NOW)
    [now_theirs] = queue.take(1, NOW + LEASE)
    queue.done(late)
    queue.failed(late[0], "late", NOW + LEASE)
    queue.give_back(late, NOW + LEASE)
    assert queue.entries() == [now_theirs]
