"""What was sent to a library and what its commands have acknowledged, against what an audit finds there.

The state of an article is its chain: which of the texts that were sent are its versions, the earliest first; () is an
article that is not there. Of a command that was killed it is open what it has done, so an article can have several
chains until the next audit: those it may have. What a command has acknowledged is no longer open.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _newsroom import Story

Chain = tuple[int, ...]
Fault = tuple[str, str]
Sent = tuple[str, int]  # an article's id, and which of its texts

# Every way in which a library could have broken its word. The campaign counts each; all must be 0.
KINDS = (
    *("lost", "doubled", "phantom", "half version", "wrong passage", "came back", "index", "not found", "no vector"),
    *("lost conversation", "doubled conversation", "phantom conversation", "not opened", "failed"),
)


@dataclass(slots=True)
class Account:
    """An article: the headline and digest of every text that was sent, and the chains that it may have.

    `gone` says that a command has acknowledged that its page is there no more.
    """

    sent: list[tuple[str, str]] = field(default_factory=list)
    may_be: set[Chain] = field(default_factory=lambda: {()})
    gone: bool = False

    @property
    def certain(self) -> Chain | None:
        return next(iter(self.may_be)) if len(self.may_be) == 1 else None


@dataclass(slots=True)
class Talk:
    """A question by its number: the words, and whether it and its answer were acknowledged; then the digest of the
    answer, once an audit has seen it."""

    question: str
    answered: bool = False
    seen: str = ""


@dataclass(slots=True)
class Ledger:
    articles: dict[str, Account] = field(default_factory=dict)
    talks: dict[str, dict[int, Talk]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)  # every question that was sent; some may never have come in
    at_least: list[tuple[int, list[Sent]]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)  # what was acknowledged

    # -- sending -------------------------------------------------------------------------------------------------

    def sends(self, story: Story) -> Sent:
        """A text is on its way: it may be stored from now on, or not."""
        account = self.articles.setdefault(story.id, Account())
        text = (story.title, story.digest)
        if text not in account.sent:
            account.sent.append(text)
        number = account.sent.index(text)
        account.may_be |= {_with(chain, number) for chain in account.may_be}
        return story.id, number

    def removes(self, id: str) -> None:
        """It may have been one of those of which only the number was told."""
        self.articles[id].may_be |= {()}
        self.at_least = [
            (count - any(each == id for each, _ in sent), [one for one in sent if one[0] != id])
            for count, sent in self.at_least
        ]

    def asks(self, question: str) -> None:
        self.asked.add(question)

    # -- acknowledged --------------------------------------------------------------------------------------------

    def stored(self, sent: Iterable[Sent]) -> None:
        for id, number in sent:
            account = self.articles[id]
            account.may_be = {chain for chain in account.may_be if chain and chain[-1] == number}
            self.counts["articles"] += 1

    def stored_at_least(self, count: int, sent: Sequence[Sent]) -> None:
        """So many of these, as a progress bar says it."""
        if count:
            self.at_least.append((count, list(sent)))
            self.counts["articles in progress"] += count

    def removed(self, id: str) -> None:
        self.articles[id].may_be = {()}
        self.counts["removals"] += 1

    def gone(self, id: str) -> None:
        self.articles[id].gone = True
        self.counts["pages gone"] += 1

    def kept(self, talk: str, number: int, question: str) -> None:
        self.talks.setdefault(talk, {})[number] = Talk(question)
        self.counts["questions"] += 1

    def answered(self, talk: str, number: int) -> None:
        self.talks[talk][number].answered = True
        self.counts["answers"] += 1

    def set_back(self, schema: str) -> None:
        """The library is as a Dateline of that schema would have left it."""
        if schema < "5":
            self.talks.clear()
        if schema < "2":
            for account in self.articles.values():
                account.gone = False

    # -- choosing ------------------------------------------------------------------------------------------------

    def there(self) -> list[str]:
        """Articles that are certainly in the library, in the order in which they were sent first."""
        return [id for id, account in self.articles.items() if account.certain]

    # -- comparing -----------------------------------------------------------------------------------------------

    def compare(self, found: Mapping[str, Any]) -> list[Fault]:
        """Every way in which an audit's findings break what was acknowledged; what it found is certain from now on."""
        faults = [(kind, line) for kind, line in found["faults"]]
        for id in self.articles.keys() | found["articles"].keys():
            faults += self._compare_article(id, found["articles"].get(id, []))
        faults += self._compare_counts()
        faults += self._compare_talks(found["talks"])
        return faults

    def _compare_article(self, id: str, versions: Sequence[Sequence[Any]]) -> list[Fault]:
        account = self.articles.get(id)
        if account is None:
            return [("phantom", f"{id} was never sent")]
        texts = [(title, digest) for _, title, digest, _ in versions]
        faults = [
            ("half version", f"{id}: a version is nothing that was sent") for each in texts if each not in account.sent
        ]
        if [number for number, *_ in versions] != list(range(1, len(versions) + 1)):
            faults.append(("half version", f"{id}: its versions are numbered {[number for number, *_ in versions]}"))
        if faults:
            return faults
        chain = tuple(account.sent.index(each) for each in texts)
        if chain not in account.may_be:
            faults.append((_breach(chain, account.may_be), f"{id} is {chain} and may be {sorted(account.may_be)}"))
        if account.gone and versions and not versions[-1][3]:
            faults.append(("lost", f"{id}: that its page is gone"))
        account.may_be = {chain}
        return faults

    def _compare_counts(self) -> list[Fault]:
        """After every article's own comparison, which leaves one chain to each."""
        faults = []
        for count, sent in self.at_least:
            there = sum(number in chain for id, number in sent for chain in self.articles[id].may_be)
            if there < count:
                faults.append(("lost", f"{count} of {len(sent)} were reported as stored, {there} are there"))
        self.at_least.clear()
        return faults

    def _compare_talks(self, found: Mapping[str, Sequence[Sequence[Any]]]) -> list[Fault]:
        times = Counter(question for exchanges in found.values() for _, question, *_ in exchanges)
        faults = [
            ("doubled conversation", f"{question!r} stands {count} times")
            for question, count in times.items()
            if count > 1
        ]
        faults += [
            ("phantom conversation", f"{question!r} was never asked")
            for question in times
            if question not in self.asked
        ]
        for id, questions in self.talks.items():
            held = {number: rest for number, *rest in found.get(id, [])}
            for number, talk in questions.items():
                faults += _compare_exchange(f"{id}, question {number}", talk, held.get(number))
        self.talks = {
            id: {
                number: Talk(question, answered, digest if answered else "")
                for number, question, answered, digest in held
            }
            for id, held in found.items()
        }
        return faults

    # -- keeping -------------------------------------------------------------------------------------------------

    def as_json(self) -> dict[str, Any]:
        return {
            "articles": {
                id: [account.sent, sorted(account.may_be), account.gone] for id, account in self.articles.items()
            },
            "talks": {
                id: {number: [talk.question, talk.answered, talk.seen] for number, talk in questions.items()}
                for id, questions in self.talks.items()
            },
            "asked": sorted(self.asked),
            "at_least": self.at_least,
            "counts": self.counts,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Ledger:
        return cls(
            articles={
                id: Account([(title, digest) for title, digest in sent], {tuple(chain) for chain in may_be}, gone)
                for id, (sent, may_be, gone) in kept["articles"].items()
            },
            talks={
                id: {int(number): Talk(*talk) for number, talk in questions.items()}
                for id, questions in kept["talks"].items()
            },
            asked=set(kept["asked"]),
            at_least=[(count, [(id, number) for id, number in sent]) for count, sent in kept["at_least"]],
            counts=Counter(kept["counts"]),
        )


def _with(chain: Chain, number: int) -> Chain:
    """The same text once more is no new version."""
    return chain if chain and chain[-1] == number else (*chain, number)


def _breach(chain: Chain, may_be: set[Chain]) -> str:
    if not chain:
        return "lost"
    if may_be == {()}:
        return "came back"
    if len(set(chain)) < len(chain):
        return "doubled"
    return "lost" if all(len(chain) < len(each) for each in may_be) else "half version"


def _compare_exchange(name: str, talk: Talk, held: Sequence[Any] | None) -> list[Fault]:
    if held is None or held[0] != talk.question:
        return [("lost conversation", f"{name}: the question")]
    _, answered, digest = held
    if talk.answered and not answered:
        return [("lost conversation", f"{name}: the answer")]
    if talk.seen and talk.seen != digest:
        return [("lost conversation", f"{name}: the answer is another one")]
    return []


def save(path: Path, kept: Mapping[str, Any]) -> None:
    """Whole or not at all: the campaign itself may be stopped at any moment."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(kept))
    part.replace(path)
