"""How many ordinary questions about a small library are answered rightly, by category.

    python tests/benchmarks/ordinary.py [--model quote|local] [--part tuning|held-out] [--category NAME]
                                        [--details WRONG.jsonl] [--careless]

sets/questions.jsonl are asked over sets/articles.jsonl, in a library of their own; sets/README.md tells what is in
them. It looks for strings in what the reader is shown: read what it counts as wrong before you believe it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from app import Dateline, open_dateline
from assistant.answering.assistant import Assistant
from assistant.types import Answer, Turn

SETS = Path(__file__).parent / "sets"
PARTS = ("tuning", "held-out")


def read(name: str) -> list[dict[str, Any]]:
    """The rows of sets/`name`.jsonl."""
    with (SETS / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def says(text: str, wanted: str) -> bool:
    """Whether `wanted` stands in `text`, whatever its capitals; a number does not stand inside a longer one."""
    text, wanted = (" ".join(unicodedata.normalize("NFKC", x).casefold().split()) for x in (text, wanted))
    before = r"(?<!\d)(?<!\d[.,])" if wanted[0].isdigit() else ""
    after = r"(?!\d|[.,]\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, text) is not None


def faults(question: dict[str, Any], told: str, refused: bool) -> list[str]:
    """What is wrong with telling `told`, or with refusing; nothing where it is right."""
    answerable = question["answerable"]
    if refused:
        return ["refused"] if answerable else []
    if answerable is False:
        return ["answered"]
    wanted = question["must"] + question.get("must_say", [])
    missing = ["missing: " + " / ".join(group) for group in wanted if not any(says(told, one) for one in group)]
    return missing + ["told: " + one for one in question["must_not"] if says(told, one)]


def shown(answer: Answer) -> str:
    """The words of the answer that the reader sees."""
    return " ".join([*(sentence.text for sentence in answer.sentences), answer.notice or ""])


def ask(news: Dateline | Assistant, question: dict[str, Any]) -> dict[str, Any]:
    """The question with what was told, and with its faults."""
    turns = tuple(Turn(*turn) for turn in question.get("history", ()))
    answer = news.answer(question["question"], as_of=date.fromisoformat(question["as_of"]), turns=turns)
    told = shown(answer)
    return {**question, "told": told, "refused": answer.refused, "faults": faults(question, told, answer.refused)}


def table(asked: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Right of asked by category and part, in Markdown."""
    right, of = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in asked:
        for category in (row["category"], "all"):
            for part in (row["part"], "both"):
                right[category, part] += not row["faults"]
                of[category, part] += 1
    yield f"| category | {' | '.join(PARTS)} | both |"
    yield "|---|---|---|---|"
    for category in dict.fromkeys([*(row["category"] for row in asked), "all"]):
        shares = (f"{right[category, part]}/{of[category, part]}" for part in (*PARTS, "both"))
        yield f"| {category} | {' | '.join(shares)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=("quote", "local"), default="quote")
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--category")
    parser.add_argument("--careless", action="store_true", help="in lower case and without marks at the end")
    parser.add_argument("--details", type=Path, help="a file for the questions that were answered wrongly")
    options = parser.parse_args()
    questions = [
        question
        for question in read("questions")
        if options.model in question.get("modes", ("quote", "local"))
        and options.part in (None, question["part"])
        and options.category in (None, question["category"])
    ]
    with tempfile.TemporaryDirectory() as folder, open_dateline(library=folder, model=options.model) as news:
        news.ingest([SETS / "articles.jsonl"])
        asked = []
        for question in questions:
            if options.careless:
                question = {**question, "question": question["question"].lower().rstrip("?!. ")}
            asked.append(ask(news, question))
            print(f"{len(asked)}/{len(questions)}", end="\r", file=sys.stderr)
    if options.details:
        wrong = (json.dumps(row, ensure_ascii=False) + "\n" for row in asked if row["faults"])
        options.details.write_text("".join(wrong), encoding="utf-8")
    print(f"model {options.model}", *table(asked), sep="\n")


if __name__ == "__main__":
    main()
