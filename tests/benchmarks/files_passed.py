"""How many files of Dateline one question passes in quote mode, and one HTML page on its way in.

    python tests/benchmarks/files_passed.py [QUESTION] [--list]

The question is asked of the sample articles a second time, with everything loaded, and the page is an HTML file taken
into the same library; counted are files in which a function ran. `--list` names them in the order of their first turn.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from app import SAMPLES, open_dateline

ROOT = Path(__file__).parents[2]
PACKAGES = ("assistant", "ingest", "vectorstore")
PAGE = """<!doctype html><html lang="en"><head><title>Harbour bridge opens to cyclists</title>
<meta property="article:published_time" content="2026-11-20T08:00:00Z"></head><body><article>
<h1>Harbour bridge opens to cyclists</h1><p>By Ana Lind</p>
<p>The harbour bridge was opened to cyclists on Friday after two years of work that cost 14 million crowns.</p>
<p>The mayor said that the railing on the eastern side will be raised in spring, and that the old ferry stays.</p>
</article></body></html>"""


@contextmanager
def watched() -> Iterator[list[str]]:
    """The files in which functions run meanwhile, in any thread that starts meanwhile or is this one."""
    passed: dict[str, None] = {}

    def note(frame: FrameType, _event: str, _argument: Any) -> None:
        passed.setdefault(frame.f_code.co_filename)

    files: list[str] = []
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield files
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        files += own(passed)


def own(passed: dict[str, None]) -> list[str]:
    """Those of the packages, from the root."""
    inside = [Path(file).resolve() for file in passed]
    names = [file.relative_to(ROOT).as_posix() for file in inside if file.is_relative_to(ROOT)]
    return [name for name in names if name.partition("/")[0] in PACKAGES]


def main(given: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question", nargs="?", default="How many people were hurt on the ferry?")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(PAGE, encoding="utf-8")
        with open_dateline(Path(folder) / "library", model="quote") as news:
            news.ingest([SAMPLES])
            news.answer(options.question)
            with watched() as asked:
                answer = news.answer(options.question)
            with watched() as taken:
                news.ingest([page])
    print(f"a question in quote mode: {len(asked)} files ({'refused' if answer.refused else 'answered'})")
    if options.list:
        print(*(f"  {name}" for name in asked), sep="\n")
    print(f"an HTML page: {len(taken)} files")
    if options.list:
        print(*(f"  {name}" for name in taken), sep="\n")


if __name__ == "__main__":
    main()
