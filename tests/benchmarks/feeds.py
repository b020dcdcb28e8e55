"""Every file of a folder as a feed: how many are read, and whether entries, links and dates are feedparser's own.

    python tests/benchmarks/feeds.py FOLDER [--seconds 10]

A file counts as read when it gives a feed or a clear reason; each has `--seconds` before it counts as a hang.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import time
from collections import Counter
from pathlib import Path

import feedparser

from ingest.feeds.parsing import Feed, moment, parse_feed
from ingest.formats.sandbox import Bounded
from vectorstore.errors import RejectedDocument


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    bounded = Bounded(options.seconds)
    counts = Counter(files=0, read=0, rejected=0, hangs=0, crashes=0)
    started = time.perf_counter()
    for path in sorted(path for path in options.folder.rglob("*") if path.is_file() and path.name != "LICENSE"):
        counts.update(figures(path, bounded))
    bounded.close()
    print(json.dumps({**counts, "seconds": round(time.perf_counter() - started, 1)}, indent=2))


def figures(path: Path, bounded: Bounded) -> Counter[str]:
    content = path.read_bytes()
    try:
        feed = bounded(parse_feed, content)
    except RejectedDocument as reason:
        print(f"{path}: {reason}")
        kind = (
            "hangs"
            if "seconds" in str(reason)
            else "crashes"
            if re.search("cannot be read|died", str(reason))
            else "rejected"
        )
        return Counter({"files": 1, kind: 1})
    return Counter(files=1, read=1) + agreement(feed, content, path)


def agreement(feed: Feed, content: bytes, path: Path) -> Counter[str]:
    """Beside feedparser with its own defaults on the same bytes."""
    theirs = feedparser.parse(io.BytesIO(content)).entries
    same = {
        "entries": [entry.id for entry in feed.entries] == [item.get("id", "") for item in theirs],
        "links": [entry.url for entry in feed.entries] == [item.get("link", "") for item in theirs],
        "dates": [(entry.published_at, entry.updated_at) for entry in feed.entries]
        == [(moment(dict(item).get("published_parsed")), moment(dict(item).get("updated_parsed"))) for item in theirs],
    }
    for name in (name for name, equal in same.items() if not equal):
        print(f"{path}: {name} differ")
    totals = Counter({f"files_with_equal_{name}": int(equal) for name, equal in same.items()})
    dates = sum(date is not None for entry in feed.entries for date in (entry.published_at, entry.updated_at))
    return totals + Counter(entries=len(theirs), dates=dates)


if __name__ == "__main__":
    main()
