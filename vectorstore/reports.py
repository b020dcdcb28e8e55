"""What happened to the documents that were handed in, and what a check of the library found: made by one room, shown by
others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Step:
    """How far work has come: documents `done` of `total`, which may not be known, and one line to show. `passages` and
    `seconds` are those of all of it so far."""

    line: str
    done: int = 0
    total: int | None = None
    passages: int = 0
    seconds: float = 0.0


class Outcome(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Row:
    """One document. `duplicate_of` is the id of the article that has the same text, and `reason` says why it was
    rejected, or why only what its feed has of it was taken."""

    source: str
    outcome: Outcome
    article_id: str = ""
    title: str = ""
    reason: str = ""
    duplicate_of: str = ""


class Again(NamedTuple):
    """What a rejected document is called, and what to hand in to try it once more. `can_help` is False where the same
    bytes would be rejected for the same reason."""

    name: str
    source: Any
    can_help: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """All documents in the order read. `passages` counts those stored; `stopped` means that there was more to read.

    `again` has what was rejected and can be tried once more. `origins` says of each row which of the sources it came
    from, counted from 0; empty where they were no sources.
    """

    rows: tuple[Row, ...]
    passages: int
    seconds: float
    stopped: bool = False
    again: tuple[Again, ...] = ()
    origins: tuple[int, ...] = ()

    @property
    def added(self) -> int:
        return self.count(Outcome.ADDED)

    @property
    def updated(self) -> int:
        return self.count(Outcome.UPDATED)

    @property
    def unchanged(self) -> int:
        return self.count(Outcome.UNCHANGED)

    @property
    def duplicate(self) -> int:
        return self.count(Outcome.DUPLICATE)

    @property
    def gone(self) -> int:
        return self.count(Outcome.GONE)

    @property
    def rejected(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.outcome is Outcome.REJECTED)

    @property
    def readable(self) -> int:
        """How many documents could be read, whatever became of them."""
        return len(self.rows) - self.count(Outcome.REJECTED)

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """What `dateline ingest --json` prints and `--report` saves."""
        duplicates = [row for row in self.rows if row.outcome is Outcome.DUPLICATE]
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "duplicate": self.duplicate,
            "gone": self.gone,
            "rejected": [{"source": row.source, "reason": row.reason} for row in self.rejected],
            "duplicates": [{"source": row.source, "of": row.duplicate_of} for row in duplicates],
            "documents": [asdict(row) for row in self.rows],
            "passages": self.passages,
            "seconds": round(self.seconds, 3),
            "stopped": self.stopped,
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands. While a refresh is under way `since` says since when and `done` how many documents are settled.

    `last_at` is when the last one ended, with its `report`, or the `problem` that ended it. `next_at` is when the clock
    starts the next one, None without a clock.
    """

    since: datetime | None = None
    done: int = 0
    last_at: datetime | None = None
    report: Report | None = None
    problem: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """How a library stands right now, in numbers that cost nothing to find out. `waiting` passages have no vector yet,
    and the index of words lacks `unindexed`. Of `feeds` that are followed, `failing` could not be read last time.
    `loaded` says of each model that answers, `embedder` and `chat`, whether it is in memory; one elsewhere is not
    named. `warmed` is true once loading them has been tried. `vectors_problem` is why nothing is found by its meaning
    just now, "" where it is: what the last search or change came upon. `queued` addresses wait for a worker, and
    `set_aside` are not tried any more."""

    articles: int = 0
    passages: int = 0
    waiting: int = 0
    unindexed: int = 0
    feeds: int = 0
    failing: int = 0
    loaded: Mapping[str, bool] = field(default_factory=dict)
    warmed: bool = True
    vectors_problem: str = ""
    queued: int = 0
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found. `missing` and `extra` are passages of the indexes, before they were mended; `waiting` have no
    vector yet, which is no fault. `coming` is the embedder that the library is being changed over to, and
    `coming_waiting` how many passages wait for one of its vectors.

    `unfound` is how many passages a search by their own vector did not come upon, None where that was not asked, and
    `unfound_then` how many it was after the index of vectors had been built anew, None where it was not. `behind` is
    how many changes of the catalogue the indexes here have yet to take over, and `vectors_problem` why nothing is found
    by its meaning just now, "" where it is.
    """

    articles: int
    passages: int
    embedder: str
    catalogue_sound: bool
    missing: int
    extra: int
    waiting: int = 0
    coming: str = ""
    coming_waiting: int = 0
    unfound: int | None = None
    unfound_then: int | None = None
    behind: int = 0
    vectors_problem: str = ""

    @property
    def sound(self) -> bool:
        return self.catalogue_sound and not (self.missing or self.extra)
