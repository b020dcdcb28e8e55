"""What the library holds as plain JSON values, and as lines that `dateline ingest` reads. Times are ISO 8601, UTC."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vectorstore.errors import ExportUnwritable
from vectorstore.models import Article, Entry

if TYPE_CHECKING:
    from vectorstore.storage.conversations import ConversationEntry
    from vectorstore.storage.subscriptions import Subscription


def article_as_json(article: Article) -> dict[str, Any]:
    """An article with its text."""
    return origin_as_json(article) | {
        "authors": list(article.authors),
        "updated_at": iso(article.updated_at),
        "ingested_at": iso(article.ingested_at),
        "language": article.language,
        "version": article.version,
        "summary_only": article.summary_only,
        "gone_at": iso(article.gone_at),
        "corrections": corrections_as_json(article),
        "text": article.text,
    }


def corrections_as_json(article: Article) -> list[dict[str, Any]]:
    """Each with its day, or null, and its text."""
    return [{"date": iso(date), "text": text} for date, text in article.corrections]


def origin_as_json(article: Article) -> dict[str, Any]:
    """Which article it is: id, headline, outlet, time and address."""
    return {
        "article_id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "published_at": iso(article.published_at),
        "url": article.url,
    }


def entry_as_json(entry: Entry) -> dict[str, Any]:
    """A row of the library's table."""
    times = ("published_at", "ingested_at", "gone_at")
    return asdict(entry) | {name: iso(getattr(entry, name)) for name in times}


def subscription_as_json(subscription: Subscription) -> dict[str, Any]:
    """A feed that is followed."""
    shown = ("url", "title", "added_at", "last_run_at", "last_result", "failures", "next_due_at")
    values = {name: getattr(subscription, name) for name in shown}
    return {name: iso(value) if isinstance(value, date) else value for name, value in values.items()}


def conversation_as_json(entry: ConversationEntry) -> dict[str, Any]:
    """A row of the list of conversations."""
    times = {"started_at": iso(entry.started_at), "changed_at": iso(entry.changed_at)}
    return {"id": entry.id, "title": entry.title} | times


def iso(moment: date | None) -> str | None:
    """ISO 8601 of a day or a time, or None for an unknown one."""
    return moment.isoformat() if moment else None


def lines(articles: Iterable[Article]) -> Iterator[str]:
    """One for each article, as it stands now, with its line end; what its publisher does not state is left out."""
    return map(_line, articles)


def write(path: Path, articles: Iterable[Article]) -> int:
    """Write them to a file, one after the other; returns how many. What was at the path before stays until all are
    written. Raises ExportUnwritable."""
    place = path.expanduser().resolve()
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    written = 0
    try:
        if place.exists() and not place.is_file():
            raise OSError("is not a file")
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for line in lines(articles):
                file.write(line)
                written += 1
        part.replace(place)
    except OSError as error:
        reason = error.strerror or error
        raise ExportUnwritable(f"The articles cannot be written to {path} ({reason}); choose another place.") from error
    finally:
        part.unlink(missing_ok=True)
    return written


def _line(article: Article) -> str:
    stated = {
        "id": article.id,
        "title": article.title,
        "source": article.outlet,
        "authors": list(article.authors),
        "published_at": iso(article.published_at),
        "updated_at": iso(article.updated_at),
        "url": article.url,
        "language": article.language,
        "corrections": corrections_as_json(article),
        "text": article.text,
    }
    # Half a surrogate pair cannot be written as UTF-8; as an escape it can.
    said = json.dumps({name: value for name, value in stated.items() if value}, ensure_ascii=False)
    return said.encode("utf-8", "backslashreplace").decode() + "\n"
