"""How soon an answer by the built-in model is there, and what a judgement, several readers and Stop cost.

    python tests/benchmarks/answering.py LIBRARY QUESTIONS.jsonl [--limit 60] [--beside-llama-cpp 10]

Answers: each question is answered as a reader's would be; times are counted from the question, the search included, and
tokens are those of the whole prompt. Judgements: one, and four in one batch, over passages that have just been read.
Readers: prompts asked at the same moment; the time until all have their first word, against that of one. Stop: from
closing an answer that the model reads or writes until the model does the first token of something else.

`--beside-llama-cpp N` installs xllamacpp, which ran the same weights before, into a throw-away environment, and has it
read the prompts of the first N answers as Dateline did then: 16 tokens at a go, with their unchanging start read
beforehand. Dateline's first word is then given as a share of its, prompt by prompt, one after the other in one run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from langchain_core.messages import BaseMessage
from pydantic import PrivateAttr

from app import open_dateline
from assistant.answering.assistant import Assistant
from assistant.evaluation.dataset import Question, read_questions
from assistant.evaluation.tables import markdown
from assistant.generation.embedded import LocalChat, joined
from assistant.generation.prompting import beginning
from assistant.settings import read_settings
from assistant.types import Answer, Stage

_WHILE_READING = 0.5  # seconds after the question
_JUDGED = "Claim: {}\nIs every detail of the claim stated by the passages? Answer Yes or No."
_CLAIMS = ("Somebody resigned.", "A court decided it.", "It cost 40 million.", "Nobody was hurt.")


class Recorded(LocalChat):
    """The built-in model, which remembers what it was asked."""

    _asked: list[list[tuple[str, str]]] = PrivateAttr(default_factory=list)

    @property
    def asked(self) -> list[list[tuple[str, str]]]:
        return self._asked

    def _stream(self, messages: list[BaseMessage], *given: Any, **options: Any) -> Iterator[Any]:
        self._asked.append([(message.type, message.text) for message in messages])
        yield from super()._stream(messages, *given, **options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--limit", type=int, default=60, help="answers by the model")
    parser.add_argument("--beside-llama-cpp", type=int, default=0, metavar="N", help="prompts that it reads too")
    asked = parser.parse_args()
    cache = read_settings({}).cache.expanduser()
    questions = [question for question in read_questions(asked.questions) if question.answerable]
    with open_dateline(library=asked.library, model="quote") as news, closing(Recorded(folder=cache)) as model:
        news.warm()
        model.warm(beginning())
        assistant = Assistant(news.library, model)
        answers = answered(assistant, questions, asked.limit)
        print(of_answers(answers, model))
        prompts = list(model.asked)
        print(of_judgements(model, prompts[:8]))
        print(of_readers(model, prompts))
        print(of_stopping(model, assistant, questions[-16:]))
        if asked.beside_llama_cpp:
            print(of_engines(model, prompts[: asked.beside_llama_cpp]))


def answered(assistant: Assistant, questions: Sequence[Question], limit: int) -> list[Answer]:
    """The first answers that the model wrote."""
    answers: list[Answer] = []
    for question in questions:
        if len(answers) == limit:
            break
        answer = assistant.answer(question.text, as_of=question.asked_at, turns=question.turns)
        answers += [answer] if answer.timings.first_token is not None else []
        print(f"Answering: {len(answers)} of {limit}", end="\r", file=sys.stderr)
    return answers


def of_answers(answers: Sequence[Answer], model: Recorded) -> str:
    times = [answer.timings for answer in answers]
    tokens = [tokens_of(model, prompt) for prompt in model.asked[:16]]
    return table(
        f"{len(answers)} answers",
        {
            "sources, s": [each.sources for each in times],
            "first word, s": [each.first_token or 0 for each in times],
            "whole answer, s": [each.total for each in times],
            "tokens of the prompt": tokens,
        },
    )


def tokens_of(model: LocalChat, prompt: Sequence[tuple[str, str]]) -> int:
    usage = model.invoke(list(prompt), max_tokens=1).usage_metadata
    return usage["input_tokens"] if usage else 0


def of_judgements(model: LocalChat, prompts: Sequence[list[tuple[str, str]]]) -> str:
    single, batch, again = [], [], []
    for *_, (role, text) in prompts:
        material = [(role, f"{text}\n\n")]
        model.odds(material, ["Is this news? Answer Yes or No."])  # the passages are read
        single.append(timed(lambda m=material: model.odds(m, [_JUDGED.format("It rained.")])))  # type: ignore[misc]
        started = perf_counter()
        first = model.odds(material, [_JUDGED.format(claim) for claim in _CLAIMS])
        batch.append(perf_counter() - started)
        anew = [LocalChat.judged_anew(model, material, [_JUDGED.format(claim)])[0] for claim in _CLAIMS]
        again += [abs(one - other) for one, other in zip(first, anew, strict=True)]
    figures = {"one judgement, s": single, "four in a batch, s": batch, "the same judged anew, difference": again}
    return table("judgements", figures)


def timed(work: Any) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def of_readers(model: LocalChat, prompts: Sequence[list[tuple[str, str]]]) -> str:
    """Each prompt is read once before with another first word, so that none was read before: a mark makes it new."""
    rows: dict[str, list[float]] = {"two": [], "four": []}
    for start in range(0, min(len(prompts), 20) - 4, 5):
        alone, *others = (marked(prompt, f"{start}") for prompt in prompts[start : start + 5])
        one = until_first_words(model, [alone])
        rows["two"].append(until_first_words(model, others[:2]) / one)
        rows["four"].append(until_first_words(model, [marked(each, "again") for each in others]) / one)
    return table("readers at once: time until all first words / that of one", rows)


def marked(prompt: list[tuple[str, str]], mark: str) -> list[tuple[str, str]]:
    *before, (role, text) = prompt
    return [*before, (role, f"({mark}) {text}")]


def until_first_words(model: LocalChat, prompts: Sequence[list[tuple[str, str]]]) -> float:
    def read(prompt: list[tuple[str, str]]) -> None:
        with closing(model.stream(list(prompt))) as stream:  # type: ignore[type-var]
            next(chunk for chunk in stream if chunk.text)

    readers = [threading.Thread(target=read, args=(prompt,)) for prompt in prompts]
    started = perf_counter()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return perf_counter() - started


def of_stopping(model: LocalChat, assistant: Assistant, questions: Sequence[Question]) -> str:
    waits: dict[str, list[float]] = {"while it reads, s": [], "while it writes, s": []}
    alone = min(timed(lambda: model.invoke("Say hello.", max_tokens=1)) for _ in range(3))
    for number, question in enumerate(questions):
        begun = perf_counter()
        growing = assistant.stream(question.text, as_of=question.asked_at)
        for snapshot in growing:
            if snapshot.stage is Stage.WRITING or (number % 2 and perf_counter() - begun > _WHILE_READING):
                break
        started = perf_counter()
        growing.close()
        model.invoke("Say hello.", max_tokens=1)
        waits["while it reads, s" if number % 2 else "while it writes, s"].append(perf_counter() - started - alone)
    return table("Stop: until the model does something else (a token of its own time taken off)", waits)


_LLAMA_CPP = """
import json, sys, time, os, threading, xllamacpp
p = xllamacpp.CommonParams(); p.model.path = sys.argv[1]; p.n_ctx = 8192; p.n_parallel = 2
p.n_batch = p.n_ubatch = 16; p.cache_ram_mib = 256; p.verbosity = -1
p.cpuparams.n_threads = p.cpuparams_batch.n_threads = os.cpu_count() or 2
server = xllamacpp.Server(p)
for line in sys.stdin:
    first = []
    def heard(event):
        if any(choice["delta"].get("content") for choice in event.get("choices", [])): first.append(time.perf_counter())
        return bool(first)
    started = time.perf_counter()
    server.handle_chat_completions({"messages": json.loads(line), "max_tokens": 2, "temperature": 0.0, "stream": True,
        "cache_prompt": True, "stop": []}, heard)
    print((first or [time.perf_counter()])[0] - started, flush=True)
