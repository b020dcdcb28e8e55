"""Commands of one process carried out by another: here both are this one, with real connections between them."""

from __future__ import annotations

import json
import socket
import stat
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from http.client import HTTPException
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from filelock import FileLock

from vectorstore.console import terminal
from vectorstore.console.command_client import INTERRUPT, Address, Served, is_served, leave_to_server, when_free
from vectorstore.console.command_server import commands_served
from vectorstore.console.terminal import Surroundings
from vectorstore.errors import LibraryBusy, LibraryUnwritable

HERE = Surroundings(directory="/", environment={})
PATIENCE = 30


def echo(arguments: Sequence[str]) -> int:
    for word in arguments:
        terminal.out().write(f"{word}\n")
    terminal.err().write("done\n")
    return len(arguments)


@contextmanager
def asked(library: Path, *arguments: str, here: Surroundings = HERE) -> Iterator[Connection[Any, Any]]:
    address = Address.of(library)
    assert address
    connection = address.connected()
    assert connection
    with connection:
        connection.send_bytes(json.dumps({"arguments": arguments, "surroundings": asdict(here)}).encode())
        yield connection


def said(connection: Connection[Any, Any]) -> tuple[str, str, int]:
    out = err = ""
    while True:
        assert connection.poll(PATIENCE)
        message = json.loads(connection.recv_bytes())
        if "status" in message:
            return out, err, message["status"]
        out, err = out + message.get("out", ""), err + message.get("err", "")


class TestACommand:
    def test_prints_there_what_it_prints_here_and_ends_with_its_status(self, tmp_path: Path) -> None:
        with commands_served(tmp_path, echo), asked(tmp_path, "Ein", "Zoë", "\udcff") as connection:
            assert said(connection) == ("Ein\nZoë\n\udcff\n", "done\n", 3)

    def test_keeps_its_output_to_itself_while_others_run(self, tmp_path: Path) -> None:
        together = threading.Barrier(8)

        def slowly(arguments: Sequence[str]) -> int:
            together.wait(PATIENCE)
            return echo(arguments)

        def one(number: int) -> tuple[str, str, int]:
            with asked(tmp_path, *[str(number)] * 100) as connection:
                return said(connection)

        with commands_served(tmp_path, slowly), ThreadPoolExecutor(8) as pool:
            for number, result in enumerate(pool.map(one, range(8))):
                assert result == (f"{number}\n" * 100, "done\n", 100)

    def test_draws_for_the_terminal_that_it_is_for(self, tmp_path: Path) -> None:
        def draw(arguments: Sequence[str]) -> int:
            console = terminal.screen()
            console.print("red", style="red")
            return console.width

        shown = replace(HERE, out_is_terminal=True, environment={"TERM": "xterm-256color", "COLUMNS": "71"})
        with commands_served(tmp_path, draw):
            with asked(tmp_path, here=shown) as connection:
                assert said(connection) == ("\x1b[31mred\x1b[0m\n", "", 71)
            with asked(tmp_path) as connection:
                assert said(connection)[0] == "red\n"

    def test_reads_paths_from_the_folder_where_it_was_given(self, tmp_path: Path) -> None:
        def show(arguments: Sequence[str]) -> int:
            terminal.out().write("|".join(str(terminal.resolved(Path(each))) for each in arguments))
            return 0

        here = replace(HERE, directory="/a b")
        with commands_served(tmp_path, show), asked(tmp_path, "c d.txt", "/e", here=here) as connection:
            assert said(connection)[0] == "/a b/c d.txt|/e"
        assert terminal.resolved(Path("c d.txt")) == Path("c d.txt")

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_that_fails_unforeseen_still_ends(self, tmp_path: Path) -> None:
        def fail(arguments: Sequence[str]) -> int:
            raise ZeroDivisionError

        with commands_served(tmp_path, fail), asked(tmp_path) as connection:
            assert said(connection) == ("", "", 1)


