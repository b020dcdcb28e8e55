"""What peers.py runs in the environment of each tool: takes articles in, asks the questions, prints one JSON line.

    python _peer_workers.py NAME < JOB.json

The job names the files `articles` and `questions`, the folder `model` of the embedder, the empty folder `store`, and
how many passages are wanted as `best`. A tool is given each article as its headline and its text, and works as its own
introduction has it. The line tells seconds until it was `ready` (imports, the embedder loaded), seconds of `taking_in`
until everything was searchable, `passages`, for each question the articles `found` with their passages, best first, and
the seconds it `took`, `peak` memory of the process in bytes, and `disk`, the bytes of the store.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

_BATCH = 100
_CHROMA_TAKES = 5000
# ru_maxrss is told in bytes there, in KiB elsewhere.
_UNIT = 1 if sys.platform == "darwin" else 1024

Rows = Sequence[dict[str, Any]]


class LangChainChroma:
    """The tutorial: chunks of 1,000 characters with 200 of overlap, HuggingFaceEmbeddings, Chroma."""

    def __init__(self, job: dict[str, Any]) -> None:
        from langchain_chroma import Chroma
        from langchain_huggingface import HuggingFaceEmbeddings
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        embeddings = HuggingFaceEmbeddings(model_name=job["model"])
        self._best = job["best"]
        self._splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        self._chroma = Chroma(embedding_function=embeddings, persist_directory=job["store"])

    def take_in(self, articles: Rows) -> int:
        origins = [{"article": each["id"]} for each in articles]
        chunks = self._splitter.create_documents([_text(each) for each in articles], origins)
        for start in range(0, len(chunks), _CHROMA_TAKES):
            self._chroma.add_documents(chunks[start : start + _CHROMA_TAKES])
        return len(chunks)

    def search(self, question: dict[str, Any]) -> list[str]:
        found = self._chroma.similarity_search(question["question"], k=self._best)
        return [each.metadata["article"] for each in found]


class LlamaIndex:
    """The starter tutorial: VectorStoreIndex.from_documents with its own sentence splitter and its own vector store."""

    def __init__(self, job: dict[str, Any]) -> None:
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        self._best, self._store = job["best"], job["store"]
        self._document, self._index = Document, VectorStoreIndex.from_documents
        self._embedder = HuggingFaceEmbedding(model_name=job["model"], device="cpu")

    def take_in(self, articles: Rows) -> int:
        documents = [self._document(text=_text(each), doc_id=each["id"]) for each in articles]
        index = self._index(documents, embed_model=self._embedder)
        index.storage_context.persist(self._store)
        self._retriever = index.as_retriever(similarity_top_k=self._best)
        return len(index.docstore.docs)

    def search(self, question: dict[str, Any]) -> list[str]:
        return [each.node.ref_doc_id for each in self._retriever.retrieve(question["question"])]


class Txtai:
    """An embeddings database with content, of the paragraphs that txtai's own segmentation makes."""

    def __init__(self, job: dict[str, Any]) -> None:
        from txtai import Embeddings
        from txtai.pipeline import Segmentation

        self._best, self._store = job["best"], job["store"]
        self._embeddings = Embeddings(path=job["model"], content=True, gpu=False)
        self._paragraphs = Segmentation(paragraphs=True)
        self._embeddings.transform("Is it loaded?")

    def take_in(self, articles: Rows) -> int:
        rows = [
            (f"{each['id']}#{n}", text) for each in articles for n, text in enumerate(self._paragraphs(_text(each)))
        ]
        self._embeddings.index(rows)
        self._embeddings.save(f"{self._store}/index")
        return len(rows)

    def search(self, question: dict[str, Any]) -> list[str]:
        found = self._embeddings.search(question["question"], self._best)
        return [each["id"].rpartition("#")[0] for each in found]


class HaikuRag:
    """Its client with the settings that it ships, but the embedder: docling's chunks, LanceDB, hybrid search."""

    def __init__(self, job: dict[str, Any]) -> None:
        from haiku.rag.client import DocumentImport, HaikuRAG
        from haiku.rag.config import AppConfig

        model = {"provider": "sentence-transformers", "name": job["model"], "vector_dim": 384}
        processing = {"chunking_tokenizer": job["model"], "pictures": "none"}
        config = AppConfig.model_validate({"embeddings": {"model": model}, "processing": processing})
        self._best, self._import, self._loop = job["best"], DocumentImport, asyncio.new_event_loop()
        self._client = HaikuRAG(Path(job["store"]) / "library.lancedb", config, create=True)
        self._run(self._client.__aenter__())
        self._run(self._client.convert("# Is it loaded?", format="md"))
        self._run(self._client.embedder.embed_query("Is it loaded?"))

    def _run(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    def take_in(self, articles: Rows) -> int:
        return int(self._run(self._taken_in(articles)))

    async def _taken_in(self, articles: Rows) -> int:
        passages = 0
        for start in range(0, len(articles), _BATCH):
            documents = []
            for each in articles[start : start + _BATCH]:
                document = await self._client.convert(f"# {each['title']}\n\n{each['text']}", format="md")
                chunks = await self._client.chunk(document)
                documents.append(self._import(document, chunks, uri=each["id"], title=each["title"]))
                passages += len(chunks)
            await self._client.import_documents(documents)
        await self._client.vacuum()
        return passages

    def search(self, question: dict[str, Any]) -> list[str]:
        return [each.document_uri for each in self._run(self._client.search(question["question"], limit=self._best))]


class Dateline:
    """As shipped; it is told when a question was asked and the turns before it, as `dateline evaluate` tells it."""

    def __init__(self, job: dict[str, Any]) -> None:
        sys.path.insert(0, str(Path(__file__).parents[2]))
        from app import open_dateline
        from assistant.evaluation.dataset import read_questions

        self._best, self._source = job["best"], job["articles"]
        self._asked = {each.id: each for each in read_questions(Path(job["questions"]))}
        self._news = open_dateline(library=job["store"], model="quote")
        self._news.warm()

    def take_in(self, articles: Rows) -> int:
        self._news.ingest([self._source])
        assert not self._news.library.pending.standing().waiting, "each passage has its vector"
        return self._news.library.counts()[1]

    def search(self, question: dict[str, Any]) -> list[str]:
        asked = self._asked[question["id"]]
        found = self._news.search(asked.text, as_of=asked.asked_at, turns=asked.turns, top=self._best)
        return [hit.article.id for hit in found]


TOOLS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "dateline": Dateline,
    "langchain-chroma": LangChainChroma,
    "llama-index": LlamaIndex,
    "txtai": Txtai,
    "haiku.rag": HaikuRag,
}


def _text(article: dict[str, Any]) -> str:
    return f"{article['title']}\n\n{article['text']}"


def main() -> None:
    begun = perf_counter()
    job = json.load(sys.stdin)
    articles, questions = (
        [json.loads(line) for line in Path(job[name]).read_text(encoding="utf-8").splitlines()]
        for name in ("articles", "questions")
    )
    tool = TOOLS[sys.argv[1]](job)
    ready = perf_counter()
    passages = tool.take_in(articles)
    taken_in, found, took = perf_counter(), [], []
    for question in questions:
        asked = perf_counter()
        found.append(tool.search(question))
        took.append(perf_counter() - asked)
    figures = {
        "ready": ready - begun,
        "taking_in": taken_in - ready,
        "passages": passages,
        "found": found,
        "took": took,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT,
        "disk": sum(path.stat().st_size for path in Path(job["store"]).rglob("*") if path.is_file()),
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
