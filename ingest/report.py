"""A report kept as a JSON file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from vectorstore.console.printable import as_json
from vectorstore.console.terminal import resolved
from vectorstore.errors import ReportUnwritable


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
