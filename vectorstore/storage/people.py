"""The accounts of a library: people with their passwords, sessions and tokens, and the audit log.

Sessions, tokens and one-time links are random and long, so that their SHA-256 is kept and nothing that a copy of the
catalogue could be used with. Nothing here is SQLite's alone.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from vectorstore.accounts import Account, Role, account, person
from vectorstore.characters import storable
from vectorstore.errors import AccountUnusable, LibraryBusy, TooManyTries
from vectorstore.storage import passwords
from vectorstore.storage.account_tables import (
    Act,
    PersonEntry,
    TokenEntry,
    audit,
    links,
    people,
    personal,
    sessions,
    tokens,
    tries,
)
from vectorstore.storage.annotations import marks, saved_filters, tags
from vectorstore.storage.article_collections import spelled
from vectorstore.storage.passwords import digest_of
from vectorstore.storage.schema import articles_read, articles_starred, conversations, facts, stories_followed

LONGEST_NAME = 64
LINK_LASTS = timedelta(days=3)
SESSION_LASTS = timedelta(days=30)
_NAME = re.compile(r"[\w.@+-]+")
_SECRET = "secret of sessions"
_SEEN_ANEW = timedelta(minutes=10)
TRIED_WITHIN = timedelta(minutes=15)
MOST_TRIES = {"both": 5, "name": 20, "address": 40}
"""Wrong passwords within that time: for one name from one address, for one name, from one address."""
TOKEN = "dateline_"
LINK_USED = "This link has been used or has expired. Ask an administrator for another one."


class People:
    """Every method that writes is one transaction. It raises AccountUnusable for what cannot be, and LibraryBusy where
    the library is only read. `now` is UTC."""

    def __init__(self, engine: Engine, only_read: str = "") -> None:
        self._engine, self._only_read = engine, only_read

    # -- accounts --------------------------------------------------------------------------------------------------

    def administered(self) -> bool:
        """Whether there is anybody who could let others in."""
        query = select(people.c.id).where(people.c.role == Role.ADMINISTRATOR.word).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def entries(self) -> list[PersonEntry]:
        """In alphabetical order."""
        seen = select(sessions.c.person, func.max(sessions.c.seen_at).label("seen_at")).group_by(sessions.c.person)
        last = seen.subquery()
        query = select(people, last.c.seen_at).outerjoin(last, last.c.person == people.c.id).order_by(people.c.name)
        with self._engine.connect() as connection:
            return [
                PersonEntry(
                    *(row.name, Role.named(row.role), bool(row.password or row.subject), row.made_at, row.seen_at),
                    collections=_named_ones(row.collections),
                )
                for row in connection.execute(query)
            ]

    def add(self, name: str, role: Role, now: datetime | None = None) -> str:
        """A new account without a password; returns the secret of the one-time link by which one is chosen."""
        now = now or datetime.now(UTC)
        with self._writing() as connection:
            id = _add(connection, _named(name), role, "", now)
            self._record(connection, "account added", f"{_named(name)} ({role.word})", now)
            return _link(connection, id, now)

    def reset(self, name: str, now: datetime | None = None) -> str:
        """Takes the password away, ends all sessions and tokens, and returns the secret of another link."""
        now = now or datetime.now(UTC)
        with self._writing() as connection:
            id = _id_of(connection, name)
            connection.execute(update(people).where(people.c.id == id).values(password=""))
            for table in (sessions, tokens):
                connection.execute(delete(table).where(table.c.person == id))
            self._record(connection, "password reset", _named(name), now)
            return _link(connection, id, now)

    def set_role(self, name: str, role: Role) -> None:
        """From the next request on."""
        with self._writing() as connection:
            id = _id_of(connection, name)
            if role < Role.ADMINISTRATOR:
                _keep_one(connection, id)
            connection.execute(update(people).where(people.c.id == id).values(role=role.word))
            self._record(connection, "role changed", f"{_named(name)} ({role.word})")

    def keep_to(self, name: str, collections: Iterable[str] | None) -> None:
        """From the next request on a reader sees the articles in these collections alone, None for all articles. Who
        adds and removes articles sees all of them: such a role cannot be kept to any."""
        kept = None if collections is None else sorted(set(collections))
        with self._writing() as connection:
            id = _id_of(connection, name)
            role = connection.execute(select(people.c.role).where(people.c.id == id)).scalar_one()
            if kept is not None and Role.named(role) > Role.READER:
                raise AccountUnusable(
                    f"{_named(name)} is {role}, who sees every article. `dateline users role {_named(name)} reader` "
                    "comes first."
                )
            connection.execute(update(people).where(people.c.id == id).values(collections=kept))
            self._record(connection, "kept to collections", f"{_named(name)} ({_told(kept)})")

    def remove(self, name: str) -> None:
        """With its sessions and tokens, and with all that is its own: conversations, marks, what was read."""
        with self._writing() as connection:
            id = _id_of(connection, name)
            _keep_one(connection, id)
            for table in (conversations, articles_read, articles_starred, stories_followed, marks, tags, saved_filters):
                connection.execute(delete(table).where(table.c.person == id))
            connection.execute(delete(people).where(people.c.id == id))
            self._record(connection, "account removed", _named(name))

    # -- one-time links --------------------------------------------------------------------------------------------

    def invited(self, secret: str, now: datetime | None = None) -> str:
        """The name of whom a link is for; "" for one that is used, expired or none at all."""
        with self._engine.connect() as connection:
            row = connection.execute(_invitation(secret, now or datetime.now(UTC))).first()
        return row.name if row else ""

    def choose_password(self, secret: str, password: str, now: datetime | None = None) -> Account:
        """By a link, which is good for nothing afterwards. Sessions that there are end. Raises AccountUnusable."""
        now = now or datetime.now(UTC)
        with self._engine.connect() as connection:
            invited = connection.execute(_invitation(secret, now)).first()
        if invited is None:
            raise AccountUnusable(LINK_USED)
        hashed = passwords.chosen(password, invited.name)
        with self._writing() as connection:
            # Whoever deletes it has it: of two at once only one.
            if not connection.execute(delete(links).where(links.c.digest == digest_of(secret))).rowcount:
                raise AccountUnusable(LINK_USED)
            connection.execute(delete(links).where(links.c.person == invited.id))
            connection.execute(delete(sessions).where(sessions.c.person == invited.id))
            connection.execute(update(people).where(people.c.id == invited.id).values(password=hashed))
            self._record(connection, "password chosen", invited.name, now, who=invited.name)
        return _account(invited)

    # -- signing in ------------------------------------------------------------------------------------------------

    def checked(self, name: str, password: str, address: str, now: datetime | None = None) -> Account | None:
        """Whose password this is; None where it is wrong. Raises TooManyTries. An unknown name takes as long as a known
        one. A try is counted before it is looked at, so that many at once are not more than one after the other."""
        now, name = now or datetime.now(UTC), name.strip().casefold()[:LONGEST_NAME]
        with self._writing() as connection:
            connection.execute(delete(tries).where(tries.c.at < now - TRIED_WITHIN))
            counted = insert(tries).returning(tries.c.key)
            key = connection.execute(counted, {"name": name, "address": address, "at": now}).scalar_one()
            if too_many := _too_many(connection, name, address):
                connection.execute(delete(tries).where(tries.c.key == key))
            row = connection.execute(select(people).where(people.c.name == name)).first()
        if too_many:
            raise TooManyTries("Too many wrong passwords. Try again in a quarter of an hour.")
        if not (passwords.matches(row.password if row else "", password) and row):
            return None
        self._forget_tries(row, password, address)
        return _account(row)

    def _forget_tries(self, row: Any, password: str, address: str) -> None:
        """Of this person from this address; a hash of weaker parameters than today's is made anew."""
        with self._writing() as connection:
            connection.execute(delete(tries).where(tries.c.name == row.name, tries.c.address == address))
            if anew := passwords.hashed_anew(row.password, password):
                connection.execute(update(people).where(people.c.id == row.id).values(password=anew))

    def known_at_provider(self, subject: str, name: str, role: Role, collections: Sequence[str] = ()) -> Account:
        """The account of whom an OpenID provider has vouched for, made when it comes for the first time, and kept as a
        reader to these `collections` then, if there are any. Its role is what the provider says each time. Raises
        AccountUnusable where the name is somebody else's."""
        with self._writing() as connection:
            row = connection.execute(select(people).where(people.c.subject == subject)).first()
            if row is None:
                named = _named(name)
                if connection.execute(select(people.c.id).where(people.c.name == named)).first():
                    raise AccountUnusable(
                        f"There is an account {named} with a password. An administrator can remove it, so that you can "
                        "sign in by your organisation."
                    )
                id = _add(connection, named, role, subject, datetime.now(UTC))
                kept = [spelled(connection, each) for each in collections] or None
                connection.execute(update(people).where(people.c.id == id).values(collections=kept))
                self._record(connection, "account added", f"{named} ({role.word}, by OpenID)", who=named)
                return Account(id, named, role, _of(kept))
            if row.role != role.word:
                connection.execute(update(people).where(people.c.id == row.id).values(role=role.word))
                self._record(connection, "role changed", f"{row.name} ({role.word}, by OpenID)", who=row.name)
            return Account(row.id, row.name, role, _of(row.collections))

    # -- sessions --------------------------------------------------------------------------------------------------

    def make_ready(self) -> None:
        """So that the first unknown name takes as long as every other; a fifth of a second."""
        passwords.of_nobody()

    def begin(self, id: str, now: datetime | None = None) -> str:
        """A new session of this account; returns its secret."""
        now, secret = now or datetime.now(UTC), secrets.token_urlsafe(32)
        row = {"digest": digest_of(secret), "person": id, "begun_at": now, "seen_at": now}
        with self._writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at < now))
            connection.execute(insert(sessions), row | {"expires_at": now + SESSION_LASTS})
            name = connection.execute(select(people.c.name).where(people.c.id == id)).scalar_one()
            self._record(connection, "signed in", "", now, who=name)
        return secret

    def in_session(self, secret: str, now: datetime | None = None) -> Account | None:
        """Whose session this is; None for one that has ended."""
        now, digest = now or datetime.now(UTC), digest_of(secret)
        query = select(people, sessions.c.seen_at).join(sessions, sessions.c.person == people.c.id)
        query = query.where(sessions.c.digest == digest, sessions.c.expires_at > now)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row and now - row.seen_at > _SEEN_ANEW and not self._only_read:
            with self._engine.begin() as connection:
                connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=now))
        return _account(row) if row else None

    def end(self, secret: str) -> None:
        with self._writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest_of(secret)))

    def session_secret(self) -> str:
        """What cookies are signed with: the same for every server over this library."""
        kept = select(facts.c.value).where(facts.c.name == _SECRET)
        with suppress(IntegrityError), self._writing() as connection:
            if not connection.execute(kept).first():
                connection.execute(insert(facts), {"name": _SECRET, "value": secrets.token_urlsafe(32)})
        with self._engine.connect() as connection:
            return str(connection.execute(kept).scalar_one())

    # -- tokens ----------------------------------------------------------------------------------------------------

    def make_token(
        self,
        name: str,
        role: Role | None,
        lasts: timedelta,
        now: datetime | None = None,
        collections: Iterable[str] | None = None,
    ) -> str:
        """For programs of this account, with its role or a lesser one; told once and never again. One of a reader can
        be kept to collections, of those that the account may see."""
        now, secret, id = now or datetime.now(UTC), secrets.token_urlsafe(32), secrets.token_hex(4)
        with self._writing() as connection:
            row = connection.execute(select(people).where(people.c.name == _named(name))).first()
            if row is None:
                raise _nobody(name)
            role = Role.named(row.role) if role is None else role
            if role > Role.named(row.role):
                raise AccountUnusable(f"{row.name} is {row.role}: a token can have that role or a lesser one.")
            seen = None if collections is None else sorted(set(collections))
            if seen is not None and role > Role.READER:
                raise AccountUnusable(f"A token of {role.word} sees every article. Give it the role reader.")
            made = f"{TOKEN}{id}_{secret}"
            kept = {"id": id, "digest": digest_of(made), "person": row.id, "role": role.word, "made_at": now}
            connection.execute(insert(tokens), kept | {"expires_at": now + lasts, "collections": seen})
            told = f"{id} of {row.name} ({role.word}{'' if seen is None else f', {_told(seen)}'})"
            self._record(connection, "token made", told, now)
        return made

    def tokens(self) -> list[TokenEntry]:
        """Those that have expired too, the last made first."""
        query = select(tokens, people.c.name).join(people, people.c.id == tokens.c.person)
        with self._engine.connect() as connection:
            return [
                TokenEntry(
                    *(row.id, row.name, Role.named(row.role), row.made_at, row.expires_at, row.used_at),
                    collections=_named_ones(row.collections),
                )
                for row in connection.execute(query.order_by(tokens.c.made_at.desc(), tokens.c.id))
            ]

    def revoke_token(self, id: str) -> None:
        with self._writing() as connection:
            if not connection.execute(delete(tokens).where(tokens.c.id == id)).rowcount:
                raise AccountUnusable(f"There is no token {id!r}; `dateline users tokens` shows them.")
            self._record(connection, "token revoked", id)

    def with_token(self, token: str, now: datetime | None = None) -> Account | None:
        """Whose token this is, with the lesser of its role and the account's; None for one that is none any more."""
        if not token.startswith(TOKEN):
            return None
        now, digest = now or datetime.now(UTC), digest_of(token)
        query = select(people, tokens.c.role.label("given"), tokens.c.collections.label("of_token"), tokens.c.used_at)
        query = query.join(tokens, tokens.c.person == people.c.id)
        with self._engine.connect() as connection:
            row = connection.execute(query.where(tokens.c.digest == digest, tokens.c.expires_at > now)).first()
        if row is None:
            return None
        if not self._only_read and (row.used_at is None or now - row.used_at > _SEEN_ANEW):
            with self._engine.begin() as connection:
                connection.execute(update(tokens).where(tokens.c.digest == digest).values(used_at=now))
        either = [each for each in (_of(row.collections), _of(row.of_token)) if each is not None]
        seen = frozenset.intersection(*either) if either else None
        return Account(row.id, row.name, min(Role.named(row.given), Role.named(row.role)), seen)

    # -- what is somebody's own ------------------------------------------------------------------------------------

    def kept(self, name: str) -> Any:
        """What was kept under this name for whoever asks now, as plain JSON values; None for nothing."""
        query = select(personal.c.value).where(personal.c.person == person(), personal.c.name == name)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def keep(self, name: str, value: Any) -> None:
        with self._writing() as connection:
            connection.execute(delete(personal).where(personal.c.person == person(), personal.c.name == name))
            connection.execute(insert(personal), {"person": person(), "name": name, "value": value})

    # -- the audit log ---------------------------------------------------------------------------------------------

    def record(self, act: str, what: str) -> None:
        """Whoever it is done for now has done this."""
        if not self._only_read:
            with self._engine.begin() as connection:
                self._record(connection, act, what)

    def acts(self, most: int = 200) -> list[Act]:
        """The last ones, the last first."""
        query = select(audit).order_by(audit.c.key.desc()).limit(most)
        with self._engine.connect() as connection:
            return [Act(row.at, row.who, row.act, row.what) for row in connection.execute(query)]

    def _record(
        self, connection: Connection, act: str, what: str, now: datetime | None = None, who: str | None = None
    ) -> None:
        done_by = account().name if who is None else who
        row = {"at": now or datetime.now(UTC), "who": done_by, "act": act, "what": storable(what)}
        connection.execute(insert(audit), row)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._only_read:
            raise LibraryBusy(f"Accounts cannot be changed: the library was opened for reading, as {self._only_read}.")
        with self._engine.begin() as connection:
            yield connection


