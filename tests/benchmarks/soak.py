"""One server for a while: many readers, two who add articles, feeds that are refreshed. Does it stay right, and small?

    python tests/benchmarks/soak.py [--minutes 10] [--readers 20] [--embedder FOLDER]

`dateline serve` with --refresh-every 1m, as it is installed, with its real embedding model and answers made of
quotations. Each article is about somebody and something that no other one names, so each question has one right
article. Readers ask all the time: a third over /v1, a third with gradio_client's /ask, a third on the page, in
conversations that are kept. One more adds pasted articles on the page, another files of ten articles, new ones and new
versions; both pause between, as people do. A site on this machine has new pages all the time; the server's clock reads
its feed, and somebody presses "Refresh now" as well.

wrong: an answer that cites an article that is not its question's own. refused: an answer without a citation. error: any
other answer than a good one, a busy one apart: 429, 503, or the page's own line that says so; whoever is told that asks
again, and how often that was is counted. Every 30 s a line says how many answers there were, how long they took, and
the memory (resident) and the open handles of the server with all its children. In the end stands how both changed in
the second half, by the slope of a straight line through it, per minute.

Exit status 1 with any answer that is wrong or refused and any error, and where in the second half memory grew by more
than 5 MB a minute or handles by more than one a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import lxml.html
from _commands import ROOT, environment
from _newsroom import SYLLABLES, Site, Story
from _page import Page, Refused

PAUSE = 15.0
LOOK_EVERY = 30.0
MEGABYTES_A_MINUTE, HANDLES_A_MINUTE = 5.0, 1.0
BUSY = ("busy", "too many", "queue is full", "try again", "in a moment")


# What somebody did: nothing of it is like anything else, so that a quoted answer does not take one for another's echo.
DEEDS = """
bought a vineyard and three old tractors; plays the oboe in a military band; lost a lawsuit over noisy peacocks;
repaired the clock of the lighthouse; teaches chess to prisoners; crossed a desert on a bicycle; sells used submarines;
translated a cookbook from Basque; was bitten by a tame otter; studies the sleep of bats; won a lottery twice;
painted the railway station yellow; collects broken umbrellas; swims in the canal every winter; wrote a tax opera;
adopted eleven greyhounds; refused a medal from the navy; grows pumpkins on the roof; invented a silent lawn mower;
was elected judge by mistake; forged stamps as a child; met a ghost in the town archive; walked to the sea backwards;
restores antique telephones; breeds blue lobsters; keeps the minutes of the beekeepers; climbed the cathedral at night;
exports snow to hotels; tunes the bells of four churches; found a meteorite in the garden; defended a burglar in court;
mended the dam with old carpets; judged a contest of whistling; lives on a barge without windows; borrowed a zeppelin
""".replace("\n", " ").split(";")


@dataclass(frozen=True, slots=True)
class Fact:
    """An article about somebody of a place, whom no other article names; the question that it answers."""

    story: Story
    question: str
    title: str


def fact(number: int, version: int, seed: int, kind: str) -> Fact:
    """The same number is about the same person in every version."""
    draw, told = random.Random(f"{seed}/{kind}/{number}"), random.Random(f"{seed}/{kind}/{number}/{version}")
    person, place = _invented(draw, 5).title(), _invented(draw, 4).title()
    deeds = told.sample(DEEDS, told.randint(8, 20))
    text = " ".join(f"{person} of {place} {deed.strip()}." for deed in deeds)
    title = f"{person} of {place}"
    story = Story(
        f"{kind}-{number}", title, "The Norvale Post", f"{text}\n\nSo says version {version} of this portrait."
    )
    return Fact(story, f"What did {person} of {place} do?", title)


def _invented(draw: random.Random, syllables: int) -> str:
    return "".join(draw.choice(SYLLABLES) for _ in range(syllables))


@dataclass(slots=True)
class Tally:
    """What became of the questions; threads share it."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, line: str = "") -> None:
        with self.lock:
            self.counts[what] += 1
            if line:
                self.problems.append(f"{what}: {line}")
                print(f"{what}: {line[:400]}", flush=True)

    def answered(self, way: str, asked: Fact, cited: Sequence[str], seconds: float) -> None:
        """`cited` are the headlines of the articles that the answer cites."""
        with self.lock:
            self.seconds.append(seconds)
        self.count(way)
        if strangers := [title for title in cited if title != asked.title]:
            self.count("wrong", f"{way}: {asked.question} cites {strangers}")
        elif not cited:
            self.count("refused", f"{way}: {asked.question}")


