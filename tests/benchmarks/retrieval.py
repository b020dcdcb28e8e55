"""How often the right article is among the first passages, from a file of articles: Dateline beside the tutorials.

    python tests/benchmarks/retrieval.py ARTICLES.jsonl QUESTIONS.jsonl --work DIR [--skip-tutorial]

Puts the articles into a library in DIR, which stays, so that a second run need not; then it is
`dateline evaluate QUESTIONS.jsonl --library DIR/dateline --only retrieval --compare tutorial`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app import open_dateline
from assistant.evaluation.run import measure
from assistant.evaluation.tables import as_markdown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="where the library is kept")
    parser.add_argument("--skip-tutorial", action="store_true")
    options = parser.parse_args()
    with open_dateline(library=options.work / "dateline", model="quote") as news:
        news.ingest([options.articles])
        beside = not options.skip_tutorial
        print(as_markdown(measure(news.assistant, news.library, options.questions, ["retrieval"], show, beside)))


def show(work: str, done: int, total: int) -> None:
    print(f"{work}: {done} of {total}", end="\r", file=sys.stderr)


if __name__ == "__main__":
    main()
