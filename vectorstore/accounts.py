"""Who a thing is done for: set at the rim, for each request and each event, and read where something is kept.

Anywhere else, in the terminal and on a laptop without accounts, it is THIS_MACHINE, who may do everything. A thread
that goes on for somebody gets it with `contextvars.copy_context()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """Each may do what those before it may."""

    NOBODY = 0
    READER = 1
    EDITOR = 2
    ADMINISTRATOR = 3

    @property
    def word(self) -> str:
        """`editor`, as it is kept and told."""
        return self.name.lower()

    @classmethod
    def named(cls, word: str) -> Role:
        """ValueError for what is none."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            raise ValueError(f"{word!r} is none of reader, editor, administrator") from None


@dataclass(frozen=True, slots=True)
class Account:
    """`id` is what is kept of the person's own stands under, "" for whoever has the machine to themselves. A reader
    whose `collections` are named sees the articles in these alone, none for an empty set; None keeps nothing out."""

    id: str
    name: str
    role: Role
    collections: frozenset[str] | None = None


THIS_MACHINE = Account("", "", Role.ADMINISTRATOR)
STRANGER = Account("", "", Role.NOBODY)
_current: ContextVar[Account] = ContextVar("account", default=THIS_MACHINE)


@contextmanager
def acting_for(account: Account) -> Iterator[None]:
    """Within, what is done is done for this account."""
    before = _current.set(account)
    try:
        yield
    finally:
        _current.reset(before)


def account() -> Account:
    """Whoever it is done for now."""
    return _current.get()


def person() -> str:
    """The id of whoever it is done for now; "" without accounts."""
    return _current.get().id


def collections_seen() -> frozenset[str] | None:
    """Those whose articles may be shown to whoever it is done for now; None for all articles, as whoever adds and
    removes some has to see."""
    asking = _current.get()
    return None if asking.role >= Role.EDITOR else asking.collections


def may(role: Role) -> bool:
    return _current.get().role >= role
