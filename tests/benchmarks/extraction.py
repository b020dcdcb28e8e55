"""What is taken from pages whose headline, date, authors and text are known, beside what other libraries take.

    python tests/benchmarks/extraction.py PAGES_DIR [--only dateline trafilatura newspaper4k readability-lxml]

PAGES_DIR holds expected.jsonl, one page a line: {"set", "file", "url", "expected": {"title", "published_at", "authors",
"text", "text_is_prefix"}}, each of the expected values or null where it isn't known. Definitions:

body       precision and recall over shingles of four words, averaged over the pages; F1 is of these two averages
           (as in zyte's article-extraction-benchmark). Where only the beginning of a text is known, recall alone.
headline   share of the known ones that are the same but for white space
date       share of the known ones that are the same day (in UTC or as written); wrong: another day
authors    share of the known ones that are the same names, in any order

A page that Dateline rejects counts as one without text; its headline, date and authors count all the same.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dateutil.parser import parse

from ingest import extract_article
from ingest.dates import parse_date
from ingest.formats.fields import described
from ingest.pages.headline import names
from ingest.pages.html import read_head
from ingest.text import squeezed
from vectorstore.errors import RejectedDocument


@dataclass(frozen=True, slots=True)
class Taken:
    """What a library takes from a page."""

    text: str = ""
    title: str = ""
    published_at: object = None
    authors: tuple[str, ...] = ()
    rejected: bool = False


Taker = Callable[[bytes, str], Taken]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--only", nargs="*", choices=sorted(TAKERS), default=list(TAKERS), metavar="LIBRARY")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    pages = [json.loads(line) for line in (options.pages / "expected.jsonl").read_text("utf-8").splitlines()]
    pages = [page for page in pages if (options.pages / page["file"]).is_file()]
    taken = {name: list(_take_all(name, pages, options.pages)) for name in options.only}
    every_set = list(dict.fromkeys(page["set"] for page in pages))
    for chosen in [[each] for each in every_set] + [every_set]:
        print(f"\n{' + '.join(chosen)}: {sum(page['set'] in chosen for page in pages)} pages\n")
        print("| library | body F1 | precision | recall | headline | date right | wrong | unknown | authors |", end="")
        print(" rejected | ms/page |\n|" + "---|" * 11)
        for name, results in taken.items():
            pairs = zip(pages, results, strict=False)  # there are no results of what is not installed
            rows = [(page["expected"], *result) for page, result in pairs if page["set"] in chosen]
            print(f"| {name} | " + (" | ".join(_figures(rows)) if rows else "not installed" + " |" * 9) + " |")


def _take_all(name: str, pages: list[dict[str, Any]], folder: Path) -> Iterator[tuple[Taken, float]]:
    try:
        take = TAKERS[name]()
    except ImportError:
        return
    for page in pages:
        content = (folder / page["file"]).read_bytes()
        started = time.perf_counter()
        try:
            result = take(content, page["url"] or "")
        except Exception:  # another library that fails on a page takes nothing from it
            result = Taken(rejected=True)
        yield result, time.perf_counter() - started


def _figures(rows: list[tuple[dict[str, Any], Taken, float]]) -> Iterator[str]:
    yield from _body_figures([(expected, taken) for expected, taken, _ in rows])
    titles = [squeezed(e["title"]) == squeezed(taken.title) for e, taken, _ in rows if e.get("title")]
    yield _share(titles)
    dates = [_judged(e["published_at"], taken.published_at) for e, taken, _ in rows if e.get("published_at")]
    for verdict in ("right", "wrong", "unknown"):
        yield _share([each == verdict for each in dates])
    yield _share([_people(e["authors"]) == _people(taken.authors) for e, taken, _ in rows if e.get("authors")])
    yield str(sum(taken.rejected for _, taken, _ in rows))
    yield f"{1000 * statistics.mean(seconds for *_, seconds in rows):.0f}"


def _body_figures(rows: list[tuple[dict[str, Any], Taken]]) -> list[str]:
    known = [(expected, taken) for expected, taken in rows if expected.get("text")]
    whole = [_overlap(e["text"], taken.text) for e, taken in known if not e.get("text_is_prefix")]
    begun = [_overlap(e["text"], taken.text) for e, taken in known if e.get("text_is_prefix")]
    recall = _mean(right / (right + missed) for right, _, missed in whole or begun if right + missed)
    if not whole:
        return ["", "", f"{recall:.4f}"]
    precision = _mean(right / (right + added) for right, added, _ in whole if right + added)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return [f"{each:.4f}" for each in (f1, precision, recall)]


def _overlap(expected: str, taken: str) -> tuple[int, int, int]:
    """How many shingles are in both, only in what was taken, and only in what was expected."""
    one, other = _shingles(expected), _shingles(taken)
    return (one & other).total(), (other - one).total(), (one - other).total()


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)


def _judged(expected: str, taken: object) -> str:
    found = parse_date(taken)
    if found is None:
        return "unknown"
    return "right" if found.date() in _days(expected) else "wrong"


def _days(expected: str) -> Iterator[date]:
    in_utc = parse_date(expected)
    if in_utc:
        yield in_utc.date()
    yield parse(expected, ignoretz=True).date()


def _people(stated: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names(stated, outlet="")}


def _mean(values: Iterable[float]) -> float:
    return statistics.mean([*values] or [0.0])


def _share(hits: list[bool]) -> str:
    return f"{sum(hits)}/{len(hits)} = {sum(hits) / len(hits):.3f}" if hits else ""


def _dateline() -> Taker:
    def take(content: bytes, url: str) -> Taken:
        try:
            article = extract_article(content, url)
        except RejectedDocument:
            head = described(read_head(content, url))
            return Taken("", head.title, head.published_at, head.authors, True)
        return Taken(article.text, article.title, article.published_at, article.authors)

    return take


def _trafilatura() -> Taker:
    from trafilatura import bare_extraction

    def take(content: bytes, url: str) -> Taken:
        found: Any = bare_extraction(content, url=url or None, include_comments=False, with_metadata=True)
        return Taken(found.text or "", found.title or "", found.date, tuple((found.author or "").split(";")))

    return take


def _newspaper() -> Taker:
    from newspaper import Article  # type: ignore[import-not-found]

    def take(content: bytes, url: str) -> Taken:
        # Its pictures would be fetched, one by one.
        article = Article(url or "https://unknown.example/", fetch_images=False)
        article.download(input_html=content.decode("utf-8", "replace"))
        article.parse()
        return Taken(article.text, article.title, article.publish_date, tuple(article.authors))

    return take


def _readability() -> Taker:
    from lxml.html import fromstring
    from readability import Document  # type: ignore[import-not-found]

    def take(content: bytes, url: str) -> Taken:
        document = Document(content.decode("utf-8", "replace"), url=url or None)
        return Taken("\n".join(fromstring(document.summary()).itertext()), document.short_title())

    return take


TAKERS: dict[str, Callable[[], Taker]] = {
    "dateline": _dateline,
    "trafilatura": _trafilatura,
    "newspaper4k": _newspaper,
    "readability-lxml": _readability,
}

if __name__ == "__main__":
    main()
