"""Does a killed Dateline lose anything that it has acknowledged? Real commands, killed at random moments, and an audit.

    python tests/benchmarks/kill_campaign.py [--kills 500] [--seed 1] [--state DIR] [--minutes 8]

`dateline ingest` (new articles, new versions, the same file again), `library remove`, `feeds refresh` from a site on
this machine, `library reindex` between two models, the opening of a library of an earlier schema, and `serve`, while
readers ask on its page and add and remove articles there, are killed with SIGKILL: in one round in two together with
the processes that they have started. Almost all run in forks of one process that has imported everything, one in
twenty by the console script (see _commands.py). The embedding model is real and tiny; all else is Dateline's own code.

When: on the way to the first sign of work ("start"); at any time of the work, its length known from rounds that ended
by themselves ("work"); up to 50 ms after the progress bar has told of something stored ("told"); up to 20 ms after the
catalogue's write-ahead log has grown ("log"); between the end of the work and that of the command ("close"); or never.
In flight: the bar stood or the command was closing after it; for a command without a bar, the lock of the library was
held; for the server, a request was under way. A command that ended before its kill counts as a round, not as a kill.

Acknowledged is what a user or a program has been told: the number on the progress bar, the JSON result, what the page
draws. After a kill a fresh process opens the library (in one of five only after one more round, so that mending is
killed too) and everything is compared (see _audit.py and _ledger.py):

lost: an acknowledged version, removal or "gone" that is not there. doubled: a version or passage that stands twice.
phantom: what was never sent. half version: a text or headline that is no sent one, a gap in the versions, a table that
disagrees. wrong passage: passages that are not those that the text is split into. came back: removed and there.
index: Chroma, Tantivy or a vector differs from the catalogue or the model; a passage may wait for its vector. no
vector: one does after a command that ended by itself and was to make them. not found: more than one passage in a
hundred is not among the ten nearest of its own vector (how many are not is printed in any case). lost, doubled or
phantom conversation: of questions and answers. not opened, failed: an opening or an unkilled command that did not do
what it is for, or that showed a traceback; a page that refused what it was asked.

With --state the campaign goes on from where it was, so that it can be run a few minutes at a time. Of each round with
faults the library as the kill left it is kept there. The exit status is 1 with any fault, and 3 before all the kills.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import socket
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from _audit import ASKED_FOR, MISSED
from _commands import Nursery, Watched, environment
from _ledger import KINDS, Fault, Ledger, Sent, save
from _newsroom import Site, Story, story
from _page import Page, Refused
from _tiny_model import save_tiny_model

from ingest.identity import article_id, pasted_id

OPERATIONS = {"ingest": 20, "update": 22, "remove": 14, "refresh": 12, "reindex": 9, "migrate": 9, "serve": 14}
MOMENTS = {"start": 10, "work": 30, "told": 18, "log": 28, "close": 14, "never": 10}
WITHOUT_BAR = {"start": 8, "work": 52, "log": 40, "never": 30}
SERVING = {"start": 10, "work": 78, "close": 12}
PLACES = ("start", "opening", "work", "closing", "ended")
# Seconds, as long as no round has told better.
USUAL = {"start": 0.3, "work": 0.4, "close": 0.2}
BY_SCRIPT = 20
MOST_ARTICLES = 260
MODELS = ("one", "two")
SCHEMAS = ("1", "2", "3", "4", "5", "6")
EMBEDDING = ("ingest", "update", "refresh", "reindex")


@dataclass(slots=True)
class Kill:
    """`place` is where it hit, as seen from outside; `torn`: part of what the command was to do was there, not all."""

    round: int
    operation: str
    moment: str
    place: str
    in_flight: bool
    by_script: bool = False
    with_children: bool = False
    torn: bool = False
    opening: float = 0.0  # seconds; 0 where the next round opened the library


@dataclass(slots=True)
class Work:
    """What a command is to do: `sent` may be stored by it, `acknowledge` takes its result once it has ended well."""

    arguments: list[str]
    sent: list[Sent] = field(default_factory=list)
    acknowledge: Callable[[Any], None] = lambda told: None
    has_bar: bool = True

    def begun(self, watched: Watched) -> float:
        """When its work began, as far as that is to be seen; 0 before that."""
        return watched.shown if self.has_bar else watched.held

    def over(self, watched: Watched) -> float:
        return watched.gone if self.has_bar else watched.freed

    def place(self, watched: Watched) -> str:
        if watched.freed or watched.told is not None:
            return "ended"
        if self.over(watched):
            return "closing"
        if self.begun(watched):
            return "work"
        return "opening" if watched.held else "start"


@dataclass(slots=True)
class Moment:
    """`wait` seconds after what `name` says; for a log that grows, after it has done so `times` times."""

    name: str
    wait: float
    times: int

    def has_come(self, work: Work, watched: Watched) -> bool:
        after = self._after(work, watched)
        return bool(after) and time.monotonic() - after > self.wait

    def _after(self, work: Work, watched: Watched) -> float:
        if self.name != "log":
            begun, over = work.begun(watched), work.over(watched)
            return {"work": begun, "told": watched.settled_at, "close": over}.get(self.name, watched.begun)
        begun = work.begun(watched)
        grown = [at for at in watched.grown if begun and at >= begun]
        return grown[self.times - 1] if len(grown) >= self.times else 0.0


class Campaign:
    def __init__(self, state: Path, seed: int) -> None:
        self._state = state
        self._file = state / "campaign.json"
        kept = json.loads(self._file.read_text()) if self._file.exists() else {}
        self.seed: int = kept.get("seed", seed)
        self.round: int = kept.get("round", 0)
        self.kills = [Kill(**each) for each in kept.get("kills", [])]
        self.faults: list[list[Any]] = kept.get("faults", [])
        self.acknowledged: Counter[str] = Counter(kept.get("acknowledged", {}))
        self._ledger = Ledger.from_json(kept["ledger"]) if kept else Ledger()
        self._libraries: int = kept.get("libraries", 1)
        self._follows: bool = kept.get("follows", False)
        self._stories: int = kept.get("stories", 0)
        self._model: str = kept.get("model", MODELS[0])
        self._unaudited: list[int] = kept.get("unaudited", [])
        self._again: list[Any] | None = kept.get("again")
        self._times: dict[str, list[float]] = defaultdict(list, kept.get("times", {}))
        self._site = Site(kept.get("port", 0))
        for id, version in kept.get("pages", {}).items():
            self._site.stories[id] = self._story(id, version)
        self._site.down = set(kept.get("down", []))
        self._versions: dict[str, int] = Counter(kept.get("versions", {}))
        for number, model in enumerate(MODELS):
            if not (state / model).exists():
                save_tiny_model(state / model, number)
        self._draw = random.Random()
        self._left: list[Watched] = []  # killed, and what they had started may still run

    def close(self) -> None:
        self._site.close()

    def keep(self) -> None:
        save(
            self._file,
            {
                "seed": self.seed,
                "round": self.round,
                "kills": [asdict(each) for each in self.kills],
                "faults": self.faults,
                "acknowledged": self.acknowledged,
                "ledger": self._ledger.as_json(),
                "libraries": self._libraries,
                "follows": self._follows,
                "stories": self._stories,
                "model": self._model,
                "unaudited": self._unaudited,
                "again": self._again,
                "times": {name: times[-9:] for name, times in self._times.items()},
                "port": self._site.port,
                "pages": {id: self._versions[id] for id in self._site.stories},
                "down": sorted(self._site.down),
                "versions": self._versions,
            },
        )

    @property
    def library(self) -> Path:
        return self._state / f"library {self._libraries}"

    # -- rounds ----------------------------------------------------------------------------------------------------

    def run(self, kills: int, minutes: float) -> None:
        last = time.monotonic() + minutes * 60
        with Nursery(environment(self._state)) as self._nursery:
            while len(self.kills) < kills and time.monotonic() < last:
                self.play()
                self.keep()
            self.audit()
            self.keep()

    def play(self) -> None:
        """One round: a command, mostly killed, and mostly an audit after it."""
        self.round += 1
        self._draw.seed(f"{self.seed}/{self.round}")
        operation = self._chosen(OPERATIONS)
        if operation == "migrate":
            self.audit()
        if operation in ("remove", "update", "migrate") and not self._ledger.there():
            operation = "ingest"
        before = len(self.kills)
        if operation == "serve":
            self._serve()
        else:
            self._run(operation)
        if len(self.kills) > before:
            self._unaudited.append(before)
            if operation in ("reindex", "migrate") or len(self._unaudited) > 1 or self._draw.random() < 0.8:
                self.audit()
        if len(self._ledger.there()) > MOST_ARTICLES:
            self.audit()
            self._begin_library()

    def _run(self, operation: str) -> None:
        work = getattr(self, f"_to_{operation}")()
        by_script = self._draw.randrange(BY_SCRIPT) == 0
        timed = f"{operation}, by script" if by_script else operation
        moment = self._moment(self._chosen(MOMENTS if work.has_bar else WITHOUT_BAR), timed)
        with_children = self._draw.random() < 0.5
        watched = self._started(work.arguments, by_script)
        due = watched.watch(lambda now: bool(now.freed) or moment.has_come(work, now))
        if due and watched.freed and moment.name != "close":
            due = watched.watch(lambda _: False)  # too late: what it tells in the end is worth more
        if not due:
            return self._ended_by_itself(timed, work, watched, watched.end())
        place = work.place(watched)
        if not watched.kill(with_children):
            return self._ended_by_itself(timed, work, watched, 0)
        self._left.append(watched)
        if watched.told is not None:
            work.acknowledge(watched.told)
        else:
            self._ledger.stored_at_least(watched.settled, work.sent)
        in_flight = place in ("work", "closing")
        self.kills.append(Kill(self.round, operation, moment.name, place, in_flight, by_script, with_children))

    def _moment(self, name: str, timed: str) -> Moment:
        if name == "told":
            wait = self._draw.uniform(0, 0.05)
        elif name == "log":
            wait = self._draw.choice([0.0, self._draw.uniform(0, 0.02)])
        elif name == "never":
            wait = float("inf")
        else:
            wait = self._draw.uniform(0, 0.95) * self._usual(timed, name)
        return Moment(name, wait, self._draw.randint(1, 4))

    def _started(self, arguments: Sequence[str], by_script: bool = False) -> Watched:
        env = self._environment()
        if by_script:
            return Watched.by_script(self.library, arguments, env)
        return Watched.forked(self._nursery, self.library, arguments, env)

    def _environment(self) -> dict[str, str]:
        return environment(
            self._state,
            library=self.library,
            embedder=self._state / self._model,
            cache=self._state / "cache",
            model="quote",
            allow_private_addresses=True,
            respect_robots=False,
            seconds_between_requests=0,
        )

    def _usual(self, timed: str, part: str) -> float:
        times = self._times[f"{timed}: {part}"]
        return statistics.median(times) if times else USUAL[part]

    def _ended_by_itself(self, timed: str, work: Work, watched: Watched, status: int) -> None:
        """How long it took is noted, and its result is an acknowledgement."""
        watched.end_children()
        begun, over = work.begun(watched), work.over(watched)
        for part, first, last in (
            ("start", watched.begun, begun),
            ("work", begun, over),
            ("close", watched.gone, watched.freed),
        ):
            if first and last:
                self._note(f"{timed}: {part}", last - first)
        if status or watched.told is None or "Traceback" in watched.complaints:
            self._tell([("failed", f"{timed} ended with {status}: {watched.complaints[-2000:]}")])
        else:
            work.acknowledge(watched.told)
            operation = timed.partition(",")[0]
            if operation in EMBEDDING and (left := self._without_vector(operation == "reindex")):
                self._tell([("no vector", f"{left} passages wait after {timed} has ended")])

    def _without_vector(self, of_next: bool = True) -> int:
        """How many passages wait, also for those `of_next`, while the embedder is being changed."""
        with closing(sqlite3.connect(self.library / "catalogue.db")) as connection:
            [count] = connection.execute("SELECT count(*) FROM passages WHERE length(vector) = 0").fetchone()
            [coming] = connection.execute("SELECT count(*) FROM facts WHERE name = 'next embedder'").fetchone()
        return int(count or coming * of_next)

    def _note(self, name: str, seconds: float) -> None:
        self._times[name] = [*self._times[name][-8:], round(seconds, 4)]

    def _chosen(self, weights: Mapping[str, int]) -> str:
        return self._draw.choices(list(weights), list(weights.values()))[0]

    # -- what there is to do -----------------------------------------------------------------------------------------

    def _story(self, id: str, version: int) -> Story:
        return story(id, version, self.seed)

    def _new(self) -> Story:
        self._stories += 1
        return self._next(f"story-{self._stories}")

    def _next(self, id: str) -> Story:
        """The article's next version."""
        self._versions[id] += 1
        return self._story(id, self._versions[id])

    def _to_ingest(self) -> Work:
        """New articles; or, after a kill, the same file once more."""
        if self._again and self._draw.random() < 0.4:
            return self._ingesting([self._story(id, version) for id, version in self._again])
        few, many = self._draw.randint(5, 45), self._draw.randint(60, 110)
        return self._ingesting([self._new() for _ in range(self._draw.choice((few, few, many)))])

    def _to_update(self) -> Work:
        """New versions of articles, and a few new ones among them."""
        there = [id for id in self._ledger.there() if id.startswith("story-")]
        changed = self._draw.sample(there, min(len(there), self._draw.randint(5, 100)))
        stories = [*map(self._next, changed), *(self._new() for _ in range(self._draw.randint(0, 3) or not changed))]
        self._draw.shuffle(stories)
        return self._ingesting(stories)

    def _ingesting(self, stories: Sequence[Story]) -> Work:
        self._again = [(each.id, self._versions[each.id]) for each in stories]
        path = self._state / "articles.jsonl"
        path.write_text("".join(f"{json.dumps(each.as_row())}\n" for each in stories))
        sent = [self._ledger.sends(each) for each in stories]
        return Work(["ingest", str(path), "--json"], sent, lambda told: self._acknowledge_rows(told, sent))

    def _acknowledge_rows(self, told: Any, sent: Sequence[Sent]) -> None:
        numbers = dict(sent)
        for row in told["documents"]:
            id = row["article_id"]
            if row["outcome"] in ("added", "updated", "unchanged") and id in numbers:
                self._ledger.stored([(id, numbers[id])])
            elif row["outcome"] == "gone":
                self._ledger.gone(id)
            elif row["outcome"] in ("added", "updated", "duplicate"):
                self._tell([("failed", f"an outcome that cannot be: {row}")])

    def _to_remove(self) -> Work:
        id = self._draw.choice(self._ledger.there())
        if not id.startswith("story-"):
            self._follow_no_more(id)
        self._ledger.removes(id)
        work = Work(["library", "remove", id, "--json"], has_bar=False)
        work.acknowledge = lambda told: self._ledger.removed(told["removed"])
        return work

    def _follow_no_more(self, id: str) -> None:
        """A page whose article was removed is no longer listed: else the next refresh would rightly bring it back."""
        for page in [each for each in self._site.stories if self._page_id(each) == id]:
            del self._site.stories[page]

    def _to_refresh(self) -> Work:
        """Pages are new, changed and taken down since the last time."""
        if not self._follows:
            self._follow()
        self._publish()
        sent = [self._ledger.sends(each) for each in self._pages()]
        return Work(["feeds", "refresh", "--json"], sent, lambda told: self._acknowledge_rows(told, sent))

    def _follow(self) -> None:
        watched = self._started(["feeds", "add", self._site.feed, "--empty", "--json"])
        watched.watch(lambda _: False)
        if watched.end():
            self._tell([("failed", f"feeds add: {watched.complaints}")])
        self._follows = True

    def _publish(self) -> None:
        live = [id for id in self._site.stories if id not in self._site.down]
        for id in self._draw.sample(live, min(len(live), self._draw.randint(2, 8))):
            self._site.stories[id] = self._next(id)
        if len(live) > 18:
            self._site.down.add(self._draw.choice(live))
        for _ in range(self._draw.randint(1, 4)):
            self._stories += 1
            id = f"page-{self._stories}"
            self._site.stories[id] = self._next(id)

    def _pages(self) -> list[Story]:
        """What the site serves, with the ids that the library gives to it."""
        live = [each for id, each in self._site.stories.items() if id not in self._site.down]
        return [replace(each, id=self._page_id(each.id)) for each in live]

    def _page_id(self, page: str) -> str:
        return article_id("", self._site.address(page), "")

    def _to_reindex(self) -> Work:
        """With the other model, or on with one that was cut off."""
        self._model = MODELS[1 - MODELS.index(self._model)]
        return Work(["library", "reindex", "--json"])

    def _to_migrate(self) -> Work:
        """A library as an earlier Dateline left it, opened by a command that writes."""
        if self._without_vector():  # no earlier version could leave that
            return self._to_ingest()
        schema = self._draw.choice(SCHEMAS)
        set_back(self.library / "catalogue.db", schema)
        self._ledger.set_back(schema)
        self._follows = self._follows and schema != "1"
        if self._draw.random() < 0.3:
            work = self._to_ingest()
            work.has_bar = False  # the opening counts, and it comes before the bar
            return work
        return Work(["library", "check", "--json"], has_bar=False)

    # -- serving -----------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        """A server, with readers once its page is there."""
        moment, share = self._chosen(SERVING), self._draw.uniform(0, 0.95)
        by_script, with_children = self._draw.randrange(BY_SCRIPT) == 0, self._draw.random() < 0.5
        timed = "serve, by script" if by_script else "serve"
        watched = self._started(["serve", "--port", str(_free_port()), "--json"], by_script)
        limit = watched.begun + share * self._usual(timed, "start") if moment == "start" else float("inf")
        if not watched.watch(lambda now: now.told is not None or time.monotonic() > limit):
            return self._tell([("failed", f"serve ended with {watched.end()}: {watched.complaints[-2000:]}")])
        place, under_way, crowd = "start", 0, None
        if watched.told is not None:
            self._note(f"{timed}: start", time.monotonic() - watched.begun)
            crowd = _Crowd(self, watched.told["url"])
            place, under_way = self._serve_readers(watched, crowd, moment, share * self._usual(timed, "close"))
        killed = watched.kill(with_children)
        if crowd:
            crowd.leave()
        self._left.append(watched)
        if "Traceback" in watched.complaints:
            self._tell([("failed", f"serve: {watched.complaints[-2000:]}")])
        if killed:
            in_flight = place == "closing" or under_way > 0
            self.kills.append(Kill(self.round, "serve", moment, place, in_flight, by_script, with_children))
        elif moment == "close":
            self._note(f"{timed}: close", watched.freed - self._asked_to_end)

    def _serve_readers(self, watched: Watched, crowd: _Crowd, moment: str, wait: float) -> tuple[str, int]:
        """Looks on until the kill is due: where it is to hit, and how many requests are under way then."""
        work_until = time.monotonic() + self._draw.uniform(0.05, 2.5)
        watched.watch(lambda _: time.monotonic() > work_until and (moment == "close" or crowd.under_way > 0))
        if moment == "close":
            watched.ask_to_end()
            self._asked_to_end = time.monotonic()
            watched.watch(lambda _: time.monotonic() > self._asked_to_end + wait)
        return "closing" if moment == "close" else "work", crowd.under_way

    # -- audits ------------------------------------------------------------------------------------------------------

    def audit(self) -> None:
        """Opens the library in a fresh process, and compares everything in it with everything that was sent."""
        if not self.library.exists():
            return
        self._keep_as_it_is()
        self._adopt_model()
        before = {id: frozenset(account.may_be) for id, account in self._ledger.articles.items()}
        watched = Watched.forked(
            self._nursery, self.library, [str(self.library)], self._environment(), "_audit", brisk=True
        )
        found = self._found_by(watched)
        for left in self._left:
            left.end_children()
        self._left.clear()
        if found is None:
            self._tell([("not opened", watched.complaints[-3000:] or "no end in three minutes")], evidence=True)
            return self._begin_library()
        faults = self._ledger.compare(found)
        self._note_opening(found["seconds"], before)
        self.acknowledged += Counter(found["nearest"])
        if faults:
            self._tell(faults, evidence=True)
            self._begin_library()

    def _found_by(self, watched: Watched) -> Any:
        """None where the library could not be opened and read."""
        try:
            watched.watch(lambda _: False, seconds=180)
        except TimeoutError:
            watched.kill(with_children=True)
            return None
        return None if watched.end() else watched.told

    def _note_opening(self, seconds: float, before: Mapping[str, frozenset[Any]]) -> None:
        """How long the opening after the last kill took, and whether that kill tore its work apart."""
        if self._unaudited:
            unsure = {id: max(chains, key=len) for id, chains in before.items() if len(chains) > 1}
            done = sum(longest in self._ledger.articles[id].may_be for id, longest in unsure.items())
            kill = self.kills[self._unaudited.pop()]
            kill.opening, kill.torn = seconds, 0 < done < len(unsure)
        self._unaudited.clear()

    @property
    def _as_it_was(self) -> Path:
        return self._state / "as the kill left it"

    def _keep_as_it_is(self) -> None:
        shutil.rmtree(self._as_it_was, ignore_errors=True)
        shutil.copytree(self.library, self._as_it_was)

    def _adopt_model(self) -> None:
        """A killed reindex may have ended or not: the library's own word decides which model it is opened with."""
        with tempfile.TemporaryDirectory() as scratch:
            for part in self._as_it_was.glob("catalogue.db*"):
                shutil.copy(part, scratch)
            with suppress(sqlite3.Error), closing(sqlite3.connect(Path(scratch) / "catalogue.db")) as connection:
                row = connection.execute("SELECT value FROM facts WHERE name = 'embedder'").fetchone()
                if row:
                    self._model = Path(row[0]).name

    def _tell(self, faults: Sequence[Fault], evidence: bool = False) -> None:
        """At once; the `evidence` is the library as it was before the audit."""
        if evidence:
            shutil.copytree(self._as_it_was, self._state / f"round {self.round}", dirs_exist_ok=True)
        last = self.kills[-1] if self.kills else None
        for kind, line in faults[:20]:
            print(f"round {self.round}, last kill {last}: {kind}: {line}", flush=True)
        self.faults += [[self.round, kind, line] for kind, line in faults]

    def _begin_library(self) -> None:
        """An empty one: what is in a broken one would be found again and again, and a large one takes long."""
        self.acknowledged += self._ledger.counts
        shutil.rmtree(self.library, ignore_errors=True)
        self._libraries += 1
        self._ledger, self._follows, self._again = Ledger(), False, None
        self._unaudited.clear()

    # -- figures -----------------------------------------------------------------------------------------------------

    def table(self) -> Iterator[str]:
        places = " / ".join(PLACES)
        yield f"| operation | kills | in flight | torn | {places} | opening after it: median, p95, max |"
        yield "|---|---:|---:|---:|---|---|"
        for operation in [*OPERATIONS, "all"]:
            kills = [each for each in self.kills if operation in (each.operation, "all")]
            if kills:
                yield _row(operation, kills)
        script = sum(each.by_script for each in self.kills)
        alone = sum(not each.with_children for each in self.kills)
        yield f"\n{self.round} rounds; {script} kills of the console script, {alone} that spared what it had started."
        told = self.acknowledged + self._ledger.counts
        missed, asked_for = told.pop(MISSED, 0), told.pop(ASKED_FOR, 0)
        yield f"Of {asked_for:,} passages {missed:,} were not among the ten nearest of their own vector."
        yield "Acknowledged: " + ", ".join(f"{count:,} {name}" for name, count in sorted(told.items()))
        counts = Counter(kind for _, kind, _ in self.faults)
        yield "Faults: " + ", ".join(f"{counts[kind]} {kind}" for kind in KINDS)


