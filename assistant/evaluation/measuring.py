"""One evaluation from a question file to its tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from assistant.answering.assistant import Assistant
from assistant.evaluation import tables
from assistant.evaluation.dataset import Question, read_questions, removed
from assistant.evaluation.metrics import TOP, Answered, Retrieved, age_of, answer_all, retrieve_all
from assistant.evaluation.tables import curve
from assistant.presentation.as_json import answer_as_json
from vectorstore.library import Library
from vectorstore.models import Scope

PARTS = ("retrieval", "answers", "refusals")


def measure(
    assistant: Assistant,
    library: Library,
    path: Path,
    parts: Sequence[str],
    progress: Callable[[str, int, int], None],
    plot: Path | None = None,
    answers: Path | None = None,
) -> dict[str, Any]:
    """The named parts of PARTS as tables by name; see tables.py.

    Each answer is written to the file `answers` as soon as it is there. Raises DatelineError for a file that holds no
    questions.
    """
    questions = read_questions(path)
    scope = Scope(without=removed(questions))
    results: dict[str, Any] = {}
    if "retrieval" in parts and any(question.articles and question.answerable for question in questions):
        results |= _retrieval(assistant, library, questions, scope, plot, progress)
    asked = [q for q in questions if ("answers" if q.answerable else "refusals") in parts]
    if asked:
        results |= _answers(_kept(answer_all(assistant, asked, scope, partial(progress, "Answering")), answers))
    return results


def _kept(answered: Iterable[Answered], file: Path | None) -> list[Answered]:
    """All of them, each written to the file as it comes."""
    with file.open("w", encoding="utf-8") if file else nullcontext() as stream:
        found = []
        for each in answered:
            found.append(each)
            if stream:
                scored = {"id": each.question.id, "contained": each.contained, "verbatim": each.verbatim}
                scored |= {"in_what_is_read": each.in_context, "read": each.answer.read}
                stream.write(json.dumps(scored | answer_as_json(each.answer), ensure_ascii=False) + "\n")
                stream.flush()
    return found


def _retrieval(
    assistant: Assistant,
    library: Library,
    questions: Sequence[Question],
    scope: Scope,
    plot: Path | None,
    progress: Callable[[str, int, int], None],
) -> dict[str, Any]:
    found = retrieve_all(assistant, questions, scope, partial(progress, "Searching"))
    ages = {q.id: age_of(q, filter(None, map(library.find, q.articles))) for q in questions if q.articles}
    if plot:
        curve(f"hit@k, k to {TOP}", tables.curves(found), plot)
    return {"retrieval": tables.retrieval(found, ages), "latency of retrieval": _search_times(found)}


def _search_times(found: Sequence[Retrieved]) -> dict[str, Any]:
    times = {"question to hits": [e.first for e in found], "without embedding it": [e.again for e in found]}
    return tables.latencies(times)


def _answers(answered: Sequence[Answered]) -> dict[str, Any]:
    times = [each.answer.timings for each in answered]
    stages = {
        "sources": [time.sources for time in times],
        "first word": [time.first_token for time in times],
        "whole answer": [time.total for time in times],
    }
    return {
        "answers": tables.answers(answered),
        "refused of what cannot be answered": tables.refusals(answered),
        "latency of answers": tables.latencies(stages),
    }
