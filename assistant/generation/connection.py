"""The server of models that a reader has entered on the page, beside the one of the settings, and its key.

The address stands in a file of its own in the library's folder, which no backup and no export reads. The key stands in
the system's keyring under that address, so it goes nowhere but where it was entered for; where there is no keyring it
is kept until the process ends. Nothing here tells a key to anybody but the server.
"""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from vectorstore.errors import SettingsError
from vectorstore.storage.private import private

_SERVICE = "dateline"
_LONGEST = 300
_NOT_A_MODEL = "Such addresses are kept for a cloud's own services. Give that of a server of models."
_AT_HOME = (".local", ".lan", ".internal", ".home.arpa")


class Reach(StrEnum):
    """How far what is sent to an address goes."""

    HERE = "here"
    NETWORK = "network"
    INTERNET = "internet"


class ModelConnection:
    """`file` keeps the address. Only where it is `changeable` may the page set it: whoever sets it decides where
    questions and passages go, and what inner services Dateline speaks to."""

    def __init__(self, file: Path | None = None, changeable: bool = False) -> None:
        self._file, self.changeable = file, changeable
        self._unkept: dict[str, str] = {}
        self._changing = Lock()
        self.address = _kept(file)

    @property
    def key(self) -> str:
        """ "" for none."""
        if not self.address:
            return ""
        return self._unkept.get(self.address) or _of_keyring(self.address)

    @property
    def has_keyring(self) -> bool:
        return _keyring() is not None

    def connect(self, address: str, key: str = "") -> None:
        """Use this server from now on, with a key or without. Raises SettingsError, in which nothing of a key is."""
        self._require_changeable()
        address = checked(address)
        if _is_link_local(address):  # a name that leads there
            raise SettingsError(_NOT_A_MODEL)
        key = key.strip()
        if not (key.isascii() and key.isprintable() and len(key) <= _LONGEST * 10):
            raise SettingsError("The key holds characters that no key has. Copy it again.")
        with self._changing:
            if self.address and self.address != address:
                self._forget_key()
            if key:
                self._unkept.pop(address, None)
                if not _into_keyring(address, key):
                    self._unkept[address] = key
            self.address = address
            self._keep({"address": address})

    def disconnect(self) -> None:
        """Forget the address and its key."""
        self._require_changeable()
        with self._changing:
            if self.address:
                self._forget_key()
            self.address = ""
            self._keep({})

    def _require_changeable(self) -> None:
        if not self.changeable:
            raise SettingsError("Only whoever runs this Dateline may change its server of models.")

    def _forget_key(self) -> None:
        self._unkept.pop(self.address, None)
        if ring := _keyring():
            from keyring.errors import KeyringError

            with suppress(KeyringError):
                ring.delete_password(_SERVICE, self.address)

    def _keep(self, held: dict[str, str]) -> None:
        if self._file is None:
            return
        try:
            with open(self._file, "w", encoding="utf-8", opener=private) as file:
                json.dump(held, file)
        except OSError as error:
            raise SettingsError(
                f"The address is used, but cannot be kept for the next start ({error.strerror})."
            ) from error


def checked(address: str) -> str:
    """The address without what is none of it. Raises SettingsError for one that is not to be spoken to."""
    given = address.strip().rstrip("/")
    try:
        parts = urlsplit(given)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or len(given) > _LONGEST or not given.isprintable():
        raise SettingsError("That isn't the address of a server; one looks like http://127.0.0.1:8080/v1.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingsError("The address holds more than a server's address. Leave out names, keys and all behind “?”.")
    with suppress(OSError, UnicodeError):  # also in the forms in which nobody writes it
        host = socket.inet_ntoa(socket.inet_aton(host))
    with suppress(ValueError):
        if _numbers(host).is_link_local:
            raise SettingsError(_NOT_A_MODEL)
    if parts.scheme == "http" and reach(given) is Reach.INTERNET:
        raise SettingsError("Use https:// for a server on the internet: over http:// others could read what is sent.")
    return given


def reach(address: str) -> Reach:
    """By how the host is written, without asking anybody."""
    host = (urlsplit(address).hostname or "").lower()
    with suppress(ValueError):
        numbers = _numbers(host)
        return Reach.HERE if numbers.is_loopback else Reach.NETWORK if numbers.is_private else Reach.INTERNET
    if host == "localhost" or host.endswith(".localhost"):
        return Reach.HERE
    return Reach.NETWORK if "." not in host or host.endswith(_AT_HOME) else Reach.INTERNET


def _numbers(host: str) -> IPv4Address | IPv6Address:
    """Those of an IPv4 address that is written as an IPv6 one, too. Raises ValueError."""
    found = ip_address(host)
    return getattr(found, "ipv4_mapped", None) or found


def _is_link_local(address: str) -> bool:
    """As 169.254.169.254 is, by which a cloud's machines are told their secrets."""
    with suppress(OSError, UnicodeError, ValueError):
        found = socket.getaddrinfo(urlsplit(address).hostname, None, type=socket.SOCK_STREAM)
        return any(_numbers(str(each[4][0]).partition("%")[0]).is_link_local for each in found)
    return False


def _kept(file: Path | None) -> str:
    with suppress(OSError, ValueError, AttributeError, SettingsError):
        if file is not None:
            return checked(str(json.loads(file.read_text(encoding="utf-8")).get("address", "")))
    return ""


def _keyring() -> Any:
    """The system's, or None: neither one that keeps keys in a readable file nor one that keeps nothing."""
    import keyring

    backend = keyring.get_keyring()
    try:
        return backend if backend.priority >= 1 else None
    except Exception:  # each backend has its own way to say that it cannot be used here
        return None


def _of_keyring(address: str) -> str:
    from keyring.errors import KeyringError

    ring = _keyring()
    try:
        return (ring.get_password(_SERVICE, address) or "") if ring else ""
    except KeyringError:
        return ""


def _into_keyring(address: str, key: str) -> bool:
    from keyring.errors import KeyringError

    ring = _keyring()
    try:
        if ring:
            ring.set_password(_SERVICE, address, key)
        return ring is not None
    except KeyringError:
        return False
