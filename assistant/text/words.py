"""The words of a text, and when two are forms of one: rose and rises, Russia and Russians, Pliskova and Plíšková.

The words of a text are those of the language that it is in, see vectorstore.languages; what stands here is of English.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vectorstore import languages
from vectorstore.languages import language_of, stop_words, words_in

_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00a0": " "})
_IRREGULAR = """
    be am are is was were been being; have has had; do does did done; go goes went gone; say said; make made; take took
    taken; come came; see saw seen; get got gotten; give gave given; find found; think thought; tell told; become
    became; leave left; feel felt; bring brought; begin began begun; keep kept; hold held; write wrote written; stand
    stood; hear heard; mean meant; meet met; run ran; pay paid; sit sat; speak spoke spoken; lead led; grow grew grown;
    lose lost; fall fell fallen; send sent; build built; understand understood; draw drew drawn; break broke broken;
    spend spent; rise rose risen; drive drove driven; buy bought; wear wore worn; choose chose chosen; win won winning;
    sell sold; shoot shot; strike struck; fight fought; catch caught; teach taught; throw threw thrown; fly flew flown;
    steal stole stolen; seek sought; sing sang sung; swim swam swum; drop dropped; shrink shrank shrunk; sink sank sunk;
    hide hid hidden; withdraw withdrew withdrawn; overthrow overthrew; forbid forbade forbidden; know knew known; show
    shown; die died dying dead death; kill killed; arise arose; wake woke; bear bore borne; beat beaten; eat ate eaten;
    forget forgot forgotten; freeze froze frozen; swear swore sworn; tear tore torn; undergo underwent; man men; woman
    women; child children; person people; foot feet
"""
_LEMMAS = {form: forms.split()[0] for forms in _IRREGULAR.split(";") for form in forms.split()}
# Countries whose people and language share too little with their name, and the short forms that everybody writes.
_NAMESAKES = """
    us usa america american; uk britain british briton england english; france french; netherlands dutch holland; spain
    spanish spaniard; denmark danish dane; sweden swedish swede; finland finnish finn; poland polish pole; turkey
    turkish turk turkiye; ireland irish; scotland scottish scot; wales welsh; switzerland swiss; greece greek; germany
    german; norway norwegian; peru peruvian; thailand thai; philippines filipino philippine; iceland icelandic; belgium
    belgian; brazil brazilian; ukraine ukrainian; afghanistan afghan; europe european; republican gop; democrat
    democratic
"""
# Written in lower case, these are something else.
_OTHER_WORDS = frozenset("us pole dane finn turk turkey polish swede".split())
_COUNTRIES = {form: forms.split()[0] for forms in _NAMESAKES.split(";") for form in forms.split()}
_OF_A_PLACE = re.compile(r"(?:ia|a|o|e|es|y)?$")
_OF_ITS_PEOPLE = re.compile(r"(?:ians?|ans?|eses?|is?|ish)$")
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:['’]\w+)?")
_LETTERS = re.compile(r"[^\W_]+")
# Ideographs and kana say in one sign what takes some three letters.
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]+)[\"”“»]")
# A text in no known language, such as two names, is read as English.
ENGLISH = ("", "en")
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


def length(text: str) -> int:
    """Its letters and digits, those of scripts without spaces counted by what they say."""
    return sum(3 if _DENSE.match(sign) else 1 for sign in text if sign.isalnum())


def plain_letters(text: str) -> str:
    """The text with plain quotation marks and dashes; every character keeps its place."""
    return text.translate(_MARKS)


@lru_cache(maxsize=65536)
def folded(word: str) -> str:
    """Lower case, without accents, full stops and the possessive ending: "U.S.'s" and "US" are one."""
    bare = languages.without_accents(plain_letters(word)).casefold()
    return re.sub(r"'s?$", "", bare).replace(".", "")


@lru_cache(maxsize=65536)
def stem(word: str, language: str = "") -> str:
    """What the forms of a word have in common: Snowball's stem, in English of its first form when that is irregular."""
    if language not in ENGLISH:
        return languages.stem(word, language)
    form = folded(word)
    if form in _COUNTRIES and form not in _OTHER_WORDS:
        return _COUNTRIES[form]
    return languages.stem(_LEMMAS.get(form, form), "en")


def in_the_past(word: str) -> bool:
    """Whether a word may be a verb of what is over: helped, became, broken."""
    form = folded(word)
    return form.endswith("ed") or (_LEMMAS.get(form, form) != form and not form.endswith(("s", "ing")))


def same_name(one: str, other: str) -> bool:
    """Whether two words name the same: Biden and Biden's, Russia and Russians, the U.S. and America."""
    if _named(one) & _named(other):
        return True
    return _people(one) in _places(other) or _people(other) in _places(one)


@lru_cache(maxsize=65536)
def _named(word: str) -> frozenset[str]:
    form = folded(word)
    singular = form.removesuffix("s") if len(form) > 4 else form
    return frozenset({form, singular, _COUNTRIES.get(form, form), _COUNTRIES.get(singular, form)})


@lru_cache(maxsize=65536)
def _places(word: str) -> frozenset[str]:
    form = folded(word)
    return frozenset({form, _OF_A_PLACE.sub("", form, count=1)})


@lru_cache(maxsize=65536)
def _people(word: str) -> str:
    """The name of a people or a language without its ending; nothing that another name could equal when it has none."""
    form = folded(word)
    root = _OF_ITS_PEOPLE.sub("", form)
    return root if 2 < len(root) < len(form) else "-"


def words_of(text: str) -> list[str]:
    """The words in their order, in lower case, possessive endings and repetitions taken off."""
    if (language := language_of(text)) not in ENGLISH:
        return list(dict.fromkeys(words_in(text, language)))
    found = (match.group().lower().removesuffix("'s").removesuffix("’s") for match in _WORD.finditer(text))
    return list(dict.fromkeys(found))


def asks_yes_or_no(question: str) -> bool:
    """Whether the question, or the last sentence of it, opens with a verb that asks for a yes or a no."""
    last = re.split(r"(?<=[.?!])\s+", question.strip())[-1]
    return words_of(last)[:1] != [] and words_of(last)[0] in _YES_NO_OPENINGS


def key_words(text: str) -> list[str]:
    """Words that say what a text is about: without those that any question could hold."""
    small = small_words(text)
    return [word for word in words_of(text) if word not in small]


def small_words(text: str) -> frozenset[str]:
    """The words that say nothing alone in the language of a text."""
    language = language_of(text)
    return STOP_WORDS if language in ENGLISH else stop_words(language)


def stems_of(text: str) -> set[str]:
    """Of all its words."""
    return {stem(word, language_of(text)) for word in words_of(text)}


def key_stems(text: str) -> set[str]:
    """Of the words that say what it is about."""
    return {stem(word, language_of(text)) for word in key_words(text)}


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
        begins_sentence = (
            not text[: match.start()].rstrip(" \"'“‘«„(¿¡") or text[: match.start()].rstrip()[-1:] in ".?!:"
        )
        named = word[:1].isupper() and not begins_sentence
        if (named or word[:1].isdigit()) and word.lower() not in STOP_WORDS:
            found.append(word.removesuffix("'s").removesuffix("’s"))
    return list(dict.fromkeys(found))
