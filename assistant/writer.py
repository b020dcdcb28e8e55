"""An answer to a question of fact as it is written: quoted at once, then in the chat model's words, judged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from assistant import refusal
from assistant.draft import Asked, Draft, judge
from assistant.evidence import Evidence, quote
from assistant.excerpts import READ_BY_THE_MODEL, excerpts
from assistant.llm import QUOTE, unavailable
from assistant.models import Answer, Stage
from assistant.votes import beside
from assistant.writing import messages, pieces

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

logger = logging.getLogger(__name__)


class Writer:
    """Writes with a LangChain chat model or, without one, quotes."""

    def __init__(self, model: BaseChatModel | None, models: Callable[[str], BaseChatModel | None]) -> None:
        self._model = model
        self._models = models

    def written(
        self, answer: Answer, evidence: Evidence, earlier: str, started: float, chosen: str
    ) -> Iterator[Answer]:
        """The answer while it grows; quoted when there is no model or when it fails.

        `earlier` is what was spoken of before, `started` when the question came (perf_counter), `chosen` the model that
        the reader named, "" for the one that is set.
        """
        quoted = _quoted(answer, evidence)
        yield quoted  # something to read while the model reads
        try:
            if model := self._chosen(chosen):
                yield from _by_the_model(model, quoted, evidence, earlier, started)
        except Exception as error:  # every provider raises its own classes, and the reader gets an answer all the same
            logger.warning("the chat model failed", exc_info=error)
            notice = f"{unavailable(error)} These are the sentences that come nearest, quoted. {answer.notice}"
            yield replace(quoted, notice=notice.strip())

    def _chosen(self, name: str) -> BaseChatModel | None:
        if name == QUOTE:
            return None
        return self._models(name) if name else self._model


def _by_the_model(
    model: BaseChatModel, answer: Answer, evidence: Evidence, earlier: str, started: float
) -> Iterator[Answer]:
    sources = answer.sources[:READ_BY_THE_MODEL]
    asked = Asked(answer.standalone_question, answer.as_of.date())
    text = ""
    with closing(pieces(model, messages(answer, excerpts(evidence), earlier))) as arriving:
        for piece in arriving:
            if not text and not piece:  # still reading: whoever watches may want no more
                yield answer
                continue
            if not text:
                first = perf_counter() - started
                answer = replace(answer, stage=Stage.WRITING, timings=replace(answer.timings, first_token=first))
            text += piece
            draft = judge(text, sources, asked, finished=False)
            if draft.full:
                break
            yield _with(answer, draft)
    draft = judge(text, sources, asked, finished=True)
    if text.strip() and not draft.sentences:  # nothing in it was fit to be shown
        yield _quoted(answer, evidence)
        return
    yield _with(answer, draft if refusal.says_not_found(text) else beside(draft, quote(evidence), answer.question))


def _quoted(answer: Answer, evidence: Evidence) -> Answer:
    quoted = quote(evidence)
    return _with(answer, Draft(quoted.sentences, quoted.citations))


def _with(answer: Answer, draft: Draft) -> Answer:
    dates = [c.article.published_at for c in draft.citations if c.article.published_at]
    return replace(
        answer,
        sentences=draft.sentences,
        citations=draft.citations,
        writing=draft.writing,
        newest_source=max(dates, default=None),
    )
