"""Where sentences begin and end, as offsets, so that nothing downstream has to search for its own text again."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_CLOSERS = "\"'”’»«›‹“‘)]"
_BEFORE_A_WORD = " \t\u00a0\u202f\"'”’»)]“‘«([„‚›‹¿¡"
_QUOTES = "\"“„«»‹›”"
_JOINS_ON = tuple(",،、，;؛；:：.。)）")
# Full stops of scripts that have one of their own; a plain one that follows such letters then marks a short form.
_OWN = "।॥۔։።።။។"
_CJK_CLOSERS = "」』”’）》】\"'"
_HELD = "「『（《", "」』）》"
_IN = f"[^{''.join(_HELD)}\\n]"
_CLOSED = f"[{re.escape(_CLOSERS)}]"
_BREAK = re.compile(
    # The group that names each kind is empty and second: what begins with a set of characters is passed over quickly.
    # A stop, what closes a quotation, then space. No run of stops is read twice, or a page of dots would take minutes.
    rf"[.!?…](?P<stop>)(?<![.!?…].)[.!?…]*+(?:{_CLOSED}|[ \u00a0\u202f]»(?!\w))*+(?=\s)"
    rf"|[{_OWN}؟](?P<own>)[{_OWN}؟.!?…]*+{_CLOSED}*+"
    # The question mark of Greek, and what is typed for the full stop of Armenian.
    rf"|[;:](?P<kin>)(?<=[\u0370-\u03ff];|[\u0561-\u0587]:){_CLOSED}*+(?=\s)"
    # Scripts that put no space after a stop. What stands in their brackets stays together, unless it is long.
    rf"|[{_HELD[0]}](?P<held>)(?:{_IN}|[{_HELD[0]}]{_IN}{{0,60}}+[{_HELD[1]}]){{0,120}}+[{_HELD[1]}]"
    rf"|[。！？｡](?P<cjk>)[。！？｡…⋯{_CJK_CLOSERS}]*+"
    rf"|[…⋯](?P<pause>)[…⋯]++[{_CJK_CLOSERS}]*+(?![。！？｡])"
    r"| (?P<thai>)(?<=[\u0e01-\u0e4e\u0e81-\u0ecd] ) *+(?=[\u0e01-\u0e4e\u0e81-\u0ecd])"
    r"|\n(?P<line>)(?:\s*\n)?"  # a line of its own is a sentence of its own: headings, list items
)
_THAI_SENTENCE = 60
_PAUSE = 6
# What goes on after a quotation: particles in Japanese, a short clause of saying in Chinese.
_REPORTED = re.compile(r"[とをがにはもので]|って|という|など|[^，。！？：；、\s]{0,14}[说說道问問称稱示调調出答喊叹嘆释釋][。，：]")
_LETTER = "[^\\W\u2e80-\u9fff]"  # not of Chinese and Japanese, where a short form has no space before it
_LAST_WORD = re.compile(rf"(?:{_LETTER}|\.)+$")
_LAST_WORDS = re.compile(rf"(?:-?{_LETTER}(?:{_LETTER}|[:-])*\.[ \u00a0\u202f]?){{0,4}}-?{_LETTER}(?:{_LETTER}|[:-])*$")
_LIST_ITEM = re.compile(r"(?:^|\n)[ \t]*\d{1,2}$")
_NUMBER = re.compile(r"\d{1,3}|[IVXLC]{2,6}")  # small enough to be an ordinal
_A_UNIT = re.compile(r"\d[ \u00a0\u202f]?[^\W\d_]$|°[^\W\d_]$")
_WORD = re.compile(r"[^\W\d_]+")
_NO_INITIAL = re.compile(r"[^\W\d_]{2,}")
_VOWELS = frozenset("aeiouyıæøœаеиоуыэюяєіїαεηιουω")
_BARE_CONSONANTS = frozenset(["cs", "sk", "hr", "sl", "sr", "bs", "mk", "bg"])  # which have words without a vowel
_READ_FOR_LANGUAGE = 1500


class _Rules(NamedTuple):
    language: str
    kinds: dict[str, str]
    starts: frozenset[str]
    letters: frozenset[str]
    ordinals: bool


def sentence_spans(text: str, language: str = "") -> list[tuple[int, int]]:
    """Offsets `(start, end)` of each sentence in order, without surrounding space; never empty ones.

    Every character that is not white space lies in exactly one span. `language` is a code such as "de" or "pt-BR";
    without one, the text is taken for the language that its most frequent words belong to.
    """
    spans = []
    start = 0
    for end in [*_ends(text, _rules(language[:2].lower() or _guess(text))), len(text)]:
        stripped = text[start:end].strip()
        if stripped:
            begin = start + text[start:end].index(stripped)
            spans.append((begin, begin + len(stripped)))
        start = end
    return spans


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "sentences.toml").read_text(encoding="utf-8"))


@cache
def _rules(language: str) -> _Rules:
    data = _data().get(language) or _data()["other"]
    kinds = {form: kind for kind in ("short", "numbered", "last", "ends") for form in data.get(kind, "").split()}
    starts, letters = (frozenset(data.get(key, "").split()) for key in ("starts", "letters"))
    return _Rules(language, kinds, starts, letters, bool(data.get("ordinals")))


@cache
def _languages_of_words() -> dict[str, list[str]]:
    languages: dict[str, list[str]] = {}
    for language in _data():
        for word in _rules(language).starts:
            languages.setdefault(word, []).append(language)
    return languages


def _guess(text: str) -> str:
    """The language that most words at the beginning belong to; English where none has clearly more."""
    known = _languages_of_words()
    words = set(_NO_INITIAL.findall(text[:_READ_FOR_LANGUAGE].lower()))
    counted = Counter(language for word in words for language in known.get(word, ()))
    likeliest, most = max(counted.items(), key=lambda each: each[1], default=("en", 0))
    return likeliest if most > counted["en"] + 1 else "en"


def _ends(text: str, rules: _Rules) -> Iterator[int]:
    own = not text.isascii() and re.search(f"[{_OWN}。]", text) is not None
    start = 0
    for match in _BREAK.finditer(text):
        if _is_end(text, match, start, rules, own):
            start = match.end()
            yield start


def _is_end(text: str, match: re.Match[str], start: int, rules: _Rules, own: bool) -> bool:
    """Whether the sentence that begins at `start` ends here; `own`: the text has full stops of its own script."""
    match match.lastgroup:
        case "stop":
            return _ends_sentence(text, match, start, rules, own)
        case "own" | "kin":
            return _ends_own(text, match, start, rules)
        case "cjk" | "held":
            return _ends_cjk(text, match)
        case "pause":
            return match.start() - start >= _PAUSE
        case "thai":
            return match.end() - start >= _THAI_SENTENCE
    return _ends_line(text, match)


def _ends_line(text: str, match: re.Match[str]) -> bool:
    """Whether a line ends a sentence too: not where an editor broke it and the next goes on in lower case."""
    return match.group() != "\n" or not text[match.end() : match.end() + 1].islower()


def _ends_sentence(text: str, match: re.Match[str], start: int, rules: _Rules, own: bool) -> bool:
    following = text[match.end() : match.end() + 40]
    if _goes_on(following, rules) or _is_quoted_question(text, match, start, following):
        return False
    if match.group() != ".":
        return True  # a question mark, an ellipsis, or a stop that closes a quotation
    if own and text[match.start() - 1] > "\u0530":
        return False
    return _full_stop_ends(text, match.start(), following, rules)


def _goes_on(following: str, rules: _Rules) -> bool:
    """In lower case: "what do you mean?" she asked; the U.S. economy; «…!» — считает он."""
    following = following.lstrip(_BEFORE_A_WORD)
    if rules.language != "en":
        following = following.lstrip("—–- \u00a0")
    return following[:1].islower()


def _is_quoted_question(text: str, match: re.Match[str], start: int, following: str) -> bool:
    """Whether a sentence opens with a quotation that asks or calls, and goes on in a script without capitals."""
    if match.group()[-1:] not in _CLOSERS or not re.search("[!?؟]", match.group()):
        return False
    letter = following.lstrip(_BEFORE_A_WORD)[:1]
    return unicodedata.category(letter or " ") == "Lo" and text[start : start + 8].lstrip()[:1] in tuple(_QUOTES)


def _ends_own(text: str, match: re.Match[str], start: int, rules: _Rules) -> bool:
    following = text[match.end() : match.end() + 40]
    if following.startswith(_JOINS_ON) or _goes_on(following, rules):
        return False
    if match.group() == "۔" and _is_letter_of_a_name(text[max(0, match.start() - 16) : match.start()], following, rules):
        return False
    return not _is_quoted_question(text, match, start, following)


def _is_letter_of_a_name(before: str, following: str, rules: _Rules) -> bool:
    """Initials in Urdu: single letters, or two and more names of letters."""
    parts = [part.strip() for part in before.split("۔")]
    last = parts[-1].split()[-1:]
    if not last or not (len(last[0]) == 1 or last[0] in rules.letters):
        return False
    if len(last[0]) == 1 or re.split(r"[۔\s]", following.lstrip(), maxsplit=1)[0] in rules.letters:
        return True
    run = len(parts) > 1 and parts[-1] == last[0] and parts[-2].split()[-1:] != [] and parts[-2].split()[-1] in rules.letters
    return run and not _begins(following, rules)


def _ends_cjk(text: str, match: re.Match[str]) -> bool:
    said = match.group()
    if text.startswith(_JOINS_ON, match.end()):
        return False
    if match.lastgroup == "held" and said[-2:-1] not in tuple("。！？…｡"):
        return False
    return not (said[-1] in _CJK_CLOSERS and said[-1] not in "）》" and _REPORTED.match(text, match.end()))


def _full_stop_ends(text: str, at: int, following: str, rules: _Rules) -> bool:
    before = text[max(0, at - 24) : at]
    pattern = _LAST_WORD if rules.language == "en" else _LAST_WORDS
    word = pattern.search(before)
    if word is None:
        return True
    kind = _kind(word.group(), before, rules)
    if kind == "numbered":
        return not following.lstrip(_BEFORE_A_WORD)[:1].isdigit()
    return kind in ("", "ends") or (kind == "last" and _begins(following, rules))


def _begins(following: str, rules: _Rules) -> bool:
    """Whether what follows is surely the beginning of a sentence."""
    word = _WORD.match(following.lstrip(_BEFORE_A_WORD + "—–-"))
    return following.lstrip()[:1] in tuple(_QUOTES) or bool(word and word.group().lower() in rules.starts)


def _kind(words: str, before: str, rules: _Rules) -> str:
    """How the words before a full stop bear on it: its key in the data, or "" for not at all."""
    parts = [part.strip().lower() for part in words.split(".")]
    listed = (rules.kinds.get(".".join(parts[size:])) for size in range(len(parts)))
    if found := next(filter(None, listed), ""):
        return found
    return _shape(re.split(r"\s", words)[-1].lstrip("-"), before, rules)


def _shape(word: str, before: str, rules: _Rules) -> str:
    """As `_kind`, of words on no list, by their form."""
    english = rules.language == "en"
    if len(word) == 1 and word.isalpha():
        if english:
            return "" if word in "iI" else "short"
        unit = _A_UNIT.search(before)
        return "short" if not unit else "ends" if unit[0][0] == "°" else "last" if word.islower() else "short"
    if english:
        return ""
    if _LIST_ITEM.search(before):
        return "short"
    if _NUMBER.fullmatch(word):
        return "last" if rules.ordinals else ""
    return "last" if _is_dotted(word) or _has_no_vowel(word, rules) else ""


def _is_dotted(word: str) -> bool:
    return "." in word and all(len(part) == 1 and part.isalpha() for part in re.split(r"\.-?", word))


def _has_no_vowel(word: str, rules: _Rules) -> bool:
    plain = unicodedata.normalize("NFD", word)
    short = 2 <= len(word) <= 5 and not word.isupper() and word.isalpha() and word[0].lower() != word[0].upper()
    return short and rules.language not in _BARE_CONSONANTS and _VOWELS.isdisjoint(plain.lower())