class _Crowd:
    """Readers on a served page: two ask, one puts articles in and takes them out; so many requests are `under_way`."""

    def __init__(self, campaign: Campaign, url: str) -> None:
        self._campaign, self._ledger, self._url = campaign, campaign._ledger, url
        self._draw = random.Random(campaign._draw.random())
        self._writing = threading.Lock()
        self._over = threading.Event()
        self.under_way = 0
        self._threads = [
            threading.Thread(target=self._guarded, args=(does, number), daemon=True)
            for number, does in enumerate((self._ask, self._ask, self._edit))
        ]
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def _guarded(self, does: Callable[[Page, int], None], number: int) -> None:
        try:
            with closing(Page(self._url)) as page:
                does(page, number)
        except Refused as error:
            if not error.busy:
                self._campaign._tell([("failed", f"{does.__name__}: {error}")])
        except (httpx.HTTPError, OSError):
            pass  # the server was killed, which is the point; what it had not answered by then is not acknowledged

    def _request(self, asked: Callable[[], Any]) -> Any:
        with self._writing:
            self.under_way += 1
        try:
            return asked()
        except BaseException:
            self._over.set()
            raise
        finally:
            with self._writing:
                self.under_way -= 1

    def _ask(self, page: Page, reader: int) -> None:
        conversation, number = "", 0
        for turn in range(1, 1000):
            if self._over.is_set():
                return
            question = (
                f"What did the council tell report story-{turn}? Asked in {self._campaign.round}-{reader}-{turn}."
            )
            with self._writing:
                self._ledger.asks(question)
            asked_in = self._request(lambda: page.ask(question, conversation))  # noqa: B023
            number = number + 1 if asked_in == conversation else 1
            conversation = asked_in
            with self._writing:
                self._ledger.kept(conversation, number, question)
            self._request(lambda: page.answer(conversation))  # noqa: B023
            with self._writing:
                self._ledger.answered(conversation, number)
            if number == 4:
                conversation = ""

    def _edit(self, page: Page, _: int) -> None:
        while not self._over.is_set():
            self._draw.choice((self._add_text, self._add_file, self._remove))(page)

    def _add_text(self, page: Page) -> None:
        with self._writing:
            new = self._campaign._new()
            pasted = replace(new, id=pasted_id(new.text))
            sent = self._ledger.sends(pasted)
        drawn = self._request(lambda: page.add_text(new.text, new.title, new.outlet))
        with self._writing:
            if _counted(drawn) == 1:
                self._ledger.stored([sent])

    def _add_file(self, page: Page) -> None:
        """New articles and new versions, as the JSONL file that a reader drops on the page."""
        with self._writing:
            there = [id for id in self._ledger.there() if id.startswith("story-")]
            changed = self._draw.sample(there, min(len(there), 10))
            stories = [*map(self._campaign._next, changed), *(self._campaign._new() for _ in range(5))]
            sent = [self._ledger.sends(each) for each in stories]
        path = self._campaign._state / "upload.jsonl"
        path.write_text("".join(f"{json.dumps(each.as_row())}\n" for each in stories))
        settled, drawn = 0, ""

        def follow() -> None:
            nonlocal settled, drawn
            for drawn in page.add_file(path):
                if found := re.search(r"([0-9,]+) of [0-9,]+", drawn):
                    settled = int(found[1].replace(",", ""))

        try:
            self._request(follow)
        finally:
            with self._writing:
                if _counted(drawn) == len(sent):
                    self._ledger.stored(sent)
                else:
                    self._ledger.stored_at_least(settled, sent)

    def _remove(self, page: Page) -> None:
        with self._writing:
            there = [id for id in self._ledger.there() if id.startswith("story-")]
            if not there:
                return
            id = self._draw.choice(there)
            self._ledger.removes(id)
        drawn = self._request(lambda: page.remove(id))
        with self._writing:
            if "problem" not in drawn:
                self._ledger.removed(id)