def _named(name: str) -> str:
    """As it is kept: in lower case. Raises AccountUnusable."""
    kept = name.strip().casefold()
    if not _NAME.fullmatch(kept) or len(kept) > LONGEST_NAME:
        raise AccountUnusable(
            f"{name[:LONGEST_NAME]!r} is no name for an account: letters, digits and . @ + - _, {LONGEST_NAME} at most."
        )
    return kept


def _add(connection: Connection, name: str, role: Role, subject: str, now: datetime) -> str:
    if connection.execute(select(people.c.id).where(people.c.name == name)).first():
        raise AccountUnusable(f"There is an account {name} already. `dateline users reset {name}` gives a new link.")
    id = secrets.token_hex(8)
    row = {"id": id, "name": name, "role": role.word, "password": "", "subject": subject, "made_at": now}
    connection.execute(insert(people), row)
    return id


def _id_of(connection: Connection, name: str) -> str:
    id: str | None = connection.execute(select(people.c.id).where(people.c.name == _named(name))).scalar()
    if id is None:
        raise _nobody(name)
    return id


def _nobody(name: str) -> AccountUnusable:
    return AccountUnusable(f"There is no account {name!r}; `dateline users list` shows them.")


def _keep_one(connection: Connection, id: str) -> None:
    """Raises AccountUnusable where nobody but this account could administer anything."""
    others: Select[Any] = select(people.c.id).where(people.c.role == Role.ADMINISTRATOR.word, people.c.id != id)
    own = connection.execute(select(people.c.role).where(people.c.id == id)).scalar()
    if own == Role.ADMINISTRATOR.word and not connection.execute(others.limit(1)).first():
        raise AccountUnusable("This is the only administrator. Make another one first.")


