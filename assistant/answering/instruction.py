"""The answer before in another form: shorter, in points, in simpler words, as a post, in another language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.evidence import Evidence, quote
from assistant.evidence.context import Excerpt, Room, context
from assistant.generation import prompts
from assistant.generation.draft import Asked, judge, read_marks
from assistant.generation.prompting import as_data, material
from assistant.generation.providers import PATIENCE, QUOTE
from assistant.generation.streaming import pieces
from assistant.text.sanitizing import carries_address, words_only
from assistant.text.texts import tr, tr_later, tr_line
from assistant.types import Answer, AnswerKind, Citation, Request, Sentence, Support, Turn, own
from vectorstore.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

NOTHING_BEFORE = tr_later("There is no answer yet to put into another form: ask a question first.")
_NO_MODEL = tr_later("Only a chat model can do that, and none is in use: these are the articles' own words.")
_NOT_BORNE_OUT = tr_later("What the chat model wrote is not borne out by the articles: these are their own words.")
_TRANSLATED = tr_later("The chat model's translation is not checked word by word: compare the passages.")
_SHORT, _POINTS = 1, 3
_BY_CODE = {"shorter": _SHORT, "bullets": _POINTS}


class Rewriter:
    """Rewrites with a LangChain chat model; without one it takes fewer quotations, or makes points of them."""

    def __init__(
        self,
        model: BaseChatModel | None,
        models: Callable[[str], BaseChatModel | None],
        room: Room,
        patience: float = PATIENCE,
    ) -> None:
        self._model = model
        self._room = room
        self._models = models
        self._patience = patience

    def rewritten(self, answer: Answer, request: Request, evidence: Evidence, before: Turn, chosen: str) -> Answer:
        """The answer to the turn `before` as the request wants it; `answer` has the sources, for which `evidence` was
        weighed, and `chosen` is the model that the reader named."""
        model = None if chosen == QUOTE else self._models(chosen) if chosen else self._model
        if model is None:
            return _quoted(answer, request, evidence, "" if request.detail in _BY_CODE else tr(_NO_MODEL))
        try:
            read = context(answer.sources, answer.standalone_question, self._room)
            wish = _wish(answer.question, read, before)
            text = "".join(pieces(model, [("system", prompts.REWRITING), ("human", wish)], self._patience))
        except ModelError as error:
            words = tr("These are the articles' own words.")
            return _quoted(answer, request, evidence, f"{tr_line(str(error))} {words}")
        asked = Asked.of(answer)
        sources = answer.sources[: len(read)]
        if request.detail == "translate":
            return _with(answer, request, _unchecked(text, len(sources)), quote(evidence).citations, tr(_TRANSLATED))
        draft = judge(text, sources, asked, finished=True)
        if not draft.sentences:
            return _quoted(answer, request, evidence, tr(_NOT_BORNE_OUT))
        return _with(answer, request, draft.sentences, draft.citations, "")


def _unchecked(text: str, sources: int) -> list[Sentence]:
    """The sentences of a translation, which no rule of ours can hold against its passages."""
    written = (each for each in read_marks(words_only(text), sources) if not carries_address(each.text))
    return [Sentence(each.text, each.numbers, Support.UNSUPPORTED) for each in written]


def _wish(wish: str, read: Sequence[Excerpt], before: Turn) -> str:
    ((_, passages),) = material(read)[1:]
    return prompts.REWRITE.format(passages=passages, answer=as_data(words_only(before.answer)), wish=wish)


def _quoted(answer: Answer, request: Request, evidence: Evidence, notice: str) -> Answer:
    quoted = quote(evidence)
    most = request.most or _BY_CODE.get(request.detail, _POINTS)
    return _with(answer, request, quoted.sentences[:most], quoted.citations[:most], notice)


def _with(
    answer: Answer, request: Request, told: Sequence[Sentence], citations: Sequence[Citation], notice: str
) -> Answer:
    numbers = {number for each in told for number in each.citations}
    cited = tuple(each for each in citations if each.number in numbers)
    kind = AnswerKind.LIST if request.detail == "bullets" else AnswerKind.FACT
    newest = max((each.article.published_at for each in cited if each.article.published_at), default=None)
    return replace(
        answer, sentences=tuple(told), citations=cited, kind=kind, newest_source=newest, notice=notice or answer.notice
    )


def nothing_before(answer: Answer) -> Answer:
    """Where there is no answer to rewrite."""
    return replace(answer, sentences=(own(tr(NOTHING_BEFORE)),))
