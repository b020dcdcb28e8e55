"""Accounts, sessions, tokens and the audit log, as the library keeps them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from stacks import Place, WordEmbedder

from vectorstore.accounts import THIS_MACHINE, Account, Role, account, acting_for, may, person
from vectorstore.errors import AccountUnusable, ConversationNotFound, TooManyTries
from vectorstore.library import Library
from vectorstore.storage.account_tables import tries
from vectorstore.storage.conversations import KeptExchange
from vectorstore.storage.people import LINK_LASTS, MOST_TRIES, SESSION_LASTS, TRIED_WITHIN, People
from vectorstore.storage.schema import metadata

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PASSWORD = "four grey ferries left"
HERE = "192.0.2.7"


@pytest.fixture(scope="module")
def shared(lasting_places: Callable[[], Place]) -> Iterator[Library]:
    with lasting_places().opened() as library:
        yield library


@pytest.fixture
def people(shared: Library) -> Iterator[People]:
    yield shared.people
    with shared.people._engine.begin() as connection:
        for table in ("people", "account_tries", "audit"):
            connection.execute(text(f"DELETE FROM {table}"))


def joined(people: People, name: str, role: Role = Role.READER) -> Account:
    return people.choose_password(people.add(name, role, NOW), PASSWORD, NOW)


def test_without_accounts_it_is_done_for_this_machine() -> None:
    assert (account(), person(), may(Role.ADMINISTRATOR)) == (THIS_MACHINE, "", True)
    with acting_for(Account("x", "bea", Role.READER)):
        assert (person(), may(Role.READER), may(Role.EDITOR)) == ("x", True, False)
    assert account() == THIS_MACHINE


def test_a_link_is_good_for_one_password_and_expires(people: People) -> None:
    secret = people.add("Bea", Role.EDITOR, NOW)
    assert people.invited(secret, NOW) == "bea" and people.checked("bea", "", HERE, NOW) is None
    assert people.invited(secret, NOW + LINK_LASTS) == ""
    with pytest.raises(AccountUnusable, match="expired"):
        people.choose_password(secret, PASSWORD, NOW + LINK_LASTS)
    bea = people.choose_password(secret, PASSWORD, NOW)
    assert people.checked(" BEA ", PASSWORD, HERE, NOW) == bea == Account(bea.id, "bea", Role.EDITOR)
    with pytest.raises(AccountUnusable, match="used"):
        people.choose_password(secret, f"another {PASSWORD}", NOW)
    assert people.checked("bea", PASSWORD, HERE, NOW)


def test_a_reset_takes_the_password_the_sessions_and_the_tokens_away(people: People) -> None:
    bea = joined(people, "bea")
    session, token = people.begin(bea.id, NOW), people.make_token("bea", None, timedelta(days=1), NOW)
    secret = people.reset("bea", NOW)
    assert people.in_session(session, NOW) is None and people.checked("bea", PASSWORD, HERE, NOW) is None
    assert people.with_token(token, NOW) is None
    first, second = secret, people.reset("bea", NOW)
    assert (people.invited(first, NOW), people.invited(second, NOW)) == ("", "bea")


@pytest.mark.parametrize("password", ["short", "x" * 201, "aaaaaaaaaaaaaaa", "bea lives here bea", "abcabcabcabcabc"])
def test_a_password_that_is_easy_to_guess_is_refused(people: People, password: str) -> None:
    secret = people.add("bea lives".replace(" ", "."), Role.READER, NOW)
    if password.startswith("bea"):
        password = "it is bea.lives again"
    with pytest.raises(AccountUnusable, match="password"):
        people.choose_password(secret, password, NOW)
    assert people.invited(secret, NOW), "and the link is still good"


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "<b>", "x" * 65, "bea\n", "\x1b[31m"])
def test_a_name_that_cannot_be_is_refused(people: People, name: str) -> None:
    if name == "bea\n":  # surrounded by nothing but space it is the name
        assert people.add(name, Role.READER, NOW)
        return
    with pytest.raises(AccountUnusable, match="no name for an account"):
        people.add(name, Role.READER, NOW)


def test_a_name_is_one_account_in_whatever_case(people: People) -> None:
    people.add("Bea", Role.READER, NOW)
    with pytest.raises(AccountUnusable, match="already"):
        people.add("bEA", Role.READER, NOW)


def test_guessing_is_stopped_by_name_and_by_address(people: People) -> None:
    joined(people, "bea")
    for _ in range(MOST_TRIES["both"]):
        assert people.checked("bea", "wrong", HERE, NOW) is None
    with pytest.raises(TooManyTries):
        people.checked("bea", PASSWORD, HERE, NOW)
    assert people.checked("bea", PASSWORD, "192.0.2.8", NOW), "from elsewhere she still can"
    assert people.checked("bea", PASSWORD, HERE, NOW + TRIED_WITHIN + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("kind", "name", "address"),
    [("name", "nobody", "2001:db8::{n}"), ("address", "name{n}", HERE)],
    ids=["from many addresses", "at many names"],
)
def test_guessing_on_a_large_scale_is_stopped_too(
    people: People, shared: Library, kind: str, name: str, address: str
) -> None:
    tried = [{"name": name.format(n=n), "address": address.format(n=n), "at": NOW} for n in range(MOST_TRIES[kind])]
    with shared.people._engine.begin() as connection:
        connection.execute(insert(tries), tried[1:])
    another = name.format(n="x"), "wrong", address.format(n="x")
    assert people.checked(*another, NOW) is None
    with pytest.raises(TooManyTries):
        people.checked(*another, NOW)


def test_a_right_password_ends_the_counting(people: People) -> None:
    joined(people, "bea")
    for _ in range(2):
        for _ in range(MOST_TRIES["both"] - 1):
            people.checked("bea", "wrong", HERE, NOW)
        assert people.checked("bea", PASSWORD, HERE, NOW)


def test_a_session_ends_when_it_is_ended_and_when_its_time_is_over(people: People) -> None:
    bea = joined(people, "bea")
    first, second = people.begin(bea.id, NOW), people.begin(bea.id, NOW)
    assert people.in_session(first, NOW) == people.in_session(second, NOW) == bea
    people.end(first)
    assert people.in_session(first, NOW) is None and people.in_session(second, NOW) == bea
    assert people.in_session(second, NOW + SESSION_LASTS) is None
    assert people.in_session("", NOW) is None


def test_a_role_counts_from_the_next_request_on(people: People) -> None:
    bea = joined(people, "bea", Role.EDITOR)
    session, token = people.begin(bea.id, NOW), people.make_token("bea", None, timedelta(days=1), NOW)
    people.set_role("bea", Role.READER)
    assert people.in_session(session, NOW).role is people.with_token(token, NOW).role is Role.READER


def test_a_token_has_a_role_expires_and_is_revoked(people: People) -> None:
    bea = joined(people, "bea", Role.EDITOR)
    token = people.make_token("bea", Role.READER, timedelta(days=1), NOW)
    assert people.with_token(token, NOW) == Account(bea.id, "bea", Role.READER)
    assert people.with_token(token, NOW + timedelta(days=1)) is None
    assert people.with_token(token[:-1], NOW) is None and people.with_token("dateline_", NOW) is None
    [entry] = people.tokens()
    assert (entry.name, entry.role, entry.used_at, entry.id in token) == ("bea", Role.READER, NOW, True)
    people.revoke_token(entry.id)
    assert people.with_token(token, NOW) is None
    with pytest.raises(AccountUnusable, match="no token"):
        people.revoke_token(entry.id)
    with pytest.raises(AccountUnusable, match="lesser"):
        people.make_token("bea", Role.ADMINISTRATOR, timedelta(days=1), NOW)


def test_the_last_administrator_stays(people: People) -> None:
    joined(people, "ann", Role.ADMINISTRATOR)
    joined(people, "bea", Role.EDITOR)
    for change in (lambda: people.remove("ann"), lambda: people.set_role("ann", Role.READER)):
        with pytest.raises(AccountUnusable, match="only administrator"):
            change()
    people.set_role("bea", Role.ADMINISTRATOR)
    people.remove("ann")
    assert [entry.name for entry in people.entries()] == ["bea"]
    with pytest.raises(AccountUnusable, match="no account"):
        people.remove("ann")


def test_conversations_and_marks_are_their_persons_own_and_leave_with_them(people: People, shared: Library) -> None:
    ann, bea = joined(people, "ann", Role.ADMINISTRATOR), joined(people, "bea")
    asked = KeptExchange(1, "Who?", "", None, "", True, "", "")
    for each in (THIS_MACHINE, ann, bea):
        with acting_for(each):
            shared.conversations.ask(f"of-{each.name}", asked, NOW)
            shared.annotations.tag("article", f"tag-{each.name}")
            shared.reading_states.star([f"star-{each.name}"])
    with acting_for(bea):
        assert [entry.id for entry in shared.conversations.entries()] == ["of-bea"]
        assert [entry.id for entry in shared.conversations.entries("Who")] == ["of-bea"]
        assert shared.conversations.find("of-ann") is None and shared.conversations.exchanges("of-ann") == []
        shared.conversations.rename("of-ann", "stolen")
        shared.conversations.rate("of-ann", 1, "down", "")
        shared.conversations.finish("of-ann", KeptExchange(1, "Stolen", "", None, "", False, "", ""))
        assert shared.conversations.remove("of-ann") is None
        shared.conversations.copy("of-ann", "copied", "")
        with pytest.raises(ConversationNotFound):
            shared.conversations.ask("of-ann", asked, NOW)
        assert shared.annotations.tags() == [("tag-bea", 1)] and shared.reading_states.of().starred == {"star-bea"}
    with acting_for(ann):
        assert shared.conversations.exchanges("of-ann") == [asked]
        assert [(entry.id, entry.title) for entry in shared.conversations.entries()] == [("of-ann", "Who?")]
    people.remove("bea")
    with acting_for(bea):
        assert not shared.conversations.entries() and not shared.annotations.tags()
        assert not shared.reading_states.of().starred
    assert [entry.id for entry in shared.conversations.entries()] == ["of-"], "what was there without accounts stays"


def test_the_audit_log_says_who_did_what(people: People) -> None:
    ann = joined(people, "ann", Role.ADMINISTRATOR)
    with acting_for(ann):
        people.add("bea", Role.READER, NOW)
        people.record("article removed", "The bridge")
        people.remove("bea")
    people.begin(ann.id, NOW)
    assert [(act.who, act.act, act.what) for act in people.acts()] == [
        ("ann", "signed in", ""),
        ("ann", "account removed", "bea"),
        ("ann", "article removed", "The bridge"),
        ("ann", "account added", "bea (reader)"),
        ("ann", "password chosen", "ann"),
        ("", "account added", "ann (administrator)"),
    ]


def test_nothing_in_the_catalogue_lets_anybody_in(people: People, shared: Library) -> None:
    secret = people.add("bea", Role.EDITOR, NOW)
    other = people.add("cem", Role.EDITOR, NOW)
    bea = people.choose_password(secret, PASSWORD, NOW)
    session, token = people.begin(bea.id, NOW), people.make_token("bea", None, timedelta(days=1), NOW)
    with shared.people._engine.connect() as connection:
        kept = "\n".join(str(row) for table in metadata.sorted_tables for row in connection.execute(select(table)))
    assert "bea" in kept
    assert not [each for each in (other, PASSWORD, session, token, token.split("_", 2)[2]) if each in kept]


def test_a_library_of_the_version_before_keeps_its_conversations(tmp_path: Path) -> None:
    asked = KeptExchange(1, "Who?", "", None, "", True, "", "")
    with Library(tmp_path / "library", WordEmbedder()) as library:
        library.conversations.ask("old", asked, NOW)
    with closing(sqlite3.connect(tmp_path / "library" / "catalogue.db")) as connection:
        connection.execute("DROP INDEX ix_conversations_person")
        connection.execute("ALTER TABLE conversations DROP COLUMN person")
        for table in (
            "account_links",
            "account_sessions",
            "account_tokens",
            "account_tries",
            "personal",
            "people",
            "audit",
        ):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("UPDATE facts SET value = '9' WHERE name = 'schema'")
        connection.commit()
    with Library(tmp_path / "library", WordEmbedder()) as library:
        assert library.conversations.exchanges("old") == [asked]
        with acting_for(joined(library.people, "bea")):
            assert library.conversations.entries() == []


def test_what_is_kept_for_somebody_is_theirs_alone(people: People) -> None:
    ann, bea = joined(people, "ann", Role.ADMINISTRATOR), joined(people, "bea")
    with acting_for(ann):
        people.keep("settings", {"sources": 5})
        people.keep("settings", {"sources": 7})
    with acting_for(bea):
        assert people.kept("settings") is None
    with acting_for(ann):
        assert people.kept("settings") == {"sources": 7}
