"""When two words are forms of one: rose and rises, Russia and Russians, Pliskova and Plíšková."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_STEM = 5
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


def plain_letters(text: str) -> str:
    """The text with plain quotation marks and dashes; every character keeps its place."""
    return text.translate(_MARKS)


@lru_cache(maxsize=65536)
def folded(word: str) -> str:
    """Lower case, without accents, full stops and the possessive ending: "U.S.'s" and "US" are one."""
    letters = unicodedata.normalize("NFKD", plain_letters(word)).casefold()
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"'s?$", "", bare).replace(".", "")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What the forms of a word have in common: its first form when that is irregular, else its beginning."""
    form = folded(word)
    if form in _COUNTRIES and form not in _OTHER_WORDS:
        return _COUNTRIES[form]
    if form in _LEMMAS:
        return _beginning(_LEMMAS[form])
    if len(form) > 4 and len(bare := re.sub(r"(?:ing|ed|es|er|s)$", "", form)) > 2:
        form = bare[:-1] if bare[-1] == bare[-2] and bare[-1] not in "ls" else bare
    elif len(form) == 4 and form.endswith("s") and not form.endswith("ss"):
        form = form[:-1]
    return _beginning(form)


def in_the_past(word: str) -> bool:
    """Whether a word may be a verb of what is over: helped, became, broken."""
    form = folded(word)
    return form.endswith("ed") or (_LEMMAS.get(form, form) != form and not form.endswith(("s", "ing")))


def _beginning(form: str) -> str:
    if len(form) > 3 and form[-1] in "ey":
        form = form[:-1] + ("i" if form[-1] == "y" else "")
    return form[:_STEM]


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