def _link(connection: Connection, id: str, now: datetime) -> str:
    """In place of those that there were."""
    secret = secrets.token_urlsafe(32)
    connection.execute(delete(links).where((links.c.person == id) | (links.c.expires_at < now)))
    connection.execute(insert(links), {"digest": digest_of(secret), "person": id, "expires_at": now + LINK_LASTS})
    return secret


def _invitation(secret: str, now: datetime) -> Select[Any]:
    query = select(people).join(links, links.c.person == people.c.id)
    return query.where(links.c.digest == digest_of(secret), links.c.expires_at > now)


def _too_many(connection: Connection, name: str, address: str) -> bool:
    recent = select(func.count()).select_from(tries)
    of_name, from_there = tries.c.name == name, tries.c.address == address
    counted = {
        "both": recent.where(of_name, from_there),
        "name": recent.where(of_name),
        "address": recent.where(from_there),
    }
    return any(connection.execute(query).scalar_one() > MOST_TRIES[kind] for kind, query in counted.items())


def _account(row: Any) -> Account:
    return Account(row.id, row.name, Role.named(row.role), _of(row.collections))


def _of(names: Sequence[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _named_ones(names: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _told(names: Sequence[str] | None) -> str:
    """For the audit log."""
    return "all articles" if names is None else ", ".join(names) or "no articles"
