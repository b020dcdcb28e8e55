"""Amounts in running text as values with units: "$5bn", "five billion dollars", "50 per cent", "twenty-one", "12th"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {word: number for number, word in enumerate(_SMALL)} | {w: 10 * n for n, w in enumerate(_TENS, start=2)}
_RANKS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_ORDINALS = {word: number for number, word in enumerate(_RANKS, start=1)}
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9,
    "bln": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "trn": 1e12, "tn": 1e12, "dozen": 12,
}  # fmt: skip
_LONG_SCALE = r"hundred|thousand|million|billion|trillion|dozen"
_UNITS = {
    "%": "%", "percent": "%", "percentage": "%", "pc": "%", "$": "$", "dollar": "$", "£": "£", "pound": "£",
    "quid": "£", "sterling": "£", "€": "€", "euro": "€", "¥": "¥", "yen": "¥", "cent": "¢", "¢": "¢", "₹": "₹",
    "rupee": "₹",
    "degree": "°", "°": "°",
}  # fmt: skip

_COUNT_WORD = rf"(?:{'|'.join([*_TENS, *reversed(_SMALL)])})"
# "And" goes on after a scale only: "two hundred and five" is one number, "three and four" are two.
_SPELLED = (
    rf"(?:{_COUNT_WORD}|a(?= (?:{_LONG_SCALE})\b))"
    rf"(?:(?:[ -]|(?:(?<=hundred)|(?<=thousand)|(?<=million)) and )(?:{_COUNT_WORD}|{_LONG_SCALE})\b)*"
)
_UNIT = (
    r"[ -]?(?P<unit>%|¢|°|per ?cents?\b|percentage(?=[ -]points?\b)|pc\b"
    r"|(?:(?:US|U\.S\.|American|British) )?(?:dollars?|pounds?(?: sterling)?|sterling|euros?|yen|cents?|rupees?)\b"
    r"|degrees?\b)"
)
_AMOUNT = re.compile(
    rf"(?<![\w.])(?:(?:US|AU|CA|NZ|HK|[ACS])?(?P<currency>[$£€¥₹]) ?)?(?:"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,15}}(?:\.\d+)?)(?P<rank>(?:st|nd|rd|th)s?\b)?"
    rf"(?:[ -]?(?P<scale>{_LONG_SCALE})s?\b|[ ]?(?P<short>(?:k|mln|mn|m|bln|bn|b|trn|tn)\b))?"
    rf"|(?P<ordinal>(?:(?:{'|'.join(_TENS)})-)?(?:{'|'.join(reversed(_RANKS))}))s?\b|(?P<spelled>{_SPELLED})s?\b)"
    rf"(?:{_UNIT})?",
    re.I,
)
_SAME_UNIT = re.compile(r"\s*(?:-|–|—|to|and|or)\s*", re.I)


class Quantity(NamedTuple):
    """An amount and where it stands. `unit` is a sign such as % or $, `#` for a rank, empty for a plain number.

    `otherwise` are further readings as (value, unit): in "$5 to 10 million" the five may be millions too.
    """

    text: str
    value: float
    unit: str
    start: int
    end: int
    otherwise: tuple[tuple[float, str], ...] = ()

    @property
    def readings(self) -> set[tuple[float, str]]:
        return {(self.value, self.unit), *self.otherwise}

    def agrees(self, other: Quantity) -> bool:
        """Whether both may be the same amount."""
        return not self.readings.isdisjoint(other.readings)


def quantities(text: str) -> list[Quantity]:
    """The amounts of a text in their order."""
    found = list(_read(text))
    for index, (one, other) in enumerate(pairwise(found)):
        if not _SAME_UNIT.fullmatch(text[one.end : other.start]):
            continue
        scale = next((s for s in (1e12, 1e9, 1e6, 1e3) if other.value >= s), 1.0)
        values = {one.value, one.value * scale if one.value < scale else one.value}
        shared = tuple((value, unit) for value in values for unit in {one.unit or other.unit, one.unit})
        found[index] = one._replace(otherwise=one.otherwise + shared)
        if one.unit and not other.unit:  # "$5 to 10 million" are dollars both
            found[index + 1] = other._replace(otherwise=(*other.otherwise, (other.value, one.unit)))
    return found


def _read(text: str) -> Iterator[Quantity]:
    for match in _AMOUNT.finditer(text):
        unit = "#" if match["rank"] or match["ordinal"] else _unit(match)
        yield Quantity(match.group().strip(), *_value(match, unit), match.start(), match.end())


def _unit(match: re.Match[str]) -> str:
    if match["currency"]:
        return match["currency"]
    spoken = re.sub(r"^(?:us|u\.s\.|american|british) ", "", (match["unit"] or "").lower()).replace(
        "per cent", "percent"
    )
    return _UNITS.get(spoken.split(" ")[0], _UNITS.get(spoken.split(" ")[0].removesuffix("s"), ""))


def _value(match: re.Match[str], unit: str) -> tuple[float, str]:
    if match["ordinal"]:
        *tens, last = match["ordinal"].lower().split("-")
        return float(_ORDINALS[last] + sum(WORDS[word] for word in tens)), unit
    if match["spelled"]:
        return _spelled(match["spelled"].lower()), unit
    scale = (match["scale"] or match["short"] or "").lower()
    return round(float(match["digits"].replace(",", "")) * _SCALES.get(scale, 1.0), 6), unit


def _spelled(words: str) -> float:
    """ "Two hundred and five thousand" to 205,000."""
    total, current = 0.0, 0.0
    for word in re.findall(r"[a-z]+", words):
        if word in WORDS:
            current += WORDS[word]
        elif word in ("hundred", "dozen"):
            current = (current or 1) * _SCALES[word]
        elif word in _SCALES:
            total += (current or 1) * _SCALES[word]
            current = 0
    return total + current


def in_words(value: int) -> list[str]:
    """A number in words, as British and as American papers write it; nothing from a million on."""
    if not 0 <= value < 10**6:
        return []
    thousands, rest = divmod(value, 1000)
    if thousands:
        before = [f"{each} thousand" for each in in_words(thousands)]
        join = " and " if rest < 100 else " "
        return [f"{one}{join}{other}" for one in before for other in in_words(rest)] if rest else before
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    small = _SMALL[rest] if rest < len(_SMALL) else _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
    if not hundreds:
        return [small]
    hundred = f"{_SMALL[hundreds]} hundred"
    return [f"{hundred} and {small}", f"{hundred} {small}"] if rest else [hundred]
