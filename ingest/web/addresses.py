"""Which network addresses a URL may lead to, so that an article's address cannot reach into this machine's network."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import IPv4Address, ip_address, ip_network

import httpcore

from vectorstore.errors import AddressRefused, NotReached

Permitted = Callable[[str], bool]
"""Says of an IP address whether it may be connected to."""
Resolve = Callable[[str, int], list[str]]

# IANA's special-purpose registries and the rooms for multicast and the future, as of 2026; `is_global` of Python's own
# ipaddress leaves some of them out, others in each version. The last is where Azure's machines ask for their secrets.
_NOT_PUBLIC = tuple(
    map(
        ip_network,
        """
        0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
        192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
        203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
        2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20
        """.split(),
    )
)
# All that is assigned to the public internet, whatever other forms IPv6 has for machines, links, sites and tunnels.
_PUBLIC_IPV6 = ip_network("2000::/3")
# How machines that have IPv6 only reach the others: the last four bytes are the IPv4 address.
_NAT64 = ip_network("64:ff9b::/96")


_CHECK = "check the address and the connection to the internet"
_ALLOW = "set DATELINE_ALLOW_PRIVATE_ADDRESSES=true"


def is_public(address: str) -> bool:
    """Whether the IP address belongs to the public internet."""
    asked = ip_address(address)
    if asked in _NAT64:
        asked = IPv4Address(int(asked) & 0xFFFFFFFF)
    assigned = asked.version == 4 or asked in _PUBLIC_IPV6
    return assigned and not any(asked in network for network in _NOT_PUBLIC)


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses that the system knows for a host, the ones it prefers first. Raises NotReached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(f"the host {host} cannot be found; {_CHECK}") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves a host, refuses it if any of its addresses is not permitted, and connects to one that was checked.

    Nothing resolves the name a second time, so that it cannot answer differently once it has been checked. Every read
    and write ends at `remaining()` seconds, however often the other side sends a byte. With None for `permitted` all
    addresses are.
    """

    def __init__(self, permitted: Permitted | None, remaining: Callable[[], float], resolve: Resolve = resolve) -> None:
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
        addresses = self._checked(host, port) if self._permitted else self._resolve(host, port)
        return _Timed(self._connect(addresses, port), self._remaining)

    def _checked(self, host: str, port: int) -> list[str]:
        """A name that leads to an address that is not permitted is told as one that does not exist is: whoever may add
        articles would read the names of this network off the difference."""
        assert self._permitted
        try:
            addresses = self._resolve(host, port)
        except NotReached:
            addresses = []
        if addresses and all(map(self._permitted, addresses)):
            return addresses
        if _speaks_for_itself(host):
            raise AddressRefused(f"refused: {host} is a private address; {_ALLOW} to allow this")
        raise NotReached(
            f"the host {host} cannot be found on the public internet; {_CHECK}, or {_ALLOW} for the local network"
        )

    def _connect(self, addresses: list[str], port: int) -> httpcore.NetworkStream:
        failure: Exception = NotReached("no address to connect to")
        for untried, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            try:
                # A share of the time for each: where IPv6 is broken, IPv4 gets its turn.
                return self._sockets.connect_tcp(address, port, self._remaining() / untried)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def _speaks_for_itself(host: str) -> bool:
    """Whether it says without being looked up what it is: an address in any of its forms, or this machine."""
    with suppress(OSError, UnicodeError):
        return bool(socket.inet_aton(host))
    with suppress(ValueError):
        return bool(ip_address(host.strip("[]")))
    return host.rstrip(".").lower() == "localhost"


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