class Crowd:
    """Everybody at the page; `known` are the facts that are in the library, as its answers have said."""

    def __init__(self, url: str, scratch: Path, site: Site, known: list[Fact], tally: Tally, seed: int) -> None:
        self._url, self._scratch, self._site, self._tally, self._seed = url, scratch, site, tally, seed
        self._known, self._knowing = known, threading.Lock()
        self.over = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, readers: int) -> None:
        ways = (self._ask_by_v1, self._ask_by_client, self._ask_on_page)
        for number in range(readers):
            self._start(ways[number % len(ways)], number)
        for does in (self._paste, self._drop_files, self._publish):
            self._start(does, 0)

    def leave(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(60)

    def _start(self, does: Callable[[random.Random], Iterator[None]], number: int) -> None:
        thread = threading.Thread(target=self._keep_on, args=(does, number), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _keep_on(self, does: Callable[[random.Random], Iterator[None]], number: int) -> None:
        """Again and again until the time is over; whoever is told that the server is busy waits a little."""
        draw = random.Random(f"{self._seed}/{does.__name__}/{number}")
        while not self.over.is_set():
            try:
                for _ in does(draw):
                    if self.over.is_set():
                        return
            except Exception as error:
                if not self.over.is_set():
                    self._failed(does.__name__, error)
                self.over.wait(draw.uniform(0.2, 1.0))

    def _failed(self, who: str, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0
        busy = status in (429, 503) or any(word in told.lower() for word in BUSY)
        if busy or (isinstance(error, Refused) and error.busy):
            self._tally.count("busy")
        else:
            self._tally.count("error", f"{who}: {told}")

    # -- who ask -----------------------------------------------------------------------------------------------------

    def _any(self, draw: random.Random) -> Fact:
        with self._knowing:
            return draw.choice(self._known)

    def _learn(self, facts: Sequence[Fact]) -> None:
        with self._knowing:
            self._known += [each for each in facts if each.title not in {known.title for known in self._known}]

    def _ask_by_v1(self, draw: random.Random) -> Iterator[None]:
        with httpx.Client(base_url=self._url, timeout=120) as client:
            while True:
                asked, begun = self._any(draw), time.monotonic()
                body = {"model": "dateline", "messages": [{"role": "user", "content": asked.question}]}
                response = client.post("/v1/chat/completions", json=body).raise_for_status()
                answer = response.json()["choices"][0]["message"]["dateline"]
                self._tally.answered("by /v1", asked, _cited(answer), time.monotonic() - begun)
                yield

    def _ask_by_client(self, draw: random.Random) -> Iterator[None]:
        from gradio_client import Client

        client = Client(self._url, verbose=False)
        try:
            while True:
                asked, begun = self._any(draw), time.monotonic()
                answer = client.predict(asked.question, api_name="/ask")
                self._tally.answered("by /ask", asked, _cited(answer), time.monotonic() - begun)
                yield
        finally:
            client.close()

    def _ask_on_page(self, draw: random.Random) -> Iterator[None]:
        """Each in a conversation of its own: what is asked next would be read in the light of what was asked before."""
        with closing(Page(self._url, 120)) as page:
            while True:
                asked, begun = self._any(draw), time.monotonic()
                drawn = page.answer(page.ask(asked.question))
                cited = _drawn_citations(drawn) if drawn else [asked.title]
                self._tally.answered("on the page", asked, cited, time.monotonic() - begun)
                yield

    # -- who add -----------------------------------------------------------------------------------------------------

    def _paste(self, draw: random.Random) -> Iterator[None]:
        with closing(Page(self._url, 120)) as page:
            while True:
                new = fact(draw.randrange(10**9), 1, self._seed, "pasted")
                drawn = page.add_text(new.story.text, new.story.title, new.story.outlet)
                self._added(drawn, [new])
                yield from self._pause()

    def _drop_files(self, draw: random.Random) -> Iterator[None]:
        """Seven new articles, and new versions of three that came before."""
        sent = 0
        with closing(Page(self._url, 120)) as page:
            while True:
                base = draw.randrange(10**6) * 1000
                new = [fact(base + number, 1, self._seed, "file") for number in range(7)]
                old = [fact(number, 2 + sent, self._seed, "first") for number in draw.sample(range(60), 3)]
                path = self._scratch / f"articles {sent}.jsonl"
                path.write_text("".join(f"{json.dumps(each.story.as_row())}\n" for each in (*new, *old)))
                *_, drawn = page.add_file(path)
                self._added(drawn, new)
                sent += 1
                yield from self._pause()

    def _added(self, drawn: str, facts: Sequence[Fact]) -> None:
        if "added" in drawn and "rejected" not in drawn:
            self._tally.count("added")
            self._learn(facts)
        elif any(word in drawn.lower() for word in BUSY):
            self._tally.count("busy")
        else:
            self._tally.count("error", f"adding: {drawn}")

    def _publish(self, draw: random.Random) -> Iterator[None]:
        """A page more, and now and then "Refresh now"."""
        with closing(Page(self._url, 120)) as page:
            while True:
                number = len(self._site.stories)
                new = fact(number, 1, self._seed, "page")
                self._site.stories[new.story.id] = new.story
                drawn = page.refresh()
                if "added" in drawn and "rejected" not in drawn:
                    self._tally.count("refreshed")
                    self._learn([fact(each, 1, self._seed, "page") for each in range(number + 1)])
                elif "being refreshed already" in drawn:
                    self._tally.count("refreshed by the clock meanwhile")
                elif "unchanged" not in drawn:
                    self._tally.count("error", f"refreshing: {drawn}")
                yield from self._pause(2)

    def _pause(self, times: int = 1) -> Iterator[None]:
        for _ in range(times):
            self.over.wait(PAUSE)
            yield


def _cited(answer: dict[str, Any]) -> list[str]:
    return [each["title"] for each in answer["citations"]]


def _drawn_citations(drawn: str) -> list[str]:
    """The headlines of the cards beside an answer in which cited words are marked."""
    headings = lxml.html.fromstring(drawn).xpath("//li[contains(concat(@class, ' '), 'card cited ')]/h4")
    return [each.text_content().partition(" ")[2] for each in headings]


# -- the server ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Look:
    """Seconds since the beginning, megabytes and open handles."""

    at: float
    megabytes: float
    handles: int


def look(process: int, begun: float) -> Look:
    """The server with its children, as Linux counts them."""
    megabytes, handles = 0.0, 0
    for each in [process, *_children(process)]:
        with suppress(OSError):
            megabytes += resident(each)
            handles += len(os.listdir(f"/proc/{each}/fd"))
    return Look(time.monotonic() - begun, megabytes, handles)


def resident(process: int | str = "self") -> float:
    """Megabytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _children(process: int) -> list[int]:
    found = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{process}/task"):
            found += [int(each) for each in Path(f"/proc/{process}/task/{task}/children").read_text().split()]
    return [*found, *(grandchild for each in found for grandchild in _children(each))]


def slope(looks: Sequence[Look], of: Callable[[Look], float]) -> float:
    """Per minute."""
    if len(looks) < 3:
        return 0.0
    return statistics.linear_regression([each.at / 60 for each in looks], [of(each) for each in looks]).slope


def serve(scratch: Path, library: Path, embedder: str, site: Site) -> tuple[subprocess.Popen[bytes], str]:
    """The server and its address, once it answers."""
    settings = {"library": library, "model": "quote", "cache": scratch / "cache"}
    settings |= {"allow_private_addresses": True, "respect_robots": False, "seconds_between_requests": 0}
    settings |= {"embedder": embedder} if embedder else {}
    env = environment(scratch, **settings)
    dateline = str(Path(sys.executable).with_name("dateline"))
    first = scratch / "first.jsonl"
    first.write_text("".join(f"{json.dumps(each.story.as_row())}\n" for each in first_facts()))
    for arguments in (["ingest", str(first)], ["feeds", "add", site.feed, "--empty"]):
        subprocess.run([dateline, *arguments], env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [dateline, "serve", "--port", str(port), "--json", "--refresh-every", "1m"]
    log = (scratch / "server.log").open("wb")
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=log)
    assert process.stdout
    told = b""
    while not told.rstrip().endswith(b"}"):
        line = process.stdout.readline()
        if not line:
            raise RuntimeError((scratch / "server.log").read_text())
        told += line
    return process, str(json.loads(told)["url"])


def first_facts() -> list[Fact]:
    return [fact(number, 1, SEED, "first") for number in range(60)]


SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--embedder", default="", help="another embedding model than the one that is installed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(soak(Path(folder), options.minutes, options.readers, options.embedder))


def soak(scratch: Path, minutes: float, readers: int, embedder: str) -> int:
    """The exit status."""
    site, tally = Site(), Tally()
    first_page = fact(0, 1, SEED, "page")
    site.stories[first_page.story.id] = first_page.story
    process, url = serve(scratch, scratch / "library", embedder, site)
    crowd = Crowd(url, scratch, site, first_facts(), tally, SEED)
    begun, looks = time.monotonic(), list[Look]()
    crowd.begin(readers)
    try:
        print("| minutes | answers | median, p95 s | busy | wrong, refused, errors | MB | handles |")
        print("|---:|---:|---|---:|---|---:|---:|", flush=True)
        while process.poll() is None and time.monotonic() - begun < minutes * 60:
            time.sleep(min(LOOK_EVERY, max(1.0, minutes * 60 / 20)))
            looks.append(look(process.pid, begun))
            print(row(looks[-1], tally), flush=True)
    finally:
        crowd.leave()
        process.terminate()
        process.wait(60)
        site.close()
    return conclusion(looks, tally, (scratch / "server.log").read_text())


def row(seen: Look, tally: Tally) -> str:
    with tally.lock:
        seconds, tally.seconds = sorted(tally.seconds), []
        counts = tally.counts.copy()
    times = f"{statistics.median(seconds):.2f}, {seconds[int(0.95 * (len(seconds) - 1))]:.2f}" if seconds else ""
    bad = ", ".join(str(counts[each]) for each in ("wrong", "refused", "error"))
    figures = f"{seen.at / 60:.1f} | {len(seconds)} | {times} | {counts['busy']} | {bad}"
    return f"| {figures} | {seen.megabytes:.0f} | {seen.handles} |"


def conclusion(looks: Sequence[Look], tally: Tally, log: str) -> int:
    """Printed; the exit status."""
    half = looks[len(looks) // 2 :]
    memory, handles = slope(half, lambda each: each.megabytes), slope(half, lambda each: each.handles)
    print("\n" + ", ".join(f"{count:,} {what}" for what, count in sorted(tally.counts.items())))
    print(f"In the second half memory changed by {memory:+.2f} MB a minute, handles by {handles:+.2f} a minute.")
    tracebacks = log.count("Traceback")
    print(f"The server's log has {len(log.splitlines())} lines, {tracebacks} tracebacks.")
    if tracebacks:
        print(log[log.index("Traceback") :][:3000])
    bad = tally.counts["wrong"] + tally.counts["error"] + tally.counts["refused"] + tracebacks
    return int(bool(bad) or memory > MEGABYTES_A_MINUTE or handles > HANDLES_A_MINUTE)


if __name__ == "__main__":
    main()
