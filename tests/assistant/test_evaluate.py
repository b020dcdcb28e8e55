from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.assistant import Assistant
from assistant.evaluation.dataset import Question, read_questions
from assistant.evaluation.measuring import PARTS, measure
from assistant.evaluation.metrics import holds, retrieve_all, tells
from assistant.evaluation.tables import as_json, as_markdown, curve, figure
from vectorstore.errors import DatelineError
from vectorstore.library import Library
from vectorstore.models import Scope

RATES: dict[str, Any] = {
    "id": "q1",
    "question": "To what did the central bank raise its key rate?",
    "asked_at": "2022-07-10",
    "answers": ["2.5 percent"],
    "evidence_article_ids": ["rates"],
    "type": "relative_time",
}
ELSEWHERE: dict[str, Any] = {
    "id": "q2",
    "question": "Who won the 2031 Tour de France?",
    "answerable": False,
    "type": "off",
}


def written(path: Path, *rows: Mapping[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def measured(library: Library, path: Path, **given: Any) -> dict[str, Any]:
    options = {"parts": PARTS, "progress": lambda work, done, total: None} | given
    return measure(Assistant(library, None), library, path, **options)


def test_everything_that_the_file_asks_for_is_measured(library: Library, tmp_path: Path) -> None:
    results = measured(library, written(tmp_path / "q.jsonl", RATES, ELSEWHERE))
    group = results["retrieval"]["all"]
    assert (group["questions"], group["hit@1"].mean, group["MRR@10"].mean, group["all articles"].mean) == (1, 1, 1, 1)
    assert group["answer in context"].mean == 1
    assert {"type relative_time", "answer is a month or newer"} <= set(results["retrieval"])
    assert (
        results["answers"]["all"]["answer contained"].mean == 1
        and results["answers"]["all"]["wrongly refused"].mean == 0
    )
    assert results["refused of what cannot be answered"]["off"].mean == 1
    assert set(results["latency of answers"]) == {"sources", "whole answer"}
    table = as_markdown(results)
    assert "| all | 1 | 1.000 (1.00–1.00) |" in table
    assert json.dumps(as_json(results))


def test_only_the_named_part_is_measured(library: Library, tmp_path: Path) -> None:
    path = written(tmp_path / "q.jsonl", RATES, ELSEWHERE)
    assert set(measured(library, path, parts=("refusals",))) > {"refused of what cannot be answered"}
    assert "retrieval" not in measured(library, path, parts=("refusals",))
    assert "answers" not in measured(library, path, parts=("retrieval",))


def test_each_answer_is_written_down_as_it_comes(library: Library, tmp_path: Path) -> None:
    kept = tmp_path / "answers.jsonl"
    lines: list[int] = []

    def count(work: str, done: int, total: int) -> None:
        lines.append(len(kept.read_text().splitlines()) if kept.exists() else -1)

    measured(library, written(tmp_path / "q.jsonl", RATES, ELSEWHERE), answers=kept, parts=PARTS[1:], progress=count)
    first, second = map(json.loads, kept.read_text().splitlines())
    assert lines == [0, 1]
    assert (first["id"], first["contained"], first["in_what_is_read"], first["refused"]) == ("q1", True, True, False)
    assert "2.5 percent" in first["read"] and first["citations"]
    assert (second["id"], second["contained"], second["refused"]) == ("q2", False, True)


def test_a_wrong_article_is_a_miss_and_one_that_is_left_out_is_not_found(library: Library, tmp_path: Path) -> None:
    wrong = RATES | {"evidence_article_ids": ["ferry"], "question": "What is the key rate of the central bank?"}
    removed = RATES | {"id": "q3", "remove_article_ids": ["rates"]}
    group = measured(library, written(tmp_path / "q.jsonl", wrong, removed), parts=("retrieval",))["retrieval"]["all"]
    assert group["hit@1"].mean == 0 and group["all articles"].mean < 1


def test_earlier_turns_count(library: Library) -> None:
    question = Question(
        "q",
        "And why?",
        date(2022, 7, 10),
        turns=read_turns("To what did the central bank raise its key rate?"),
        articles=frozenset({"rates"}),
    )
    [found] = retrieve_all(Assistant(library, None), [question], Scope(), lambda done, total: None)
    assert found.rank == 1


def read_turns(question: str) -> Any:
    from assistant.types import Turn

    return (Turn(question, "To 2.5 percent."),)


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("It rose to 2.5 percent.", ["2.5 percent"], True),
        ("It rose to 12.5 percent.", ["2.5 percent"], False),
        ("About 1,200 people", ["1200"], True),
        ("The Atlanta Braves won", ["atlanta braves", "x"], True),
        ("A cat", ["category"], False),
        ("anything", ["", "the"], False),
        ("It rose by 25%.", ["25 per cent"], True),
        ("Seven Johnson & Johnson plants", ["7"], True),
        ("Johnson & Johnson", ["johnson and johnson"], True),
        ("It rose by 25.", ["25%"], False),
    ],
)
def test_an_answer_is_held_word_for_word(text: str, answers: list[str], expected: bool) -> None:
    assert holds(text, answers) is expected


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("Swedish and Finnish officials applied.", ["Finland and Sweden"], True),
        ("Finland applied. Sweden waits.", ["Finland and Sweden"], False),
        ("The club, Real Madrid, was champion.", ["Champions Real Madrid"], True),
        ("It rose by 25.", ["25%"], False),
        ("It rose to 12.5 percent.", ["2.5 percent"], False),
        ("anything", ["", "the"], False),
        ("The board said no to it.", ["No"], True),
    ],
)
def test_an_answer_is_told_in_any_order_and_form_within_a_sentence(
    text: str, answers: list[str], expected: bool
) -> None:
    assert tells(text, answers) is expected


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "Line 2"),
        ("[]", "Line 2"),
        ('{"question": "Who?"}', "names no article"),
        ('{"evidence_article_ids": ["a"]}', "question"),
        ('{"question": "Who?", "evidence_article_ids": ["a"], "asked_at": "July"}', "Line 2"),
        ('{"question": "Who?", "evidence_article_ids": ["a"], "history": [3]}', "Line 2"),
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(RATES) + "\n" + line)
    with pytest.raises(DatelineError, match=told):
        read_questions(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'{"question": "Q?", "type": "needs_choices"}'])
def test_a_file_without_questions_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    with pytest.raises(DatelineError):
        read_questions(path)
    with pytest.raises(DatelineError):
        read_questions(tmp_path / "none.jsonl")


def test_the_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = figure([0, 1] * 5), figure([0, 1] * 500)
    assert few.low < few.mean == 0.5 < few.high  # type: ignore[operator]
    assert many.high - many.low < few.high - few.low
    assert figure([]).mean is None and str(figure([])) == "–"


def test_a_curve_is_drawn_or_the_reason_told(tmp_path: Path) -> None:
    curve("hit@k", {"Dateline": [0.1, 0.5]}, tmp_path / "hits.svg")
    assert "Dateline" in (tmp_path / "hits.svg").read_text() or (tmp_path / "hits.svg").stat().st_size > 1000
    with pytest.raises(DatelineError, match=r"\.svg or \.png"):
        curve("hit@k", {"Dateline": [0.1]}, tmp_path / "hits.nonsense")
