"""Dateline's search as the retriever of a LangChain chain of your own.

    python docs/examples/retriever_in_a_chain.py LIBRARY "Your question?" [PROVIDER:MODEL]

LIBRARY is a folder that holds articles. Without a model a scripted one takes its place: this needs no key.
"""

from __future__ import annotations

import sys
from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from app import open_dateline

PROMPT = ChatPromptTemplate.from_messages(
    [("system", "Answer from these passages, and cite them by number.\n\n{passages}"), ("human", "{question}")]
)


def numbered(asked: dict[str, Any]) -> str:
    return "\n\n".join(f"[{each.metadata['rank']}] {each.page_content}" for each in asked["documents"])


def main(library: str, question: str, model: str = "") -> None:
    writer = init_chat_model(model) if model else FakeListChatModel(responses=["That is told in [1]."])
    with open_dateline(library=library, model="quote") as news:
        found = {"question": RunnablePassthrough(), "documents": news.retriever(top=3)}
        answer = PROMPT | writer | StrOutputParser()
        chain = found | RunnablePassthrough.assign(passages=numbered) | RunnablePassthrough.assign(answer=answer)
        told = chain.invoke(question)
    print(told["answer"])
    for document in told["documents"]:
        about = document.metadata
        print(f"\n[{about['rank']}] {about['title']} ({about['outlet']}, {about['published_at'] or 'date unknown'})")
        print(document.page_content)


if __name__ == "__main__":
    main(*sys.argv[1:])
