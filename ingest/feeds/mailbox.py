"""A folder of a mailbox, read like a feed over IMAP with TLS: each mail in it is an article.

Nothing on the server is changed: the folder is opened for reading only, and no mail is marked as seen.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ingest.documents import LARGEST_DOCUMENT, Document, Format, Rejection
from vectorstore.errors import AddressRefused, FetchFailed, NotReached

if TYPE_CHECKING:
    from imapclient import IMAPClient

MOST_MAILS = 1000
"""As many of the newest are read at first, and at once."""
_SECONDS = 30.0
_SCHEMES = {"imap": 143, "imaps": 993}
_WHOLE = f"BODY.PEEK[]<0.{LARGEST_DOCUMENT + 1}>"

Passwords = Callable[[str], str]
"""The password of an account such as "anna@imap.post.example", "" where none is known."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What `imaps://anna@imap.post.example/Newsletters` names. `secure` is TLS from the first byte on; without it the
    connection is turned to TLS before anything else is said."""

    user: str
    host: str
    port: int
    folder: str
    secure: bool

    @property
    def account(self) -> str:
        return f"{self.user}@{self.host}"

    @property
    def title(self) -> str:
        return f"{self.folder} ({self.account})"


def is_mailbox(url: str) -> bool:
    return url.partition("://")[0].strip().lower() in _SCHEMES


def mailbox_of(url: str) -> Mailbox:
    """Raises AddressRefused; what the message quotes holds no password."""
    try:
        parts = urlsplit(url.strip())
        user, host, port = unquote(parts.username or ""), parts.hostname or "", parts.port
    except ValueError:
        user, host, port = "", "", None
    if not (user and host):
        raise AddressRefused("is no address of a mailbox; give it as imaps://you@imap.example.org/Folder")
    if parts.password is not None:
        raise AddressRefused(
            f"refused: the address holds a password; give it without, and put it into DATELINE_IMAP_PASSWORDS as "
            f'{{"{user}@{host}": "..."}}'
        )
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return Mailbox(user, host, port or _SCHEMES[parts.scheme], folder, parts.scheme == "imaps")


class Folder:
    """An open folder. `state` is what it is known by: it changes when mails come, and begins anew when the server has
    numbered all mails anew."""

    def __init__(self, mailbox: Mailbox, client: IMAPClient, numbering: int) -> None:
        self._mailbox, self._client, self._numbering = mailbox, client, numbering

    def news(self, state: str = "") -> tuple[list[int], int]:
        """The mails that came since that state, the newest 1,000 of them, and how many more there are."""
        numbering, _, last = state.partition(":")
        known = int(last) if numbering == str(self._numbering) and last.isdecimal() else 0
        # The server answers with its last mail where there is none so new.
        came = sorted(uid for uid in self._client.search(["UID", f"{known + 1}:*"]) if uid > known)
        return came[-MOST_MAILS:], len(came[:-MOST_MAILS])

    def state(self, last: int) -> str:
        return f"{self._numbering}:{last}"

    def mail(self, uid: int) -> Document | Rejection:
        name = f"{self._mailbox.folder}, mail {uid}, of {self._mailbox.account}"
        answer = self._client.fetch([uid], [_WHOLE]).get(uid, {})
        content = next((value for key, value in answer.items() if key.startswith(b"BODY[]")), None)
        if not isinstance(content, bytes):
            return Rejection(name, "is no longer there")
        if len(content) > LARGEST_DOCUMENT:
            return Rejection(name, "is larger than 10 MB, which no newsletter is")
        return Document(name, "", Format.LETTER, content)


@contextmanager
def opened(mailbox: Mailbox, passwords: Passwords) -> Iterator[Folder]:
    """Raises FetchFailed: AddressRefused where the password is not known or wrong, NotReached without a connection."""
    from imapclient import IMAPClient
    from imapclient.exceptions import IMAPClientError, LoginError

    password = passwords(mailbox.account)
    if not password:
        raise AddressRefused(
            f"no password of {mailbox.account} is known; put it into DATELINE_IMAP_PASSWORDS as "
            f'{{"{mailbox.account}": "..."}}, or into the keyring: keyring set dateline {mailbox.account}'
        )
    tls = ssl.create_default_context()
    try:
        client = IMAPClient(mailbox.host, mailbox.port, ssl=mailbox.secure, ssl_context=tls, timeout=_SECONDS)
        with client:
            if not mailbox.secure:
                client.starttls(tls)
            client.login(mailbox.user, password)
            about = client.select_folder(mailbox.folder, readonly=True)
            yield Folder(mailbox, client, int(about.get(b"UIDVALIDITY", 0)))
    except LoginError as error:
        told = _said(error).replace(password, "...")  # a server may repeat what it was told
        raise AddressRefused(f"{mailbox.account} was not let in; check the password ({told})") from None
    except UnicodeError:
        raise AddressRefused(f"the password of {mailbox.account} has letters that IMAP does not know") from None
    except IMAPClientError as error:
        raise FetchFailed(f"the mail server of {mailbox.account} refused {mailbox.folder} ({_said(error)})") from error
    except OSError as error:
        told = f"{mailbox.host}:{mailbox.port} cannot be reached with TLS ({_said(error)})"
        raise NotReached(f"{told}; check the address") from error


def passwords_of(given: Mapping[str, str]) -> Passwords:
    """Those given by account, and else what the keyring has, where the package keyring is installed."""

    def password(account: str) -> str:
        return given.get(account) or _of_keyring(account)

    return password


def _of_keyring(account: str) -> str:
    try:
        import keyring
    except ImportError:
        return ""
    try:
        return keyring.get_password("dateline", account) or ""
    except keyring.errors.KeyringError:
        return ""


def _said(error: Exception) -> str:
    said = error.args[-1] if error.args else error
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said))[:200]
