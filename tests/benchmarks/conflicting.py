"""Are both answers given when documents hold two?

    python tests/benchmarks/conflicting.py RAMDOCS.jsonl [--model quote] [--half first|second] [--show 20]

RAMDOCS.jsonl has questions with documents typed correct, misinfo and noise (Wang et al. 2025, "Retrieval-Augmented
Generation with Conflicting Evidence"). Of each question for which the correct documents hold at least two different
answers word for word, all documents go into a library of their own, through ingest, and the question is asked of it.
An answer is shown when it stands in the sentences that the reader gets; the reports that differ are among them.
Documents that are copies of one another are one source, as they always are. Rows are halved by a hash of their id, so
that rules can be found on the first half and read off the second.
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

from app import open_dateline
from assistant.evaluate import holds
from assistant.figures import Figure, figure, markdown
from assistant.models import Answer


class Case(NamedTuple):
    """A question with the texts of its documents and the different answers that stand in the correct ones."""

    id: str
    question: str
    texts: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def half(self) -> str:
        return "first" if hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0 else "second"


class Shown(NamedTuple):
    case: Case
    answer: Answer
    shown: tuple[bool, ...]
    """For each answer of the case."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--model", default="quote")
    parser.add_argument("--half", choices=("first", "second"), help="only these rows")
    parser.add_argument("--show", type=int, default=0, help="also print that many questions of which an answer lacks")
    options = parser.parse_args()
    asked = [case for case in cases(options.questions) if options.half in (None, case.half)]
    found = []
    for done, case in enumerate(asked, start=1):
        found.append(answered(case, options.model))
        print(f"Answering: {done} of {len(asked)}", end="\r", file=sys.stderr)
    print(table(found))
    for each in [each for each in found if not all(each.shown)][: options.show]:
        print(
            f"\n{each.case.question}\n  {dict(zip(each.case.answers, each.shown, strict=True))}\n  {each.answer.text}"
        )


def cases(path: Path) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        right = [each for each in row["documents"] if each["type"] == "correct"]
        answers = dict.fromkeys(each["answer"] for each in right if holds(each["text"], [each["answer"]]))
        if len(answers) > 1:
            texts = tuple(dict.fromkeys(each["text"] for each in row["documents"]))
            yield Case(row["id"], row["question"], texts, tuple(answers))


def answered(case: Case, model: str) -> Shown:
    with tempfile.TemporaryDirectory() as folder, open_dateline(library=Path(folder) / "library", model=model) as news:
        documents = Path(folder) / "documents.jsonl"
        rows = [{"id": f"{case.id}-{n}", "text": each, "source": f"Document {n}"} for n, each in enumerate(case.texts)]
        documents.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        news.ingest([documents])
        answer = news.answer(case.question)
    return Shown(case, answer, tuple(holds(answer.text, [each]) for each in case.answers))


def table(found: Sequence[Shown]) -> str:
    groups = {f"{half} half": [each for each in found if each.case.half == half] for half in ("first", "second")}
    rows = [[name, len(those), *figures(those)] for name, those in {**groups, "all": found}.items() if those]
    return markdown(["", "questions", "all answers shown", "at least two", "at least one", "said to differ"], rows)


def figures(those: Sequence[Shown]) -> Iterator[Figure]:
    for counted in (all, lambda shown: sum(shown) > 1, any):
        yield figure([float(counted(each.shown)) for each in those])
    yield figure([float(bool(each.answer.differing)) for each in those])


if __name__ == "__main__":
    main()
