"""Under whose words a stretch of a passage stands, whether it tells what is done or only planned, possible, denied or
taken back, and whether a claim says so too. Pure: grammar and positions, no model.

The odds of a language model are blind to this: a claim that leaves out its "prosecutors allege that" has every detail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from assistant.text.facts import NOT, Fact, FactKind, agrees, facts
from assistant.text.words import ENGLISH, STOP_WORDS, folded, in_the_past, plain_letters, stem
from assistant.verification.consequences import Consequence, consequences
from assistant.verification.frames import Frame, frames, quotations
from assistant.verification.frames import FrameKind as Stands
from assistant.verification.wording import (
    ACCUSED,
    ACCUSED_OF,
    CLAIMED,
    COMING,
    CORRECTION,
    DENIED,
    FORESEEN,
    IN_PRINT,
    MISTAKEN,
    PLANS,
    POSSIBLE,
    SAID,
    TAKES_BACK,
    WANTS,
    WISHED,
)
from vectorstore.languages import language_of

# Of the claim's words in a sentence of the passage that share stands under a frame which governs the claim.
_GOVERNS = 0.5
# A sentence that holds nearly as much of the claim as the best one may state what that one only reports.
_NEARLY = 0.75
_HALF = 0.6
_BY_THE_WAY = 2
_EDGE = " \t\"'“”‘’«»„.,;:!?…"
# Fewer words than these are a turn of phrase that several people may use.
_OWN_WORDS = 3
_NEAR = 80
_BESIDE, _BEHIND = r"(?:\w[\w-]* ){0,4}(?:\w[\w-]*,? )$", r"(?: [A-Z]\w+)?, (?:\w[\w-]*[ ,.]){1,4}"
_TOKEN = re.compile(r"\w+(?:['’-]\w+)*")
_AUXILIARIES = frozenset(
    "be been being is are was were has have had do does did not also soon still yet even only then now never again "
    "itself himself herself themselves to".split()
)
_GRAVE = frozenset({Consequence.CRIME, Consequence.GUILT})
_SOFT = frozenset("thinking condition if unless plan plans planned draft".split())
_NOT_SOFT = frozenset("attempt attempts attempted order orders ordered offer offers offered ask asks asked".split())
_HEDGES = (PLANS | POSSIBLE | WISHED | WANTS | FORESEEN) - _NOT_SOFT | _SOFT
_LINKS = frozenset("of for from in at on with who which de do da na no du des von der die das la le el o".split())
_SAYING = SAID | CLAIMED | DENIED | ACCUSED | ACCUSED_OF
_NO_DEEDS = frozenset(map(stem, "be have child man woman person foot".split()))  # as irregular as verbs are
_BE = frozenset("is are was were been be has have had".split())
_IN_WORDS = {
    Stands.SAID: "the passage says that somebody said it",
    Stands.CLAIMED: "the passage has it as an allegation",
    Stands.DENIED: "the passage says that it is not so, or not known",
    Stands.POSSIBLE: "the passage says only that it may be so",
    Stands.PLANNED: "the passage says only that it is planned, wanted or expected",
    Stands.OPEN: "the passage does not say that it was done",
    Stands.COMING: "the passage says that it is still to come",
    Stands.CONDITIONAL: "the passage says it only with an “if”",
    Stands.QUOTED: "the passage has it as a quotation",
}


class Held(NamedTuple):
    """A sentence of a passage, and by number where the facts of a claim stand in it, with the facts themselves."""

    text: str
    places: dict[int, Fact]


def standing(sentence: str, start: int, end: int) -> tuple[Frame, ...]:
    """The frames under which most of a stretch of the sentence stands; none when the sentence states it itself."""

    def over(frame: Frame) -> bool:
        inside = min(end, frame.end) - max(start, frame.start)
        return inside * 2 > min(end - start, frame.end - frame.start)

    return tuple(frame for frame in frames(sentence) if over(frame))


def severed(passage: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> str:
    """What words of the passage lose when they are quoted from `start` to `end` alone: their speaker or their "if".

    Empty when nothing. `spans` are the passage's sentences; one that is quoted whole loses nothing.
    """
    for first, last in spans:
        begin, until = max(start, first), min(end, last)
        whole = not passage[first:begin].strip(_EDGE) and not passage[until:last].strip(_EDGE)
        if begin < until and not whole:
            lost = _lost(passage[first:last], begin - first, until - first)
            if lost:
                return _in_words(lost)
    return ""


def _lost(sentence: str, start: int, end: int) -> Frame | None:
    """The frame under which a stretch of the sentence stands, and whose head is not in it. Of two speakers one may go:
    "she said that it was over, according to a friend"."""
    kept = any(f.kind.is_speech and start <= f.head and f.until <= end for f in frames(sentence))
    for frame in standing(sentence, start, end):
        severs = frame.kind.is_speech or frame.kind is Stands.CONDITIONAL
        apart = frame.head >= end or frame.until <= start
        if severs and apart and not (kept and frame.after) and not _is_endorsed(frame, sentence[start:end], sentence):
            return frame
    return None


def _is_endorsed(frame: Frame, claim: str, sentence: str) -> bool:
    """Whether the passage tells it itself and names its source behind, ", the police said": the form of all news, and
    enough unless it is a crime. "According to" is not, of what is still to come."""
    if not frame.after or frame.verb in CLAIMED or not consequences(claim).isdisjoint(_GRAVE):
        return False
    ahead = any(_within(other, frame) for other in frames(sentence) if other.kind is Stands.COMING)
    return bool(frame.verb) or not ahead


def _within(inner: Frame, outer: Frame) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def misquoted(claim: str, passage: str, spans: Sequence[tuple[int, int]]) -> str:
    """Whom else the passage quotes with the words that the claim puts into somebody's mouth; empty when nobody. A
    quotation that is not closed goes to the end."""
    speakers = {word for frame in frames(claim) if frame.kind.is_speech for word in _content(frame.speaker)}
    for first, last in quotations(claim) if speakers else ():
        told, found = _TOKEN.findall(plain_letters(claim[first:last]).lower()), ""
        words = " ".join(told)
        for start, end in spans if len(told) >= _OWN_WORDS else ():
            sentence = passage[start:end]
            if words not in " ".join(_TOKEN.findall(plain_letters(sentence).lower())):
                continue
            if not speakers.isdisjoint(_content(sentence)):
                return ""
            by = [f.speaker for f in frames(sentence) if f.kind is Stands.QUOTED and _content(f.speaker)]
            if any(_are_one(speakers, _content(speaker), passage) for speaker in by):
                return ""
            found = found or next(iter(by), "")
        if found:
            return f"the passage quotes {_speaker(found)}"
    return ""


def _are_one(these: set[str], those: set[str], passage: str) -> bool:
    """Whether the passage sets both side by side: "the nurse Anna Berg", "Anna Berg, a nurse"."""
    for name in re.finditer(r"\b(?:[^\W\d_a-z]\w+ ?)+", passage):
        before, behind = passage[max(0, name.start() - _NEAR) : name.start()], passage[name.end() :]
        linked = (before.split() or [""])[-1] in _LINKS  # "a spokesman for Berg"
        around = None if linked else re.search(_BESIDE, before), re.match(_BEHIND, behind)
        named = _content(name.group())
        titles = named | _content(" ".join(match.group() for match in around if match))
        for one, other in ((these, those), (those, these)):
            if not one.isdisjoint(named) and not other.isdisjoint(titles):
                return True
    return False


def _content(words: str) -> set[str]:
    """Stems of the words that are not small ones."""
    return {stem(word) for word in _TOKEN.findall(plain_letters(words)) if folded(word) not in STOP_WORDS | _LINKS}


@lru_cache(maxsize=1024)
def overstated(claim: str, passage: str, spans: tuple[tuple[int, int], ...], published: date | None, title: str) -> str:
    """What the claim leaves out: who says so, that it is planned, possible, denied or taken back; empty when nothing.

    `spans` are the sentences of the passage, and `title` the headline of its article.
    """
    said = facts(claim, published)
    held = [_held(said, passage[start:end], published) for start, end in spans]
    most = max((len(each.places) for each in held), default=0)
    for number, each in enumerate(held):
        near = 0 < _NEARLY * most <= len(each.places)
        following = held[number + 1] if number + 1 < len(held) else None
        if near and _taken_back(each, following, title) and not re.search(MISTAKEN, claim, re.I):
            return "the passage takes that back"
        for frame in frames(each.text):
            others = [other for other in held if other is not each]
            if len(each.places) > 1 and _leaves_out(claim, frame, each, others, near):
                return _in_words(frame)
    return ""


def _held(said: Sequence[Fact], sentence: str, published: date | None) -> Held:
    theirs = facts(sentence, published)
    found = {n: next((t for t in theirs if agrees(fact, t, published)), None) for n, fact in enumerate(said)}
    return Held(sentence, {n: fact for n, fact in found.items() if fact})


def _leaves_out(claim: str, frame: Frame, held: Held, others: Sequence[Held], near: bool) -> bool:
    inside = _inside(frame, held)
    enough = len(held.places) >= _HALF * max(len(other.places) for other in (held, *others))
    if any(_figures(other) - _figures(held) for other in others):
        return False  # what it has of the claim is told of something else
    if not frame.kind.is_speech:
        return enough and _says_it_is_done(claim, frame, held, others, near and _governs(frame, held))
    told = [held.places[n].text for n in inside]
    tells_the_verb = any(in_the_past(word) and word.islower() for word in told)
    # Two nouns that stand there by the way are no claim of it: "before the crash on Friday".
    all_of_it = language_of(claim) not in ENGLISH and len(inside) == len(held.places)
    much = near and (all_of_it or len(inside) > _BY_THE_WAY or not _stated_in(claim).isdisjoint(map(stem, told)))
    if not (much or tells_the_verb) or not _governs(frame, held) or _names_its_source(claim, frame, held.text):
        return False
    return not any(_states(inside, other) for other in others)


def _figures(held: Held) -> set[int]:
    return {n for n, fact in held.places.items() if fact.kind in (FactKind.NUMBER, FactKind.DATE)}


def _inside(frame: Frame, held: Held) -> frozenset[int]:
    return frozenset(n for n, fact in held.places.items() if frame.start <= fact.start and fact.end <= frame.end)


def _governs(frame: Frame, held: Held) -> bool:
    """Whether most of what the sentence has of the claim stands under the frame."""
    outside = [fact for fact in held.places.values() if not (frame.head <= fact.start and fact.end <= frame.until)]
    inside = _inside(frame, held)
    behind = [n for n in _figures(held) if held.places[n].start >= frame.end and not frame.after]
    return not behind and len(inside) > 0 and len(inside) >= _GOVERNS * len(outside)


def _states(what: frozenset[int], held: Held) -> bool:
    """Whether another sentence states nearly all of it, under nobody's words."""
    framed = {n for frame in frames(held.text) if frame.kind.is_speech for n in _inside(frame, held)}
    return len(what & held.places.keys() - framed) >= _NEARLY * len(what)


