"""What a sentence does not state itself: what stands under somebody's words, in quotation marks, as a plan or a
possibility. Grammar only: verbs and where they stand, commas, quotation marks, auxiliaries. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from assistant.text.quantities import quantities
from assistant.text.words import STOP_WORDS, in_the_past, plain_letters
from assistant.verification.wording import (
    ACCORDING,
    ACCUSED,
    ACCUSED_OF,
    CLAIMED,
    COMING,
    DENIED,
    DOES,
    HEARSAY,
    NOUNS_OF_SAYING,
    PLANS,
    POSSIBLE,
    SAID,
    THAT,
    UNPROVEN,
    WISHED,
)

_TOKEN = re.compile(r"'ll\b|\d+(?:[.,:]\d+)*|\w+(?:['-]\w+)*|[^\w\s]")
_WORD = re.compile(r"[^\W\d_]{2}")
_ACCORDING = re.compile(rf"\b(?:{ACCORDING})(?!\w)", re.I)
_UNPROVEN = re.compile(UNPROVEN, re.I)
_QUOTES = re.compile(r"[\"“”„«»]|(?<!\w)['‘](?=\w)|(?<=[\w.,!?…])['’](?!\w)")
_BREAKS = frozenset(',;:()—–-"')
_SPEECH = SAID | CLAIMED | DENIED
_SUBORDINATES = frozenset(
    "while whereas although though because when after before unless if since but as während während aber mientras pero "
    "tandis mais enquanto mas".split()
)
_ZERO_THAT = frozenset(
    "say says said claim claims claimed believe believes believed think thinks thought insist insists insisted argue "
    "argues argued".split()
)
_BEHIND_A_TAG = frozenset(
    "on in at of to for from during after before by late early yesterday today monday tuesday wednesday thursday "
    "friday saturday sunday when as am le el en em".split()
)
_LIKE = frozenset("as como comme wie".split())
_HAD = frozenset("had have has having".split())
_RELATIVE = frozenset("that which who whom whose dass que qui".split())
_DETERMINERS = frozenset(
    "a an the no any his her its their our my this these those some one both all each every whose 's by in of than as "
    "other first last new".split()
)
_PRONOUNS = frozenset("it he she they there we i you that who which nobody".split())
_AUXILIARIES = frozenset(
    "is are was were be been has have had do does did will would can could may might must should shall".split()
)
_LONGEST_NAME = 5
_LONGEST_TAG = 14
_LONGEST_OBJECT = 8


class FrameKind(IntEnum):
    """How a statement stands. All up to QUOTED are somebody's words."""

    SAID = 1  # said plainly, by somebody who may know
    CLAIMED = 2  # alleged, believed, feared, reported by hearsay
    DENIED = 3
    QUOTED = 4  # in quotation marks
    POSSIBLE = 5
    PLANNED = 6
    OPEN = 7  # an infinitive of another kind: done or not
    COMING = 8  # will be
    CONDITIONAL = 9

    @property
    def is_speech(self) -> bool:
        return self <= FrameKind.QUOTED


class Frame(NamedTuple):
    """`start` to `end` is what stands under the frame, `head` to `until` the words that put it there, with the speaker;
    all are offsets into the text. `after` says that the head follows what it frames: "..., she said"."""

    kind: FrameKind
    start: int
    end: int
    head: int
    until: int
    speaker: str = ""
    verb: str = ""
    after: bool = False