def test_a_folder_that_may_not_be_written_is_told_in_a_line(tmp_path: Path) -> None:
    Address.file(tmp_path).mkdir()
    with pytest.raises(LibraryUnwritable, match=r"server\.json"), commands_served(tmp_path, echo):
        pass
    assert not [each for each in tmp_path.iterdir() if each.is_file()]


class TestCtrlC:
    @pytest.fixture
    def held(self) -> Iterator[Callable[[Sequence[str]], int]]:
        """A command that hears nothing until it is let go, `hears` aside."""
        self.running, self.let_go, self.heard = threading.Event(), threading.Event(), threading.Event()

        def run(arguments: Sequence[str]) -> int:
            self.running.set()
            while not self.let_go.wait(0.01):
                if terminal.interrupted():
                    self.heard.set()
            return 7

        yield run
        self.let_go.set()

    def test_ends_the_wait_for_a_command_that_does_not_hear_it(self, tmp_path: Path, held) -> None:
        with commands_served(tmp_path, held), asked(tmp_path) as connection:
            assert self.running.wait(PATIENCE)
            connection.send_bytes(INTERRUPT)
            assert said(connection)[2] == 130
            assert self.heard.wait(PATIENCE)
            self.let_go.set()

    def test_is_a_wish_for_a_command_that_takes_it_so(self, tmp_path: Path) -> None:
        running = threading.Event()

        def tidy(arguments: Sequence[str]) -> int:
            current = terminal.remote()
            assert current
            with current.taking_interrupts_as_a_wish() as pressed:
                running.set()
                while not pressed():
                    sleep(0.01)
            terminal.out().write("stored")
            return 1

        with commands_served(tmp_path, tidy), asked(tmp_path) as connection:
            assert running.wait(PATIENCE)
            connection.send_bytes(INTERRUPT)
            assert said(connection) == ("stored", "", 1)

    def test_is_heard_when_the_other_process_has_gone(self, tmp_path: Path, held) -> None:
        with commands_served(tmp_path, held):
            with asked(tmp_path):
                assert self.running.wait(PATIENCE)
            assert self.heard.wait(PATIENCE)
            self.let_go.set()

    def test_is_what_a_command_hears_when_the_server_closes(self, tmp_path: Path) -> None:
        running, ended = threading.Event(), []

        def run(arguments: Sequence[str]) -> int:
            running.set()
            while not terminal.interrupted():
                sleep(0.01)
            ended.append(arguments)
            return 0

        with ExitStack() as stack:
            with commands_served(tmp_path, run):
                stack.enter_context(asked(tmp_path, "a"))
                assert running.wait(PATIENCE)
            assert ended == [["a"]]

    def test_nothing_waits_for_a_terminal_that_takes_no_output(self, tmp_path: Path) -> None:
        written = threading.Event()

        def flood(arguments: Sequence[str]) -> int:
            for _ in range(200):
                terminal.out().write("x" * 100_000)
            written.set()
            return 0

        with commands_served(tmp_path, flood), asked(tmp_path) as connection:
            assert written.wait(PATIENCE)
            assert len(said(connection)[0]) == 200 * 100_000


