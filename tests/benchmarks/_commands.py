"""The real commands of `dateline` in processes of their own, watched from outside as a user sees them, and killed.

A fresh Python that imports torch, gradio and chromadb costs five to ten seconds of computing, a fork of one that has
imported them nothing. So most commands run in a fork of a process (the nursery) that has imported everything and has
started no thread, opened no library and loaded no model: in the child runs `app.main([...])`, as the console script
does. `Watched.by_script` runs the console script itself instead, to show that it makes no difference.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

_IMPORTED = "torch transformers sentence_transformers chromadb gradio tantivy trafilatura httpx sqlalchemy app".split()
# Library threads that are started by an import would be missing in every child.
_ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
_PROGRESS = re.compile(rb"(\d+)/(\d+)")
_BAR_SHOWN, _BAR_GONE = b"\x1b[?25l", b"\x1b[?25h"  # the cursor is hidden while the bar stands
_LOOK_EVERY = 0.001
_BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")


def environment(folder: Path, **settings: object) -> dict[str, str]:
    """The whole environment of a command: nothing of this process's own but PATH; everything else lies in `folder`."""
    for name in ("home", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    fixed = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        "HF_HUB_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "TOKENIZERS_PARALLELISM": "false",
    }
    return fixed | _ONE_THREAD | {f"DATELINE_{name.upper()}": str(value) for name, value in settings.items()}


