"""Sentences changed so that they become false, or so that they stay true. Shares no rule with what is measured."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta

Edit = Callable[[str, str, str, str, random.Random], str]
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
NUMBER = re.compile(
    r"(?<![\w.,$£€-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w,.-]*\w)|(?<=[$£€])\d+(?:,\d{3})*(?:\.\d+)?(?![\w,.]*\d)"
)
MONTH_DAY = re.compile(rf"\b(?:{'|'.join(month[:3] for month in MONTHS)})[a-z]*\.? \d{{1,2}}\b")
DATED = re.compile(rf"\b(?:{'|'.join(MONTHS)}|(?:19|20)\d\d)\b")
DAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*\b(?!['’.-]| [A-Z])")
NEGATED = re.compile(r"(?<=[a-z]) not\b(?! only)|(?<=\w)n['’]t\b")
AUXILIARY = re.compile(r"\b(?:was|were|will|has|have|had|is|are|would|could|should)\b(?! not\b|n['’]t)")
SPELLED = dict(enumerate("zero one two three four five six seven eight nine ten eleven twelve".split()))
TWENTIES = {
    20: "twenty",
    30: "thirty",
    40: "forty",
    50: "fifty",
    60: "sixty",
    70: "seventy",
    80: "eighty",
    90: "ninety",
}


def plain_numbers(text: str) -> list[re.Match[str]]:
    """Numbers that belong to no date."""
    taken = [m.span() for m in MONTH_DAY.finditer(text)] + [m.span() for m in re.finditer(r"\b(?:19|20)\d\d\b", text)]
    return [m for m in NUMBER.finditer(text) if not any(start <= m.start() < end for start, end in taken)]


def quotes(sentence: str) -> bool:
    """Whether it holds somebody's words, in which no other notation is the same."""
    return bool(re.search('["“”]', sentence))


def put(text: str, match: re.Match[str], other: str) -> str:
    return text[: match.start()] + other + text[match.end() :]


# -- made false --------------------------------------------------------------------------------------------------


