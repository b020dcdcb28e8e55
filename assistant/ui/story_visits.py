"""When a reader was here last, as the browser keeps it. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# A page that is loaded again so soon is the same visit: what was new stays new.
_SAME_VISIT = timedelta(hours=1)
_AT_FIRST = timedelta(days=1)


def visited(kept: object, now: datetime) -> tuple[datetime, dict[str, str]]:
    """Since when things are new to the reader, and what the browser is to keep.

    Of a first visit, and where the browser brings anything else than what it was given, the last day is new.
    """
    held = kept if isinstance(kept, dict) else {}
    since, seen = _moment(held.get("since"), now), _moment(held.get("seen"), now)
    new = since if since and seen and now - seen < _SAME_VISIT else seen or now - _AT_FIRST
    return new, {"since": new.isoformat(), "seen": now.isoformat()}


def _moment(text: object, now: datetime) -> datetime | None:
    """A moment past, in UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return found.astimezone(UTC) if found and found.tzinfo and found <= now else None
    except (ValueError, OverflowError):
        return None
