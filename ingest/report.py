"""What happened to each document, and the same kept as a JSON file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from ingest.documents import Source
from vectorstore.console.printable import as_json
from vectorstore.console.terminal import resolved
from vectorstore.errors import ReportUnwritable


class Outcome(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Row:
    """One document. `duplicate_of` is the id of the article that has the same text."""

    source: str
    outcome: Outcome
    article_id: str = ""
    title: str = ""
    reason: str = ""
    duplicate_of: str = ""


class Again(NamedTuple):
    """What a rejected document is called, and what to hand in to try it once more."""

    name: str
    source: Source


@dataclass(frozen=True, slots=True)
class Report:
    """All documents in the order read. `passages` counts those stored; `stopped` means that there was more to read.

    `again` has what was rejected and can be tried once more.
    """

    rows: tuple[Row, ...]
    passages: int
    seconds: float
    stopped: bool = False
    again: tuple[Again, ...] = ()

    @property
    def added(self) -> int:
        return self._count(Outcome.ADDED)

    @property
    def updated(self) -> int:
        return self._count(Outcome.UPDATED)

    @property
    def unchanged(self) -> int:
        return self._count(Outcome.UNCHANGED)

    @property
    def duplicate(self) -> int:
        return self._count(Outcome.DUPLICATE)

    @property
    def gone(self) -> int:
        return self._count(Outcome.GONE)

    @property
    def rejected(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.outcome is Outcome.REJECTED)

    @property
    def readable(self) -> int:
        """How many documents could be read, whatever became of them."""
        return len(self.rows) - self._count(Outcome.REJECTED)

    def _count(self, outcome: Outcome) -> int:
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


@contextmanager
def report_file(path: Path | None) -> Iterator[Callable[[Mapping[str, object]], None]]:
    """Yields the function that saves a report; without a path it does nothing.

    The report is written beside its place and moved there whole, so that one from before stays until the new one is
    complete. Raises ReportUnwritable before the block begins, not after an hour of work.
    """
    if path is None:
        yield lambda _: None
        return
    place = resolved(path).expanduser().resolve()
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        if place.exists() and not place.is_file():
            raise OSError("is not a file")
        stream = part.open("w", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise ReportUnwritable(f"The report cannot be written to {path} ({reason}); choose another place.") from error

    def save(report: Mapping[str, object]) -> None:
        stream.write(as_json(report))
        stream.close()
        part.replace(place)

    try:
        yield save
    finally:
        stream.close()
        part.unlink(missing_ok=True)
