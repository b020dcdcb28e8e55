"""An answer to a question of fact as it is written: quoted at once, then in the chat model's words, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from assistant import refusal
from assistant.citations import whole_sentences
from assistant.draft import Asked, Draft, judge
from assistant.evidence import Evidence, answered, quote
from assistant.excerpts import READ_BY_THE_MODEL, excerpts
from assistant.llm import QUOTE
from assistant.models import Answer, Stage
from assistant.streaming import PATIENCE, pieces
from assistant.votes import beside
from assistant.writing import messages
from vectorstore.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class Writer:
    """Writes with a LangChain chat model or, without one, quotes."""

    def __init__(
        self,
        model: BaseChatModel | None,
        models: Callable[[str], BaseChatModel | None],
        patience: float = PATIENCE,
    ) -> None:
        """`patience` is how many seconds a server of models may be silent."""
        self._model = model
        self._models = models
        self._patience = patience

    def written(
        self, answer: Answer, evidence: Evidence, earlier: str, started: float, chosen: str
    ) -> Iterator[Answer]:
        """The answer while it grows; quoted when there is no model, and when it fails with its whole sentences behind.

        `earlier` is what was spoken of before, `started` when the question came (perf_counter), `chosen` the model that
        the reader named, "" for the one that is set.
        """
        answer = _quoted(answer, evidence)
        yield answer  # something to read while the model reads
        text = ""
        try:
            if model := self._chosen(chosen):
                asked = messages(answer, excerpts(evidence), earlier)
                with closing(pieces(model, asked, self._patience)) as arriving:
                    for grown, so_far in _growing(arriving, answer, started):
                        answer, text = grown, so_far
                        yield answer
                yield _written(text, answer, evidence)
        except ModelError as error:
            yield _cut_short(text, answer, evidence, error)

    def _chosen(self, name: str) -> BaseChatModel | None:
        if name == QUOTE:
            return None
        return self._models(name) if name else self._model


def _growing(arriving: Iterator[str], answer: Answer, started: float) -> Iterator[tuple[Answer, str]]:
    """The answer with what the model has written so far, and that text."""
    text = ""
    for piece in arriving:
        if piece:
            if not text:
                first = perf_counter() - started
                answer = replace(answer, stage=Stage.WRITING, timings=replace(answer.timings, first_token=first))
            text += piece
            draft = _judged(text, answer, finished=False)
            if draft.full:
                yield answer, text
                return
            answer = _with(answer, draft)
        yield answer, text  # the same again while the model is waited for: whoever watches may want no more


def _written(text: str, answer: Answer, evidence: Evidence) -> Answer:
    draft, quoted = _judged(text, answer, finished=True), quote(evidence)
    if not draft.sentences:  # nothing in it was fit to be shown
        return _quoted(answer, evidence)
    if not refusal.says_not_found(text):
        return _with(answer, beside(draft, quoted, answer.question))
    if not answered(answer.standalone_question, quoted):
        return _with(answer, draft)
    notice = f"The chat model found no answer in these articles. These are their own words. {answer.notice}"
    return replace(_quoted(answer, evidence), notice=notice.strip())


def _cut_short(text: str, answer: Answer, evidence: Evidence, error: ModelError) -> Answer:
    """The quotations before whatever whole sentences there are, and why."""
    whole = "" if refusal.says_not_found(text) else whole_sentences(text)
    draft = _judged(whole, answer, finished=True)
    words = "The articles' own words come first." if draft.sentences else "These are the articles' own words."
    answer = replace(answer, notice=f"{error} {words} {answer.notice}".strip())
    return _with(answer, beside(draft, quote(evidence), answer.question, lead=True))


def _judged(text: str, answer: Answer, finished: bool) -> Draft:
    asked = Asked(answer.standalone_question, answer.as_of.date())
    return judge(text, answer.sources[:READ_BY_THE_MODEL], asked, finished)


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
