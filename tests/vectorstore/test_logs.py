"""What is logged, warned of and printed by Dateline and by what it is built on, as it comes out on standard error."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ESC = "\\x1b[31m\\x9b\\u202e"
SHOWN = r"\x1b[31m\x9b\u202e"


def standard_error(program: str) -> list[str]:
    """Its lines, of a program that logs as `dateline` does."""
    start = "import logging, sys, threading, traceback, warnings\n"
    start += "from vectorstore.console.logs import *\nlog_to_standard_error()\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program], cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert not [each for each in done.stderr if each != "\n" and not each.isprintable()], done.stderr
    return done.stderr.splitlines()


RAISE = "def fail():\n    raise ValueError('{}')\ntry:\n    fail()\nexcept ValueError as error:\n    {}\n"


@pytest.mark.parametrize(
    "program",
    [
        f"logging.getLogger('uvicorn.error').warning('asked for %s', '{ESC}')",
        f"logging.getLogger('ingest.sources').error('asked for {ESC}\\nforged')",
        f"warnings.warn('Received inputs: {ESC}')",
        f"sys.stderr = LoggedStream(); print('Error cleaning up {ESC}', file=sys.stderr)",
        f"sys.stderr = LoggedStream(); print('asked\\nfor {ESC}', file=sys.stderr)",
        "handler = logging.StreamHandler(); handler.setFormatter(logging.Formatter('%(levelname)s %(message)s'))\n"
        f"own = logging.getLogger('transformers'); own.addHandler(handler); own.propagate = False; own.error('{ESC}')",
    ],
    ids=["library", "ours", "warning", "printed", "printed in lines", "a handler of its own"],
)
def test_what_steers_a_terminal_is_written_out_in_one_line(program: str) -> None:
    (line, *rest) = standard_error(program)
    assert SHOWN in line and rest == []


@pytest.mark.parametrize(
    "program",
    ["logging.getLogger('gradio').warning('%s', 'x' * 10_000_000)", "warnings.warn('x' * 10_000_000)"]
    + ["sys.stderr = LoggedStream(); print('\\x1b' * 10_000, file=sys.stderr)"],
    ids=["logged", "warned", "printed"],
)
def test_a_record_has_500_characters_at_most(program: str) -> None:
    (line,) = standard_error(program)
    assert len(line) == 500 and line.endswith("…")


@pytest.mark.parametrize(
    "told",
    [
        "logging.getLogger('uvicorn.error').error('Exception in ASGI application', exc_info=error)",
        "logging.getLogger('assistant.answering.writer').warning('the chat model failed', exc_info=error)",
        "sys.stderr = LoggedStream(); traceback.print_exc()",
    ],
    ids=["uvicorn", "the chat model's", "Gradio, printed"],
)
def test_of_a_request_that_failed_one_line_says_what_was_raised_and_where(told: str) -> None:
    (line,) = standard_error(RAISE.format(ESC + r" \nforged" + "x" * 1000, told))
    assert "ValueError" in line and SHOWN in line and "<string>:5" in line and len(line) <= 500


def test_what_was_raised_from_something_else_is_told_with_it_and_without_words_in_between() -> None:
    chained = "sys.stderr = LoggedStream()\ntry:\n    try:\n        1 / 0\n    except ZeroDivisionError as error:\n"
    chained += "        raise ValueError('b') from error\nexcept ValueError:\n    traceback.print_exc()\n"
    chained += "print('c', file=sys.stderr)"
    assert standard_error(chained) == [
        "<string>:7: ZeroDivisionError: division by zero",
        "<string>:9: ValueError: b",
        "c",
    ]


def test_a_fault_of_our_own_keeps_its_traceback_written_out() -> None:
    lines = standard_error(RAISE.format(ESC, "logging.getLogger('ingest.sources').exception('could not be read')"))
    assert lines[:2] == ["could not be read", "Traceback (most recent call last):"]
    assert lines[-1] == f"ValueError: {SHOWN}"


def test_a_thread_that_fails_is_told_like_a_fault_of_our_own() -> None:
    begin = "thread = threading.Thread(target=fail); thread.start(); thread.join()"
    lines = standard_error(f"def fail():\n    raise ValueError('{ESC}')\n{begin}")
    assert "fault of Dateline's own" in lines[0] and lines[-1] == f"ValueError: {SHOWN}"


def test_a_log_that_cannot_be_written_does_not_log_that_for_ever() -> None:
    program = "logging.getLogger().handlers[0].stream.close(); sys.stderr = LoggedStream(); "
    program += "print('lost', file=sys.stderr)"
    assert standard_error(f"import os; os.dup(2); {program}") == []


ASKED = "from vectorstore.observing.work import for_request\nown = logging.getLogger('ingest.sources')\n"


def test_a_line_has_the_request_that_it_is_about() -> None:
    program = ASKED + "with for_request('abc-12345'): own.warning('first')\nown.warning('second')"
    assert standard_error(program) == ["[abc-12345] first", "second"]


def test_a_line_is_json_where_that_is_wanted() -> None:
    program = ASKED + "log_as(JsonLines())\nwith for_request('abc-12345'): own.warning('“%s”\\n', 'ferries')"
    [line] = standard_error(program)
    told = json.loads(line)
    assert datetime.fromisoformat(told.pop("time")).utcoffset() == timedelta(0)
    assert told == {"level": "warning", "logger": "ingest.sources", "message": "“ferries”", "request": "abc-12345"}


def test_a_fault_of_ours_is_one_line_of_json_with_its_traceback() -> None:
    program = ASKED + "log_as(JsonLines())\n" + RAISE.format(ESC, "own.exception('It failed')")
    [line] = standard_error(program)
    told = json.loads(line)
    assert told["message"] == "It failed" and "request" not in told
    assert "in fail" in told["fault"] and SHOWN in told["fault"]
