"""Question files for `dateline evaluate`: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assistant.types import Turn
from vectorstore.errors import DatelineError

# How well the file's makers know where the answer stands. What is not named here is not scored.
_LINKED = {"gold": "human-linked", "gold_article_answer_paraphrased": "human-linked", "silver": "silver"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is known of its answer.

    `articles` are the ids of the articles that hold it, `answers` its accepted wordings, `answerable` whether the
    library can answer it at all, `without` the articles to leave out of the library while it is asked.
    """

    id: str
    text: str
    asked_at: date | datetime | None = None
    turns: tuple[Turn, ...] = ()
    articles: frozenset[str] = frozenset()
    answers: tuple[str, ...] = ()
    answerable: bool = True
    kind: str = ""
    linked: str = "all"
    without: tuple[str, ...] = ()


def read_questions(path: Path) -> list[Question]:
    """Every question that can be scored; docs/evaluation.md tells the fields. Raises DatelineError with the line's
    number."""
    questions = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatelineError(f"{path} cannot be read ({error}). It should hold one JSON object a line.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                question = _question(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise DatelineError(
                    f"Line {number} of {path} is no question ({error}). It needs at least the fields question, and "
                    "evidence_article_ids or answerable."
                ) from error
            if question:
                questions.append(question)
    if not questions:
        raise DatelineError(f"{path} holds no question that can be scored.")
    return questions


def _question(row: Mapping[str, Any]) -> Question | None:
    answerable = row.get("answerable") is not False
    level = row.get("evidence_level")
    if row.get("type") == "needs_choices" or (answerable and level is not None and level not in _LINKED):
        return None
    if answerable and not row.get("evidence_article_ids"):
        raise ValueError("an answerable question names no article")
    return Question(
        id=str(row.get("id", "")),
        text=str(row["question"]),
        asked_at=_moment(row.get("asked_at")),
        turns=tuple(Turn(str(turn["user"]), str(turn["assistant"])) for turn in row.get("history") or ()),
        articles=frozenset(map(str, row.get("evidence_article_ids") or ())),
        answers=tuple(map(str, row.get("answers") or ())),
        answerable=answerable,
        kind=str(row.get("type") or ""),
        linked=_LINKED.get(level or "", "all") if answerable else "unanswerable",
        without=tuple(map(str, row.get("remove_article_ids") or ())),
    )


def _moment(text: str | None) -> date | datetime | None:
    if not text:
        return None
    return date.fromisoformat(text) if len(text) == len("2022-07-03") else datetime.fromisoformat(text)


def removed(questions: Sequence[Question]) -> tuple[str, ...]:
    """The articles that the file wants left out of the library."""
    return tuple(sorted({article for question in questions for article in question.without}))
