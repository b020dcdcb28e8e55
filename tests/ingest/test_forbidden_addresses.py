"""No spelling of an address, no name, no redirect and no second thought of a resolver leads into this network.

A listening socket on this machine counts the connections; the same addresses reach it once the check is off.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from ingest.web.addresses import is_public, resolve
from ingest.web.fetch import fetch, fetch_permitted
from ingest.web.politeness import Web
from vectorstore.errors import AddressRefused, FetchFailed, NotReached

PUBLIC = "93.184.215.14"
NAMES = {
    "four.example": ["127.0.0.1"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "unspecified.example": ["0.0.0.0"],
    "private-first.example": ["127.0.0.1", PUBLIC],
    "private-last.example": [PUBLIC, "127.0.0.1"],
    "router.example": ["192.168.1.1"],
    "metadata.example": ["169.254.169.254"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "zone.example": ["fe80::1%lo"],
    "metadata.google.internal": ["169.254.169.254", "fd20:ce::254"],
    "metadata.tencentyun.com": ["169.254.0.23"],
    "metadata.oracle.example": ["192.0.0.192"],
    "wireserver.azure.example": ["168.63.129.16"],
    "tunnel.example": ["2001:0:5db8:d70e:8000:63bf:3fff:fdd2"],
}

# Each of these leads to the listener, however it is spelled.
THIS_MACHINE = """
http://127.0.0.1:PORT/ http://127.1:PORT/ http://127.0.1:PORT/ http://2130706433:PORT/
http://0x7f000001:PORT/ http://0X7F000001:PORT/ http://0x7f.1:PORT/ http://0x7f.0.0.1:PORT/ http://0177.0x0.0.01:PORT/
http://017700000001:PORT/ http://0.0.0.0:PORT/ http://0:PORT/ http://0x0:PORT/ http://0.0:PORT/
http://localhost:PORT/ http://LOCALHOST:PORT/ HTTP://LocalHost:PORT/ https://127.0.0.1:PORT/ https://localhost:PORT/
http://127。0。0。1:PORT/ http://127．0．0．1:PORT/ http://127｡0｡0｡1:PORT/
http://[::1]:PORT/ http://[0:0:0:0:0:0:0:1]:PORT/ http://[::0.0.0.1]:PORT/ http://[::]:PORT/
http://[::ffff:127.0.0.1]:PORT/ http://[::FFFF:7F00:1]:PORT/ http://[0:0:0:0:0:ffff:7f00:0001]:PORT/
http://[::ffff:0.0.0.0]:PORT/ http://@127.0.0.1:PORT/ http://127.0.0.1:PORT#@public.example/
http://127.0.0.1:PORT?@public.example/ http://127.0.0.1:00PORT/ http://127.0.0.1:+PORT/ http://127.0.0.1:０PORT/
http://four.example:PORT/ http://six.example:PORT/ http://mapped.example:PORT/ http://unspecified.example:PORT/
http://private-first.example:PORT/
""".split()
# These lead elsewhere in the network, or nowhere that an article could stand.
THIS_NETWORK = """
http://10.0.0.1/ http://10.255.255.254:8080/ http://167772161/ http://172.16.0.1/ http://172.31.255.254/
http://192.168.0.1/ http://192.168.1:PORT/ http://169.254.169.254/latest/meta-data/ http://0xa9fea9fe/ http://2852039166/
http://0251.0xfe.0251.0xfe/ http://100.64.0.1/ http://100.100.100.200/ http://0.1.2.3:PORT/ http://127.255.255.254:PORT/
http://224.0.0.1/ http://239.255.255.250:1900/ http://240.0.0.1/ http://255.255.255.255/ http://192.0.0.1/
http://192.0.2.1/ http://198.18.0.1/ http://198.51.100.1/ http://203.0.113.1/ http://[::127.0.0.1]:PORT/
http://[::ffff:10.0.0.1]/ http://[::ffff:169.254.169.254]/ http://[::ffff:0:127.0.0.1]:PORT/
http://[64:ff9b::127.0.0.1]:PORT/ http://[64:ff9b::7f00:1]:PORT/ http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b:1::1]/
http://[2002:7f00:1::]:PORT/ http://[2002:a9fe:a9fe::1]/ http://[2001:0:7f00:1::]:PORT/ http://[fe80::1]:PORT/
http://[fe80::1%251]:PORT/ http://[fc00::1]/ http://[fd00:ec2::254]/ http://[fec0::1]/ http://[ff02::1]/
http://[2001:db8::1]/ http://[100::1]/
http://192.0.0.192/opc/v2/ http://192.88.99.1/ http://168.63.129.16/?comp=versions http://100.127.255.254/
http://169.254.0.23/ http://192.31.196.1/ http://192.52.193.1/ http://192.175.48.1/
http://[64:ff9b::a83f:8110]/ http://[64:ff9b::c000:c0]/ http://[64:ff9b::6440:1]/ http://[64:ff9b::c058:6301]/
http://[64:ff9b:1::5db8:d70e]/ http://[2002:5db8:d70e::1]/ http://[2002:a83f:8110::1]/ http://[2002:6440:1::1]/
http://[2001:0:5db8:d70e::]/ http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/ http://[::ffff:168.63.129.16]/
http://[::ffff:93.184.215.14]/ http://[::93.184.215.14]/ http://[2001:10::1]/ http://[2001:20::1]/ http://[2001:2::1]/
http://[2001:1::1]/ http://[2001:4:112::1]/ http://[3fff::1]/ http://[5f00::1]/ http://[4000::1]/
http://[2620:4f:8000::1]/ http://[fd20:ce::254]/ http://[fec0:0:0:ffff::1]/
http://metadata.google.internal/computeMetadata/v1/ http://metadata.tencentyun.com/ http://metadata.oracle.example/
http://wireserver.azure.example/ http://tunnel.example/
http://private-last.example:PORT/ http://router.example/ http://metadata.example/ http://nat64.example:PORT/
http://zone.example:PORT/
""".split()
# What a laxer reader would take for one of the above.
NO_ADDRESS = """
http://0177.0.0.1:PORT/ http://00000177.0.0.1:PORT/ http://127.0.0.1.:PORT/ http://127.1.:PORT/ http://2130706433.:PORT/
http://localhost.:PORT/ http://①②⑦.⓪.⓪.①:PORT/ http://１２７.０.０.１:PORT/ http://ｌｏｃａｌｈｏｓｔ:PORT/
http://127%2e0%2e0%2e1:PORT/ http://%31%32%37.0.0.1:PORT/ http://%6cocalhost:PORT/ http://127.0.0.1%00.example:PORT/
http://[::1%25lo]:PORT/ http://[fe80::1%25lo]:PORT/ http://user@127.0.0.1:PORT/ http://public.example@127.0.0.1:PORT/
http://public.example:80@127.0.0.1:PORT/ http://public.example%40127.0.0.1:PORT/ http://127.0.0.1:PORT\\@public.example/
http://public.example\\@127.0.0.1:PORT/ http:///127.0.0.1:PORT/ ftp://127.0.0.1:PORT/ gopher://127.0.0.1:PORT/_GET
ws://127.0.0.1:PORT/ feed:http://127.0.0.1:PORT/ file:///etc/passwd
""".split()
FORBIDDEN = THIS_MACHINE + THIS_NETWORK + NO_ADDRESS


class Listener:
    """Listens on the loopback addresses of both families, on one port, and answers nobody."""

    def __init__(self, port: int = 0) -> None:
        self._sockets = [socket.create_server(("127.0.0.1", port))]
        self.port = self._sockets[0].getsockname()[1]
        with suppress(OSError):  # a machine without IPv6
            self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for listening in self._sockets:
            listening.setblocking(False)

    @property
    def knows_ipv6(self) -> bool:
        return len(self._sockets) == 2

    def visits(self) -> int:
        """How many connections were made since the last call; the system completes them while nobody accepts."""
        count = 0
        for listening in self._sockets:
            with suppress(BlockingIOError):
                while True:
                    listening.accept()[0].close()
                    count += 1
        return count

    def close(self) -> None:
        for listening in self._sockets:
            listening.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with closing(Listener()) as listening:
        yield listening


def named(host: str, port: int) -> list[str]:
    return NAMES.get(host) or resolve(host, port)


def at(url: str, listener: Listener) -> str:
    return url.replace("PORT", str(listener.port))


def permitted_from(front: str):
    """The check as it is, but for the one address of this machine that stands in for the public internet."""
    return lambda address: address == front or is_public(address)


def test_there_are_enough_of_them() -> None:
    assert len(set(FORBIDDEN)) == len(FORBIDDEN) > 100


@pytest.mark.parametrize("url", FORBIDDEN)
def test_no_connection_is_made(listener: Listener, url: str) -> None:
    with pytest.raises(FetchFailed) as failure:
        fetch_permitted(at(url, listener), is_public, resolve=named)
    assert listener.visits() == 0
    if url not in NO_ADDRESS:
        kind = NotReached if any(name in url for name in NAMES) else AddressRefused
        assert type(failure.value) is kind and "DATELINE_ALLOW_PRIVATE_ADDRESSES" in str(failure.value)


def told_of(name: str) -> str:
    with pytest.raises(NotReached) as failure:
        fetch_permitted(f"http://{name}/", is_public, resolve=named)
    return str(failure.value).replace(name, "NAME")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_this_network_is_told_as_one_that_does_not_exist(name: str) -> None:
    assert told_of(name) == told_of("nobody.invalid")


def test_names_of_this_network_and_names_of_nobody_are_waited_for_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_up(name: str) -> list[tuple[str, int]]:
        pauses: list[tuple[str, int]] = []
        web = Web(sleep=lambda seconds: pauses.append(("pause", round(seconds))))
        for path in ("a", "b", "c", "d"):
            with pytest.raises(FetchFailed) as failure:
                web.get(f"http://{name}/{path}")
            pauses.append((str(failure.value).replace(name, "NAME"), 0))
        return pauses

    monkeypatch.setattr(
        "ingest.web.addresses.socket.getaddrinfo",
        lambda host, port, **_: [(0, 0, 0, "", ("10.1.2.3", port))] if host == "intranet.example" else no_such_host(),
    )
    assert looked_up("intranet.example") == looked_up("nobody.example")


def no_such_host() -> None:
    raise socket.gaierror(-2, "Name or service not known")


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "192.0.1.1", "2606:2800:220:1::1", "2a00::1"])
def test_the_public_internet_is_let_through_and_so_is_its_way_from_a_network_with_ipv6_only(address: str) -> None:
    assert is_public(address)
    assert ":" in address or is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize("url", FORBIDDEN)
def test_no_redirect_leads_there(listener: Listener, other_site, url: str) -> None:
    raw = at(url, listener).encode().decode("latin-1")  # as servers send it
    front = other_site.redirect("/a", raw)
    with pytest.raises(FetchFailed):
        fetch_permitted(front, permitted_from("127.0.0.2"), resolve=named)
    assert (other_site.asked[0], listener.visits()) == ("/a", 0)


@pytest.mark.parametrize("url", THIS_MACHINE)
def test_without_the_check_they_lead_to_the_listener(listener: Listener, url: str) -> None:
    if ("[" in url or "six" in url) and not listener.knows_ipv6:
        pytest.skip("this machine has no IPv6")
    with pytest.raises(FetchFailed):
        fetch_permitted(at(url, listener), lambda _: True, seconds=0.1, resolve=named)
    assert listener.visits() > 0


def test_the_setting_is_what_lets_them_through(listener: Listener) -> None:
    for allow_private, visits in [(False, 0), (True, 1)]:
        with pytest.raises(FetchFailed):
            fetch(f"http://localhost:{listener.port}/", allow_private=allow_private, seconds=0.1)
        assert listener.visits() == visits


class TestRebinding:
    """A name that answers with a public address first and with this machine from then on."""

    @pytest.fixture
    def listener(self, other_site) -> Iterator[Listener]:
        with closing(Listener(other_site.port)) as listening:  # on the port that the name is asked for
            yield listening

    @pytest.fixture
    def turned(self):
        answers = ["127.0.0.2"]
        return lambda host, port: [answers.pop() if answers else "127.0.0.1"]

    def test_the_address_that_was_checked_is_the_one_connected_to(self, listener: Listener, other_site, turned) -> None:
        other_site.pages["/a"] = b"public"
        url = f"http://turning.example:{other_site.port}/a"
        assert fetch_permitted(url, permitted_from("127.0.0.2"), resolve=turned).content == b"public"
        assert listener.visits() == 0

    @pytest.mark.parametrize("location", ["/b", "//turning.example:PORT/b", "http://TURNING.example.:PORT/b"])
    def test_a_redirect_to_itself_is_checked_anew(self, listener: Listener, other_site, turned, location: str) -> None:
        other_site.redirect("/a", at(location, listener))
        url = f"http://turning.example:{other_site.port}/a"
        with pytest.raises(NotReached, match="turning.example"):
            fetch_permitted(url, permitted_from("127.0.0.2"), resolve=turned)
        assert listener.visits() == 0

    def test_without_the_check_it_leads_to_the_listener(self, listener: Listener, other_site, turned) -> None:
        other_site.redirect("/a", "/b")
        with pytest.raises(FetchFailed):
            fetch_permitted(f"http://turning.example:{other_site.port}/a", lambda _: True, seconds=0.5, resolve=turned)
        assert listener.visits() == 1