def another_number(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    found = plain_numbers(sentence)
    if not found:
        return ""
    match = draw.choice(found)
    value = float(match.group().replace(",", ""))
    factor = draw.choice([0.5, 0.8, 1.2, 1.5, 2, 10])
    if "." in match.group():
        return put(sentence, match, f"{value * factor + 0.1:.1f}")
    return put(
        sentence, match, f"{round(value * factor) + draw.choice([0, 1]) * (round(value * factor) == value) + 1:,}"
    )


def number_near(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    own = plain_numbers(sentence)
    others = {m.group() for m in plain_numbers(passage)} - {m.group() for m in own}
    return put(sentence, draw.choice(own), draw.choice(sorted(others))) if own and others else ""


def names_of(text: str) -> set[str]:
    found = {m.group() for m in NAME.finditer(text)}
    common = {"more", "new", "the", "read"} | set(re.findall(r"\b[a-z]+\b", text))
    return {n for n in found if not DATED.search(n) and not DAY.search(n) and not set(n.lower().split()) & common}


def another_name(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    return renamed(sentence, sorted(n for n in names_of(elsewhere) if not set(n.split()) & set(passage.split())), draw)


def name_near(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    return renamed(sentence, sorted(n for n in names_of(passage) if not set(n.split()) & set(sentence.split())), draw)


def renamed(sentence: str, others: list[str], draw: random.Random) -> str:
    found = [m for m in NAME.finditer(sentence) if m.group() in names_of(sentence)]
    if not found or not others:
        return ""
    match = draw.choice(found)
    alike = [each for each in others if len(each.split()) == len(match.group().split())]
    return put(sentence, match, draw.choice(alike)) if alike else ""


def another_date(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    days = [(m.start(1), m.end(1)) for m in re.finditer(rf"\b(?:{'|'.join(MONTHS)}) (\d{{1,2}})\b", sentence)]
    found = days + [m.span() for m in [*DAY.finditer(sentence), *DATED.finditer(sentence)] if m.group() != "May"]
    if not found:
        return ""
    start, end = draw.choice(found)
    said = sentence[start:end]
    years = [str(int(said) + way) for way in (-9, -3, -2, 2, 3)] if said.isdigit() else []
    numbers = [each for each in map(str, range(1, 29)) if each != said] if len(said) < 3 else years
    pool = WEEKDAYS if said in WEEKDAYS else MONTHS if said in MONTHS else numbers
    return sentence[:start] + draw.choice([each for each in pool if each != said]) + sentence[end:]


def another_negation(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    if denied := NEGATED.search(sentence):
        return put(sentence, denied, "").replace(" ca ", " can ").replace(" wo ", " will ")
    found = AUXILIARY.search(sentence)
    return put(sentence, found, f"{found.group()} not") if found and draw.random() < 0.5 else ""


# -- kept true -----------------------------------------------------------------------------------------------------


def other_notation(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    if quotes(sentence):
        return ""
    for pattern, other in (
        (r"(?<=\d)%", " percent"), (r"(?<=\d) (?:percent|per cent)\b", "%"),
        (r"\$(\d+(?:\.\d+)?) (million|billion)\b", r"\1 \2 dollars"),
        (r"(?<![$£€\w.,])(\d)\.(\d) million\b", r"\1,\g<2>00,000"), (r"(?<![$£€\w.,])(\d+) million\b", r"\1,000,000"),
        (r"(?<![\w$£€.,])(\d{1,3}),(\d{3})(?![,.]?\d)", r"\1\2"),
    ):  # fmt: skip
        if re.search(pattern, sentence):
            return re.sub(pattern, other, sentence, count=1)
    words = {str(number): word for number, word in (SPELLED | TWENTIES).items()}
    for match in plain_numbers(sentence):
        if (
            match.group() in words
            and sentence[match.start() - 1] == " "
            and not sentence[match.end() :].startswith(" p.m")
        ):
            return put(sentence, match, words[match.group()])
    for number, word in SPELLED.items():
        if number > 1 and (match := re.search(rf"\b{word}\b", sentence)):
            return put(sentence, match, str(number))
    return ""


def absolute_date(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    """The last such weekday up to the article's own, where the sentence tells what has happened."""
    match = re.search(rf"\bon ({'|'.join(WEEKDAYS)})\b(?!,? (?:{'|'.join(m[:3] for m in MONTHS)}))", sentence)
    if (
        not match
        or quotes(sentence)
        or re.search(r"\b(?:will|would|next|coming|set to|expected|to be|last)\b", sentence)
    ):
        return ""
    day = date.fromisoformat(published)
    day -= timedelta(days=(day.weekday() - WEEKDAYS.index(match[1])) % 7)
    month = MONTHS[day.month - 1]
    return put(sentence, match, draw.choice([f"on {month} {day.day}, {day.year}", f"on {day.day} {month} {day.year}"]))


def clause_dropped(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    match = re.search(
        r", (?:who|which|including|according to|after|while|as|with|where)\b[^,\d]*(?:,|(?=\.$))", sentence
    )
    kept = put(sentence, match, "") if match and not quotes(sentence) else ""
    return kept if len(kept.split()) >= 8 else ""


def said_otherwise(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    others = {"said": ["stated", "added", "told reporters"], "says": ["states", "notes"]}
    match = re.search(r"\b(?:said|says)\b", sentence)
    if not match or quotes(sentence[match.start() :]) or sentence[: match.start()].count("“") > sentence.count("”"):
        return ""
    return put(sentence, match, draw.choice(others[match.group()]))


def contracted(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    if quotes(sentence):
        return ""
    pairs = {
        "did not": "didn't", "was not": "wasn't", "is not": "isn't", "does not": "doesn't", "has not": "hasn't",
        "will not": "won't", "cannot": "can't", "were not": "weren't", "are not": "aren't", "do not": "don't",
        "it is": "it's", "would not": "wouldn't", "have not": "haven't", "had not": "hadn't", "could not": "couldn't",
    }  # fmt: skip
    for whole, short in pairs.items():
        for one, other in ((whole, short), (short, whole), (short.replace("'", "’"), whole)):
            if match := re.search(rf"(?<!\w){one}\b", sentence):
                return put(sentence, match, other)
    return ""


def speaker_first(sentence: str, passage: str, elsewhere: str, published: str, draw: random.Random) -> str:
    match = re.fullmatch(r"([^\"“”]{40,}), ([A-Z][\w .]{3,40}) said( [\w ]{3,30})?\.", sentence)
    return f"{match[2]} said{match[3] or ''} that {match[1]}." if match else ""


ALTERATIONS: dict[str, Edit] = {
    "number": another_number, "number near": number_near, "name": another_name, "name near": name_near,
    "date": another_date, "negation": another_negation,
}  # fmt: skip
TRUE_EDITS: dict[str, Edit] = {
    "notation": other_notation, "absolute date": absolute_date, "clause dropped": clause_dropped,
    "said otherwise": said_otherwise, "contraction": contracted, "speaker first": speaker_first,
}  # fmt: skip


# -- questions with false passages ---------------------------------------------------------------------------------


def shortened(sentence: str, answer: str) -> str:
    """The sentence up to the first comma, dash or semicolon behind the answer."""
    at = sentence.index(answer) + len(answer)
    match = re.search(r",? [–—-] |[,;](?= )", sentence[at:])
    kept = sentence[: at + match.start()] if match else ""
    return kept if len(kept.split()) > 4 else ""


def reworded(sentence: str) -> str:
    pairs = {
        "won": "has won", "was": "had been", "defeated": "beat", "bought": "purchased", "purchased": "bought",
        "announced": "said", "the": "this", "which": "that", "with": "along with", "and": "as well as",
        "took": "has taken", "film": "movie", "also": "too",
    }  # fmt: skip
    changed = 0

    def other(match: re.Match[str]) -> str:
        nonlocal changed
        changed += 1
        return pairs[match.group()] if changed <= 3 else match.group()

    return re.sub(rf"\b(?:{'|'.join(pairs)})\b", other, sentence)


def bare(question: str, answer: str) -> str:
    """The question as a statement that holds the answer."""
    asked = question.strip(" ?")
    on = "on " if re.search(r"\d{1,2}.*\d{4}|\d{4}$", answer) and "$" not in answer else ""
    on = "in " if on and not re.search(r"\b\d{1,2}\b", answer) else on
    for pattern, statement in (
        (r"when was (.+) (released|founded)(.*)", rf"\1 was \2\3 {on}{answer}."),
        (r"when (?:did|does) (.+) (take place|release)", rf"\1 \2s {on}{answer}."),
        (r"(?:who|which country) (won|acquired|was awarded) (.+)", rf"{answer} \1 \2."),
        (r"(?:who|what) (is|was) (.+)", rf"\2 \1 {answer}."),
        (r"how much did (.+) acquire (.+) for", rf"\1 acquired \2 for {answer}."),
        (r"(.+) location", rf"The \1 location is {answer}."),
    ):
        if match := re.fullmatch(pattern, asked, re.I):
            said = match.expand(statement)
            return said[0].upper() + said[1:]
    return ""
