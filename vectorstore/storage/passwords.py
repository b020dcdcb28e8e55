"""Passwords, kept as argon2id hashes, and digests of secrets that nobody chose. The only file that imports argon2."""

from __future__ import annotations

import secrets
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from vectorstore.errors import AccountUnusable

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
_FEWEST_LETTERS = 5


def chosen(password: str, name: str) -> str:
    """Its hash. Raises AccountUnusable for one that is easy to guess."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountUnusable(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    if (len(name) > 3 and name in password.casefold()) or len(set(password)) < _FEWEST_LETTERS:
        raise AccountUnusable("This password is easy to guess. Take several words that do not belong together.")
    return _hasher().hash(password)


def matches(hashed: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    password = password[:LONGEST_PASSWORD].encode("utf-8", "replace").decode()
    try:
        return _hasher().verify(hashed or of_nobody(), password) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False


def hashed_anew(hashed: str, password: str) -> str:
    """What takes the place of a hash of weaker parameters than today's; "" for one that stays."""
    return _hasher().hash(password) if _hasher().check_needs_rehash(hashed) else ""


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    """RFC 9106's second choice: 64 MB, three passes."""
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@lru_cache(maxsize=1)
def of_nobody() -> str:
    """The hash that a password for an unknown name is compared with, so that it takes as long."""
    return _hasher().hash(secrets.token_urlsafe(32))


def digest_of(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
