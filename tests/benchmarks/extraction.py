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

    python tests/benchmarks/extraction.py --sentences ARTICLES.jsonl

puts 400 sentences of articles ({"text"} a line) into ordinary pages, each between paragraphs of its own article, and
tells how many are there after extraction: sentences with the words that furniture is made of too. Every second one has
a link in it. Lines in which a page asks something of its reader ("Sign up for our newsletter") are no sentences of
news, but are counted by themselves.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from html import escape
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
from vectorstore.sentences import sentence_spans


@dataclass(frozen=True, slots=True)
class Taken:
    """What a library takes from a page."""

    text: str = ""
    title: str = ""
    published_at: object = None
    authors: tuple[str, ...] = ()
    rejected: bool = False


_SENTENCES = 400
_PARAGRAPH, _SENTENCE, _AROUND = 12, 6, 3
_WORDS = re.compile(
    r"\b(?:cookies?|sign(?:s|ed|ing)?[ -]up|newsletters?|follow(?:s|ed|ing)?|shar(?:e|es|ed|ing)|subscri\w+|inbox"
    r"|register\w*|letterbox|comments?|advertis\w+|print(?:s|ed)?|tweet\w*|alerts?|sponsor\w*)\b",
    re.IGNORECASE,
)
# What only a page says to its reader, as a whole line.
_APPEAL = re.compile(
    r"\W*(?:please |you can (?:also )?|to .{3,30}, )?(?:sign up|subscribe|register|follow|share|get|click|join|tell)\b",
    re.IGNORECASE,
)

Taker = Callable[[bytes, str], Taken]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, nargs="?")
    parser.add_argument("--sentences", type=Path, metavar="ARTICLES", help="JSON lines with the texts of articles")
    parser.add_argument("--lost", action="store_true", help="show the sentences that are lost")
    parser.add_argument("--only", nargs="*", choices=sorted(TAKERS), default=list(TAKERS), metavar="LIBRARY")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if options.sentences:
        _tell_kept(options.sentences, options.lost)
    if not options.pages:
        return
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


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence with paragraphs of the article that it is from."""

    sentence: str
    around: tuple[str, ...]


def _tell_kept(articles: Path, show: bool) -> None:
    found = _with_words([json.loads(line)["text"] for line in articles.read_text("utf-8").splitlines()])
    for name, of_kind in (("news", False), ("appeals", True)):
        every = [each for each in found if bool(_APPEAL.match(each.sentence)) is of_kind]
        chosen = random.Random(2026).sample(every, min(_SENTENCES, len(every)))
        kept = [_is_kept(each, linked=number % 2 == 1) for number, each in enumerate(chosen)]
        print(f"{name}: {sum(kept)} of {len(kept)} sentences kept = {statistics.mean(kept or [0]):.4f}")
        for planted, there in zip(chosen, kept, strict=True):
            if show and not there:
                print(f"  lost: {planted.sentence}")


def _with_words(texts: Iterable[str]) -> list[Planted]:
    """Each sentence once."""
    found: dict[str, Planted] = {}
    for text in texts:
        paragraphs = [squeezed(each) for each in text.split("\n") if len(each.split()) >= _PARAGRAPH]
        for at, paragraph in enumerate(paragraphs):
            around = (*paragraphs[max(0, at - 2) : at], *paragraphs[at + 1 : at + 4])
            for start, end in sentence_spans(paragraph, "en"):
                sentence = paragraph[start:end]
                if _WORDS.search(sentence) and len(sentence.split()) >= _SENTENCE and len(around) >= _AROUND:
                    found.setdefault(sentence, Planted(sentence, around))
    return list(found.values())


def _is_kept(planted: Planted, linked: bool) -> bool:
    words = [escape(word) for word in planted.sentence.split()]
    if linked:
        words[2:4] = [f'<a href="/2026/11/more">{" ".join(words[2:4])}</a>']
    paragraphs = [*map(escape, planted.around[:2]), " ".join(words), *map(escape, planted.around[2:])]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = (
        "<!doctype html><html lang='en'><head><title>Town hall | The Paper</title></head><body><header><nav>"
        "<a href='/'>Home</a> <a href='/sport'>Sport</a></nav></header><main><article><h1>Town hall</h1>"
        f"{body}</article></main><footer>Copyright The Paper</footer></body></html>"
    )
    try:
        text = extract_article(page.encode(), "https://www.paper.example/2026/11/town-hall").text
    except RejectedDocument:
        return False
    return squeezed(planted.sentence) in squeezed(text)


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
