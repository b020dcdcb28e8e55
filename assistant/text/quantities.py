"""Amounts in running text as values with units: "$5bn", "five billion dollars", "50 per cent", "twenty-one", "12th"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from assistant.text.locale_data import HAN, WORD, base, block, decimal_comma, han_number, number_words, plain
from vectorstore.languages import language_of

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
ORDINALS = {word: number for number, word in enumerate(_RANKS, start=1)}
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
# "24m tall" are metres.
_METRES = (
    r"m(?=-(?:tall|high|long|wide|deep|thick)\b(?!-)"
    r"|[ ](?:tall|high|long|wide|deep|thick)\b(?=\s*(?:$|[.,;:!?)]|(?:and|by|at|in|on|with|but|from|to|of|or|when)\b)))"
)
_UNIT = (
    r"[ -]?(?P<unit>%|¢|°|per ?cents?\b|percentage(?=[ -]points?\b)|pc\b"
    r"|(?:(?:US|U\.S\.|American|British) )?(?:dollars?|pounds?(?: sterling)?|sterling|euros?|yen|cents?|rupees?)\b"
    r"|degrees?\b)"
)
_AMOUNT = re.compile(
    rf"(?<![\w.])(?:(?:US|AU|CA|NZ|HK|[ACS])?(?P<currency>[$£€¥₹]) ?)?(?:"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,15}}(?:\.\d+)?)(?P<rank>(?:st|nd|rd|th)s?\b)?"
    rf"(?:[ -]?(?P<scale>{_LONG_SCALE})s?\b"
    rf"|[ ]?(?(currency)|(?!{_METRES}))(?P<short>(?:k|mln|mn|m|bln|bn|b|trn|tn)\b))?"
    rf"|(?P<ordinal>(?:(?:{'|'.join(_TENS)})-)?(?:{'|'.join(reversed(_RANKS))}))s?\b|(?P<spelled>(?!ones\b){_SPELLED})s?\b)"
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


def quantities(text: str, language: str | None = None) -> list[Quantity]:
    """The amounts of a text in their order, written as the language has it; English where none is given."""
    language = language_of(text) if language is None else language
    grammar = _grammar(base(language)) if base(language) else None
    found = list(grammar.read(text) if grammar else _read(text))
    same_unit = grammar.joined if grammar else _SAME_UNIT
    for index, (one, other) in enumerate(pairwise(found)):
        if not same_unit.fullmatch(text[one.end : other.start]):
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
        return float(ORDINALS[last] + sum(WORDS[word] for word in tens)), unit
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


# -- other languages -------------------------------------------------------------------------------------------------

_COMMA_DIGITS = (
    r"(?P<digits>\d{1,3}(?P<group>[. ’])\d{3}(?:(?P=group)\d{3})*(?!\d)(?:,\d+)?"
    r"|\d{1,3}(?:,\d{3}){2,}(?!\d)(?:\.\d+)?|\d{1,15}(?:[.,]\d+)?)"
)
_POINT_DIGITS = r"(?P<digits>\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)(?:\.\d+)?|\d{1,15}(?:\.\d+)?)"
_NEVER = "(?!)"


class _Grammar(NamedTuple):
    """How one language writes amounts."""

    amount: re.Pattern[str]
    joined: re.Pattern[str]
    comma: bool
    words: tuple[re.Pattern[str], tuple[int, ...]]
    scales: Mapping[float, re.Pattern[str]]
    units: Mapping[str, re.Pattern[str]]
    han: Mapping[int, str]

    def read(self, text: str) -> Iterator[Quantity]:
        for match in self.amount.finditer(plain(text)):
            given = match.groupdict()
            value = self._number(given)
            for scale in filter(None, (given["scale"], given["further"])):
                value *= next(size for size, form in self.scales.items() if form.fullmatch(scale))
            value, unit = self._with_unit(given, value)
            start, end = match.span()
            yield Quantity(text[start:end].strip(), round(value, 6), unit, start, end)

    def _number(self, given: Mapping[str, str | None]) -> float:
        if digits := given["digits"]:
            if group := given.get("group"):
                digits = digits.replace(group, "")
            commas_group = not self.comma or digits.count(",") > 1
            return float(digits.replace(",", "" if commas_group else "."))
        if han := given["han"]:
            return han_number(han.translate(self.han))
        pieces, values = self.words
        return float(
            sum(values[match.lastindex - 1] for match in pieces.finditer(given["spelled"] or "") if match.lastindex)
        )

    def _with_unit(self, given: Mapping[str, str | None], value: float) -> tuple[float, str]:
        if given["rank"] or given["rank_before"]:
            return value, "#"
        if given["tenths"]:
            return value * 10, "%"
        if given["percent"]:
            return value, "%"
        said = given["unit"] or ""
        return value, given["currency"] or next((sign for sign, form in self.units.items() if form.fullmatch(said)), "")


@lru_cache(maxsize=32)
def _grammar(language: str) -> _Grammar:
    said, comma = block("amounts.toml", language), decimal_comma(language)
    together = "counted" in said
    scales, units = said.get("scales", {}), said.get("units", {"%": "%"})
    scale = "|".join(scales.values()) or _NEVER
    stop = "" if together else rf"{said.get('end', '')}(?![{WORD}])"
    sino = said.get("sino", "")
    numeral = f"[{sino}]" if sino else HAN
    words = list(number_words(language))
    within = r"\d.," if together and not sino else rf"{WORD}.,"
    amount = (
        rf"(?<![{within}])(?P<percent>{said.get('percent_before', _NEVER)})?{said.get('left', '')}"
        rf"(?:(?:us|au|ca|nz|hk)?(?P<currency>[$£€¥₹]) ?)?(?P<rank_before>{said.get('rank_before', _NEVER)})?"
        rf"(?:{_COMMA_DIGITS if comma else _POINT_DIGITS}(?P<rank>{said.get('rank', _NEVER)})?"
        rf"|(?P<han>{_han(said, numeral) if together else _NEVER})"
        rf"|(?P<spelled>{_spelling(said, words, scale, stop)}))"
        rf"(?: ?(?P<scale>{scale})(?:(?: (?:de )?)?(?P<further>{scale}))?{stop})?"
        rf"(?:(?P<tenths>{said.get('tenths', _NEVER)})|[ -]?(?:d[ei] |d’)?(?P<unit>{'|'.join(units.values())}){stop})?"
    )
    pieces = sorted(words, reverse=True)
    return _Grammar(
        re.compile(amount),
        re.compile(rf"\s*(?:-|–|—|{said.get('joined', '-')})\s*"),
        comma,
        (re.compile("|".join(f"({forms})" for _, forms in pieces) or _NEVER), tuple(value for value, _ in pieces)),
        {float(size): re.compile(form) for size, form in scales.items()},
        {sign: re.compile(form) for sign, form in units.items()},
        str.maketrans(dict(zip(sino, "一二三四五六七八九十百千万億兆", strict=True))) if sino else {},
    )


def _han(said: Mapping[str, Any], numeral: str) -> str:
    """Chinese numerals: more than one with a ten or a thousand among them, or any that something is counted by."""
    counted = f"(?= ?(?:{said['counted']}))"
    if "sino" in said:
        return f"(?={numeral}{{0,8}}[십백천만억]){numeral}{{2,12}}{counted}"
    several = f"(?={numeral}{{0,23}}[十百千万萬亿億兆]){numeral}{{2,24}}"
    return f"(?![万萬亿億兆])(?:{several}|(?!一(?!割|成)){numeral}{counted})"


def _spelling(said: Mapping[str, Any], words: list[tuple[int, str]], scale: str, stop: str) -> str:
    """Number words up to 999; the word for one is an article as well, and counts before a scale only."""
    if not words:
        return _NEVER
    first_ten = said.get("first_ten", 20)
    ones = [(value, forms) for value, forms in words if value < first_ten or "tens" not in said and value <= 100]
    tens = _any(forms for value, forms in words if "tens" in said and first_ten <= value < 100)
    small = _any(forms for value, forms in ones if 0 < value < (20 if said.get("link", "").startswith("-et") else 10))
    link = f"(?:{said.get('link', '')})"
    joined = f"{small}{link}{tens}|{tens}" if said.get("units_first") else f"{tens}(?:{link}{small})?"
    below = f"(?:{joined}|{_any(forms for value, forms in reversed(ones) if value != 1)})"
    hundreds = _any(forms for value, forms in words if value >= 100 and "hundreds" in said)
    needs = f"(?={said['needs']})" if "needs" in said else ""
    whole = f"(?:{hundreds}(?:(?:{link}| |){below})?|{below}){needs}"
    one = next(forms for value, forms in words if value == 1) if ones[1][0] == 1 else _NEVER
    return f"(?:{whole}|(?:{one})(?= (?:{scale}){stop}))(?:{stop}|(?= ?(?:{scale})))"


def _any(forms: Iterator[str]) -> str:
    return f"(?:{'|'.join(forms) or _NEVER})"


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
