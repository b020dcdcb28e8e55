from __future__ import annotations

from datetime import date

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from assistant.answering.assistant import Assistant
from assistant.api.langchain_retriever import NewsRetriever
from vectorstore.errors import DatelineError
from vectorstore.library import Library

QUESTION = "To what did the central bank raise its key rate?"


def test_a_chain_gets_the_same_passages_as_a_search(library: Library) -> None:
    assistant = Assistant(library, None)
    retriever = NewsRetriever(assistant=assistant, top=3, as_of=date(2022, 7, 10))
    first = RunnableLambda(lambda documents: documents[0])
    document: Document = (retriever | first).invoke(QUESTION)
    hit = assistant.search(QUESTION, as_of=date(2022, 7, 10), top=3)[0]
    assert document.page_content == hit.passage.text
    stated = document.metadata
    assert (stated["article_id"], stated["rank"], stated["outlet"]) == (hit.article.id, 1, hit.article.outlet)
    assert hit.article.text[stated["start"] : stated["end"]] == document.page_content
    assert len(retriever.invoke(QUESTION)) <= 3


def test_an_empty_question_is_a_clear_error(library: Library) -> None:
    with pytest.raises(DatelineError):
        NewsRetriever(assistant=Assistant(library, None)).invoke(" ")
