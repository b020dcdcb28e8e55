"""The tables of accounts, and their rows as values; see vectorstore.storage.people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from vectorstore.accounts import Role
from vectorstore.storage.schema import Json, UtcTime, metadata


def _of(**given: Any) -> Column[Any]:
    return Column("person", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True, **given)


# `password` is "" before one is chosen; `subject` is who it is at the OpenID provider, "" for those without.
# `collections` are the names of those whose articles may be seen, none for an empty list, null for all articles.
people = Table(
    "people",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("password", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("made_at", UtcTime, nullable=False),
    Column("collections", Json),
)
links = Table(
    "account_links",
    metadata,
    Column("digest", String, primary_key=True),
    _of(),
    Column("expires_at", UtcTime, nullable=False),
)
sessions = Table(
    "account_sessions",
    metadata,
    Column("digest", String, primary_key=True),
    _of(),
    Column("begun_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
tokens = Table(
    "account_tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest", String, nullable=False, unique=True),
    _of(),
    Column("role", String, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Column("collections", Json),
)
tries = Table(
    "account_tries",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("name", String, nullable=False, index=True),
    Column("address", String, nullable=False, index=True),
    Column("at", UtcTime, nullable=False, index=True),
)
# What a browser would keep of somebody without an account: settings, the last visit.
personal = Table(
    "personal",
    metadata,
    Column("person", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Json, nullable=False),
)
# Names as they were: an account that is removed stays in the log.
audit = Table(
    "audit",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("who", String, nullable=False),
    Column("act", String, nullable=False),
    Column("what", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A row of the list. `chosen` is whether there is a way to sign in: a password, or an OpenID provider. None of
    `collections` is every article."""

    name: str
    role: Role
    chosen: bool
    made_at: datetime
    seen_at: datetime | None
    collections: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class TokenEntry:
    id: str
    name: str
    role: Role
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    collections: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """A row of the audit log; `who` is "" for the command line."""

    at: datetime
    who: str
    act: str
    what: str
