"""Are false sentences flagged, and true ones in other words kept, as the page would show them?

    python tests/benchmarks/claims.py [--model local|quote] [--part tuning|held-out] [--details ROWS.jsonl]

sets/claims.jsonl are claims about sets/passages.jsonl, half of them false by one thing. Each is judged as if the model
had written it about these passages: by the rules (quote), or by the rules and then the odds of the built-in model
(local). Flagged is a claim of which nothing is shown as quoted or supported. `--details` writes each claim with whether
it was kept and, where the rules left that to the model, its odds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

from ordinary import PARTS, read
from support import hits_of, share

from app import open_dateline
from assistant.answering.writer import by_judge
from assistant.generation.draft import Asked, judge
from assistant.generation.odds import Judge
from vectorstore.models import Hit


class Recording:
    """A judge whose last odds are remembered."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.last: list[float] = []

    def odds(self, material: Any, questions: Sequence[str], left: Event | None = None) -> list[float]:
        self.last = self._judge.odds(material, questions, left)
        return self.last


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=("quote", "local"), default="local")
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--details", type=Path)
    options = parser.parse_args()
    passages = {row["id"]: row for row in read("passages")}
    claims = [row for row in read("claims") if options.part in (None, row["part"])]
    with open_dateline(model=options.model) as dateline:
        judged = dateline.chat_models.opened("") if options.model == "local" else None
        recording = Recording(judged) if isinstance(judged, Judge) else None
        for number, row in enumerate(claims, start=1):
            row["kept"] = kept(row["claim"], [hit for id in row["passages"] for hit in found(passages[id])], recording)
            row["odds"] = recording.last if recording else []
            print(f"{number}/{len(claims)}", end="\r", file=sys.stderr)
    if options.details:
        options.details.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in claims))
    for part in PARTS:
        print(*table(part, [row for row in claims if row["part"] == part]), sep="\n")


def found(passage: dict[str, Any]) -> list[Hit]:
    return hits_of(passage["id"], passage["text"], passage["title"], passage["published_at"])


def kept(claim: str, hits: Sequence[Hit], recording: Recording | None) -> bool:
    if recording:
        recording.last = []
    day = max((hit.article.day for hit in hits if hit.article.day), default=date.min)
    entails = by_judge(recording) if recording else None
    return bool(judge(f"{claim} [1]", hits, Asked("", day), True, entails).sentences)


def table(part: str, claims: Sequence[dict[str, Any]]) -> list[str]:
    flagged: dict[str, list[bool]] = defaultdict(list)
    for row in claims:
        for kind in ("all", row["kind"]):
            flagged[f"{'true' if row['true'] else 'false'}, {kind}"].append(row["kept"] == row["true"])
    lines = [f"{name} | {share(right)} |" for name, right in sorted(flagged.items())]
    return [f"\n| {part} | right: kept if true, flagged if false |", "|---|---|", *(f"| {line}" for line in lines)]


if __name__ == "__main__":
    main()
