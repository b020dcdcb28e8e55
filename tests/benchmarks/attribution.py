"""Whether a claim keeps whose words it is, and whether it is done, planned or possible; without any model.

    python tests/benchmarks/attribution.py [ARTICLES.jsonl] [--sentences 20000] [--show 10]

Of `sets/claims.jsonl`: how many of the claims that leave out who says so, tell a plan as done or tell what was taken
back are flagged, and how many of all true ones. Rules are made on the tuning half.

Of ARTICLES.jsonl, as `dateline ingest` reads them, real sentences are judged by the passage they come from:
  whole     word for word: has to be quoted, always
  retold    the same edited in a way that keeps it true (numbers in another notation, a clause dropped, the speaker
            moved ...): what share is called overstated
  cut       of "X said that ..." and the like what stands behind the "that", without X: what share is still shown as
            quoted or supported. They are found by a pattern of its own.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from _claims import TRUE_EDITS
from support import hits_of, rows, share

from assistant.evidence import reported
from assistant.types import Support
from assistant.verification.attribution import overstated
from assistant.verification.support import ground
from vectorstore.models import Hit
from vectorstore.sentences import sentence_spans

SETS = Path(__file__).parent / "sets"
KINDS = ("attribution", "modality", "retracted")
CUT = re.compile(
    r"^(?P<who>[A-Z][^,;:\"“”]{2,60}?) (?P<verb>said|says|claimed|claims|alleged|alleges|argued|argues|believes|warned"
    r"|insisted|insists|suspect|fears) that (?P<what>[^\"“”]{30,})[.]$"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, nargs="?")
    parser.add_argument("--sentences", type=int, default=20_000)
    parser.add_argument("--show", type=int, default=0, help="also print that many failures (of the tuning half)")
    options = parser.parse_args()
    for part in ("tuning", "held-out"):
        labelled(part, options.show if part == "tuning" else 0)
    if options.articles:
        real(rows(options.articles), options.sentences, options.show)


def labelled(part: str, show: int) -> None:
    passages = {row["id"]: row for row in rows(SETS / "passages.jsonl")}
    flagged: dict[str, list[bool]] = defaultdict(list)
    for row in rows(SETS / "claims.jsonl"):
        if row["part"] == part and (row["true"] or row["kind"] in KINDS):
            doubts = [doubt_of(row["claim"], passages[id]) for id in row["passages"]]
            flagged["true" if row["true"] else row["kind"]].append(all(doubts))
            if all(doubts) == row["true"] and show > 0:
                show -= 1
                print(f"  {row['kind']}: {row['claim']} | {doubts}")
    print(f"\n| claims, {part} | flagged |\n|---|---|")
    for kind in (*KINDS, "true"):
        print(f"| {kind} | {share(flagged[kind])} |")


def doubt_of(claim: str, passage: dict[str, Any]) -> str:
    text, day = passage["text"], date.fromisoformat(passage["published_at"])
    return overstated(claim, text, tuple(sentence_spans(text)), day, passage["title"])


def real(articles: list[dict[str, Any]], wanted: int, show: int) -> None:
    draw = random.Random(2022)
    draw.shuffle(articles)
    lost: dict[str, list[bool]] = defaultdict(list)
    for row, other in zip(articles, articles[1:] + articles[:1], strict=True):
        hits = hits_of(row["id"], row["text"], row["title"], row["published_at"])
        if min(len(lost["whole"]), len(lost["retold"])) >= wanted:
            break
        for kind, sentence, hit in cases(hits, row, other["text"], draw):
            found = ground(sentence, hit)
            bad = found.support is not (Support.QUOTED if kind == "whole" else Support.UNSUPPORTED)
            if kind == "retold":
                bad = bool(overstating(sentence, hit))
            lost[kind].append(bad)
            if bad and sum(lost[kind]) <= show:
                print(f"  {kind}: {sentence}\n      {found.doubt or overstating(sentence, hit)}")
    print("\n| real sentences | wrong |\n|---|---|")
    for kind, label in (("whole", "not quoted"), ("retold", "called overstated"), ("cut", "quoted or supported")):
        print(f"| {kind}, {label} | {share(lost[kind])} |")


def cases(hits: list[Hit], row: dict[str, Any], elsewhere: str, draw: random.Random) -> Iterator[tuple[str, str, Hit]]:
    for hit in hits:
        text = hit.passage.text
        for start, end in reported(hit):
            sentence = text[start:end]
            if len(sentence.split()) >= 5:
                yield "whole", sentence, hit
            if match := CUT.match(sentence):
                yield "cut", f"{match['what'][0].upper()}{match['what'][1:]}.", hit
            if 8 <= len(sentence.split()) <= 40 and sentence[-1] == "." and sentence.count('"') % 2 == 0:
                edit = draw.choice(list(TRUE_EDITS.values()))
                retold = edit(sentence, text, elsewhere, row["published_at"], draw)
                if retold and retold != sentence:
                    yield "retold", retold, hit


def overstating(sentence: str, hit: Hit) -> str:
    day = hit.article.published_at and hit.article.published_at.date()
    text = hit.passage.text
    return overstated(sentence, text, tuple(sentence_spans(text)), day, hit.article.title)


if __name__ == "__main__":
    main()
