"""How long commands in a terminal take beside a server, against the start of Python alone and without a server.

    python tests/benchmarks/terminal.py [--times 9]

A real `dateline serve` with the sample articles in quote mode, warm. Each command is a process of its own, timed from
its start to its end; they take turns with the bare start, so that what else the machine does falls on all. The last
column is how often the bare start goes into the command's median.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from socket import create_server
from time import perf_counter

from app import SAMPLES
from assistant.evaluation.tables import markdown

_DATELINE = Path(sys.executable).with_name("dateline")
_QUESTION = "Is Meta still open sourcing its models?"
_COMMANDS = {
    "search": ["search", _QUESTION],
    "ask (quotes)": ["ask", _QUESTION, "--model", "quote"],
    "library list": ["library", "list"],
    "ingest, one file unchanged": ["ingest", str(min(SAMPLES.glob("*.md")))],
    "feeds list": ["feeds", "list"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=9)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as library:
        commands = {name: [str(_DATELINE), *words, "--library", library] for name, words in _COMMANDS.items()}
        seconds([str(_DATELINE), "ingest", str(SAMPLES), "--library", library])
        alone = {name: seconds(command) for name, command in commands.items()}
        with create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        serve = [str(_DATELINE), "serve", "--library", library, "--model", "quote", "--port", port]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            server.stdout.readline()
            seconds(commands["search"])  # waits until the models are loaded
            print(report(*beside(commands, times), alone))
            server.terminate()


def beside(commands: dict[str, list[str]], times: int) -> tuple[list[float], dict[str, list[float]]]:
    """The seconds of the bare start, and of each command."""
    bare: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            bare.append(seconds([sys.executable, "-c", "pass"]))
            taken[name].append(seconds(command))
    return bare, taken


def seconds(command: Sequence[str]) -> float:
    began = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - began


def report(bare: Sequence[float], taken: dict[str, list[float]], alone: dict[str, float]) -> str:
    start = statistics.median(bare)
    rows = [
        [name, f"{alone[name]:.2f}", f"{statistics.median(each):.2f}", f"{max(each):.2f}"]
        + [f"{statistics.median(each) / start:.0f}"]
        for name, each in taken.items()
    ]
    rows.append(["the start of Python alone", "", f"{start:.3f}", f"{max(bare):.3f}", "1"])
    return markdown(("command", "without a server, s", "beside one, median s", "at most s", "times the start"), rows)


if __name__ == "__main__":
    main()
