"""The kinds of answers, and what a question asks for. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Intent(StrEnum):
    """What a question is for."""

    SMALL_TALK = "small_talk"
    HELP = "help"
    LIBRARY = "library"  # of the collection itself: how many articles, which outlets
    INSTRUCTION = "instruction_on_answer"  # to put the answer before into another form
    FACT = "fact"
    YES_NO = "yes_no"
    LIST = "list"
    COUNT = "count"
    ROUNDUP = "roundup"
    TIMELINE = "timeline"
    COMPARISON = "comparison"
    ORDER = "order"  # which of two things came first
    SUMMARY = "summary"
    FOLLOW_UP = "follow_up"


class AnswerKind(StrEnum):
    """How an answer is put together and laid out."""

    FACT = "fact"  # a few sentences
    DIGEST = "digest"  # a sentence for each of several stories
    TIMELINE = "timeline"  # a sentence for each event, by day
    COMPARISON = "comparison"  # sentences for each part
    SUMMARY = "summary"  # the sentences that carry one article
    LIST = "list"  # a sentence for each thing asked for


class Request(NamedTuple):
    """`subject` is what is left of the question without the words that name the kind; "" when nothing is. `broad` says
    that it asks for the news as such, of whichever days: "What happened this week?". `detail` is that of the intent,
    and `most` how many sentences are wanted, 0 where the question names no number."""

    kind: AnswerKind
    subject: str
    broad: bool = False
    intent: Intent = Intent.FACT
    detail: str = ""
    most: int = 0
