"""Dateline's search as a LangChain retriever, for chains and agents that people build themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.answering.assistant import Assistant
from assistant.presentation.as_json import hits_as_json
from vectorstore.models import EVERYTHING, Scope


class NewsRetriever(BaseRetriever):
    """The `top` best passages as documents, best first.

    `page_content` is the passage, word for word; `metadata` holds what `dateline search --json` prints: article_id,
    title, outlet, published_at (ISO 8601, UTC), url, start and end in the article's text, rank and score.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    top: int = 10
    as_of: date | datetime | None = None
    scope: Scope = EVERYTHING

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.assistant.search(query, as_of=self.as_of, scope=self.scope, top=self.top)
        return [_document(found) for found in hits_as_json(hits)]


def _document(hit: dict[str, Any]) -> Document:
    text = hit.pop("text")
    return Document(page_content=text, metadata=hit, id=hit["passage_id"])