class TestWhoIsLetIn:
    @pytest.fixture
    def ran(self, tmp_path: Path) -> Iterator[list[Sequence[str]]]:
        ran: list[Sequence[str]] = []

        def note(arguments: Sequence[str]) -> int:
            ran.append(arguments)
            return 0

        with commands_served(tmp_path, note):
            yield ran

    def test_the_address_is_for_its_owner_alone_and_goes_with_the_server(self, tmp_path: Path) -> None:
        with commands_served(tmp_path, echo):
            assert stat.S_IMODE(Address.file(tmp_path).stat().st_mode) == 0o600
            assert is_served(tmp_path)
        assert list(tmp_path.iterdir()) == []
        assert not is_served(tmp_path)

    def test_nobody_with_another_key(self, tmp_path: Path, ran: list[Sequence[str]]) -> None:
        address = Address.of(tmp_path)
        assert address
        for key in ("", "0" * 64, address.key[:-1]):
            assert replace(address, key=key).connected() is None
        assert is_served(tmp_path) and not ran

    @pytest.mark.parametrize(
        "sent",
        [
            b"POST /terminal HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://example.org\r\n\r\n{}",
            b"\x00\x00\x00\x02{}",
            b"\xff\xff\xff\xff",
            b"\x00\x00\x00\x10" + bytes(16),
        ],
        ids=["a web page", "a request without proof", "a length that is none", "a wrong proof"],
    )
    def test_nobody_who_does_not_prove_to_have_the_key(
        self, tmp_path: Path, ran: list[Sequence[str]], sent: bytes
    ) -> None:
        address = Address.of(tmp_path)
        assert address
        with socket.create_connection(("127.0.0.1", address.port), PATIENCE) as caller:
            caller.sendall(sent)
            answer = received(caller)
        assert b"WELCOME" not in answer
        assert is_served(tmp_path) and not ran

    def test_no_browser(self, tmp_path: Path, ran: list[Sequence[str]]) -> None:
        address = Address.of(tmp_path)
        assert address
        request = urllib.request.Request(f"http://127.0.0.1:{address.port}/", b"{}", {"Origin": "https://example.org"})
        with pytest.raises((OSError, HTTPException)):
            urllib.request.urlopen(request, timeout=PATIENCE)
        assert not ran

    def test_a_silent_caller_is_cut_off_and_holds_nobody_up(
        self, tmp_path: Path, ran: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vectorstore.console.command_server.PATIENCE", 0.2)
        address = Address.of(tmp_path)
        assert address
        with socket.create_connection(("127.0.0.1", address.port), PATIENCE) as caller:
            assert is_served(tmp_path)
            received(caller)  # ends

    @pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"port": 1, "key": "a", "protocol": 0}', "\x00"])
    def test_an_address_that_cannot_be_read_is_none(self, tmp_path: Path, content: str) -> None:
        Address.file(tmp_path).write_text(content)
        assert not is_served(tmp_path)

    def test_an_address_where_somebody_else_is_by_now_is_none(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as stranger:
            port = stranger.getsockname()[1]
            Address.file(tmp_path).write_text(json.dumps(asdict(Address(port, "a" * 64))))

            def answer() -> None:
                caller, _ = stranger.accept()
                with caller:
                    caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

            thread = threading.Thread(target=answer)
            thread.start()
            assert not is_served(tmp_path)
            thread.join()
        assert not is_served(tmp_path)  # nobody at all


def received(caller: socket.socket) -> bytes:
    """All that comes until the other side ends the connection."""
    answer = b""
    try:
        while piece := caller.recv(4096):
            answer += piece
    except ConnectionError:
        pass
    return answer


class TestWaiting:
    def test_it_opens_as_soon_as_the_library_is_free_and_says_once_that_it_waits(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        holder, tries = FileLock(tmp_path / "writer.lock", thread_local=False), []

        def open_it() -> str:
            tries.append(1)
            if holder.is_locked:
                raise LibraryBusy
            return "open"

        holder.acquire()
        release = threading.Timer(0.3, holder.release)
        release.start()
        assert when_free(tmp_path, open_it, PATIENCE, lambda: False) == "open"
        assert len(tries) == 2
        assert capsys.readouterr().err.count("Ctrl-C ends the wait") == 1

    def test_it_is_told_when_that_takes_too_long(self, tmp_path: Path) -> None:
        with pytest.raises(LibraryBusy):
            when_free(tmp_path, busy, 0, lambda: False)

    def test_it_does_not_wait_for_what_will_not_end(self, tmp_path: Path) -> None:
        with pytest.raises(LibraryBusy):
            when_free(tmp_path, busy, PATIENCE, lambda: True)

    def test_it_is_left_to_a_server_that_appears_meanwhile(self, tmp_path: Path) -> None:
        with commands_served(tmp_path, echo), pytest.raises(Served) as served:
            when_free(tmp_path, busy, PATIENCE, lambda: leave_to_server(tmp_path))
        served.value.connection.close()


def busy() -> str:
    raise LibraryBusy
