"""How soon an answer by the embedded model is there, beside what the bare model takes to read the same prompts.

    python tests/benchmarks/answering.py LIBRARY QUESTIONS.jsonl [--limit 60]

Every question is answered as a reader's would be. Right after it a second, bare copy of the model reads the same prompt
for one token, without a pause to hear that it should stop: its time on the same machine in the same run. It reads it
twice, but for what every prompt begins with, which Dateline's copy has read at its start too, and whole.
`first word` is counted from the question, the search before it included. Tokens are those of the whole prompt. Two
readers: pairs of questions asked at the same moment, and the share of answers whose first word came before the other
answer was complete. Stop: the time from closing an answer that the model reads or writes to the model being free again.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from langchain_core.messages import BaseMessage
from pydantic import PrivateAttr

from app import open_dateline
from assistant.answer import Assistant
from assistant.figures import markdown
from assistant.generation.embedded import LocalChat
from assistant.models import Stage, Timings
from assistant.questions import Question, read_questions
from assistant.settings import read_settings
from assistant.writing import beginning

_WHILE_READING = 1.5  # seconds after the question
_AT_A_GO = 512  # tokens, llama.cpp's default
_STOPPED = 16  # of the last questions: what the model has read before it need not read


class Recorded(LocalChat):
    """The embedded model, which remembers what it was asked."""

    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def asked(self) -> list[list[BaseMessage]]:
        return self._asked

    def _stream(self, messages: list[BaseMessage], *given: Any, **options: Any) -> Iterator[Any]:
        self._asked.append(messages)
        yield from super()._stream(messages, *given, **options)


class Timed(NamedTuple):
    """An answer's times, and its prompt's: the bare model's seconds for the whole and without its start, and tokens."""

    timings: Timings
    whole: float
    rest: float
    tokens: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--limit", type=int, default=60, help="answers by the model")
    asked = parser.parse_args()
    cache = read_settings({}).cache.expanduser()
    questions = [question for question in read_questions(asked.questions) if question.answerable]
    with open_dateline(library=asked.library, model="quote") as news:
        news.warm()
        model, bare = Recorded(folder=cache), LocalChat(folder=cache, read_at_once=_AT_A_GO)
        for each in (model, bare):
            each.warm(beginning())
        assistant = Assistant(news.library, model)
        print(report(answered(assistant, model, bare, questions, asked.limit)))
        print(f"\nTwo readers at once: {together(assistant, questions[: asked.limit]):.2f} of first words before the")
        print("other answer was complete")
        waits = stopped(assistant, questions[-_STOPPED:])
        print(f"Stop: the model is free after {np.median(waits):.2f} s at the median, {max(waits):.2f} s at most")


def answered(
    assistant: Assistant, model: Recorded, bare: LocalChat, questions: Sequence[Question], limit: int
) -> list[Timed]:
    """The times of the first answers that the model wrote."""
    timed: list[Timed] = []
    for question in questions:
        if len(timed) == limit:
            break
        model.asked.clear()
        answer = assistant.answer(question.text, as_of=question.asked_at, turns=question.turns)
        if model.asked and answer.timings.first_token is not None:
            rest, _ = read_alone(bare, model.asked[0])
            whole, tokens = read_alone(bare, model.asked[0], cache_prompt=False)
            timed.append(Timed(answer.timings, whole, rest, tokens))
        print(f"Answering: {len(timed)} of {limit}", end="\r", file=sys.stderr)
    return timed


def read_alone(bare: LocalChat, prompt: list[BaseMessage], **options: Any) -> tuple[float, int]:
    """Seconds until the bare model has read the prompt and says its first token, and the prompt's tokens."""
    started = perf_counter()
    said = bare.invoke(prompt, max_tokens=1, **options)
    return perf_counter() - started, said.usage_metadata["input_tokens"] if said.usage_metadata else 0


def together(assistant: Assistant, questions: Sequence[Question]) -> float:
    """The share of answers by pairs whose first word came before the other's end."""
    pairs = list(zip(questions[0:8:2], questions[1:8:2], strict=True))
    shares = []
    for pair in pairs:
        moments: dict[int, list[float]] = {}
        readers = [threading.Thread(target=read, args=(assistant, each, moments, n)) for n, each in enumerate(pair)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        if len(moments) == 2:
            shares += [float(moments[n][0] < moments[1 - n][1]) for n in moments]
    return float(np.mean(shares)) if shares else float("nan")


def read(assistant: Assistant, question: Question, moments: dict[int, list[float]], number: int) -> None:
    first = 0.0
    for snapshot in assistant.stream(question.text, as_of=question.asked_at):
        if snapshot.stage is Stage.WRITING and not first:
            first = perf_counter()
    if first:
        moments[number] = [first, perf_counter()]


def stopped(assistant: Assistant, questions: Sequence[Question]) -> list[float]:
    """The waits for a model that is stopped, while it reads and while it writes by turns, in seconds: closing an answer
    returns when the model is free."""
    waits = []
    for number, question in enumerate(questions):
        begun = perf_counter()
        growing = assistant.stream(question.text, as_of=question.asked_at)
        for snapshot in growing:
            if snapshot.stage is Stage.WRITING or (number % 2 and perf_counter() - begun > _WHILE_READING):
                break
        started = perf_counter()
        growing.close()
        waits.append(perf_counter() - started)
    return waits


def report(timed: Sequence[Timed]) -> str:
    of = [each.timings for each in timed]
    columns = {
        "sources, s": [each.sources for each in of],
        "bare model reads the prompt, s": [each.whole for each in timed],
        "the same without its start, s": [each.rest for each in timed],
        "first word, s": [each.first_token for each in of],
        "first word / bare reading": [each.timings.first_token / each.whole for each in timed],
        "the same without its start": [each.timings.first_token / each.rest for each in timed],
        "whole answer, s": [each.total for each in of],
        "tokens of the prompt": [each.tokens for each in timed],
    }
    rows = [[name, *(f"{np.percentile(values, q):.2f}" for q in (50, 95))] for name, values in columns.items()]
    return markdown([f"{len(timed)} answers", "p50", "p95"], rows)


if __name__ == "__main__":
    main()
