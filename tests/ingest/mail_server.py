"""A small mail server on 127.0.0.1 that speaks as much IMAP as a reader needs, with a certificate of its own."""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_PARTIAL = re.compile(r"BODY\.PEEK\[\]<0\.(\d+)>")


class MailServer:
    """Folders of mails by their number. `said` is what clients sent, their passwords left out."""

    def __init__(self, certificate: Path) -> None:
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": {}}
        self.flags: dict[int, set[str]] = {}
        self.password = "open sesame"
        self.numbering = 7
        self.said: list[str] = []
        self.port = self.plain_port = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)

    async def listen(self) -> list[asyncio.Server]:
        """With TLS at `port`, and at `plain_port` without, until the client asks for it."""
        secure = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=self._context)
        plain = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port, self.plain_port = (each.sockets[0].getsockname()[1] for each in (secure, plain))
        return [secure, plain]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(self, secure=writer.get_extra_info("ssl_object") is not None)
        writer.write(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, command, rest = (*line.split(" ", 2), "")[:3]
            self.said.append(f"{command} {'...' if command == 'LOGIN' else rest}".strip())
            try:
                writer.write(talk.answer(command, rest) + f"{tag} OK done\r\n".encode())
            except PermissionError as refusal:
                writer.write(f"{tag} NO {refusal}\r\n".encode())
            if command == "STARTTLS":
                await writer.start_tls(self._context)
                talk = _Talk(self, secure=True)
        writer.close()


class _Talk:
    """One connection."""

    def __init__(self, server: MailServer, secure: bool) -> None:
        self._server, self._secure = server, secure
        self._folder: dict[int, bytes] = {}

    def answer(self, command: str, rest: str) -> bytes:
        """What comes before the line that ends it. Raises PermissionError."""
        words = [quoted or plain for quoted, plain in _QUOTED.findall(rest)]
        known = {
            "CAPABILITY": lambda: b"* CAPABILITY IMAP4rev1 STARTTLS\r\n",
            "LOGIN": lambda: self._let_in(words[1]),
            "EXAMINE": lambda: self._open(words[0]),
            "UID": lambda: self._search(rest) if words[0] == "SEARCH" else self._fetch(int(words[1]), rest),
        }
        return known.get(command, bytes)()

    def _let_in(self, password: str) -> bytes:
        if not self._secure or password != self._server.password:
            raise PermissionError(f"[AUTHENTICATIONFAILED] {password} is wrong")
        return b""

    def _open(self, name: str) -> bytes:
        if name not in self._server.folders:
            raise PermissionError("no such folder")
        self._folder = self._server.folders[name]
        told = f"* {len(self._folder)} EXISTS", "* 0 RECENT", f"* OK [UIDVALIDITY {self._server.numbering}] ok", ""
        return "\r\n".join(told).encode()

    def _search(self, asked: str) -> bytes:
        start = int(asked.rpartition(" ")[2].partition(":")[0])
        found = [uid for uid in self._folder if uid >= start] or sorted(self._folder)[-1:]
        return f"* SEARCH {' '.join(map(str, found))}\r\n".encode()

    def _fetch(self, uid: int, asked: str) -> bytes:
        if uid not in self._folder:
            return b""
        partial = _PARTIAL.search(asked)
        if not partial:  # which marks a mail as seen
            self._server.flags.setdefault(uid, set()).add("\\Seen")
        content = self._folder[uid][: int(partial[1]) if partial else None]
        place = sorted(self._folder).index(uid) + 1
        return f"* {place} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n"


def make_certificate(path: Path) -> Path:
    """For 127.0.0.1, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@contextmanager
def mail_server(certificate: Path) -> Iterator[MailServer]:
    """Listening in a thread of its own."""
    server, loop = MailServer(certificate), asyncio.new_event_loop()
    listening = loop.run_until_complete(server.listen())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield server

    async def close() -> None:
        for each in listening:
            each.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
