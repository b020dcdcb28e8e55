"""How well copies of one story are found and told from other reporters' accounts of it, and how fast.

    python tests/benchmarks/copies.py ARTICLES.jsonl [--scale 100000] [--show 30]

All articles of the file and one copy each of 1,600 of them (drawn with a fixed seed) go into one catalogue. A pair is
found when both have the same story. Copies, 400 of each kind:
  header   another outlet's header and footer around the text
  trimmed  cut at the end of a sentence, 50 to 80% kept
  edited   5% of the words dropped, doubled or replaced by another word of the file, and other quotation marks
  all      trimmed, edited and with a header
Not copies: the same event by another outlet. For each article the nearest one of another outlet within two days, by
the cosine of TF-IDF over headline and text, from .3 up. Real copies among these are known by a measure of their own:
the longest run of words in common is a quarter of the shorter text or more; they are counted and left out.

--scale makes that many articles of the file's own paragraphs, each as long as some article of the file, every tenth
a copy of another one, and measures storing and grouping them (without embedding).
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from _forged import Forger, Synthetic

from vectorstore.models import Article
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.database import create_database

OF_EACH_KIND = 400
BATCH = 500
NOW = datetime(2022, 1, 1, tzinfo=UTC)
NO_VECTORS = np.empty((0, 0), dtype=np.float32)

Row = dict[str, Any]
Pair = tuple[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--scale", type=int, default=0, help="also group this many synthetic articles")
    parser.add_argument("--show", type=int, default=0, help="also print that many pairs and groups to look at")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.source.open()]
    words = sorted({word for row in rows for word in row["text"].split()})
    measure(rows, words, options.show)
    if options.scale:
        scale(Synthetic(rows, words), options.scale)


def measure(rows: list[Row], words: list[str], show: int) -> None:
    made, (others, real) = made_copies(rows, words), same_event(rows)
    articles = [article(row) for row in rows]
    articles += [article(row, kind, text) for kind, pairs in made.items() for row, text in pairs]
    with tempfile.TemporaryDirectory() as folder:
        store(Path(folder), articles)
        stories = stories_in(Path(folder))
    print(f"{len(rows):,} articles\n\n| copies | pairs | found |\n|---|---|---|")
    found = {
        kind: sum(stories[row["id"]] == stories[f"{row['id']} {kind}"] for row, _ in pairs)
        for kind, pairs in made.items()
    }
    for kind, pairs in made.items():
        print(f"| {kind} | {len(pairs)} | {found[kind] / len(pairs):.4f} |")
    wrong = sum(stories[one] == stories[other] for one, other in others)
    right, of = sum(found.values()), sum(map(len, made.values()))
    print(f"\nSame event, another outlet: {len(others)} pairs, {wrong} taken for copies; {real} real copies left out")
    print(f"precision {right / (right + wrong):.4f}, recall {right / of:.4f}")
    show_to_a_reader(rows, others, stories, show)


def article(row: Row, kind: str = "", text: str = "") -> Article:
    """The row's own article, or a copy of it that another outlet prints on the same day."""
    published_at = datetime.fromisoformat(row["published_at"]).replace(tzinfo=UTC) if row["published_at"] else None
    id, outlet = (f"{row['id']} {kind}", "Copying Post") if kind else (row["id"], row["source"])
    return Article(id, text or row["text"], outlet=outlet, published_at=published_at, ingested_at=NOW)


def made_copies(rows: list[Row], words: list[str]) -> dict[str, list[tuple[Row, str]]]:
    """`(original, text of the copy)` by kind."""
    kinds = Forger(words, "copies").kinds
    drawn = random.Random(3).sample(rows, min(len(rows), len(kinds) * OF_EACH_KIND))
    return {
        kind: [(row, forge(row["text"])) for row in drawn[place :: len(kinds)]]
        for place, (kind, forge) in enumerate(kinds.items())
    }


