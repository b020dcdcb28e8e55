"""What a reader is told, and what is left, when a file of a library is damaged.

    python tests/benchmarks/damage.py [--library closed|killed] [--only 'words*'] [--table TABLE.md]

Two libraries of forty articles: one that was closed, and one whose server was killed right after it had told that the
second half was added, while another program was reading, so that they stand in the write-ahead log only. Of each, every
file is in turn filled with zeros, emptied, cut in half, changed by one bit (near its start, in its middle and near its
end), removed, replaced by a folder and made unreadable; every folder is removed, replaced by a file, and made
unreadable or unwritable. On each damaged copy five commands run, in an order that begins with another one each time:
`library check`, `search`, `library list`, `ask`, and `ingest` of the same articles. Then what a reader would undo is
undone (rights given back; a folder or file that is in the way moved off), and the library is opened once more and
compared with what had been acknowledged (see _audit.py). The superuser is kept to the rights of an ordinary user.

The table has for each damage what the commands did, "ok" or the exit status, with the last line that it told, how many
articles there are in the end, and how many of them are not as they were sent: SQLite keeps no checksums, so a bit that
is changed inside a text is seen by nobody. Failures: a traceback, an exit status other than 0 and 1, an error without
its one line; another article, version or conversation than was acknowledged while catalogue.db and its log are whole;
and articles that are gone from a damaged catalogue while no command said so. The exit status is 1 with any.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

from _commands import Nursery, Watched, environment
from _ledger import Ledger
from _newsroom import story
from _page import Page
from _tiny_model import save_tiny_model

STORIES = [story(f"story-{number}", 1, "damage") for number in range(40)]
QUESTION = "What did the council tell report story-7?"
COMMANDS: dict[str, list[str]] = {
    "check": ["library", "check", "--json"],
    "search": ["search", "report story-7", "--json"],
    "list": ["library", "list", "--json"],
    "ask": ["ask", QUESTION, "--json"],
    "ingest": ["ingest", "ARTICLES", "--json"],
}
NO_RIGHTS, READING_ONLY = 0o000, 0o500


class Damage(NamedTuple):
    """`undo` is what a reader can do about it, which is nothing for most."""

    name: str
    do: Callable[[Path], object]
    undo: Callable[[Path], object] = lambda path: None


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def turned(share: float) -> Callable[[Path], None]:
    def turn(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[int(share * (len(content) - 1))] ^= 0x10
        path.write_bytes(content)

    return turn


def removed(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_a_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("Notes of somebody's own.")


def with_rights(mode: int) -> Callable[[Path], None]:
    return lambda path: path.chmod(mode)


def moved_off(path: Path) -> None:
    if path.exists():
        path.rename(path.parent.parent / f"{path.name} moved off {time.time_ns()}")


def rights_given_back(path: Path) -> None:
    if path.exists():
        path.chmod(0o700 if path.is_dir() else 0o600)


TO_FILES = (
    Damage("zeroed", zeroed),
    Damage("emptied", emptied),
    Damage("cut in half", halved),
    Damage("one bit near the start", turned(0.01)),
    Damage("one bit in the middle", turned(0.5)),
    Damage("one bit near the end", turned(0.99)),
    Damage("removed", removed),
    Damage("a folder", made_a_folder, moved_off),
    Damage("unreadable", with_rights(NO_RIGHTS), rights_given_back),
)
TO_FOLDERS = (
    Damage("removed", removed),
    Damage("a file", made_a_file, moved_off),
    Damage("unreadable", with_rights(NO_RIGHTS), rights_given_back),
    Damage("only to be read", with_rights(READING_ONLY), rights_given_back),
)
NEVER_EMPTY = ("one bit", "cut in half", "zeroed", "emptied")  # of an empty file nothing can be taken


@dataclass(slots=True)
class Case:
    """One damage to one file or folder, and what became of it. `told` has a cell for each command."""

    library: str
    place: str
    damage: Damage
    first: str
    told: dict[str, str] = field(default_factory=dict)
    listed: int | None = None
    articles: int = 0
    altered: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def of_the_truth(self) -> bool:
        """Whether what was damaged is the only place of the articles."""
        return self.place in ("catalogue.db", "catalogue.db-wal", ".")


class Laboratory:
    """Makes the two libraries, and damages copies of them."""

    def __init__(self, scratch: Path, nursery: Nursery) -> None:
        self._scratch, self._nursery = scratch, nursery
        self.articles = scratch / "articles.jsonl"
        self._write(self.articles, STORIES)
        self.ledgers: dict[str, Ledger] = {}

    def make(self, name: str) -> Path:
        """The library of this name, whole; what was acknowledged is in `ledgers`."""
        ledger = self.ledgers[name] = Ledger()
        library = self._closed(self.articles) if name == "closed" else self._killed(ledger)
        ledger.stored(map(ledger.sends, STORIES))
        return library

    def _closed(self, articles: Path) -> Path:
        library = self._scratch / articles.stem
        done = self.run(library, ["ingest", str(articles), "--json"])
        if done.status:
            raise RuntimeError(done.complaints)
        return library

    def _killed(self, ledger: Ledger) -> Path:
        """Made ready by a closed one; what is in the log of the copy is nowhere else."""
        first, second = self._scratch / "first.jsonl", self._scratch / "second.jsonl"
        self._write(first, STORIES[:20])
        self._write(second, STORIES[20:])
        library, killed = self._closed(first), self._scratch / "killed"
        server = self._started(library, ["serve", "--port", str(_free_port()), "--json"])
        server.watch(lambda now: now.told is not None)
        with closing(sqlite3.connect(library / "catalogue.db")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM articles").fetchone()
            with closing(Page(server.told["url"])) as page:
                *_, drawn = page.add_file(second)
                talk = page.ask(QUESTION)
                page.answer(talk)
            server.kill(with_children=True)
            shutil.copytree(library, killed)
        if "20 added" not in drawn:
            raise RuntimeError(drawn)
        ledger.asks(QUESTION)
        ledger.kept(talk, 1, QUESTION)
        ledger.answered(talk, 1)
        return killed

    @staticmethod
    def _write(path: Path, stories: Sequence[Any]) -> None:
        path.write_text("".join(f"{json.dumps(each.as_row())}\n" for each in stories))

    def _environment(self, library: Path) -> dict[str, str]:
        settings = {"library": library, "embedder": self._scratch / "one", "cache": self._scratch / "cache"}
        return environment(self._scratch, model="quote", **settings)

    def _started(self, library: Path, arguments: Sequence[str], module: str = "app") -> Watched:
        return Watched.forked(self._nursery, library, arguments, self._environment(library), module, brisk=True)

    def run(self, library: Path, arguments: Sequence[str], module: str = "app") -> Ended:
        watched = self._started(library, arguments, module)
        try:
            watched.watch(lambda _: False, seconds=90)
        except TimeoutError:
            watched.kill(with_children=True)
            return Ended(None, "no end in 90 s", 1)
        return Ended(watched.told, watched.complaints, watched.end())

    def damaged(self, case: Case, whole: Path) -> None:
        """Fills in the case."""
        room = self._scratch / "room"
        _clear(room)
        library = room / "library"
        shutil.copytree(whole, library)
        place = library / case.place
        case.damage.do(place)
        names = [*COMMANDS]
        at = names.index(case.first)
        for name in names[at:] + names[:at]:
            arguments = [str(self.articles) if each == "ARTICLES" else each for each in COMMANDS[name]]
            done = self.run(library, arguments)
            case.told[name] = done.as_cell(library)
            case.failures += done.failures(name)
            if name == "list" and done.told is not None:
                case.listed = len(done.told)
        case.damage.undo(place)
        self._compare(case, library)

    def _compare(self, case: Case, library: Path) -> None:
        done = self.run(library, [str(library)], "_audit")
        faults = []
        if done.told is None:
            faults = [f"not opened afterwards: {done.complaints[-300:]}"]
        else:
            ledger = Ledger.from_json(self.ledgers[case.library].as_json())
            faults = [f"{kind}: {line}" for kind, line in ledger.compare(done.told)]
            case.articles = len(done.told["articles"])
            case.altered = sum(each.startswith("half version") for each in faults)
        if not case.of_the_truth:
            case.failures += faults
        elif set(case.told.values()) == {"ok"} and (case.listed or 0) < len(STORIES):
            case.failures.append(f"{case.listed} articles, and nothing was said")


class Ended(NamedTuple):
    """What a command told, on its standard output and beside it, and how it ended."""

    told: Any
    complaints: str
    status: int

    def as_cell(self, library: Path) -> str:
        line = self.complaints.splitlines()[-1] if self.complaints else ""
        told = line.replace(str(library), "…").replace("|", "/")
        if self.status:
            return f"{self.status}: {told or 'nothing was told'}"
        return f"ok ({told})" if told else "ok"

    def failures(self, name: str) -> Iterator[str]:
        lines = self.complaints.splitlines()
        if "Traceback" in self.complaints:
            yield f"{name}: a traceback that ends with {lines[-1]}"
        elif self.status not in (0, 1):
            yield f"{name}: ended with {self.status}"
        elif self.status and sum(line.startswith("dateline: ") for line in lines) != 1:
            yield f"{name}: not one line that says what is wrong: {self.complaints[-300:]!r}"


def cases(name: str, whole: Path) -> Iterator[Case]:
    """In the order of the names; each begins with another command than the one before."""
    names, number = [*COMMANDS], 0
    for path in [whole, *sorted(whole.rglob("*"))]:
        for damage in TO_FOLDERS if path.is_dir() else TO_FILES:
            empty = path.is_file() and not path.stat().st_size
            if (empty and damage.name.startswith(NEVER_EMPTY)) or (path == whole and damage.name != "only to be read"):
                continue
            place = path.relative_to(whole).as_posix()
            yield Case(name, place, damage, names[number % len(names)])
            number += 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clear(room: Path) -> None:
    for path in [room, *room.rglob("*")] if room.exists() else ():
        rights_given_back(path)
    shutil.rmtree(room, ignore_errors=True)


def rows(found: Sequence[Case]) -> Iterator[str]:
    yield "| library | what | damage | what the commands did | articles afterwards |"
    yield "|---|---|---|---|---:|"
    for case in found:
        what = case.place if len(case.place) < 60 else f"{case.place[:12]}…{Path(case.place).suffix}"
        altered = f", {case.altered} altered" if case.altered else ""
        cells = [case.library, what, case.damage.name, _in_short(case.told), f"{case.articles}{altered}"]
        yield f"| {' | '.join(cells)} |"


def _in_short(told: Mapping[str, str]) -> str:
    """Commands that did the same are named together."""
    same: dict[str, list[str]] = {}
    for name in COMMANDS:
        same.setdefault(told[name], []).append(name)
    if len(same) == 1:
        return next(iter(same))
    return "<br>".join(f"{', '.join(names)}: {cell}" for cell, names in same.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", choices=("closed", "killed"), action="append", help="only this one")
    parser.add_argument("--only", default="*", help="only files whose path is like this; . is the library itself")
    parser.add_argument("--table", type=Path, help="write the table there, not to the screen")
    options = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        save_tiny_model(scratch / "one", 1)
        with Nursery(environment(scratch), bound=True) as nursery:
            laboratory = Laboratory(scratch, nursery)
            for name in options.library or ("closed", "killed"):
                whole = laboratory.make(name)
                for case in cases(name, whole):
                    if fnmatch(case.place, options.only):
                        laboratory.damaged(case, whole)
                        found.append(case)
        _clear(scratch / "room")
    table = "\n".join(rows(found)) + "\n"
    if options.table:
        options.table.write_text(table)
    else:
        print(table)
    failed = [(case, each) for case in found for each in case.failures]
    for case, each in failed:
        print(f"{case.library} library, {case.place} {case.damage.name}: {each}"[:600])
    print(f"{len(found)} damages, {len(failed)} failures")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
