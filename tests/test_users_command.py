"""`dateline users`, and when `dateline serve` wants accounts."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import main
from assistant.settings import read_settings
from vectorstore.errors import SettingsError

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """What a command prints as JSON; what it complains of where it fails."""
    monkeypatch.setenv("DATELINE_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("DATELINE_MODEL", "quote")

    def carried_out(*arguments: str) -> Any:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if not ended.value.code else err

    return carried_out


def test_somebody_is_added_changed_looked_after_and_removed(run: Run) -> None:
    link = run("users", "add", "Ann", "--admin", "--at", "https://news.example/")["link"]
    assert link.startswith("https://news.example/account/password?key=")
    assert run("users", "add", "bea", "--editor")["link"].startswith("http://127.0.0.1:7860/account/password?key=")
    assert "already" in run("users", "add", "ann")
    assert run("users", "role", "bea", "reader")["role"] == "reader"
    assert "none of reader, editor, administrator" in run("users", "role", "bea", "nobody")
    assert "only administrator" in run("users", "role", "ann", "editor")
    assert run("users", "reset", "bea")["link"]
    assert [(each["name"], each["role"], each["can_sign_in"]) for each in run("users", "list")] == [
        ("ann", "administrator", False),
        ("bea", "reader", False),
    ]
    assert run("users", "remove", "bea") == {"removed": "bea"} and "no account" in run("users", "remove", "bea")
    told = [(each["who"], each["act"], each["what"]) for each in run("users", "audit", "--most", "2")]
    assert told == [("", "account removed", "bea"), ("", "password reset", "bea")]


def test_a_token_is_told_once_and_revoked_by_its_id(run: Run) -> None:
    run("users", "add", "cms", "--editor")
    token = run("users", "token", "cms", "--role", "reader", "--expires", "12h")["token"]
    [entry] = run("users", "tokens")
    assert entry["id"] in token and token not in json.dumps(entry) and entry["role"] == "reader"
    assert run("users", "revoke", entry["id"]) and run("users", "tokens") == []
    assert "no token" in run("users", "revoke", entry["id"])
    assert "lesser" in run("users", "token", "cms", "--role", "administrator")
    assert "--expires" in run("users", "token", "cms", "--expires", "soon")
    assert "a year" in run("users", "token", "cms", "--expires", "400d")


@pytest.mark.parametrize("others", [("--host", "0.0.0.0"), ("--host", "192.0.2.1")])
def test_what_others_can_reach_is_not_served_without_an_administrator(run: Run, others: tuple[str, ...]) -> None:
    told = run("serve", *others)
    assert "`dateline users add NAME --admin`" in told and "--open" in told
    run("users", "add", "rea")
    assert "--admin" in run("serve", *others), "a reader lets nobody in"


def test_with_an_administrator_or_open_it_would_be(run: Run) -> None:
    """The port is taken, which is looked at last."""
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        at = ("--host", "0.0.0.0", "--port", str(taken.getsockname()[1]))
        assert "Cannot serve on" in run("serve", *at, "--open")
        run("users", "add", "ann", "--admin")
        assert "Cannot serve on" in run("serve", *at)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, False),
        ({"host": "localhost"}, False),
        ({"host": "::1"}, False),
        ({"host": "127.0.0.2"}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "::"}, True),
        ({"host": "news.example"}, True),
        ({"public_name": "news.example"}, True),
        ({"host": "0.0.0.0", "accounts": False}, False),
        ({"accounts": True}, True),
    ],
)
def test_accounts_are_wanted_where_others_can_come(given: dict[str, object], wanted: bool) -> None:
    assert read_settings(given).with_accounts is wanted


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("OIDC_ISSUER", "http://login.example.org", "https://"),
        ("OIDC_ISSUER", "login.example.org", "https://"),
        ("OIDC_ROLES", "admins", "JSON"),
        ("OIDC_ROLES", '{"chief": "x"}', "JSON"),
        ("OIDC_ROLES", '{"editor": 1}', "JSON"),
        ("ACCOUNTS", "perhaps", "ACCOUNTS"),
    ],
)
def test_what_makes_no_sense_is_told(name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"DATELINE_{name}", value)
    with pytest.raises(SettingsError, match=f"DATELINE_{name} cannot be used.*{says}|{says}"):
        read_settings({})


def test_half_a_provider_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_OIDC_ISSUER", "https://login.example.org")
    run("users", "add", "ann", "--admin")
    assert "go together" in run("serve", "--host", "0.0.0.0")