def same_event(rows: list[Row]) -> tuple[dict[Pair, float], int]:
    """The pairs, each with the share of the shorter text that the longest common run is; how many were real copies."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2)
    vectors = model.fit_transform(f"{row['title']} {row['text']}" for row in rows)
    dated = [row["published_at"] for row in rows]
    days = np.array([date.fromisoformat(each[:10]).toordinal() if each else -1000 * n for n, each in enumerate(dated)])
    outlets = np.array([row["source"] for row in rows])
    runs: dict[tuple[int, ...], float] = {}
    for place, row in enumerate(rows):
        rivals = np.flatnonzero((outlets != row["source"]) & (abs(days - days[place]) <= 2))
        cosines = (vectors[rivals] @ vectors[place].T).toarray().ravel() if len(rivals) else np.zeros(1)
        if cosines.max() >= 0.3:
            pair = tuple(sorted((place, int(rivals[cosines.argmax()]))))
            runs.setdefault(pair, common_run(*(rows[each]["text"] for each in pair)))
    kept = {(rows[one]["id"], rows[other]["id"]): run for (one, other), run in runs.items() if run < 0.25}
    return kept, len(runs) - len(kept)


def common_run(one: str, other: str) -> float:
    """The longest run of words that two texts share, as a share of the shorter one."""
    words = one.lower().split(), other.lower().split()
    longest = SequenceMatcher(None, *words, autojunk=False).find_longest_match().size
    return longest / max(1, min(map(len, words)))


def stories_in(folder: Path) -> dict[str, int]:
    """The story of each article: copies of one another have the same."""
    with closing(sqlite3.connect(folder / "catalogue.db")) as connection:
        return dict(connection.execute("SELECT id, story FROM articles"))


def store(folder: Path, articles: Iterable[Article], size: int = 0) -> float:
    """Seconds of one core spent in the catalogue, whatever else the machine does; making the texts does not count."""
    create_database(folder / "catalogue.db")
    catalogue, seconds, done, left = Catalogue(folder / "catalogue.db"), 0.0, 0, iter(articles)
    while part := list(islice(left, BATCH)):
        started = time.process_time()
        catalogue.put([(each, ()) for each in part])
        seconds, done = seconds + time.process_time() - started, done + len(part)
        if size:
            print(f"{done:,} of {size:,}, {seconds:.0f} s", end="\r", file=sys.stderr, flush=True)
    catalogue.close()
    return seconds


def show_to_a_reader(rows: list[Row], others: dict[Pair, float], stories: dict[str, int], most: int) -> None:
    """Pairs of the same event that share the longest runs, and groups of real articles."""
    named = {row["id"]: f"{row['source']} {row['published_at']} {row['title'][:70]}" for row in rows}
    for pair in sorted(others, key=lambda pair: -others[pair])[:most]:
        print(f"\n{others[pair]:.2f} in common", *(named[id] for id in pair), sep="\n  ")
    groups = defaultdict(list)
    for id in named:
        groups[stories[id]].append(id)
    for group in [group for group in groups.values() if len(group) > 1][:most]:
        print(f"\none story of {len(group)}", *(named[id] for id in group[:5]), sep="\n  ")


def scale(synthetic: Synthetic, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        articles = (Article(str(n), synthetic.text(n), ingested_at=NOW) for n in range(size))
        seconds = store(Path(folder), articles, size)
        stories = stories_in(Path(folder))
    originals = [(n, synthetic.original(n)) for n in range(size)]
    copies = [(n, of) for n, of in originals if of is not None]
    found = sum(stories[str(n)] == stories[str(of)] for n, of in copies)
    alone = Counter(stories[str(n)] for n, of in originals if of is None)
    wrong = sum(number for number in alone.values() if number > 1)
    each = f"{seconds / size * 1e3:.1f} ms each"
    print(f"\n{size:,} synthetic articles stored and grouped in {seconds:.0f} s of one core ({each})")
    print(f"{found / len(copies):.4f} of {len(copies):,} copies found; {wrong} of the others grouped with each other")


if __name__ == "__main__":
    main()
