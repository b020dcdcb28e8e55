"""Are sentences that are shown as quoted or supported really so?

    dateline evaluate QUESTIONS.jsonl --library DIR --only answers --answers ANSWERS.jsonl
    python tests/benchmarks/labelled.py ANSWERS.jsonl [--unread READ_ME.jsonl] [--limit 200]

labels.jsonl beside this file holds what a person found who read answers beside the passages that they cite: the id of
the question, the number of the sentence from 1, the first letters of the SHA-256 of its words, and whether the cited
passages bear it out. Of the answers that are not refused the first 200 count. A quoted sentence is borne out when its
words stand in a citation's own; every supported one needs a label, and a label counts only for the words that it was
given for. `--unread` writes the sentences without one, with the passages they cite, for somebody to read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assistant.evaluation.tables import figure, markdown
from assistant.text.words import plain_letters

LABELS = Path(__file__).parent / "labels.jsonl"


class Shown(NamedTuple):
    """A sentence of an answer that is shown as quoted or supported; `quotes` are the words that it cites, `read` the
    sources' passages."""

    question_id: str
    number: int
    asked: str
    text: str
    support: str
    quotes: tuple[str, ...]
    read: tuple[str, ...]

    @property
    def key(self) -> tuple[str, int, str]:
        return self.question_id, self.number, hashlib.sha256(self.text.encode()).hexdigest()[:12]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--unread", type=Path)
    parser.add_argument("--limit", type=int, default=200, help="answers")
    asked = parser.parse_args()
    answers = [each for each in rows(asked.answers) if not each["refused"]][: asked.limit]
    labels = {(each["question"], each["sentence"], each["words"]): each["borne_out"] for each in rows(LABELS)}
    sentences = [sentence for answer in answers for sentence in shown(answer)]
    print(table(sentences, labels, len(answers)))
    unread = [each for each in sentences if each.support == "supported" and each.key not in labels]
    if unread:
        print(f"{len(unread)} supported sentences have no label yet and are left out above", file=sys.stderr)
    if asked.unread:
        asked.unread.write_text("".join(json.dumps(unlabelled(e), ensure_ascii=False) + "\n" for e in unread))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def shown(answer: dict[str, Any]) -> Iterator[Shown]:
    for number, sentence in enumerate(answer["sentences"], start=1):
        if sentence["support"] != "unsupported":
            quotes = tuple(c["quote"] for c in answer["citations"] if c["number"] in sentence["citations"])
            read = tuple(
                f"{s['title']} ({s['outlet']}, {s['published_at']}): {s['text']}"
                for s in answer["sources"]
                if s["rank"] in sentence["citations"]
            )
            yield Shown(answer["id"], number, answer["question"], sentence["text"], sentence["support"], quotes, read)


def unlabelled(sentence: Shown) -> dict[str, Any]:
    question, number, words = sentence.key
    return {"question": question, "sentence": number, "words": words} | sentence._asdict()


def borne_out(sentence: Shown, labels: dict[tuple[str, int, str], bool]) -> bool | None:
    """None for one that nobody has read."""
    if sentence.support == "supported":
        return labels.get(sentence.key)
    words = plain_letters(sentence.text).strip(" \"'.").lower()
    return any(words in plain_letters(quote).lower() for quote in sentence.quotes)


def table(sentences: Sequence[Shown], labels: dict[tuple[str, int, str], bool], answers: int) -> str:
    held = []
    for name in ("quoted", "supported", "quoted or supported"):
        found = [borne_out(each, labels) for each in sentences if each.support in name.split(" or ")]
        judged = [float(each) for each in found if each is not None]
        held.append([name, len(found), len(judged), figure(judged)])
    return markdown([f"{answers} answers", "sentences", "judged", "borne out"], held)


if __name__ == "__main__":
    main()
