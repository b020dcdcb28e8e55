"""Which lines of an archive are taken for what its outlets print around each story, and left out of the search.

    python tests/benchmarks/repeated_lines.py ARTICLES.jsonl [--shown 40]

The articles are read as `dateline ingest` reads them, and each is looked at with those of its outlet that stand before
it. Prints how many articles lost lines, and the lines, the most frequent first: read whether any of them is news.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from ingest.sources import Extracted, articles
from ingest.splitting import LOOKED_AT, own_stretch
from ingest.web.politeness import Web
from vectorstore.models import Article


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--shown", type=int, default=40)
    given = parser.parse_args()
    seen, lines, shortened = defaultdict[str, list[Article]](list), Counter[tuple[str, str]](), 0
    for arrival in articles([given.articles], Web(), datetime.now(UTC)):
        if not arrival or not isinstance(arrival[1], Extracted) or not arrival[1].article.outlet:
            continue
        article = arrival[1].article
        start, end = own_stretch(article, seen[article.outlet][: -LOOKED_AT - 1 : -1])
        left_out = [line.strip() for part in (article.text[:start], article.text[end:]) for line in part.split("\n")]
        lines.update((article.outlet, line) for line in left_out if line)
        shortened += (start, end) != (0, len(article.text))
        seen[article.outlet].append(article)
    total = sum(map(len, seen.values()))
    print(f"{total:,} articles of {len(seen)} outlets; {shortened:,} lost lines, {lines.total():,} in all")
    for (outlet, line), count in lines.most_common(given.shown):
        print(f"{count:6,}  {outlet}: {line[:150]}")


if __name__ == "__main__":
    main()
