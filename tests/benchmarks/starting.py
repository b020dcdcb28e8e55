"""How long a command takes whose process has to load the embedder, with its converted copy kept and without.

    python tests/benchmarks/starting.py [--times 3]

`dateline search` and `dateline ask --model quote` over the sample articles, each a process of its own; without, the
folder of DATELINE_CACHE is empty each time. Prints the medians in seconds, by the clock, and their ratio.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app import SAMPLES
from assistant.evaluation.tables import markdown

_QUESTION = "How many people were hurt on the ferry?"
_COMMANDS = {"search": ["search", _QUESTION], "ask": ["ask", _QUESTION, "--model", "quote"]}


def ran(library: Path, cache: Path, *arguments: object) -> float:
    """Seconds that the command took."""
    began = time.perf_counter()
    command = [sys.executable, "app.py", *map(str, arguments), "--library", str(library)]
    environment = os.environ | {"DATELINE_CACHE": str(cache)}
    subprocess.run(command, env=environment, check=True, capture_output=True, cwd=Path(__file__).parents[2])
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    times = parser.parse_args().times
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        library, kept = Path(folder) / "library", Path(folder) / "kept"
        ran(library, kept, "ingest", SAMPLES)
        for name, arguments in _COMMANDS.items():
            ran(library, kept, *arguments)
            taken: dict[str, list[float]] = {"without": [], "kept": []}
            for turn in range(times):
                taken["without"].append(ran(library, Path(folder) / f"{name}-{turn}", *arguments))
                taken["kept"].append(ran(library, kept, *arguments))
            without, with_it = (statistics.median(each) for each in taken.values())
            rows.append([name, f"{without:.1f}", f"{with_it:.1f}", f"{with_it / without:.2f}"])
    print(markdown(["command", "without, s", "kept, s", "ratio"], rows))


if __name__ == "__main__":
    main()
