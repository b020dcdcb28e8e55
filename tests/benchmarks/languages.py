"""How well questions in fifteen languages are answered, and how often the right article is found, by language and half.

    python tests/benchmarks/languages.py [ARTICLES ...] [--part tuning|held-out|all] [--model quote|local]
                                         [--library DIR] [--field QUESTIONS.jsonl] [--json FILE]

Without ARTICLES, those of sets/languages are taken in, and its questions are asked; sets/README.md tells what is in
them. The library is a temporary one; one in DIR stays, so that a second run need not embed again, and must hold
nothing else, since some questions ask for the number of articles.

An answer is told right, told wrong, refused wrongly or refused rightly, which is decided by strings: read what --json
says of it before you believe it. `closest` are those told right by quotations that are shown as the closest only and
claim to answer nothing. hit@4 is the share of questions with an answer of which an article that holds it is among the
first four articles found. Questions in another language than their article are lines of their own.

--field asks another file's questions instead, those whose `lib` is "mixed", over the ARTICLES that are named. Its rule
is plainer: words are looked for inside other words, and numbers inside longer ones. Ctrl-C prints the table so far.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from ordinary import says

from app import Dateline, open_dateline
from assistant.types import Answer, Turn
from vectorstore.errors import DatelineError

SET = Path(__file__).parent / "sets" / "languages"
PARTS = ("tuning", "held-out")
OUTCOMES = ("told right", "told wrong", "refused wrongly", "refused rightly")
WITHOUT_SOURCES = ("greeting", "thanks", "count")
"""Kinds of question that no article answers, so that nothing may be cited."""

_FIRST = 4
_FOUND = 10
_INTERRUPTED = 130

Question = dict[str, Any]
Holds = Callable[[str, str], bool]


def read(path: Path) -> list[Question]:
    """The rows of a file; raises DatelineError for one that cannot be read."""
    try:
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise DatelineError(f"{path} cannot be read as JSON Lines: {error}") from error


def of_the_set(part: str) -> list[Question]:
    questions = read(SET / "questions.jsonl")
    for question in questions:
        question["group"] = "across languages" if "about" in question else question["lang"]
    return [question for question in questions if part in ("all", question["part"])]


def of_the_field(path: Path) -> list[Question]:
    """Its questions over several languages; raises DatelineError where it has none."""
    mixed = [question for question in read(path) if question.get("lib") == "mixed"]
    if not mixed:
        raise DatelineError(f'{path} has no question whose "lib" is "mixed".')
    return [{"articles": [], "part": "all", **question, "group": question["category"]} for question in mixed]


def stands_in(text: str, wanted: str) -> bool:
    """Whether `wanted` stands in `text`, inside a word or number too."""
    text, wanted = (
        " ".join(unicodedata.normalize("NFKC", x).lower().replace("’", "'").split()) for x in (text, wanted)
    )
    return wanted in text


def outcome(question: Question, told: str, refused: bool, cited: bool, holds: Holds = says) -> str:
    """One of OUTCOMES."""
    right = _is_right(question, told, refused, cited, holds)
    if refused:
        return "refused rightly" if right else "refused wrongly"
    return "told right" if right else "told wrong"


def _is_right(question: Question, told: str, refused: bool, cited: bool, holds: Holds) -> bool:
    if question["refuse"] is True:
        return refused
    if refused and question["refuse"] is False:
        return False
    if cited and question.get("kind") in WITHOUT_SOURCES:
        return False
    named = all(any(holds(told, one) for one in group) for group in question["must_contain"])
    return named and not any(holds(told, one) for one in question["must_not_contain"])


def is_found(question: Question, articles: Iterable[str]) -> bool | None:
    """Whether one of its articles is among the first four of `articles`; None for a question without any."""
    if not question["articles"]:
        return None
    return not {*question["articles"]}.isdisjoint([*dict.fromkeys(articles)][:_FIRST])


def ask(news: Dateline, question: Question, holds: Holds) -> Question:
    """The question with what was told and found."""
    given: dict[str, Any] = {
        "as_of": date.fromisoformat(question["as_of"]),
        "turns": tuple(Turn(*turn) for turn in question.get("turns", ())),
    }
    found = [hit.article.id for hit in news.search(question["question"], top=_FOUND, **given)]
    answer: Answer = news.answer(question["question"], **given)
    told = " ".join(sentence.text for sentence in answer.sentences)
    return {
        **question,
        "told": told,
        "outcome": outcome(question, told, answer.refused, bool(answer.citations), holds),
        "closest": answer.closest,
        "found": [*dict.fromkeys(found)],
        "hit": is_found(question, found),
    }


def table(asked: Sequence[Question]) -> Iterator[str]:
    """Outcomes by group and half, in Markdown, and those of all in one language together."""
    yield f"| questions | part | asked | {' | '.join(OUTCOMES)} | closest | right of asked | hit@{_FIRST} |"
    yield "|---|---|" + "---:|" * (len(OUTCOMES) + 4)
    parts = [part for part in (*PARTS, "all") if any(row["part"] == part for row in asked)]
    same = [row for row in asked if row["group"] == row.get("lang")]
    for group in dict.fromkeys(row["group"] for row in asked):
        yield from _lines(group, [row for row in asked if row["group"] == group], parts)
    if same:
        yield from _lines("same language", same, parts)


def _lines(name: str, rows: Sequence[Question], parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        if of := [row for row in rows if row["part"] == part]:
            yield f"| {name} | {part} | {len(of)} | {' | '.join(_figures(of))} |"


def _figures(rows: Sequence[Question]) -> Iterator[str]:
    times = [sum(row["outcome"] == each for row in rows) for each in OUTCOMES]
    yield from map(str, times)
    yield str(sum(row["closest"] for row in rows if row["outcome"] == OUTCOMES[0]))
    yield f"{(times[0] + times[3]) / len(rows):.2f}"
    hits = [row["hit"] for row in rows if row["hit"] is not None]
    yield f"{sum(hits) / len(hits):.2f}" if hits else "-"


def run(options: argparse.Namespace, questions: Sequence[Question]) -> Iterator[Question]:
    """Each question as it is answered; raises DatelineError for articles that cannot be taken in."""
    holds = stands_in if options.field else says
    kept = nullcontext(options.library) if options.library else tempfile.TemporaryDirectory()
    with kept as folder, open_dateline(library=folder, model=options.model) as news:
        take_in(news, options.articles)
        for done, question in enumerate(questions, start=1):
            yield ask(news, question, holds)
            print(f"{done} of {len(questions)} questions", end="\r", file=sys.stderr)
        print(file=sys.stderr)


def take_in(news: Dateline, articles: Sequence[Path]) -> None:
    """Says which are rejected; raises DatelineError where all are."""
    say("Taking in the articles")
    report = news.ingest(articles)
    for row in report.rejected:
        say(f"Rejected: {row.source}: {row.reason}")
    if not report.readable:
        raise DatelineError(f"There is no article in {', '.join(map(str, articles))}.")


def until_stopped(coming: Iterable[Question]) -> tuple[list[Question], bool]:
    """What came, and whether Ctrl-C ended it."""
    came: list[Question] = []
    try:
        for row in coming:
            came.append(row)
    except KeyboardInterrupt:
        say("Stopped: the table is of what was asked so far")
        return came, True
    return came, False


def say(text: str) -> None:
    print(text, file=sys.stderr)


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", nargs="*", type=Path, metavar="ARTICLES")
    parser.add_argument("--part", choices=(*PARTS, "all"), default="all")
    parser.add_argument("--model", choices=("quote", "local"), default="quote")
    parser.add_argument("--library", type=Path, help="where the library is kept")
    parser.add_argument("--field", type=Path, metavar="QUESTIONS.jsonl", help="questions to be asked instead")
    parser.add_argument("--json", type=Path, metavar="FILE", help="a file for every question with what was told")
    options = parser.parse_args(given)
    if options.field and not options.articles:
        parser.error("--field asks about other articles: name their file too")
    options.articles = options.articles or [SET / "articles.jsonl"]
    return options


def main(given: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    options = arguments(given)
    try:
        questions = of_the_field(options.field) if options.field else of_the_set(options.part)
        asked, stopped = until_stopped(run(options, questions))
    except DatelineError as error:
        sys.exit(str(error))
    if options.json:
        told = (json.dumps(row, ensure_ascii=False) + "\n" for row in asked)
        options.json.write_text("".join(told), encoding="utf-8")
    print(f"model {options.model}", *table(asked), sep="\n")
    return _INTERRUPTED if stopped else 0


if __name__ == "__main__":
    sys.exit(main())
