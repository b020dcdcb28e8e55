"""The numbers of an answer's sources: in the order in which a reader meets them, cited ones first. Pure.

Search ranks the sources and everything up to here counts by rank. A number that was shown keeps its source for as long
as the answer grows; in the end those that are cited are 1 to n, without gaps.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

from assistant.types import Account, Answer, Citation, Stage


def numbered(snapshots: Generator[Answer]) -> Generator[Answer]:
    """The snapshots of one answer with the numbers that are shown. The same snapshot again is the same again."""
    given: list[int] = []
    ranked: Answer | None = None
    with closing(snapshots):
        for snapshot in snapshots:
            if snapshot is not ranked:
                ranked, cited = snapshot, dict.fromkeys(_cited(snapshot))
                given = [*given, *(rank for rank in cited if rank not in given)]
                if snapshot.stage is Stage.DONE:
                    given = [rank for rank in given if rank in cited]
                shown = _renumbered(snapshot, given)
            yield shown


def _cited(answer: Answer) -> Iterator[int]:
    """In the order in which they are read, each as often as it stands there."""
    numbers = [number for sentence in answer.sentences for number in sentence.citations]
    numbers += [each.citation.number for each in answer.differing]
    numbers += [each.number for each in (*answer.quoted, *answer.citations)]
    yield from (number for number in numbers if 1 <= number <= len(answer.sources))


def _renumbered(answer: Answer, order: list[int]) -> Answer:
    ranks = range(1, len(answer.sources) + 1)
    order = [rank for rank in order if rank in ranks]
    order += [rank for rank in ranks if rank not in order]
    numbers = {rank: number for number, rank in enumerate(order, start=1)}

    def of(citation: Citation) -> Citation:
        return replace(citation, number=numbers.get(citation.number, citation.number))

    return replace(
        answer,
        sources=tuple(answer.sources[rank - 1] for rank in order),
        sentences=tuple(
            replace(each, citations=tuple(numbers.get(rank, rank) for rank in each.citations))
            for each in answer.sentences
        ),
        citations=tuple(sorted(map(of, answer.citations), key=lambda each: (each.number, each.start))),
        differing=tuple(Account(each.says, of(each.citation)) for each in answer.differing),
        quoted=tuple(map(of, answer.quoted)),
    )
