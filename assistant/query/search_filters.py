"""The days and outlets that a reader keeps a search to, and their today, as people write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from assistant.types import Window
from vectorstore.errors import LimitUnusable
from vectorstore.models import Scope

ALL_DATES = datetime.max.replace(tzinfo=UTC)
"""The end of a scope that keeps no day out, and sets aside the days that a question names."""


def limited(since: str, until: str, outlets: Sequence[str], known: Iterable[str]) -> Scope:
    """The scope from one day (2022-07-03) to another, both included, and of outlets that are known, in any letter case.

    What is empty keeps nothing out. Raises LimitUnusable.
    """
    window = Window(_day(since, "from"), _day(until, "to"))
    if window.first and window.last and window.first > window.last:
        raise LimitUnusable(f"{since} is later than {until}", "from")
    names = {outlet.lower(): outlet for outlet in known}
    if unknown := [outlet for outlet in outlets if outlet.lower() not in names]:
        raise LimitUnusable(f"the library holds nothing by {unknown[0]!r}", "outlet")
    return Scope(window.opens, window.closes, tuple(names[outlet.lower()] for outlet in outlets))


def moment(text: str) -> date | datetime | None:
    """The reader's today from a day (2022-07-03) or a time (2022-07-03T14:05Z); None for "". Raises LimitUnusable."""
    if not text:
        return None
    try:
        return date.fromisoformat(text) if len(text) <= len("2022-07-03") else datetime.fromisoformat(text)
    except ValueError as error:
        raise LimitUnusable(f"{text!r} is not a date such as 2022-07-03", "as-of") from error


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise LimitUnusable(f"{text!r} is not a day such as 2022-07-03", field) from error
