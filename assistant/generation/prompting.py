"""What the chat model is asked, as chats that LangChain takes: of one answer they all begin alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.evidence.context import Excerpt
from assistant.evidence.injection_filter import reporting
from assistant.generation import prompts
from assistant.generation.streaming import pieces
from assistant.query.follow_ups import carried_over
from assistant.text.sanitizing import carries_address, words_only
from assistant.text.words import ENGLISH, asks_yes_or_no, key_stems
from assistant.types import Answer, Turn
from vectorstore.errors import ModelUnavailable
from vectorstore.languages import count_of_words, language_name, language_of
from vectorstore.models import Hit, titled

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# A citation mark of the article's own would be taken for ours.
_DELIMITER = re.compile(r"\[\s*(\d+)\s*\]")

# Of the two best passages a small model tells an answer from none better than of four (AUC .93 against .92 on quiz, .97
# against .96 on ordinary questions, .84 against .82 on such as come near), in half the time.
_JUDGED = 2

Chat = list[tuple[str, str]]
NOTHING_BEFORE: Chat = [("human", "")]
"""For questions that share no material."""
_TURNS = 3
_WORDS_OF_ANSWER = 60
_LONGEST = 300
# Than Chinese its translation is so much longer, in characters.
_LONGER = 5
# Seconds of silence: until the question is reworded nothing is found, and nothing on the page.
_PATIENCE = 4.0


def beginning() -> Chat:
    """What every chat begins with."""
    return [("system", prompts.SYSTEM)]


def material(read: Sequence[Excerpt]) -> Chat:
    """The passages; what is asked of them goes to the end of the last message."""
    passages = (
        prompts.PASSAGE.format(number=each.number, heading=as_data(titled(each.hit.article)), text=as_data(each.text))
        for each in read
    )
    return [*beginning(), ("human", "\n\n".join(passages))]


def judging(read: Sequence[Excerpt]) -> Chat:
    """The passages that a judge is asked about, with which the material begins."""
    return material(read[:_JUDGED])


def one_sentence(hit: Hit, text: str) -> Chat:
    """One sentence of a hit, for a judge."""
    passage = prompts.PASSAGE.format(number=1, heading=as_data(titled(hit.article)), text=as_data(text))
    return [*beginning(), ("human", passage)]


def messages(answer: Answer, read: Sequence[Excerpt], earlier: str) -> Chat:
    """The question about the passages; `earlier` is what was spoken of before."""
    asked = prompts.QUESTION.format(
        earlier=prompts.EARLIER.format(topic=earlier) if earlier else "", question=answer.question
    )
    asked += prompts.YES_NO if asks_yes_or_no(answer.question) else ""
    if (language := language_of(answer.question)) not in ENGLISH:
        asked += prompts.IN_LANGUAGE.format(language=language_name(language))
    *before, (role, passages) = material(read)
    return [*before, (role, passages + asked)]


def stated(question: str) -> str:
    """Asks a judge whether the passages state the answer."""
    return prompts.STATED.format(question=question)


def belongs_in_list(question: str) -> str:
    """Asks a judge whether the passage belongs in the list that the question asks for."""
    return prompts.LISTED.format(question=question)


def borne_out(sentence: str, nearest: str) -> str:
    """Asks a judge whether the sentences that come nearest to a claim say it."""
    return prompts.BORNE_OUT.format(nearest=as_data(nearest), sentence=sentence)


def to_the_point(question: str, answer: str) -> str:
    """Asks a judge whether a sentence answers the question, true or not."""
    return prompts.ANSWERS.format(question=question, answer=answer)


def as_data(text: str) -> str:
    """What an article says, in one line and without what sets passages apart: only a prompt's own lines begin with
    a number in brackets. Its headline too gives no orders."""
    said = " ".join(text[start:end] for start, end in reporting(text))
    return _DELIMITER.sub(r"(\1)", " ".join(said.split()))


def quotation_translated(model: BaseChatModel, quotation: str, language: str, patience: float) -> str:
    """An article's words in another language; see `translated`."""
    longest = _LONGEST + _LONGER * len(quotation)
    return translated(model, as_data(quotation), language, patience, prompts.TRANSLATING_WORDS, longest)


def translated(
    model: BaseChatModel,
    question: str,
    language: str,
    patience: float,
    system: str = prompts.TRANSLATING,
    longest: int = _LONGEST,
) -> str:
    """The question in another language; "" when the model fails it, as with a text in yet another one."""
    wish = prompts.TRANSLATE.format(language=language_name(language), question=question)
    try:
        said = "".join(pieces(model, [("system", system), ("human", wish)], patience, stop=["\n"]))
    except ModelUnavailable:
        return ""
    said = words_only(said).strip().strip("\"“”'").strip()
    sound = len(said) <= longest and not carries_address(said) and language_of(said) in ("", language)
    return said if sound else ""


def reworded(model: BaseChatModel, question: str, turns: Sequence[Turn]) -> str:
    """The question with what it points at put into it; itself when it stands alone, or when the model fails it.

    The model fails it with nothing, with more than a question, with an address, and with one that shares no word with
    the conversation.
    """
    if not carried_over(question, turns):
        return question
    asked = "\n".join(f"Reader: {turn.question}" for turn in turns[-_TURNS:])
    told = " ".join(turns[-1].answer.split()[:_WORDS_OF_ANSWER])
    if count_of_words(told) > _WORDS_OF_ANSWER:  # in a script without spaces
        told = told[: 2 * _WORDS_OF_ANSWER]
    wish = prompts.REWORD.format(conversation=f"{asked}\nAnswer: {told}", question=question)
    try:
        said = "".join(pieces(model, [("system", prompts.REWORDING), ("human", wish)], _PATIENCE, stop=["\n"]))
    except ModelUnavailable:  # the words carried over do without it
        return question
    if len(said) > _LONGEST:
        return question
    said = words_only(said).strip().strip("\"“”'").strip()
    new, known = (key_stems(text) for text in (said, f"{question} {asked} {told}"))
    return said if new & known and not carries_address(said) else question