def _names_its_source(claim: str, frame: Frame, sentence: str) -> bool:
    """Whether the claim gives it as somebody's words too, or the passage vouches for it."""
    if _is_endorsed(frame, claim, sentence):
        return True
    speech = any(each.kind.is_speech for each in frames(claim)) or _SAYING.intersection(_TOKEN.findall(claim.lower()))
    if frame.kind is Stands.DENIED:
        return bool(speech) or any(fact.key == NOT for fact in facts(claim, None))
    return bool(speech) or _speaker_acts(claim, frame)


def _speaker_acts(claim: str, frame: Frame) -> bool:
    """Whether the claim begins with the speaker, who then wants, rejects or expects something in it."""
    speaker = _TOKEN.findall(frame.speaker)
    if frame.speaker[:1].isdigit() and all(word in claim for word in speaker):
        return True  # "41 percent said that ..."
    opening = {stem(word) for word in _TOKEN.findall(claim)[:6] if not word.endswith(("'s", "’s"))}
    noun = takewhile(lambda word: word.lower() not in _LINKS, speaker)
    names = [*noun, *(word for word in speaker if word[0].isupper())]
    return not opening.isdisjoint(stem(word) for word in names if folded(word) not in STOP_WORDS | _LINKS)


def _says_it_is_done(claim: str, frame: Frame, held: Held, others: Sequence[Held], governed: bool) -> bool:
    """Whether the claim tells as done what the passage has as planned, possible or to come."""
    words = {word for word in _TOKEN.findall(claim) if word.islower()}  # not the month of May
    hedges = [each for each in frames(claim) if not each.kind.is_speech]
    if frame.kind is not Stands.POSSIBLE and any(each.kind is Stands.COMING and each.verb == "to" for each in hedges):
        return False  # "is to open" says no more than "is expected to open"
    verb = _verb(held.text[frame.start : frame.end])
    if any(stem(word) != verb for word in words & _HEDGES) or any(
        each.kind not in (Stands.COMING, Stands.OPEN) and stem(each.verb) != verb for each in hedges
    ):
        return False
    coming = any(each.kind is Stands.COMING for each in hedges) or bool(words & COMING)
    if coming and frame.kind not in (Stands.POSSIBLE, Stands.PLANNED):
        return False
    told = [_unframed(each.text) for each in (held, *others)]
    if verb in _stated_in(claim if coming else _unframed(claim)) and verb not in _stated_in(*told):
        return True
    if coming or frame.kind is Stands.OPEN or _done_in(claim) & _done_in(*told):
        return False
    return governed and (frame.kind is not Stands.COMING or bool(_done_in(claim)))


