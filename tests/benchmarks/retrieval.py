"""How often the right article is among the first passages, from a file of articles: Dateline beside the tutorials.

    python tests/benchmarks/retrieval.py ARTICLES.jsonl QUESTIONS.jsonl --work DIR [--skip-tutorial]

Puts the articles into a library in DIR, which stays, so that a second run need not. Dateline's row is that of
`dateline evaluate QUESTIONS.jsonl --library DIR/dateline --only retrieval`; see _tutorial.py for the other.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

from _tutorial import tutorial

from app import Dateline, open_dateline
from assistant.evaluation import tables
from assistant.evaluation.dataset import read_questions, removed
from assistant.evaluation.metrics import retrieve_all
from vectorstore.models import Scope


def main(given: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="where the library is kept")
    parser.add_argument("--skip-tutorial", action="store_true")
    options = parser.parse_args(given)
    with open_dateline(library=options.work / "dateline", model="quote") as news:
        news.ingest([options.articles])
        print(tables.as_markdown(compared(news, options.questions, not options.skip_tutorial)))


def compared(news: Dateline, path: Path, beside: bool) -> dict[str, Any]:
    """A table of each; raises DatelineError for a file that holds no questions."""
    questions = read_questions(path)
    scope = Scope(without=removed(questions))
    found = {"Dateline": retrieve_all(news.assistant, questions, scope, partial(show, "Searching"))}
    if beside:
        with tutorial(news.library, partial(show, "Embedding for the tutorial")) as other:
            found["tutorial"] = retrieve_all(other, questions, scope, partial(show, "Searching as the tutorial"))
    return {way: tables.retrieval(held, {}) for way, held in found.items()}


def show(work: str, done: int, total: int) -> None:
    print(f"{work}: {done} of {total}", end="\r", file=sys.stderr)


if __name__ == "__main__":
    main()
