"""What can be answered told from what cannot: refused rightly against refused wrongly, by the threshold.

    python tests/benchmarks/refusals.py LIBRARY QUESTIONS.jsonl [LIBRARY QUESTIONS.jsonl ...] [--fit]

Question files are those of `dateline evaluate`, each asked of the library before it. A question that names articles to
be removed is asked without them. short_questions.jsonl beside this file is about the sample articles.
With --fit, weights from these questions by logistic regression, in which a file's questions of a kind count as much as
the root of their number, and each question scored by a fit on the other nine tenths.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from app import open_dateline
from assistant.answer import Assistant
from assistant.evidence import weigh
from assistant.finding import Finder
from assistant.questions import Question, read_questions, removed
from assistant.refusal import Signals, confidence, signals, words_asked
from vectorstore.library import Library
from vectorstore.models import Scope

TOP = 10
NOTHING = Signals(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def signals_of(assistant: Assistant, library: Library, question: Question, scope: Scope) -> Signals:
    """As the assistant sees them before it answers."""
    today = assistant.moment(question.asked_at)
    reading, found = Finder(library, rerank=None, rewording=None).search(
        question.text, question.turns, today, scope, TOP
    )
    if not found.hits:
        return NOTHING
    evidence = weigh(reading.standalone, found.hits, library.embedder)
    return signals(reading, found, evidence, library.rarity(words_asked(reading)), today)


def fitted(rows: np.ndarray, answerable: np.ndarray, of: np.ndarray) -> np.ndarray:
    """The log odds of each row, by a fit on other rows; prints the weights of a fit on all."""
    from sklearn.linear_model import LogisticRegression

    weights = np.array([(of == name).sum() ** -0.5 for name in of])
    folds = np.random.default_rng(0).permutation(len(rows)) % 10
    scores = np.empty(len(rows))
    for fold in range(10):
        others = folds != fold
        model = LogisticRegression(C=1000, max_iter=5000)
        model.fit(rows[others], answerable[others], sample_weight=weights[others])
        scores[~others] = model.decision_function(rows[~others])
    model.fit(rows, answerable, sample_weight=weights)
    print(
        "weights", dict(zip(Signals._fields, model.coef_[0].round(2), strict=True)), "bias", model.intercept_.round(2)
    )
    return scores


def curve(names: list[str], of: np.ndarray, scores: np.ndarray) -> None:
    """The share of each file's questions that is refused, by the least log odds that are answered."""
    print("least log odds", *names, sep=" | ")
    for least in np.arange(-2.0, 2.01, 0.25):
        shares = (f"{(scores[of == name] <= least).mean():.2f}" for name in names)
        print(f"{least:+.2f}", *shares, sep=" | ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("asked", type=Path, nargs="+", help="a library, and the questions to ask it")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    if len(options.asked) % 2:
        parser.error("every file of questions needs its library before it")
    rows, answerable, of = [], [], []
    for folder, path in zip(options.asked[::2], options.asked[1::2], strict=True):
        with open_dateline(library=folder, model="quote") as news:
            questions = read_questions(path)
            scope = Scope(without=removed(questions))
            for question in questions:
                rows.append(signals_of(news.assistant, news.library, question, scope))
                answerable.append(question.answerable)
                of.append(f"{path.stem} {'answerable' if question.answerable else 'not'}")
            print(f"{path.name}: {len(questions)} questions", file=sys.stderr)
    scores = np.array([confidence(row) for row in rows])
    if options.fit:
        scores = fitted(np.array(rows), np.array(answerable), np.array(of))
    curve(sorted(set(of)), np.array(of), scores)


if __name__ == "__main__":
    main()