def _verb(framed: str) -> str:
    """The stem of the first word that means something behind an auxiliary or a "to"."""
    return stem(next((word for word in _TOKEN.findall(framed.lower()) if word not in _AUXILIARIES), "-"))


def _stated_in(*texts: str) -> set[str]:
    """The stems of what is told as a fact: past and present forms of verbs, what stands behind "is" and "has", and what
    may be a verb behind a plural."""
    found = set()
    for text in texts:
        words = _TOKEN.findall(text)
        for at, word in enumerate(words):
            before = [each.lower() for each in words[max(0, at - 2) : at]]
            plural = (
                before[-1:]
                and len(before[-1]) > 3
                and before[-1].endswith("s")
                and "'" not in plain_letters(before[-1])
            )
            if _is_finite(word) or plural or not _BE.isdisjoint(before):
                found.add(stem(word))
    return found


def _done_in(*texts: str) -> set[str]:
    words = (word for text in texts for word in _TOKEN.findall(text))
    return {stem(word) for word in words if word.islower() and in_the_past(word)} - _NO_DEEDS


def _unframed(sentence: str) -> str:
    """The sentence without what stands under auxiliaries and infinitives."""
    for frame in frames(sentence):
        if not frame.kind.is_speech:
            sentence = sentence[: frame.start] + " " * (frame.end - frame.start) + sentence[frame.end :]
    return sentence


