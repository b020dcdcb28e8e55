"""What can be answered told from what cannot: refused rightly against refused wrongly, by the least log odds answered.

    python tests/benchmarks/refusals.py [LIBRARY QUESTIONS.jsonl ...] [--model local] [--fit]

Question files are those of `dateline evaluate`, each asked of the library before it; a question that names articles to
be removed is asked without them. Beside them the ordinary questions of sets/ are asked: weights are fitted on their
tuning half, and drawn for both halves. With a model each question takes it seconds, since it reads the passages.

With --fit, weights by logistic regression, in which a file's questions of a kind count as much as the root of their
number. Each question is scored by a fit on the other nine tenths, the held-out half by a fit on all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from ordinary import SETS, read

from app import Dateline, open_dateline
from assistant.evaluation.dataset import Question, read_questions, removed
from assistant.evidence.context import context, room_of
from assistant.generation.odds import judge_of
from assistant.generation.prompting import judging, stated
from assistant.types import Turn
from assistant.verification.answerability import Signals, confidence, log_odds
from vectorstore.models import EVERYTHING, Scope

HELD_OUT = "held-out"
# What is no question of fact, whatever it looks like: how it is answered does not hang on what was found.
NO_FACT = ("chit-chat", "meta", "tasks")


class Row(NamedTuple):
    """A question as the assistant sees it before it answers; `judged` is a probability, None without a judge."""

    of: str
    answerable: bool
    signals: Signals
    judged: float | None

    @property
    def features(self) -> list[float]:
        return [*self.signals, *([] if self.judged is None else [log_odds(self.judged)])]


def rows(news: Dateline, questions: Sequence[Question], of: Sequence[str], scope: Scope) -> Iterator[Row]:
    """The questions of fact among them."""
    assistant, judge = news.assistant, judge_of(news.chat_models.opened(""))
    for at, (question, name) in enumerate(zip(questions, of, strict=True), start=1):
        today = assistant.moment(question.asked_at)
        request = assistant.request(question.text, today)
        if request.kind != "fact":
            continue
        grounds = assistant.grounds(question.text, as_of=today, turns=question.turns, scope=scope)
        judged = None
        if judge:
            passages = judging(context(grounds.found.hits, grounds.asked, room_of(None)))
            (judged,) = judge.odds(passages, [stated(grounds.asked)])
        print(f"{name}: {at}/{len(questions)}", end="\r", file=sys.stderr)
        kind = "answerable" if question.answerable else "not"
        yield Row(f"{name} {kind}", question.answerable, grounds.signals, judged)


def ordinary() -> tuple[list[Question], list[str]]:
    """Those of sets/questions.jsonl that have an answer or have none, and the name of each one's half."""
    asked = [each for each in read("questions") if each["answerable"] is not None and each["category"] not in NO_FACT]
    questions = [
        Question(
            each["id"],
            each["question"],
            date.fromisoformat(each["as_of"]),
            tuple(Turn(*turn) for turn in each.get("history", ())),
            answerable=each["answerable"],
        )
        for each in asked
    ]
    return questions, [f"ordinary, {each['part']}" for each in asked]


def fitted(found: Sequence[Row]) -> np.ndarray:
    """The log odds of each row, by a fit on other rows; prints the weights of a fit on all that may be fitted on."""
    from sklearn.linear_model import LogisticRegression

    features, answerable = np.array([row.features for row in found]), np.array([row.answerable for row in found])
    of = np.array([row.of for row in found])
    weights = np.array([(of == name).sum() ** -0.5 for name in of]) * 20
    tuning = np.array([HELD_OUT not in name for name in of])
    folds = np.random.default_rng(0).permutation(len(found)) % 10
    model = LogisticRegression(C=3, max_iter=9000)
    scores = np.empty(len(found))
    for fold in range(10):
        others = tuning & (folds != fold)
        model.fit(features[others], answerable[others], sample_weight=weights[others])
        scores[tuning & (folds == fold)] = model.decision_function(features[tuning & (folds == fold)])
    model.fit(features[tuning], answerable[tuning], sample_weight=weights[tuning])
    if not tuning.all():
        scores[~tuning] = model.decision_function(features[~tuning])
    names = [*Signals._fields, "judged"][: features.shape[1]]
    print("weights", dict(zip(names, model.coef_[0].round(2), strict=True)), "bias", model.intercept_.round(2))
    return scores


def curve(of: np.ndarray, scores: np.ndarray) -> None:
    """The share of each file's questions that is refused, by the least log odds that are answered."""
    names = sorted(set(of))
    print("| least log odds |", " | ".join(f"{name} ({(of == name).sum()})" for name in names), "|")
    print("|---" * (len(names) + 1) + "|")
    for least in np.arange(-2.0, 1.01, 0.25):
        print(f"| {least:+.2f} |", " | ".join(f"{(scores[of == name] < least).mean():.2f}" for name in names), "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("asked", type=Path, nargs="*", help="a library, and the questions to ask it")
    parser.add_argument("--model", default="quote")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--rows", type=Path, help="a file for what was seen of each question")
    options = parser.parse_args()
    if len(options.asked) % 2:
        parser.error("every file of questions needs its library before it")
    found: list[Row] = []
    for folder, path in zip(options.asked[::2], options.asked[1::2], strict=True):
        questions = read_questions(path)
        with open_dateline(library=folder, model=options.model) as news:
            found += rows(news, questions, [path.stem] * len(questions), Scope(without=removed(questions)))
    with tempfile.TemporaryDirectory() as folder, open_dateline(library=folder, model=options.model) as news:
        news.ingest([SETS / "articles.jsonl"])
        found += rows(news, *ordinary(), EVERYTHING)
    if options.rows:
        options.rows.write_text("".join(json.dumps(row) + "\n" for row in found), encoding="utf-8")
    scores = fitted(found) if options.fit else np.array([confidence(row.signals, row.judged) for row in found])
    curve(np.array([row.of for row in found]), scores)


if __name__ == "__main__":
    main()