class Token(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum() or self.text[0] == "'"


@lru_cache(maxsize=4096)
def frames(sentence: str) -> tuple[Frame, ...]:
    """The frames of one sentence, in no order; they may lie within each other."""
    text = plain_letters(sentence)
    tokens = [Token(match.group().lower(), *match.span()) for match in _TOKEN.finditer(text)]
    found = [*_according(sentence, tokens), *_unproven(sentence, tokens)]
    for at, token in enumerate(tokens):
        if token.text in _SPEECH and _is_verb(tokens, at):
            found += _speech(sentence, tokens, at)
        if token.text in ACCUSED | ACCUSED_OF and "not" not in [each.text for each in tokens[max(0, at - 2) : at]]:
            found += _accusation(sentence, tokens, at)
        if token.text in HEARSAY or token.text in NOUNS_OF_SAYING:
            found += _hearsay(sentence, tokens, at)
        found += _modality(sentence, tokens, at)
    found += _conditional(tokens)
    found += [Frame(FrameKind.QUOTED, a, b, a - 1, a) for a, b in quotations(sentence) if not _is_title(sentence[a:b])]
    found = [_shifted(frame, found) for frame in found]
    return tuple(frame for frame in _with_speakers(sentence, found) if _WORD.search(sentence, frame.start, frame.end))


@lru_cache(maxsize=1024)
def quotations(text: str) -> tuple[tuple[int, int], ...]:
    """Offsets of what stands in quotation marks, without these. A mark that nobody closes reaches to the end of its
    paragraph."""
    found, opened = [], -1
    for match in re.finditer(rf"\n|{_QUOTES.pattern}", text):
        mark, at = match.group(), match.start()
        if mark == "\n":
            if opened >= 0 and text[opened - 1] not in "'‘":
                found.append((opened, at))
            opened = -1
        elif opened < 0 and mark not in "”»’" and not (mark == "'" and text[at - 1 : at].isalnum()):
            opened = at + 1
        elif opened >= 0 and _closes(text[opened - 1], mark, text[at + 1 : at + 2]):
            found.append((opened, at))
            opened = -1
    if opened >= 0 and text[opened - 1] not in "'‘":
        found.append((opened, len(text)))
    return tuple((start, end) for start, end in found if text[start:end].strip())


def _closes(opening: str, mark: str, behind: str) -> bool:
    pairs = {"“": '”"', '"': '"”', "„": '“”"', "«": "»", "»": "«", "'": "'’", "‘": "’'"}
    return mark in pairs.get(opening, "") and not behind.isalnum()


def _is_title(words: str) -> bool:
    """Whether every longer word has a capital, as in the name of a book."""
    longer = [word for word in re.findall(r"[^\W\d_]+", words) if len(word) > 3]
    return bool(longer) and all(word[0].isupper() for word in longer)


def _clause_end(tokens: Sequence[Token], at: int, stops: frozenset[str] = frozenset(";")) -> int:
    """Where what begins at a token ends: at a semicolon, or where ", while" and the like set something against it."""
    for number in range(at, len(tokens)):
        text = tokens[number].text
        following = tokens[number + 1].text if number + 1 < len(tokens) else ""
        if text in stops or (text == "," and following in ("while", "whereas", "but", "although", "though")):
            return tokens[number].start
    return tokens[-1].end


def _clause_start(tokens: Sequence[Token], at: int) -> int:
    return next((number + 1 for number in range(at - 1, -1, -1) if tokens[number].text == ";"), 0)


def _is_verb(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word that may be a verb of saying is one here, and is neither negated nor in the passive."""
    before = [token.text for token in tokens[max(0, at - 2) : at]]
    follows = tokens[at + 1].text if at + 1 < len(tokens) else ""
    return not before[-1:] or (before[-1] not in _DETERMINERS | {"to"} and "not" not in before and follows != "by")


def _speech(sentence: str, tokens: Sequence[Token], at: int) -> Iterator[Frame]:
    """ "X says (that) ...", "..., X said" and "..., said X"."""
    verb = tokens[at]
    kind = FrameKind.DENIED if verb.text in DENIED else FrameKind.CLAIMED if verb.text in CLAIMED else FrameKind.SAID
    begin, speaker = _subject(sentence, tokens, at)
    if speaker.lower().startswith(("where ", "when ", "if ")):
        return
    opens = _complement(tokens, at)
    if opens < len(tokens):
        end = _clause_end(tokens, opens)
        yield Frame(kind, tokens[opens].start, end, begin, tokens[opens].start, speaker, verb.text)
        return
    tag = _tag(tokens, at)
    if tag and kind is not FrameKind.DENIED:
        first, last = tag
        inverted = first == at
        speaker = _behind(sentence, tokens, at) if inverted else sentence[tokens[first].start : verb.start].strip()
        left = tokens[_clause_start(tokens, first)].start
        yield Frame(kind, left, tokens[first].start, tokens[first].start, last, speaker, verb.text, True)
        if last < len(sentence) and _clause_end(tokens, at) > last:
            yield Frame(kind, last, _clause_end(tokens, at), tokens[first].start, last, speaker, verb.text, True)


def _complement(tokens: Sequence[Token], at: int) -> int:
    """The number of the token with which what is said begins; that of none when the verb has no clause behind it."""
    none = len(tokens)
    if [token.text for token in tokens[at + 1 : at + 3]] == [",", "dass"]:
        return min(at + 3, none)
    ahead = list(takewhile(lambda token: token.is_word, tokens[at + 1 : at + 2 + _LONGEST_OBJECT]))
    for step, token in enumerate(ahead):
        if token.text in THAT and at + 2 + step < none:
            return at + 2 + step
    if not ahead or (tokens[at].text in DENIED and not ahead[0].text.endswith("ing")):
        return none
    if tokens[at].text in DENIED or (tokens[at].text in _ZERO_THAT and _is_clause(tokens, at + 1)):
        return at + 1
    return none


def _is_clause(tokens: Sequence[Token], at: int) -> bool:
    """Whether words follow as a clause without a "that" would, and not as in ", said the mayor"."""
    words = [token.text for token in takewhile(lambda token: token.is_word, tokens[at:])]
    if words[0] in _PRONOUNS or not _AUXILIARIES.isdisjoint(words):
        return True
    inverted = at > 1 and not tokens[at - 2].is_word
    named = len(words) > 1 and tokens[at + len(words)].text == "," if at + len(words) < len(tokens) - 1 else False
    return not inverted and words[0] not in _BEHIND_A_TAG and (len(words) > 2 or named)


def _tag(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """The first token of ", X said" or ", said X", and the offset at which it ends."""
    before = next((n for n in range(at - 1, -1, -1) if not tokens[n].is_word), -1)
    behind = next((n for n in range(at + 1, len(tokens)) if not tokens[n].is_word), len(tokens))
    participle = before + 1 < at and tokens[before + 1].text.endswith("ing")  # ", meeting analysts' estimates"
    if (
        before < 1
        or at - before > _LONGEST_TAG
        or participle
        or any(t.text in _RELATIVE for t in tokens[before + 1 : at])
    ):
        return None
    follows = tokens[at + 1].text if at + 1 < len(tokens) else "."
    ends = follows in _BEHIND_A_TAG or not follows[0].isalnum()
    if not ends and tokens[before + 1 : at] in ([], [t for t in tokens[at - 1 : at] if t.text in _LIKE]):
        return at, tokens[behind - 1].end
    comma = next((n for n in range(before - 1, 0, -1) if tokens[n].text == ","), 0)
    if before == at - 1 and ends and comma:  # "..., the maker, Dorvane, said on Tuesday"
        before = next((n for n in range(comma - 1, 0, -1) if not tokens[n].is_word), 0)
    return (before + 1, tokens[behind - 1].end) if ends and before else None


def _subject(sentence: str, tokens: Sequence[Token], at: int) -> tuple[int, str]:
    """Where the words begin that say who speaks, and these. An apposition before the verb belongs to them."""
    last = until = at - 1
    while last >= 0 and tokens[last].text in ("also", "has", "have", "had", "hat", "haben", "ha", "a", "not"):
        last = until = last - 1
    if last > 0 and tokens[last].text == ",":
        comma = next((n for n in range(last - 1, -1, -1) if tokens[n].text == ","), -1)
        named = comma > 0 and last - comma <= _LONGEST_NAME and sentence[tokens[comma + 1].start].isupper()
        until, last = (last - 1 if named else comma - 1), (comma - 1 if comma > 0 else last - 1)
    first = last
    while first > 0 and tokens[first - 1].is_word and tokens[first - 1].text not in _SUBORDINATES | {"and", "that"}:
        first -= 1
    if last < 0 or not tokens[last].is_word or tokens[last].text in _SUBORDINATES | {"and"}:  # "..., but warned that"
        opening = list(takewhile(lambda token: token.is_word and not in_the_past(token.text), tokens[:at]))
        return tokens[at].start, sentence[opening[0].start : opening[-1].end] if opening else ""
    if last and tokens[last].text in ("who", "which"):  # "Ann Lowe, who said that"
        return _subject(sentence, tokens, last)
    return tokens[first].start, sentence[tokens[first].start : tokens[max(until, last)].end]


def _behind(sentence: str, tokens: Sequence[Token], at: int) -> str:
    until = next((n for n in range(at + 1, len(tokens)) if tokens[n].text in _BREAKS or tokens[n].text == "."), -1)
    last = (until if until > 0 else len(tokens)) - 1
    return sentence[tokens[at + 1].start : tokens[last].end] if last > at else ""


def _according(sentence: str, tokens: Sequence[Token]) -> Iterator[Frame]:
    """ "According to X, ..." and "..., according to X"."""
    for match in _ACCORDING.finditer(sentence):
        inside = [n for n, token in enumerate(tokens) if token.start >= match.end()]
        if not inside:
            continue
        before = [token for token in tokens if token.end <= match.start()]
        leading = not before or before[-1].text in ';:"-'
        if match.group().lower() in ("según", "segundo", "laut", "selon") and before and before[-1].text not in ',;:"':
            continue
        until = next((n for n in inside if not tokens[n].is_word), len(tokens))
        ends = until >= len(tokens) - 1
        if leading and (ends or until - inside[0] > _LONGEST_OBJECT):  # "Laut Polizei hat ..." has no comma
            noun = next((n for n in inside if sentence[tokens[n].start].isupper()), inside[0] + 2)
            until = min(noun + 1, until)
        last = tokens[until - 1].end
        speaker = sentence[match.end() : last].strip() or match.group()
        left = tokens[_clause_start(tokens, inside[0])].start
        end = _clause_end(tokens, inside[0])
        if not leading:
            yield Frame(FrameKind.CLAIMED, left, match.start(), match.start(), last, speaker, "", True)
        if leading or end > last + 1:
            yield Frame(FrameKind.CLAIMED, last, end, match.start(), last, speaker, "", not leading)


def _unproven(sentence: str, tokens: Sequence[Token]) -> Iterator[Frame]:
    """ "It is not true that ...", "there is no evidence that ..."."""
    for match in _UNPROVEN.finditer(sentence):
        at = next((n for n, token in enumerate(tokens) if token.start >= match.end()), None)
        if at is not None:
            end = _clause_end(tokens, at)
            yield Frame(FrameKind.DENIED, match.end(), end, match.start(), match.end(), "", match.group())


def _accusation(sentence: str, tokens: Sequence[Token], at: int) -> Iterator[Frame]:
    """ "X accuses Y of ...", "Y is suspected of ...", "on suspicion of ...": all from there on."""
    verb = tokens[at]
    ahead = tokens[at + 1 : at + 2 + _LONGEST_OBJECT]
    links = [t for t in ahead if t.text in ("of", "for", "with", "to", "de", "d", "vor", "over", "about", "having")]
    if verb.text in ACCUSED_OF and ahead and ahead[0].text in ("of", "with", "to", "that", "de", "over"):
        start, speaker = ahead[0].end, ""
    elif verb.text in ACCUSED and _is_verb(tokens, at) and (links or verb.text in ("blame", "blames", "blamed")):
        start, speaker = verb.end, _subject(sentence, tokens, at)[1]
    else:
        return
    end = _predicate_end(tokens, at + 1) if verb.text in ACCUSED_OF else _clause_end(tokens, at)
    yield Frame(FrameKind.CLAIMED, start, end, verb.start, verb.end, speaker, verb.text)


def _hearsay(sentence: str, tokens: Sequence[Token], at: int) -> Iterator[Frame]:
    token = tokens[at]
    if token.text in HEARSAY:
        start = tokens[_clause_start(tokens, at)].start
        yield Frame(FrameKind.CLAIMED, start, _clause_end(tokens, at), token.start, token.end, "", token.text)
    elif at + 2 < len(tokens) and tokens[at + 1].text == "that":
        yield Frame(FrameKind.CLAIMED, tokens[at + 2].start, _clause_end(tokens, at), token.start, tokens[at + 1].end)


def _modality(sentence: str, tokens: Sequence[Token], at: int) -> Iterator[Frame]:
    """What stands under an auxiliary or in an infinitive, up to the end of its clause."""
    token, kind = tokens[at], _mood(sentence, tokens, at)
    if kind and at + 1 < len(tokens):
        head = tokens[at - 1].start if token.text == "to" and at else token.start
        yield Frame(kind, token.end, _predicate_end(tokens, at + 1), head, token.end, "", token.text)


def _mood(sentence: str, tokens: Sequence[Token], at: int) -> FrameKind | None:
    text, before = tokens[at].text, tokens[at - 1].text if at else ""
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if text == "to" and before in ("is", "are", "am"):
        return FrameKind.COMING
    if text == "to":
        return _infinitive(sentence, tokens, at)
    if text in POSSIBLE and sentence[tokens[at].start].islower() and following != "not":
        return FrameKind.POSSIBLE
    if text in WISHED and following != "not":
        return FrameKind.PLANNED
    return FrameKind.COMING if text in COMING else None


def _infinitive(sentence: str, tokens: Sequence[Token], at: int) -> FrameKind | None:
    if not _is_infinitive(sentence, tokens, at):
        return None
    planned = any(each.text in PLANS for each in tokens[max(0, at - 4) : at])
    return FrameKind.PLANNED if planned else FrameKind.OPEN


def _is_infinitive(sentence: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether a verb follows, in small letters, and no verb that says it is done stands before: "managed to win"."""
    follows = tokens[at + 1] if at + 1 < len(tokens) else tokens[at]
    if not follows.text.isalpha() or not sentence[follows.start].islower() or follows.text in _DETERMINERS:
        return False
    if quantities(follows.text):
        return False  # "up to nine years"
    before = [token.text for token in tokens[max(0, at - 3) : at]]
    return not before or (before[-1] not in _HAD and DOES.isdisjoint(before))


def _predicate_end(tokens: Sequence[Token], at: int) -> int:
    for token in tokens[at:]:
        if (token.text in _BREAKS or token.text in _SUBORDINATES) and token.text != "-":
            return token.start
    return tokens[-1].end


def _conditional(tokens: Sequence[Token]) -> Iterator[Frame]:
    """ "If ..., X" and "Should ..., X": the rest, up to the end of the clause."""
    if tokens and tokens[0].text in ("if", "unless", "should", "wenn", "falls", "si", "se"):
        comma = next((n for n, token in enumerate(tokens) if token.text == ","), len(tokens) - 1)
        if comma + 1 < len(tokens):
            kind, start = FrameKind.CONDITIONAL, tokens[comma + 1].start
            yield Frame(kind, start, _clause_end(tokens, comma + 1), tokens[0].start, start, "", tokens[0].text)
    for at, token in enumerate(tokens[:-1]):
        if token.text in ("if", "unless", "provided"):
            end = _predicate_end(tokens, at + 1)
            yield Frame(FrameKind.CONDITIONAL, token.end, end, token.start, token.end, "", token.text)


def _shifted(frame: Frame, found: Sequence[Frame]) -> Frame:
    """What "would" be in somebody's words is what will be: "she said that it would close"."""
    told = frame.verb == "would" and any(
        f.kind.is_speech and f.start <= frame.head and frame.end <= f.end for f in found
    )
    return frame._replace(kind=FrameKind.COMING) if told else frame


def _with_speakers(sentence: str, found: Sequence[Frame]) -> Iterator[Frame]:
    """A quotation is of whom a verb of saying beside it names, else of whom the words around it name."""
    for frame in found:
        if frame.kind is FrameKind.QUOTED:
            speech = [f for f in found if f.kind is not FrameKind.QUOTED and f.kind.is_speech and f.speaker]
            over = [f for f in speech if f.head < frame.start or frame.end < f.until]  # not "we were told" in it
            beside = min(over, key=lambda f: min(abs(f.until - frame.start), abs(f.head - frame.end)), default=None)
            if beside:
                frame = frame._replace(speaker=beside.speaker, verb=beside.verb)
            else:
                frame = frame._replace(speaker=_named_beside(sentence, frame))
        yield frame


def _named_beside(sentence: str, quoted: Frame) -> str:
    """The words before a quotation, up to the verb, or those behind one that opens the sentence. Of a verb that is not
    known, in whatever language, only the names beside it are told apart."""
    before, behind = sentence[: quoted.start - 1], sentence[quoted.end + 1 :]
    words = before.strip(" ,:").split()
    if not words:
        words = re.split(r"[.;:]", behind.lstrip(' ,.!?»”"'), maxsplit=1)[0].split()
    verb = next((n for n, word in enumerate(words) if in_the_past(word) or word.lower() in _SPEECH), None)
    if verb is not None:
        return " ".join(words[:verb] if before.strip() else words[verb + 1 :])
    return " ".join([word for word in words if word[0].isupper() and word.lower() not in STOP_WORDS] or words)
