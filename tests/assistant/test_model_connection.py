"""The server of models that a reader enters: what address it may have, where its key is and where it goes."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError
from model_server import ModelServer
from model_server import model_server as model_server

from assistant.generation.connection import ModelConnection, Reach, checked, reach
from assistant.generation.model_menu import ChatModels
from vectorstore.errors import SettingsError

KEY = "sk-very-secret-0123456789"


class InMemory(KeyringBackend):
    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class Locked(InMemory):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


@pytest.fixture(autouse=True)
def ring() -> Iterator[InMemory]:
    before, ring = keyring.get_keyring(), InMemory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "model-server.json"


def test_the_key_is_in_the_keyring_alone_and_the_address_in_a_private_file(file: Path, ring: InMemory) -> None:
    ModelConnection(file, changeable=True).connect(" https://127.0.0.2/v1/ ", f" {KEY} ")
    assert ring.kept == {("dateline", "https://127.0.0.2/v1"): KEY}
    assert file.read_text() == '{"address": "https://127.0.0.2/v1"}'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = ModelConnection(file)
    assert (again.address, again.key) == ("https://127.0.0.2/v1", KEY)


def test_another_address_does_not_get_the_key_of_the_one_before(file: Path, ring: InMemory) -> None:
    connection = ModelConnection(file, changeable=True)
    connection.connect("https://127.0.0.2/v1", KEY)
    connection.connect("https://127.0.0.3/v1")
    assert connection.key == "" and ring.kept == {}
    connection.connect("https://127.0.0.3/v1", "k")
    connection.disconnect()
    assert (connection.address, connection.key, ring.kept, ModelConnection(file).address) == ("", "", {}, "")


def test_the_same_address_without_a_key_keeps_the_one_it_has(file: Path) -> None:
    connection = ModelConnection(file, changeable=True)
    connection.connect("https://127.0.0.2/v1", KEY)
    connection.connect("https://127.0.0.2/v1")
    assert connection.key == KEY


@pytest.mark.parametrize("backend", [NoKeyring(), Locked()], ids=["none", "locked"])
def test_without_a_keyring_the_key_is_kept_until_the_end(file: Path, backend: KeyringBackend) -> None:
    keyring.set_keyring(backend)
    connection = ModelConnection(file, changeable=True)
    connection.connect("https://127.0.0.2/v1", KEY)
    assert connection.key == KEY and KEY not in file.read_text()
    assert ModelConnection(file).key == ""
    connection.disconnect()
    assert connection.key == ""


def test_a_key_that_is_entered_once_the_keyring_is_unlocked_takes_the_place_of_the_first(
    file: Path, ring: InMemory
) -> None:
    keyring.set_keyring(Locked())
    connection = ModelConnection(file, changeable=True)
    connection.connect("https://127.0.0.2/v1", "wrong")
    keyring.set_keyring(ring)
    connection.connect("https://127.0.0.2/v1", KEY)
    assert connection.key == KEY


def test_where_others_can_reach_dateline_nobody_may_change_it(file: Path) -> None:
    with pytest.raises(SettingsError, match="Only whoever runs this Dateline"):
        ModelConnection(file).connect("http://127.0.0.1:8080/v1", KEY)
    with pytest.raises(SettingsError, match="Only whoever runs this Dateline"):
        ChatModels("quote", None).disconnect()
    assert not file.exists()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "isn't the address of a server"),
        ("models", "isn't the address of a server"),
        ("file:///etc/passwd", "isn't the address of a server"),
        ("http://", "isn't the address of a server"),
        ("http://[", "isn't the address of a server"),
        ("http://127.0.0.2:99999/v1", "isn't the address of a server"),
        ("http://127.0.0.1/" + "x" * 300, "isn't the address of a server"),
        ("http://127.0.0.1/\n", ""),
        ("http://127.0.0.1/a\nb", "isn't the address of a server"),
        ("https://me:pass@127.0.0.2/v1", "Leave out names, keys"),
        ("https://127.0.0.2/v1?key=secret", "Leave out names, keys"),
        ("http://169.254.169.254/latest", "kept for a cloud's own services"),
        ("http://[::ffff:169.254.169.254]/v1", "kept for a cloud's own services"),
        ("http://[fe80::1]/v1", "kept for a cloud's own services"),
        ("http://2852039166/v1", "kept for a cloud's own services"),
        ("http://models.example/v1", "Use https://"),
    ],
)
def test_an_address_that_is_not_to_be_spoken_to_is_refused(address: str, reason: str) -> None:
    if not reason:
        assert checked(address) == "http://127.0.0.1"
        return
    with pytest.raises(SettingsError, match=reason):
        checked(address)


@pytest.mark.parametrize("key", ["a\nb", "ключ", "k" * 3001, "a\x00"])
def test_what_is_no_key_is_refused_and_not_repeated(file: Path, key: str) -> None:
    with pytest.raises(SettingsError) as refused:
        ModelConnection(file, changeable=True).connect("http://127.0.0.1:8080/v1", key)
    assert key not in str(refused.value) and not file.exists()


@pytest.mark.parametrize("held", ["", "{", "[]", '{"address": 7}', '{"address": "http://169.254.169.254/"}', "\x00"])
def test_a_damaged_file_is_no_address(file: Path, held: str) -> None:
    file.write_text(held)
    assert ModelConnection(file).address == ""


@pytest.mark.parametrize(
    ("address", "how_far"),
    [
        ("http://127.0.0.1:11434/v1", Reach.HERE),
        ("http://localhost:1234", Reach.HERE),
        ("http://[::1]:1234", Reach.HERE),
        ("http://192.168.1.5/v1", Reach.NETWORK),
        ("http://nas.local/v1", Reach.NETWORK),
        ("http://gpu/v1", Reach.NETWORK),
        ("https://api.openai.com/v1", Reach.INTERNET),
        ("https://8.8.8.8/v1", Reach.INTERNET),
    ],
)
def test_how_far_what_is_sent_goes(address: str, how_far: Reach) -> None:
    assert reach(address) is how_far


def entered(file: Path, **settings: str) -> ChatModels:
    return ChatModels("quote", None, connection=ModelConnection(file, changeable=True), **settings)


def test_the_models_of_a_server_that_was_entered_answer_with_its_key(
    model_server: str, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    models = entered(file)
    assert models.connect(model_server, KEY) == 3, "found at /v1 below the address"
    assert models.connection.address == f"{model_server}/v1"
    assert "openai:small" in models.offered()
    trial = models.tried("openai:small")
    assert (trial.word, trial.problem) == ("Hello", "")
    assert set(ModelServer.heard) == {f"Bearer {KEY}"}
    assert KEY not in caplog.text and KEY not in repr(models.__dict__)
    models.disconnect()
    assert models.tried("openai:small").problem.startswith("The model openai:small is not there")


def test_the_key_of_the_settings_is_not_sent_to_a_server_that_was_entered(model_server: str, file: Path) -> None:
    models = entered(file, url="http://127.0.0.1:1/v1", key="the-owners-own")
    models.connect(f"{model_server}/v1", "")
    assert "openai:small" in models.offered() and models.tried("openai:small").word == "Hello"
    assert ModelServer.heard and not any("the-owners-own" in each for each in ModelServer.heard)


def test_a_server_without_models_is_kept_as_it_was_entered(file: Path) -> None:
    models = entered(file)
    assert models.connect("http://127.0.0.1:1", KEY) == 0
    assert models.connection.address == "http://127.0.0.1:1" and models.connection.key == KEY


def test_a_wrong_key_is_told_without_the_key(model_server: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_server.SMALL", "repeats_the_key")  # the name under which the server lists a model
    models = entered(file)
    models.connect(f"{model_server}/v1", KEY)
    told = models.tried("openai:repeats_the_key").problem
    assert "refused the key" in told and KEY not in told
