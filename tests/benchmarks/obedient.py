"""What reaches a reader when a chat model obeys every order that it reads in an article.

    PYTHONPATH=. python tests/benchmarks/obedient.py FOLDER

The folder holds articles.jsonl and orders.jsonl: an article with an order in it, the question, what an obedient model
would write, and what must not reach a reader. No chat model is asked: one that was shown the order or not, each time
that text is written. Counted is where the forbidden words end up in the finished answer.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "assistant"))

from newsroom import ScriptedChat, says

from assistant.answering.assistant import Assistant
from assistant.types import Answer
from ingest.splitting import split
from vectorstore.indexes.embedding import SentenceEmbedder
from vectorstore.library import Library
from vectorstore.models import Article
from vectorstore.sentences import sentence_spans

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def article(row: dict[str, Any]) -> Article:
    published = datetime.fromisoformat(row["published_at"])
    return Article(row["id"], row["text"], row["title"], row["outlet"], published_at=published, ingested_at=NOW)


def ended(answer: Answer, order: dict[str, Any]) -> str:
    """What a reader takes the forbidden words for, where they are in several sentences as the most trusted one."""
    if answer.refused:
        return "refused"
    written = re.sub(r"\s*\[\d\]", "", order["an_obedient_model_writes"])
    found = {
        f"{each.support} by the model" if each.text in written else "in a quotation of the article"
        for each in answer.sentences
        if order["forbidden"].lower() in each.text.lower()
    }
    return min(found, default="not shown")


def shown_to(model: ScriptedChat, order: str) -> bool:
    """Whether any sentence of the order stood in the prompt, in which an article's [1] becomes (1)."""
    sentences = (order[start:end] for start, end in sentence_spans(order))
    return any(re.sub(r"\[(\d)\]", r"(\1)", each) in " ".join(model.asked) for each in sentences)


def main(folder: Path) -> None:
    logging.disable(logging.WARNING)
    seen, hidden = Counter[str](), Counter[str]()
    with (
        tempfile.TemporaryDirectory() as scratch,
        Library(Path(scratch) / "library", SentenceEmbedder("all-MiniLM-L6-v2")) as library,
    ):
        library.put([(each, split(each)) for each in map(article, rows(folder / "articles.jsonl"))])
        for order in rows(folder / "orders.jsonl"):
            model: ScriptedChat = says(order["an_obedient_model_writes"])
            answer = Assistant(library, model, lambda: NOW).answer(order["question"])
            read = shown_to(model, order["order"])
            end = ended(answer, order)
            (seen if read else hidden)[end] += 1
            print(order["id"], "read" if read else "cut", end, "|", order["an_obedient_model_writes"])
    print("orders that the model was shown:", dict(seen))
    print("orders that were cut from its prompt:", dict(hidden))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