def _counted(drawn: str) -> int:
    """How many documents of a receipt are in the library now, as the page tells its reader."""
    return sum(int(count.replace(",", "")) for count in re.findall(r"([0-9,]+) (?:added|updated|unchanged)\b", drawn))


def set_back(catalogue: Path, schema: str) -> None:
    """Makes of a catalogue what a Dateline of that schema left: without what later ones added."""
    before = [number for number in ("7", "6", "5", "4", "3", "2") if number > schema]
    with closing(sqlite3.connect(catalogue)) as connection:
        for number in before:
            connection.executescript(_ADDED[number])
        connection.execute("UPDATE facts SET value = ? WHERE name = 'schema'", [schema])
        connection.commit()


# What came with each schema, undone.
_ADDED = {
    "7": "DROP TABLE next_vectors; DROP INDEX passages_waiting",
    "6": "DROP TABLE listed",
    "5": "DROP TABLE exchanges; DROP TABLE conversations",
    "4": "CREATE TABLE passage_words (key INTEGER PRIMARY KEY, words TEXT)",
    "3": """
        DROP TABLE sketches; DROP INDEX ix_articles_story;
        DROP INDEX IF EXISTS articles_published_at; DROP INDEX IF EXISTS articles_outlet;
        ALTER TABLE articles DROP COLUMN story
    """,
    "2": """
        DROP TABLE subscriptions; DROP TABLE pages; DROP TABLE robots;
        ALTER TABLE articles DROP COLUMN summary_only; ALTER TABLE articles DROP COLUMN gone_at;
        ALTER TABLE earlier_versions DROP COLUMN summary_only; ALTER TABLE earlier_versions DROP COLUMN gone_at
    """,
}


def _row(operation: str, kills: Sequence[Kill]) -> str:
    places = Counter(each.place for each in kills)
    openings = sorted(each.opening for each in kills if each.opening)
    times = ""
    if openings:
        p95 = openings[min(len(openings) - 1, int(0.95 * len(openings)))]
        times = f"{statistics.median(openings):.1f} s, {p95:.1f} s, {openings[-1]:.1f} s"
    in_flight = sum(each.in_flight for each in kills)
    torn = sum(each.torn for each in kills)
    hit = " / ".join(str(places[place]) for place in PLACES)
    share = f"{in_flight} ({in_flight / len(kills):.2f})"
    return f"| {operation} | {len(kills)} | {share} | {torn} | {hit} | {times} |"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="a folder in which the campaign is kept, to go on with")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="stop after so many, to go on another time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        state = (options.state or Path(scratch)).resolve()
        state.mkdir(parents=True, exist_ok=True)
        campaign = Campaign(state, options.seed)
        with closing(campaign):
            campaign.run(options.kills, options.minutes)
        print("\n".join(campaign.table()))
    if campaign.faults:
        sys.exit(1)
    if len(campaign.kills) < options.kills:
        sys.exit(3)


if __name__ == "__main__":
    main()
