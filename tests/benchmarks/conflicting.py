"""Are both answers given when documents hold two?

    python tests/benchmarks/conflicting.py RAMDOCS.jsonl [--model quote] [--half first|second] [--work DIR] [--show 20]

RAMDOCS.jsonl has questions with documents typed correct, misinfo and noise (Wang et al. 2025, "Retrieval-Augmented
Generation with Conflicting Evidence"). Of each question for which the correct documents hold at least two different
answers word for word, all documents go into a library of their own, through ingest, and the question is asked of it.
Documents that are copies of one another are one source, as they always are. Libraries and what was embedded are kept in
DIR, and made once. Rows are halved by a hash of their id, so that rules can be found on the first half and read off the
second.

An answer is given when it stands in the sentences that the reader gets; the reports that differ are among them. Two
tables, by the questions that they count:

- All of them: in how many all answers are given, at least two, at least one. Refused questions, and answers that the
  search did not find, count as not given.
- Those with both in the sources: at least two answers stand in the passages that the reader sees beside the answer as
  its sources. In how many of them all that stand there are given, and how many questions are not of these: refused,
  which leaves no sources, or with fewer than two answers there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from assistant.answering.assistant import Assistant
from assistant.evaluation.metrics import holds
from assistant.evaluation.tables import Figure, figure, markdown
from assistant.generation.providers import open_chat_model
from assistant.settings import read_settings
from assistant.types import Answer
from ingest.pipeline import ingest
from vectorstore.indexes.embedding import Embedder, SentenceEmbedder
from vectorstore.library import Library
from vectorstore.models import Matrix


class Case(NamedTuple):
    """A question with the texts of its documents and the different answers that stand in the correct ones."""

    id: str
    question: str
    texts: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def half(self) -> str:
        return "first" if hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0 else "second"


class Given(NamedTuple):
    """What became of a question; `given` and `found` tell of each answer of the case whether it is in the sentences,
    and whether it is in the sources."""

    case: Case
    answer: Answer
    given: tuple[bool, ...]
    found: tuple[bool, ...]

    @property
    def both_found(self) -> bool:
        return sum(self.found) > 1

    @property
    def all_found_given(self) -> bool:
        return all(given for given, found in zip(self.given, self.found, strict=True) if found)


class Remembered:
    """An embedder that embeds a text once; what it knows is kept in a file."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._file = file
        self._queries: dict[str, Matrix] = {}
        self._passages: dict[str, Matrix] = {}
        if file.exists():
            held = np.load(file)
            for known, name in ((self._queries, "query"), (self._passages, "passage")):
                known.update(zip(held[f"{name}_texts"].tolist(), held[f"{name}_vectors"], strict=True))

    @property
    def most_tokens(self) -> int:
        return self._embedder.most_tokens

    def tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.tokens(texts)

    def passages(self, texts: Sequence[str]) -> Matrix:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._passages]
        self._passages.update(zip(fresh, self._embedder.passages(fresh), strict=True))
        return np.stack([self._passages[text] for text in texts])

    def query(self, text: str) -> Matrix:
        if text not in self._queries:
            self._queries[text] = self._embedder.query(text)
        return self._queries[text]

    def save(self) -> None:
        kept: dict[str, Matrix] = {}
        for known, name in ((self._queries, "query"), (self._passages, "passage")):
            kept |= {f"{name}_texts": np.array([*known]), f"{name}_vectors": np.stack([*known.values()])}
        np.savez(self._file, **kept)


class Reader:
    """Asks each question of a library of its own, with one embedder and one model for all of them."""

    def __init__(self, model: str, work: Path) -> None:
        settings = read_settings({"model": model})
        self._model = open_chat_model(
            settings.model, settings.model_url, settings.model_key, settings.cache.expanduser()
        )
        self.embedder = Remembered(SentenceEmbedder(settings.embedder), work / "vectors.npz")
        self._work = work

    def ask(self, case: Case) -> Given:
        folder = self._work / case.id
        with Library(folder / "library", self.embedder) as library:
            if library.counts()[0] == 0:
                self._fill(library, case, folder / "documents.jsonl")
            answer = Assistant(library, self._model).answer(case.question)
        sources = "\n".join(hit.passage.text for hit in answer.sources)
        held = (tuple(holds(text, [each]) for each in case.answers) for text in (answer.text, sources))
        return Given(case, answer, *held)

    def _fill(self, library: Library, case: Case, documents: Path) -> None:
        rows = [{"id": f"{case.id}-{n}", "text": each, "source": f"Document {n}"} for n, each in enumerate(case.texts)]
        documents.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        ingest([documents], library)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--model", default="quote")
    parser.add_argument("--half", choices=("first", "second"), help="only these rows")
    parser.add_argument("--work", type=Path, help="keep the libraries here, and go on with those that are there")
    parser.add_argument("--show", type=int, default=0, help="also print that many questions of which an answer lacks")
    options = parser.parse_args()
    asked = [case for case in cases(options.questions) if options.half in (None, case.half)]
    with tempfile.TemporaryDirectory() as passing:
        reader = Reader(options.model, options.work or Path(passing))
        found = []
        for done, case in enumerate(asked, start=1):
            found.append(reader.ask(case))
            print(f"Answering: {done} of {len(asked)}", end="\r", file=sys.stderr)
        reader.embedder.save()
    print(table(found), in_sources(found), sep="\n\n")
    for each in [each for each in found if not all(each.given)][: options.show]:
        told = {a: (g, f) for a, g, f in zip(each.case.answers, each.given, each.found, strict=True)}
        print(f"\n{each.case.question}\n  (given, in the sources): {told}\n  {each.answer.text}")


def cases(path: Path) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        right = [each for each in row["documents"] if each["type"] == "correct"]
        answers = dict.fromkeys(each["answer"] for each in right if holds(each["text"], [each["answer"]]))
        if len(answers) > 1:
            texts = tuple(dict.fromkeys(each["text"] for each in row["documents"]))
            yield Case(row["id"], row["question"], texts, tuple(answers))


def table(found: Sequence[Given]) -> str:
    rows = [[name, len(those), *figures(those)] for name, those in halves(found)]
    header = ["", "questions", "all answers given", "at least two", "at least one", "said to differ", "refused"]
    return markdown(header, rows)


def in_sources(found: Sequence[Given]) -> str:
    rows = []
    for name, those in halves(found):
        both = [each for each in those if each.both_found]
        refused = sum(each.answer.refused for each in those)
        given = figure([float(each.all_found_given) for each in both])
        rows.append([name, len(both), given, refused, len(those) - len(both) - refused])
    return markdown(["", "both in the sources", "all of those given", "else: refused", "else: fewer in them"], rows)


def halves(found: Sequence[Given]) -> list[tuple[str, Sequence[Given]]]:
    named = [(f"{half} half", [each for each in found if each.case.half == half]) for half in ("first", "second")]
    return [(name, those) for name, those in (*named, ("all", found)) if those]


def figures(those: Sequence[Given]) -> Iterator[Figure]:
    for counted in (all, lambda given: sum(given) > 1, any):
        yield figure([float(counted(each.given)) for each in those])
    yield figure([float(bool(each.answer.differing)) for each in those])
    yield figure([float(each.answer.refused) for each in those])


if __name__ == "__main__":
    main()