class Nursery:
    """The process whose forks the commands are; use it as a context manager.

    `bound` takes from them what the superuser may do with files that are not meant for him, if that is who runs this.
    """

    def __init__(self, env: Mapping[str, str], bound: bool = False) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [*(_BOUND if bound and not os.geteuid() else ()), sys.executable, __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(command, env=dict(env), cwd=ROOT, pass_fds=[theirs.fileno()])
        if self._ours.recv(64) != b"ready":
            raise RuntimeError("the nursery did not start")

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.close()
        self._process.wait()

    def fork(
        self, module: str, arguments: Sequence[str], env: Mapping[str, str], out: int, err: int, brisk: bool
    ) -> int:
        """The process id of a child in which `module`.main(arguments) runs, in a session of its own."""
        asked = {"module": module, "arguments": list(arguments), "env": dict(env), "brisk": brisk}
        socket.send_fds(self._ours, [json.dumps(asked).encode()], [out, err])
        return int(self._ours.recv(64))

    def status(self, process: int) -> int:
        """Waits for its end: the exit status, or the signal that ended it with a minus before it."""
        self._ours.send(json.dumps({"ended": process}).encode())
        return int(self._ours.recv(64))


class Watched:
    """A command under way: what it has told so far, and when. Times are seconds of time.monotonic().

    `held` and `freed` are when it took the library's lock and gave it back, `shown` and `gone` when its progress bar
    came and went, and `settled` is the number that the bar shows: so many documents are stored, as its user is told,
    first `settled_at`. `grown` has the times at which the catalogue's write-ahead log was seen to grow.
    """

    def __init__(self, library: Path) -> None:
        self._library = library
        self._log_size = self._size_of_log()
        self._out, out = os.pipe()
        self._err, self._err_end = pty.openpty()
        fcntl.ioctl(self._err, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
        self._out_end = out
        self._status: Callable[[], int] = lambda: 0
        self.output, self.errors = b"", b""
        self.begun = time.monotonic()
        self.held = self.freed = self.shown = self.gone = self.settled_at = 0.0
        self.settled = 0
        self.grown: list[float] = []
        self.process = 0

    @classmethod
    def forked(
        cls,
        nursery: Nursery,
        library: Path,
        arguments: Sequence[str],
        env: Mapping[str, str],
        module: str = "app",
        brisk: bool = False,
    ) -> Watched:
        """`brisk` ends the process as soon as the command has returned, without a second of taking everything apart."""
        watched = cls(library)
        watched.process = nursery.fork(module, arguments, env, watched._out_end, watched._err_end, brisk)
        watched._status = lambda: nursery.status(watched.process)
        watched._let_go()
        return watched

    @classmethod
    def by_script(cls, library: Path, arguments: Sequence[str], env: Mapping[str, str]) -> Watched:
        """The console script that pip made."""
        watched = cls(library)
        script = Path(sys.executable).with_name("dateline")
        ends = {"stdin": subprocess.DEVNULL, "stdout": watched._out_end, "stderr": watched._err_end}
        process = subprocess.Popen([script, *arguments], env=dict(env), cwd=ROOT, start_new_session=True, **ends)
        watched.process, watched._status = process.pid, process.wait
        watched._let_go()
        return watched

    def _let_go(self) -> None:
        os.close(self._out_end)
        os.close(self._err_end)
        self._handle = os.pidfd_open(self.process)

    # -- watching ------------------------------------------------------------------------------------------------

    def watch(self, until: Callable[[Watched], bool], seconds: float = 120.0) -> bool:
        """Looks on until `until` says so, True, or the command has ended by itself, False. TimeoutError after that."""
        last = time.monotonic() + seconds
        while not until(self):
            if self._look():
                return False
            if time.monotonic() > last:
                raise TimeoutError(f"the command was still running after {seconds:.0f} s")
        return True

    def _look(self) -> bool:
        """Takes in what there is to see, for a millisecond; whether the command has ended."""
        ready, _, _ = select.select([self._out, self._err, self._handle], [], [], _LOOK_EVERY)
        self._read(ready)
        now = time.monotonic()
        if not self.freed and self._holds_lock() != bool(self.held):
            self.held, self.freed = self.held or now, now if self.held else 0.0
        if (size := self._size_of_log()) != self._log_size:
            self._log_size = size
            self.grown.append(now)
        return self._handle in ready

    def _read(self, ready: Sequence[int]) -> bool:
        """Whether there was anything."""
        before = len(self.output) + len(self.errors)
        if self._out in ready:
            self.output += os.read(self._out, 1 << 16)
        if self._err in ready:
            with suppress(OSError):  # that is how a terminal tells that its other side has gone
                self.errors += os.read(self._err, 1 << 16)
        now = time.monotonic()
        if not self.shown and _BAR_SHOWN in self.errors:
            self.shown = now
        if self.shown and not self.gone and _BAR_GONE in self.errors:
            self.gone = now
        if counts := _PROGRESS.findall(self.errors):
            self.settled = int(counts[-1][0])
            self.settled_at = self.settled_at or (now if self.settled else 0.0)
        return len(self.output) + len(self.errors) > before

    def _holds_lock(self) -> bool:
        held = str(self._library / "writer.lock")
        with suppress(OSError):
            for number in os.listdir(f"/proc/{self.process}/fd"):
                with suppress(OSError):
                    if os.readlink(f"/proc/{self.process}/fd/{number}") == held:
                        return True
        return False

    def _size_of_log(self) -> int:
        try:
            return (self._library / "catalogue.db-wal").stat().st_size
        except OSError:
            return 0

    # -- ending --------------------------------------------------------------------------------------------------

    def kill(self, with_children: bool) -> bool:
        """SIGKILL, also for the processes that it has started when `with_children`; False when it had ended before."""
        if with_children:
            with suppress(ProcessLookupError):
                os.killpg(self.process, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        return self.end() == -signal.SIGKILL

    def ask_to_end(self) -> None:
        os.kill(self.process, signal.SIGTERM)

    def end(self) -> int:
        """Waits for its end and takes in what it told last; its exit status, or minus the signal."""
        select.select([self._handle], [], [])
        status = self._status()
        # A child that outlives it can hold the other ends open: what is there is taken, nobody waits for more.
        while self._read(select.select([self._out, self._err], [], [], 0)[0]):
            pass
        for number in (self._out, self._err, self._handle):
            os.close(number)
        return status

    def end_children(self) -> None:
        """What it has left behind, once that no longer matters."""
        with suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)

    @property
    def told(self) -> Any:
        """Its result as JSON; None as long as that is not complete."""
        try:
            return json.loads(self.output)
        except ValueError:
            return None

    @property
    def complaints(self) -> str:
        """What it wrote on its terminal, without the bar."""
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.errors.decode("utf-8", "replace"))
        lines = (line.rpartition("\r")[2].strip() for line in text.replace("\r\n", "\n").split("\n"))
        return "\n".join(line for line in lines if line and not line.startswith(("Reading", "Embedding")))


def _raise_children(channel: socket.socket) -> dict[str, Any] | None:
    """The nursery: answers until its parent has gone. In a forked child it returns what that is to run."""
    for module in _IMPORTED:
        __import__(module)
    if len(os.listdir("/proc/self/task")) > 1:
        sys.exit("the nursery has threads, which its children would lack")
    gc.freeze()  # what is shared with the children is not looked through, and so copied, by each of them
    channel.send(b"ready")
    while True:
        message, numbers, _, _ = socket.recv_fds(channel, 1 << 17, 2)
        if not message:
            return None
        asked = json.loads(message)
        if "ended" in asked:
            channel.send(str(os.waitstatus_to_exitcode(os.waitpid(asked["ended"], 0)[1])).encode())
            continue
        process = os.fork()
        if not process:
            channel.close()
            _become(asked, *numbers)
            return asked
        for number in numbers:
            os.close(number)
        channel.send(str(process).encode())


def _become(asked: dict[str, Any], out: int, err: int) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, place in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(number, place)
        os.close(number)
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = ["dateline", *asked["arguments"]]


def _main() -> None:
    sys.path[:0] = [str(HERE), str(ROOT)]
    asked = _raise_children(socket.socket(fileno=int(sys.argv[1])))
    if asked is None:
        return
    run = __import__(asked["module"]).main
    if not asked["brisk"]:
        run(asked["arguments"])  # from here on the child ends as any program does
        return
    status: object = 0
    try:
        run(asked["arguments"])
    except SystemExit as ended:
        status = ended.code
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    os._exit(int(str(status or 0)))


if __name__ == "__main__":
    _main()
