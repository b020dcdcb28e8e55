"""How many questions of sets/intents.jsonl are given their intent, by intent.

    python tests/benchmarks/intents.py [--part tuning|held-out] [--wrong]

A question of yes or no is answered as one of fact is, so there is a row in which the two count as one. The row "taken
for none of an article" counts questions of the news that were taken for small talk, for help, for a question about the
library or for an instruction: these get no search at all.
"""

from __future__ import annotations

import argparse
from collections import Counter

from ordinary import PARTS, read

from assistant.query.intent import Intents
from assistant.types import Intent
from vectorstore.indexes.embedding import SentenceEmbedder

_OF_NO_ARTICLE = {Intent.SMALL_TALK, Intent.HELP, Intent.LIBRARY, Intent.INSTRUCTION}
_ONE = {Intent.YES_NO: Intent.FACT}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, default="held-out")
    parser.add_argument("--wrong", action="store_true", help="show those that were given another intent")
    options = parser.parse_args()
    intents = Intents(SentenceEmbedder())
    right, of, lost = Counter[str](), Counter[str](), 0
    for row in (row for row in read("intents") if row["part"] == options.part):
        wanted, found = Intent(row["intent"]), intents.of(row["text"]).intent
        same = _ONE.get(wanted, wanted) is _ONE.get(found, found)
        lost += found in _OF_NO_ARTICLE and wanted not in {*_OF_NO_ARTICLE, Intent.FOLLOW_UP}
        for name, good in ((wanted, wanted is found), ("all", wanted is found), ("fact and yes_no as one", same)):
            right[name] += good
            of[name] += 1
        if row.get("row") == "thirty":
            of["thirty"] += 1
            right["thirty"] += found in _OF_NO_ARTICLE
        if options.wrong and not same:
            print(f"{wanted} taken for {found}: {row['text']}")
    print(f"| intent, {options.part} | right |", "|---|---|", sep="\n")
    print(
        *(f"| {name} | {right[name]}/{of[name]} |" for name in [*Intent, "thirty", "all", "fact and yes_no as one"]),
        sep="\n",
    )
    print(f"| taken for none of an article | {lost} |")


if __name__ == "__main__":
    main()