def _is_finite(word: str) -> bool:
    return word.islower() and (in_the_past(word) or (folded(word).endswith("s") and not folded(word).endswith("ss")))


def _taken_back(held: Held, following: Held | None, title: str) -> bool:
    """Whether the passage calls what it has of the claim a mistake, and what it puts right is not of the claim."""
    printed = re.search(CORRECTION, f"{title} {held.text[:40]}", re.I) and re.search(IN_PRINT, held.text, re.I)
    wrong = following is not None and re.search(TAKES_BACK, following.text, re.I)
    if not (printed or wrong or re.search(MISTAKEN, held.text, re.I)):
        return False
    end = held.text.find(";") if ";" in held.text else len(held.text)
    mistaken = {n for n, fact in held.places.items() if fact.start < end}
    right = {
        n
        for each in (held, following)
        if each
        for n, fact in each.places.items()
        if fact.kind is not FactKind.WORD or fact.key == NOT
    }
    return bool(mistaken) and not right - mistaken


def _in_words(frame: Frame) -> str:
    """What the claim fails by, in plain words."""
    if not frame.kind.is_speech or not frame.speaker:
        return _IN_WORDS[frame.kind]
    who = _speaker(frame.speaker)
    if frame.kind is Stands.QUOTED:
        return f"the passage quotes {who}"
    if not frame.verb:
        return f"the passage says so only according to {who}"
    if frame.verb in ACCUSED:
        return f"the passage says that it is an accusation or suspicion of {who}"
    says = {"told": "said", "tell": "say", "tells": "says", "complained": "complained of"}.get(frame.verb, frame.verb)
    return f"the passage says that {who} {says} it"


def _speaker(words: str) -> str:
    """The speaker as it reads within a sentence."""
    words = plain_letters(words).strip(_EDGE)
    first, _, rest = words.partition(" ")
    small = first.lower() in (
        "the",
        "a",
        "an",
        "his",
        "her",
        "its",
        "their",
        "he",
        "she",
        "they",
        "prosecutors",
        "police",
        "two",
        "some",
    )
    return f"{first.lower()} {rest}".strip() if small else words
