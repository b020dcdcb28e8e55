"""What an amount in an English text measures: a span of time, an age, a length, money; or what a question asks for.

A currency of any country is known by being none of the others: "9 million florins" answers how much something costs,
"sixteen months ago" and "97 votes to 41" do not.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.text.quantities import Quantity, quantities

_TIME = r"(?:second|minute|hour|day|night|week|weekend|fortnight|month|year|decade|century|centurie)s?"
_LENGTH = (
    r"(?:(?:kilo|centi|milli)?met(?:re|er)s?|miles?|yards?|feet|foot|inch(?:es)?|storeys?|km|cm|mm|m"
    r"|(?:square|sq|cubic) [a-z]+|acres?|hectares?)"
)
_WEIGHT = r"(?:tons?|tonnes?|kilos?|(?:kilo|milli)?grams?|ounces?|stone|kg|mg|g|l|lit(?:re|er)s?|gallons?|barrels?)"
_RATE = r"(?:knots?|mph|kmh|km/h|(?:kilo|mega|giga)?watts?|[kmg]w|times?)"
# "54-year-old", "aged 54", "Anna Weller, 54, has", "a woman of 71".
_AGE_BEHIND = re.compile(r"[ -]years?(?:[ -]| of )(?:old|age)\b", re.I)
_AGE_BEFORE = re.compile(r"\b(?:aged?|man|woman|boy|girl|child|person) (?:of )?$", re.I)
_SET_OFF = re.compile(r"(?:[^\W\d], |\()$"), re.compile(r"[,)]")
_OLDEST = 120
_HOW_MANY = re.compile(r"\bhow many (?:more |other |new )?(?!times\b)", re.I)


class Measure(StrEnum):
    """What an amount is one of."""

    AGE = "age"
    TIME = "time"
    LENGTH = "length"
    WEIGHT = "weight"
    SHARE = "share"
    MONEY = "money"
    DEGREE = "degree"
    RATE = "rate"
    RANK = "rank"
    COUNT = "count"


_BY_UNIT = {"%": Measure.SHARE, "°": Measure.DEGREE, "#": Measure.RANK} | dict.fromkeys("$£€¥¢₹", Measure.MONEY)
_BY_WORD = {
    Measure.TIME: re.compile(rf"[ -]{_TIME}\b", re.I),
    Measure.LENGTH: re.compile(rf"[ -]?{_LENGTH}\b", re.I),
    Measure.WEIGHT: re.compile(rf"[ -]?{_WEIGHT}\b", re.I),
    Measure.RATE: re.compile(rf"[ -]?{_RATE}\b", re.I),
}
# What is asked for in these words, and nothing else than the measures behind them answers it. An amount of what is not
# known, Measure.COUNT, may be money, and whatever is counted.
_ASKED = {
    re.compile(r"\bhow old\b|\bwhat (?:is|was|'s) .{0,40}\bage\b", re.I): {Measure.AGE, Measure.TIME},
    re.compile(r"\bhow (?:many times|often)\b", re.I): set(Measure),  # "for the third time"
    re.compile(r"\bhow long\b", re.I): {Measure.TIME, Measure.LENGTH},
    re.compile(r"\bhow (?:far|tall|wide|deep)\b", re.I): {Measure.LENGTH},
    re.compile(r"\bhow heavy\b|\bweigh\b", re.I): {Measure.WEIGHT},
    re.compile(r"\b(?:what|which) (?:per ?cent(?:age)?|share)\b|\bturnout\b", re.I): {Measure.SHARE},
    re.compile(r"\bnumber of\b", re.I): {Measure.COUNT, Measure.SHARE},
    re.compile(r"\bhow much\b.*\b(?:cost|pay|paid|worth|price|spend|spent|earn|charge|owe|sell|sold|buy|bought)\b"
               r"|\b(?:price|cost|salary|fee|budget)s?\b", re.I): {Measure.MONEY, Measure.COUNT},
    re.compile(r"\bhow much\b", re.I): {Measure.MONEY, Measure.COUNT, Measure.SHARE, Measure.WEIGHT, Measure.LENGTH,
                                        Measure.DEGREE, Measure.RATE},
}  # fmt: skip


def measure(text: str, amount: Quantity) -> Measure:
    """What the amount, read from that text, measures."""
    if known := _BY_UNIT.get(amount.unit):
        return known
    before, behind = text[: amount.start], text[amount.end :]
    set_off = _SET_OFF[0].search(before) and _SET_OFF[1].match(behind)
    if amount.value < _OLDEST and (set_off or _AGE_BEHIND.match(behind) or _AGE_BEFORE.search(before)):
        return Measure.AGE
    return next((each for each, word in _BY_WORD.items() if word.match(behind)), Measure.COUNT)


def measures_asked(question: str) -> frozenset[Measure]:
    """Those of which an amount may answer; all but a rank where the question does not say."""
    if counted := _HOW_MANY.search(question):  # "how many tonnes" asks for what "5 tonnes" measures
        sample = f"5 {question[counted.end() :]}"
        asked = measure(sample, quantities(sample, "en")[0])
        return frozenset({asked, Measure.SHARE} if asked is Measure.COUNT else {asked})
    found = (measures for words, measures in _ASKED.items() if words.search(question))
    return frozenset(next(found, set(Measure) - {Measure.RANK}))
