"""How many questions forty lines of what tutorials teach answer rightly, and how many Dateline, by category.

    python tests/benchmarks/forty_lines.py QUESTIONS.jsonl [NAME=]ARTICLES ... [--written] [--category NAME] [--first N]
                                           [--kept REPLIES.jsonl] [--alone] [--details ANSWERS.jsonl]

The forty lines: chunks of 1,000 characters, Dateline's embedder, Chroma, the four nearest chunks whole in one plain
prompt, the built-in chat model. They are shown the turns before as the chat's messages, and search by the question
alone. Of Dateline the quotations are judged, with --written what it writes with the same model too.

Questions are as in sets/questions.jsonl, or have must_contain, must_not_contain, refuse (true: has to be refused;
false: must not be; null: the words decide), turns, and lib: the NAME of the articles that they are asked of. ARTICLES
is anything that `dateline ingest` reads. For example, the first 20 of the sets:

    python tests/benchmarks/forty_lines.py tests/benchmarks/sets/questions.jsonl tests/benchmarks/sets/articles.jsonl \\
        --first 20

Right is decided by strings, as in ordinary.py; to refuse counts as telling "no answer". With --kept the forty lines'
replies are kept, each for its very prompt, so that a run can be gone on with; --alone leaves Dateline out, to fill that
file. Ctrl-C prints the table so far.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _tutorial import Tutorial, tutorial
from langchain_core.language_models import BaseChatModel
from ordinary import ask, faults

from app import open_dateline
from assistant.answering.assistant import Assistant
from assistant.types import Turn
from assistant.verification.answerability import says_not_found
from vectorstore.errors import DatelineError
from vectorstore.models import EVERYTHING

FORTY_LINES, QUOTES, WRITTEN = "forty lines", "Dateline, quotes", "Dateline, written"
CHUNKS = 4
PROMPT = (
    "Answer the question from these passages. If they do not hold the answer, say that you don't know.\n\n"
    "{passages}\n\nQuestion: {question}"
)
_DOES_NOT_KNOW = re.compile(r"\b(do not|don['’]t|cannot|can['’]t) (know|assist)\b", re.I)
_INTERRUPTED = 130

Question = dict[str, Any]


class Replies(dict[str, str]):
    """What the model replied, by the prompt; in a file too where there is one, a line a reply."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        if path and path.exists():
            self |= {row["prompt"]: row["reply"] for row in rows(path, ("prompt", "reply"))}

    def keep(self, prompt: str, reply: str) -> None:
        self[prompt] = reply
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"prompt": prompt, "reply": reply}, ensure_ascii=False) + "\n")


class FortyLines:
    def __init__(self, index: Tutorial, model: BaseChatModel, replies: Replies) -> None:
        self._index, self._model, self._replies = index, model, replies

    def reply(self, question: Question) -> str:
        prompt = self._prompt(question)
        key = hashlib.sha256(json.dumps(prompt).encode()).hexdigest()
        if key not in self._replies:
            self._replies.keep(key, self._model.invoke(prompt).text)
        return self._replies[key]

    def _prompt(self, question: Question) -> list[tuple[str, str]]:
        turns = [Turn(*turn) for turn in question["history"]]
        found = self._index.search(question["question"], as_of=None, turns=(), scope=EVERYTHING, top=CHUNKS)
        passages = "\n\n".join(hit.passage.text for hit in found)
        before = [message for turn in turns for message in (("human", turn.question), ("ai", turn.answer))]
        return [*before, ("human", PROMPT.format(passages=passages, question=question["question"]))]


