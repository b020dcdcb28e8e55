"""How often the right article is among the first passages: Dateline beside the LangChain and Chroma tutorial.

    python tests/benchmarks/retrieval.py ARTICLES.jsonl QUESTIONS.jsonl --work DIR

Both are asked every human-linked question (`evidence_level` gold or gold_article_answer_paraphrased, `type` not
needs_choices) with `asked_at` as today. hit@k: a passage of one of the question's evidence articles is among the
first k; MRR@10: the mean of 1/rank of the first such passage, 0 beyond ten. Both indexes stay in DIR, so a second run
is quick.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from app import Dateline, open_dateline

# What the tutorials teach: split by characters, embed, take the nearest.
CHUNK, OVERLAP = 1000, 200
BATCH = 500

Search = Callable[[dict[str, str]], Sequence[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="where the two indexes are kept")
    parser.add_argument("--skip-tutorial", action="store_true")
    options = parser.parse_args()
    questions = [q for line in options.questions.open() if human_linked(q := json.loads(line))]

    print(f"{len(questions)} questions\n\n|  | hit@1 | hit@4 | hit@10 | MRR@10 |\n|---|---|---|---|---|")
    with open_dateline(library=options.work / "dateline", model="quote") as news:
        news.ingest([options.articles])
        row("Dateline", questions, lambda question: dateline(news, question))
    if not options.skip_tutorial:
        row("tutorial", questions, tutorial(options.articles, options.work / "tutorial"))


def human_linked(question: dict[str, str]) -> bool:
    linked = question["evidence_level"] in ("gold", "gold_article_answer_paraphrased")
    return linked and question["type"] != "needs_choices"


def row(name: str, questions: Sequence[dict[str, str]], search: Search) -> None:
    ranks = []
    for question in questions:
        found = [id in question["evidence_article_ids"] for id in search(question)]
        ranks.append(found.index(True) + 1 if True in found else None)
    hits = [sum(rank is not None and rank <= k for rank in ranks) / len(ranks) for k in (1, 4, 10)]
    reciprocal = sum(1 / rank for rank in ranks if rank) / len(ranks)
    print(f"| {name} | " + " | ".join(f"{figure:.3f}" for figure in [*hits, reciprocal]) + " |", flush=True)


def dateline(news: Dateline, question: dict[str, str]) -> list[str]:
    hits = news.search(question["question"], as_of=date.fromisoformat(question["asked_at"]), top=10)
    return [hit.article.id for hit in hits]


def tutorial(articles: Path, folder: Path) -> Search:
    import chromadb
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    from vectorstore.embedding import SentenceEmbedder

    model = SentenceEmbedder().loaded()
    collection = chromadb.PersistentClient(str(folder)).get_or_create_collection("tutorial", embedding_function=None)
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    rows = [json.loads(line) for line in articles.open()]
    chunks = [(f"{r['id']}#{n}", r["id"], text) for r in rows for n, text in enumerate(splitter.split_text(r["text"]))]
    for start in range(collection.count(), len(chunks), BATCH):
        part = chunks[start : start + BATCH]
        print(f"tutorial: {start} of {len(chunks)} chunks", end="\r", file=sys.stderr)
        collection.add(
            ids=[id for id, _, _ in part],
            embeddings=model.encode([text for _, _, text in part]),
            metadatas=[{"article": article} for _, article, _ in part],
        )

    def search(question: dict[str, str]) -> list[str]:
        found = collection.query(query_embeddings=model.encode([question["question"]]), n_results=10)
        return [str(each["article"]) for each in (found["metadatas"] or [[]])[0]]

    return search


if __name__ == "__main__":
    main()
