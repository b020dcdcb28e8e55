"""The words of a question that carry it."""

from __future__ import annotations

import re

from assistant.text.word_forms import stem

_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:['’]\w+)?")
_LETTERS = re.compile(r"[^\W_]+")
QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]+)[\"”“»]")
STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any anyone anything are as ask at be became because been before
    being between both but by came can come could date day did do does doing done down during each ever every
    everything few find for from gave get give go going gone got had happen happened happening happens has have
    having he her here hers him his how i if in into is it its just know last latest let like made make many me
    mean meant might more most much must my near never new news no nor not now of off on one only or other others
    our out over own please put said same say says see she should so some someone something still such take tell
    than that the their them then there these they thing things this those though through to today told too up us
    very was way we went were what when where which while who whom whose why will with would yes yet you your
    """.split()
)


_YES_NO_OPENINGS = frozenset(
    """
    am are is was were do does did has have had will would can could should may might must isn't aren't wasn't weren't
    don't doesn't didn't hasn't haven't won't wouldn't can't couldn't shouldn't
    """.split()
)


def words_of(text: str) -> list[str]:
    """The words in their order, in lower case, possessive endings and repetitions taken off."""
    found = (match.group().lower().removesuffix("'s").removesuffix("’s") for match in _WORD.finditer(text))
    return list(dict.fromkeys(found))


def asks_yes_or_no(question: str) -> bool:
    """Whether the question, or the last sentence of it, opens with a verb that asks for a yes or a no."""
    last = re.split(r"(?<=[.?!])\s+", question.strip())[-1]
    return words_of(last)[:1] != [] and words_of(last)[0] in _YES_NO_OPENINGS


def key_words(text: str) -> list[str]:
    """Words that say what a text is about: without those that any question could hold."""
    return [word for word in words_of(text) if word not in STOP_WORDS]


def stems_of(text: str) -> set[str]:
    """Of all its words."""
    return {stem(word) for word in words_of(text)}


def key_stems(text: str) -> set[str]:
    """Of the words that say what it is about."""
    return {stem(word) for word in key_words(text)}


def quoted_phrases(text: str) -> list[str]:
    """What stands in double quotation marks, straight or curly, in plain form; see `plain`."""
    found = (plain(match[1]) for match in QUOTED.finditer(text))
    return list(dict.fromkeys(phrase for phrase in found if phrase))


def plain(text: str) -> str:
    """The words alone, in lower case, one space between them: a phrase is found whatever marks stand around it."""
    return " ".join(_LETTERS.findall(text.lower()))


def names_and_numbers(text: str) -> list[str]:
    """Words that a question cannot do without: numbers, and what is written with a capital inside the sentence."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        begins_sentence = not text[: match.start()].rstrip(" \"'“‘(") or text[: match.start()].rstrip()[-1:] in ".?!:"
        named = word[:1].isupper() and not begins_sentence
        if (named or word[:1].isdigit()) and word.lower() not in STOP_WORDS:
            found.append(word.removesuffix("'s").removesuffix("’s"))
    return list(dict.fromkeys(found))
