"""What hostile inputs cost in memory: measured by the benchmark, each in a process of its own.

How long they take is the benchmark's to tell: a test that asserts seconds fails on a busy machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_MB = 300
INPUTS = [
    "one entity 100,000 times, feed",
    "aliases in aliases, front matter",
    "10 MB of stars, Markdown",
    "1 GB unpacked, PDF",
    "10,000 items, feed",
    "1 GB file, .jsonl",
    "1 GB packed, feed",
]


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, object]]:
    command = [sys.executable, "tests/benchmarks/hostile.py", "--json", "--only", *INPUTS]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return {row["input"]: row for row in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", INPUTS)
def test_it_takes_little_memory_and_the_good_article_is_stored(
    measured: dict[str, dict[str, object]], name: str
) -> None:
    row = measured[name]
    assert row["good"] and row["extra_mb"] < MOST_MB, row
