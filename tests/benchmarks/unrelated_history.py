"""Is a question that needs no history harmed by one? Every standalone question, with the turns of another and without.

    python tests/benchmarks/unrelated_history.py QUESTIONS.jsonl --library DIR

Each question without a history of its own is asked after the question of the row before it and that one's answer.
Prints two tables; a loss of more than .01 in any figure but the times is a fault of assistant/query/follow_ups.py.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app import open_dateline
from assistant.evaluation.dataset import Question, read_questions, removed
from assistant.evaluation.metrics import retrieve_all
from assistant.evaluation.tables import as_markdown, retrieval
from assistant.types import Turn
from vectorstore.models import Scope


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    options = parser.parse_args()
    questions = read_questions(options.questions)
    scope = Scope(without=removed(questions))
    alone = [question for question in questions if question.articles and question.answerable and not question.turns]
    results = {}
    with open_dateline(library=options.library, model="quote") as news:
        for name, asked in (("alone", alone), ("after another question", after_another(alone))):
            results[name] = retrieval(retrieve_all(news.assistant, asked, scope, show), {})
    print(as_markdown(results))


def after_another(questions: Sequence[Question]) -> list[Question]:
    """Each with the question before it, and its first answer, as history; the first one with the last."""
    before = [*questions[-1:], *questions[:-1]]
    return [
        replace(question, turns=(Turn(other.text, next(iter(other.answers), "")),))
        for other, question in zip(before, questions, strict=True)
    ]


def show(done: int, total: int) -> None:
    print(f"Searching: {done} of {total}", end="\r", file=sys.stderr)


if __name__ == "__main__":
    main()
