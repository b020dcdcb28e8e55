"""Which network addresses a URL may lead to, so that an article's address cannot reach into this machine's network."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpcore

from vectorstore.errors import AddressRefused, NotReached

Permitted = Callable[[str], bool]
Resolve = Callable[[str, int], list[str]]

# IPv6 forms whose last four bytes are the IPv4 address that is really reached: NAT64, and the old "compatible" form.
_CARRIERS = IPv6Network("64:ff9b::/96"), IPv6Network("::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")


def is_public(address: str) -> bool:
    """Whether the IP address belongs to the public internet, seen through every IPv6 form that carries an IPv4 one."""
    return _is_public(ip_address(address))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    refused = address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global
    if isinstance(address, IPv4Address):
        return not refused
    carried = _carried(address)
    if carried:
        return all(map(_is_public, carried))
    return not (refused or address.is_site_local or address in _LOCAL_NAT64)


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    if address.teredo:
        return address.teredo
    if any(address in network for network in _CARRIERS):
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    inner = address.ipv4_mapped or address.sixtofour
    return (inner,) if inner else ()


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses that the system knows for a host, the ones it prefers first. Raises NotReached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(
            f"the host {host} cannot be found; check the address and the connection to the internet"
        ) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves a host, refuses it if any of its addresses is not permitted, and connects to one that was checked.

    Nothing resolves the name a second time, so that it cannot answer differently once it has been checked. Every read
    and write ends at `remaining()` seconds, however often the other side sends a byte.
    """

    def __init__(self, permitted: Permitted, remaining: Callable[[], float], resolve: Resolve = resolve) -> None:
        self._permitted = permitted
        self._remaining = remaining
        self._resolve = resolve
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._resolve(host, port)
        for address in addresses:
            if not self._permitted(address):
                raise AddressRefused(
                    f"refused: {host} leads to a private address ({address}); "
                    "set DATELINE_ALLOW_PRIVATE_ADDRESSES=true to allow this"
                )
        return _Timed(self._connect(addresses, port), self._remaining)

    def _connect(self, addresses: list[str], port: int) -> httpcore.NetworkStream:
        failure: Exception = NotReached("no address to connect to")
        for untried, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            try:
                # A share of the time for each: where IPv6 is broken, IPv4 gets its turn.
                return self._sockets.connect_tcp(address, port, self._remaining() / untried)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Timed(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, remaining: Callable[[], float]) -> None:
        self._stream = stream
        self._remaining = remaining

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._remaining()), self._remaining)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