"""


def of_engines(model: LocalChat, prompts: Sequence[list[tuple[str, str]]]) -> str:
    """The first word of each prompt by both engines, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        print("Installing xllamacpp into a throw-away environment", file=sys.stderr)
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "-qq", "xllamacpp==2026.10.11549"], check=True)
        gguf = Path(folder) / "model.gguf"
        joined(gguf)
        command = [python, "-c", _LLAMA_CPP, str(gguf)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdin and other.stdout

            def by_llama_cpp(prompt: Sequence[tuple[str, str]]) -> float:
                said = [{"role": {"human": "user", "ai": "assistant"}.get(r, r), "content": text} for r, text in prompt]
                other.stdin.write(json.dumps(said) + "\n")
                other.stdin.flush()
                return float(other.stdout.readline())

            by_llama_cpp([*beginning(), ("human", "Hello.")])
            theirs, ours = [], []
            for prompt in prompts:
                new = marked(prompt, "new")
                theirs.append(by_llama_cpp(new))
                ours.append(until_first_words(model, [new]))
            other.stdin.close()
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return table("first word", {"OpenVINO, s": ours, "xllamacpp, s": theirs, "OpenVINO / xllamacpp": ratios})


def table(title: str, columns: dict[str, list[float]]) -> str:
    rows = [[name, *(f"{np.percentile(values, q):.3g}" for q in (50, 95, 100))] for name, values in columns.items()]
    return markdown([title, "p50", "p95", "most"], rows) + "\n"


if __name__ == "__main__":
    main()
