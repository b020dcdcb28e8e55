"""Ask a question and print the answer with its citations.

    python docs/examples/ask_and_cite.py LIBRARY ["Your question?"]

LIBRARY is a folder; an empty one gets Dateline's sample articles first. No chat model is needed: answers are quoted.
"""

from __future__ import annotations

import sys

from app import SAMPLES, open_dateline
from assistant.types import Answer

QUESTION = "Is Meta still open sourcing its models?"


def main(library: str, question: str = QUESTION) -> None:
    with open_dateline(library=library, model="quote") as news:
        articles, _ = news.library.counts()
        if not articles:
            news.ingest([SAMPLES])
        show(news.answer(question))


def show(answer: Answer) -> None:
    """Each sentence with the numbers of its sources, then for each citation the exact words and where they stand."""
    for sentence in answer.sentences:
        print(sentence.text, *(f"[{number}]" for number in sentence.citations))
    for citation in answer.citations:
        article = citation.article
        assert article.text[citation.start : citation.end] == citation.quote
        print(f"\n[{citation.number}] {article.title} ({article.outlet}, {article.day})")
        print(f"    characters {citation.start} to {citation.end}: “{citation.quote}”")
    for article in answer.nearest:  # of a question that was refused
        print(f"Nearest: {article.title} ({article.outlet}, {article.day})")


if __name__ == "__main__":
    main(*sys.argv[1:])
