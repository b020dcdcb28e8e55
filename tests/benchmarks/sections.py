"""How well a newspaper's sections are told by how articles open, against what their addresses say.

    python tests/benchmarks/sections.py ARTICLES.jsonl [--least 0.1 0.2 0.3]

ARTICLES are lines with url, title and text. An article is of the section that a part of its address names
("/story/sports/nba/"); others are left out, but for those of `news`, `us` or `world`, which may be of any section:
taking one of them is no mistake. Articles are halved by a hash of their address, so that the least likeness can be
chosen on one half and told of the other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from assistant.query import sections
from assistant.query.sections import belonging, sections_of
from vectorstore.indexes.embedding import SentenceEmbedder

OF_ANY = {"news", "us", "world", "nation"}
OPENING = 500  # characters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--least", type=float, nargs="+", default=[sections._LEAST], help="of likeness")
    options = parser.parse_args()
    told = [*read(options.articles)]
    embedder = SentenceEmbedder()
    vectors = embedder.passages([opening for _, opening, _ in told])
    named = sorted({section for section, *_ in told} - {""})
    print("| half | least | section | articles | taken | of it | of it or of any | found |")
    print("|---" * 8 + "|")
    for half in (0, 1):
        rows = [at for at, (_, _, in_half) in enumerate(told) if in_half == half]
        of = np.array([told[at][0] for at in rows])
        for least in options.least:
            sections._LEAST = least
            for section in named:
                taken = belonging(vectors[rows], {section}, embedder)
                own, free = of[taken] == section, of[taken] == ""
                told_of = f"{own.mean():.2f} | {(own | free).mean():.2f} | {own.sum() / (of == section).sum():.2f}"
                print(f"| {half} | {least} | {section} | {(of == section).sum()} | {taken.sum()} | {told_of} |")


def read(path: Path) -> Iterator[tuple[str, str, int]]:
    """Of each article the section, "" where it may be of any, how it opens, and which half it is in."""
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        parts = urlsplit(row["url"]).path.split("/")
        section = next((name for part in parts for name in sections_of(part)), "")
        if section or OF_ANY & {*parts}:
            half = hashlib.sha256(row["url"].encode()).digest()[0] % 2
            yield section, f"{row['title']}\n{row['text'][:OPENING]}", half


if __name__ == "__main__":
    main()
