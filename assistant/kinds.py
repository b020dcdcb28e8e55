"""The kind of answer that a question asks for, and what it asks it of. Pure.

Precise rather than eager: what is not plainly asked for as a list, a timeline, a comparison or a summary is asked as a
fact, and answered as one.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from assistant.dates import read_timing
from assistant.parts import parts
from assistant.words import key_words


class AnswerKind(StrEnum):
    """How an answer is put together and laid out."""

    FACT = "fact"  # a few sentences
    DIGEST = "digest"  # a sentence for each of several stories
    TIMELINE = "timeline"  # a sentence for each event, by day
    COMPARISON = "comparison"  # sentences for each part
    SUMMARY = "summary"  # the sentences that carry one article


class Request(NamedTuple):
    """`subject` is what is left of the question without the words that name the kind; "" when nothing is. `broad` says
    that it asks for the news as such, of whichever days: "What happened this week?"."""

    kind: AnswerKind
    subject: str
    broad: bool = False


_PLEASE = r"^(?:please,? )?(?:(?:can|could|would) you )?(?:please )?"
_GIVE = rf"{_PLEASE}(?:(?:give|show|make|write|draw|get|tell|read|bring)(?: me| us)? |i(?:'d like| want| need) )?"
_OF = r"(?: (?:of|on|about|for|from|in|with|to|how|what happened (?:to|in|with)))?"
_SUM_UP = r"(?:summari[sz]e|sum up|(?:a |the )?(?:short |brief )?summary of)"
_ARTICLE = r"(?:(?:the|this|that|an) )?(?:latest |newest )?(?:article|story|news item)"
_NAMED = r"(?:on|about|from|titled|called|headlined)"
_SAY = r"(?:say|tell us|report)"
_NEWS = (
    r"(?:(?:latest|newest|main|top|biggest|most important|important|recent|today's|yesterday's|(?:this|last) week's) )*"
    r"(?:news(?: (?:digest|round-?up|briefing|overview|stories|headlines))?|headlines|stories|digest|round-?up)"
)
# What stands behind the news: what they are of. Anything else, as in "news anchor", is another thing.
_ABOUT = (
    r"(?:$| (?:on|about|in|from|of|for|at) (?P<subject>.*)$| (?P<time>(?:since|this|last|today|yesterday|over)\b.*)$)"
)
_HAPPENED = r"what(?:'s|’s| is| was| has| have| were)?(?: all)?(?: been)? (?:happened|happening|going on|new|went on)"

_SUMMARY = (
    rf"{_GIVE}{_SUM_UP} {_ARTICLE}\b(?: {_NAMED})? ?(?P<subject>.*)$",
    rf"{_GIVE}{_SUM_UP} (?:it|this|that)(?P<subject>)$",
    rf"^what (?:does|did) {_ARTICLE} {_NAMED} (?P<subject>.+?) {_SAY}$",
    rf"^what (?:does|did) {_ARTICLE} {_SAY}(?: about)? ?(?P<subject>.*)$",
)
_TIMELINE = (
    rf"{_GIVE}(?:a |the )?(?:short |full )?(?:time ?line|chronology)(?: of events)?\b{_OF} ?(?P<subject>.*)$",
    r"^how (?:did|has|have) (?P<subject>.+?) (?:develop|unfold|evolve|progress)(?:ed)?"
    r"(?P<rest>| (?:since|in|over|from|during|after|until|between) .*)$",
    r"^what(?:'s|’s| has| have)(?: all)? happened(?: (?:to|in|with))?(?P<subject> .*\bsince\b.*)$",
    rf"{_GIVE}the story (?:of|behind) (?P<subject>.+?),? so far$",
    r"^(?P<subject>.+?),? in chronological order$",
)
_DIGEST = (
    rf"{_GIVE}(?:{_SUM_UP} )?(?:the |a )?{_NEWS}{_ABOUT}",
    rf"^what(?:'s|’s| is| was| are| were) (?:in )?the {_NEWS}{_ABOUT}",
    r"^what (?:stories|headlines) (?:are|were|made)(?: in)?(?: the (?:news|headlines))?(?P<subject> .*|)$",
    r"^what(?:'s|’s| is) (?:new|going on|happening)(?P<subject>)$",
    rf"{_GIVE}{_SUM_UP} (?P<subject>.+)$",
)
# "What happened this week in Norvale" asks for several things; "what happened to the ferry" for one.
_ROUND = rf"^{_HAPPENED}(?! to | with | when | after | if | during | next)(?P<subject>.*)$"
_COMPARISON = (
    rf"{_PLEASE}compare\b|^how (?:do|does|did) .+ compared? (?:to|with)\b|\b(?:differences?|comparison) between\b"
)


def requested(question: str, today: date) -> Request:
    """What a question asks for, asked on `today` (UTC)."""
    asked = " ".join(question.split()).rstrip("?.! ")
    for kind, patterns in (
        (AnswerKind.SUMMARY, _SUMMARY),
        (AnswerKind.TIMELINE, _TIMELINE),
        (AnswerKind.DIGEST, _DIGEST),
    ):
        for pattern in patterns:
            if match := re.search(pattern, asked, re.I):
                return _request(kind, match, today)
    if (match := re.search(_ROUND, asked, re.I)) and read_timing(asked, today).window:
        return _request(AnswerKind.DIGEST, match, today)
    if re.search(_COMPARISON, asked, re.I) and len(parts(question)) > 1:
        return Request(AnswerKind.COMPARISON, question)
    return Request(AnswerKind.FACT, question)


def _request(kind: AnswerKind, match: re.Match[str], today: date) -> Request:
    found = " ".join("".join(filter(None, match.groups())).strip(" :,\"“”'").split())
    broad = kind is AnswerKind.DIGEST and not key_words(read_timing(found, today).rest)
    return Request(kind, found if key_words(found) else "", broad)
