"""What the library holds as plain JSON values, for the command line and for programs. Times are ISO 8601, UTC."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from vectorstore.models import Article, Entry

if TYPE_CHECKING:  # SQLAlchemy comes with these
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
        "text": article.text,
    }


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
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in values.items()}


def conversation_as_json(entry: ConversationEntry) -> dict[str, Any]:
    """A row of the list of conversations."""
    times = {"started_at": iso(entry.started_at), "changed_at": iso(entry.changed_at)}
    return {"id": entry.id, "title": entry.title} | times


def iso(moment: datetime | None) -> str | None:
    """ISO 8601, or None for an unknown time."""
    return moment.isoformat() if moment else None