def rows(path: Path, fields: Iterable[str]) -> list[dict[str, Any]]:
    """One JSON object a line. Raises DatelineError with the number of the first line that lacks a field."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatelineError(f"{path} cannot be read ({error}). It should hold one JSON object a line.") from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            found.append(row | {field: row[field] for field in fields})
        except (ValueError, TypeError, KeyError) as error:
            raise DatelineError(f"Line {number} of {path} needs {', '.join(fields)} ({error!r}).") from error
    return found


def read_questions(path: Path) -> list[Question]:
    """In the fields of sets/questions.jsonl, with `lib`, and `refuse` where the file has it. Raises DatelineError."""
    asked = rows(path, ("category", "question", "as_of"))
    if missing := [row["question"] for row in asked if "must" not in row and "must_contain" not in row]:
        raise DatelineError(f"{path} does not say what must be told to answer {missing[0]!r}: must or must_contain.")
    return [_in_the_fields_of_the_sets(row) for row in asked]


def _in_the_fields_of_the_sets(row: dict[str, Any]) -> Question:
    common = {"lib": "", "history": row.get("turns", []), "must_not": []}
    if "must" in row:
        return common | row
    refuse = row.get("refuse")
    answerable = None if refuse is None else not refuse
    told = {"must": row["must_contain"], "must_not": row.get("must_not_contain", []), "answerable": answerable}
    return common | row | told


def judged(question: Question, told: str, refused: bool) -> dict[str, Any]:
    """What was told, and its faults."""
    words_decide = question.get("refuse", "") is None
    said = f"{told} (no answer)" if refused else told
    return {"told": told, "refused": refused, "faults": faults(question, said, refused and not words_decide)}


def refuses(reply: str) -> bool:
    """Whether the forty lines say that they found nothing."""
    return says_not_found(reply) or _DOES_NOT_KNOW.search(reply) is not None


def compared(
    questions: Iterable[Question], forty_lines: FortyLines, assistants: Mapping[str, Assistant]
) -> Iterator[dict[str, Any]]:
    """Each question with what came of it, by who answered."""
    for question in questions:
        reply = forty_lines.reply(question)
        by_whom = {FORTY_LINES: judged(question, reply, refuses(reply))}
        for name, assistant in assistants.items():
            row = ask(assistant, question)
            by_whom[name] = judged(question, row["told"], row["refused"])
        yield question | {"by": by_whom}


def table(asked: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    """How many each answered rightly, by category, in Markdown; the last line is of all."""
    yield f"| category | n | {' | '.join(names)} |"
    yield "|---" * (len(names) + 2) + "|"
    for category in dict.fromkeys(row["category"] for row in asked):
        yield _line(category, [row for row in asked if row["category"] == category], names)
    yield _line("all", asked, names)


def _line(name: str, asked: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    right = [sum(not row["by"][each]["faults"] for row in asked) for each in names]
    return f"| {' | '.join(map(str, [name, len(asked), *right]))} |"


@contextmanager
def both(articles: Path, options: argparse.Namespace) -> Iterator[tuple[FortyLines, dict[str, Assistant]]]:
    """The forty lines and Dateline over the same articles, in a library that is thrown away."""
    say(f"Reading {articles}, loading the models")
    with tempfile.TemporaryDirectory() as folder, open_dateline(library=folder, model="local") as news:
        news.ingest([articles])
        if not news.library.counts()[0]:
            raise DatelineError(f"{articles} holds no article that can be read.")
        model = news.chat_models.opened("")
        assert model
        assistants = {} if options.alone else {QUOTES: news.assistant_with(None)}
        if options.written:
            assistants[WRITTEN] = news.assistant
        with tutorial(news.library, lambda done, total: say(f"Embedding chunks: {done}/{total}")) as index:
            yield FortyLines(index, model, Replies(options.kept)), assistants


def run(options: argparse.Namespace, questions: Sequence[Question]) -> Iterator[dict[str, Any]]:
    done = 0
    for lib, articles in options.articles.items():
        of_these = [question for question in questions if question["lib"] == lib]
        if not of_these:
            continue
        with both(articles, options) as (forty_lines, assistants):
            for row in compared(of_these, forty_lines, assistants):
                done += 1
                results = (f"{name} {'wrong' if each['faults'] else 'right'}" for name, each in row["by"].items())
                say(f"{done}/{len(questions)} {row['category']}: {'; '.join(results)}")
                yield row


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def wanted(options: argparse.Namespace) -> list[Question]:
    """Raises DatelineError where none is left."""
    every = read_questions(options.questions)
    if other := {question["lib"] for question in every} - set(options.articles):
        say(f"Not asked, since their articles are not named: questions of {', '.join(map(repr, sorted(other)))}")
    questions = [question for question in every if question["lib"] in options.articles]
    questions = [question for question in questions if options.category in (None, question["category"])]
    if not questions:
        raise DatelineError(f"{options.questions} has no question of these articles and this category.")
    return questions[: options.first]


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("articles", nargs="+", metavar="[NAME=]ARTICLES")
    parser.add_argument("--written", action="store_true", help="judge what Dateline writes, too")
    parser.add_argument("--category")
    parser.add_argument("--first", type=int, metavar="N", help="ask the first N questions only")
    parser.add_argument("--kept", type=Path, help="a file for the forty lines' replies, read and added to")
    parser.add_argument("--alone", action="store_true", help="ask the forty lines alone")
    parser.add_argument("--details", type=Path, help="a file for all that was told, and what is wrong with it")
    options = parser.parse_args(given)
    if options.alone and options.written:
        parser.error("--alone leaves Dateline out, --written asks it: give one of them")
    named = (each.rpartition("=") for each in options.articles)
    options.articles = {name: Path(path) for name, _, path in named}
    return options


def main(given: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    options = arguments(given)
    names = [FORTY_LINES] + [QUOTES] * (not options.alone) + [WRITTEN] * options.written
    try:
        asked, stopped = until_stopped(run(options, wanted(options)))
    except DatelineError as error:
        sys.exit(str(error))
    if options.details:
        told = (json.dumps(row, ensure_ascii=False) + "\n" for row in asked)
        options.details.write_text("".join(told), encoding="utf-8")
    print(*table(asked, names), sep="\n")
    return _INTERRUPTED if stopped else 0


def until_stopped(coming: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    """What came, and whether Ctrl-C ended it."""
    came: list[dict[str, Any]] = []
    try:
        for row in coming:
            came.append(row)
    except KeyboardInterrupt:
        say("Stopped: the table is of what was asked so far")
        return came, True
    return came, False


if __name__ == "__main__":
    sys.exit(main())
