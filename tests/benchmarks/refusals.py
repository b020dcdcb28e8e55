"""What can be answered told from what cannot: refused rightly against refused wrongly, by the threshold.

    python tests/benchmarks/refusals.py LIBRARY QUESTIONS.jsonl... [--fit]

Question files are those of `dateline evaluate`. A question that names articles to be removed is asked without them.
With --fit, weights from these questions (logistic regression, both kinds counted alike), each question scored by a fit
on the other nine tenths.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from app import open_dateline
from assistant.answer import Assistant
from assistant.evidence import weigh
from assistant.questions import Question, read_questions, removed
from assistant.refusal import Signals, confidence, signals
from vectorstore.library import Library
from vectorstore.models import Scope

TOP = 10
NOTHING = Signals(0.0, 0.0, 1.0, 0.0, 0.0)


def signals_of(assistant: Assistant, library: Library, question: Question, scope: Scope) -> Signals:
    """As the assistant sees them before it answers."""
    today = assistant.moment(question.asked_at)
    reading, found = assistant._searched(question.text, question.turns, today, scope, TOP)
    if not found.hits:
        return NOTHING
    return signals(reading, found, weigh(reading.standalone, found.hits, library.embedder), today)


def fitted(rows: np.ndarray, answerable: np.ndarray) -> np.ndarray:
    """The log odds of each row, by a fit on other rows; prints the weights of a fit on all."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    model = LogisticRegression(class_weight="balanced", max_iter=1000)
    model.fit(rows, answerable)
    print(
        "weights", dict(zip(Signals._fields, model.coef_[0].round(2), strict=True)), "bias", model.intercept_.round(2)
    )
    return cross_val_predict(model, rows, answerable, cv=10, method="decision_function")


def curve(names: list[str], of: np.ndarray, scores: np.ndarray) -> None:
    """The share of each file's questions that is refused, by the least log odds that are answered."""
    print("least log odds", *names, sep=" | ")
    for least in np.arange(-2.0, 2.01, 0.25):
        shares = (f"{(scores[of == name] <= least).mean():.2f}" for name in names)
        print(f"{least:+.2f}", *shares, sep=" | ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    rows, answerable, of = [], [], []
    with open_dateline(library=asked.library, model="quote") as news:
        for path in asked.questions:
            questions = read_questions(path)
            scope = Scope(without=removed(questions))
            for question in questions:
                rows.append(signals_of(news.assistant, news.library, question, scope))
                answerable.append(question.answerable)
                of.append(f"{path.stem} {'answerable' if question.answerable else 'not'}")
            print(f"{path.name}: {len(questions)} questions", file=sys.stderr)
    scores = np.array([confidence(row) for row in rows])
    if asked.fit:
        scores = fitted(np.array(rows), np.array(answerable))
    curve(sorted(set(of)), np.array(of), scores)


if __name__ == "__main__":
    main()
