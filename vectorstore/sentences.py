"""Where sentences begin and end, as offsets, so that nothing downstream has to search for its own text again."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from vectorstore.languages import language_of, normal

_CLOSE_ELSEWHERE = "«›‹“‘"
_CLOSERS = "\"'”’»)]" + _CLOSE_ELSEWHERE
_BEFORE_A_WORD = " \t\u00a0\u202f\"'”’»)]“‘«([„‚›‹¿¡"
_QUOTES = tuple('"“„«»‹›”')
_JOINS_ON = tuple(",،、，;؛；:：.。)）")
# Full stops of scripts that have their own: Devanagari, Urdu, Armenian, Ethiopic, Burmese, Khmer. Where a text has
# them, a plain one after a letter of such a script marks a short form.
_OWN = "\u0964\u0965\u06d4\u0589\u1362\u1367\u1368\u104b\u17d4\u17d5"
_FIRST_OF_THEM = "\u0530"
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
_MORE_THAN_A_SIGH = 6
_HOLDS_SENTENCES = re.compile("[。！？｡…][」』）]$")  # a title ends none
# What goes on after a quotation: particles in Japanese, a short clause of saying in Chinese.
_REPORTED = re.compile(
    r"[とをがにはもので]|って|という|など|[^，。！？：；、\s]{0,14}[说說道问問称稱示调調出答喊叹嘆释釋][。，：]"
)
# Those of India with their marks; not those of Chinese and Japanese, where a short form has no space before it.
_LETTER = "(?:[^\\W\u2e80-\u9fff]|[\u0900-\u0dff])"
_LAST_WORD = re.compile(rf"(?:{_LETTER}|\.)+$")
_LAST_WORDS = re.compile(rf"(?:-?{_LETTER}(?:{_LETTER}|[:-])*\.[ \u00a0\u202f]?){{0,4}}-?{_LETTER}(?:{_LETTER}|[:-])*$")
_LIST_ITEM = re.compile(r"(?:^|\n)[ \t]*\d{1,2}$")
_SMALL_NUMBER = re.compile(r"\d{1,3}|[IVXLC]{2,6}")  # an ordinal, where the language writes them so
_DOTTED = re.compile(r"[^\W\d_](?:\.-?[^\W\d_])+")
_UNIT = re.compile(r"\d[ \u00a0\u202f]?[^\W\d_]$")
_DEGREES = re.compile(r"°[A-Z]$")
_WORD = re.compile(r"[^\W\d_]+")
_URDU_WORD = re.compile(r"[^\s۔،؟]+")
_FEW_LETTERS = re.compile(r"[a-zà-ɏͰ-ӿ]{2,5}", re.IGNORECASE)
_VOWELS = frozenset("aeiouyıæøœаеиоуыэюяєіїαεηιουω")
# Languages that have words without a vowel.
_SAY_CONSONANTS = frozenset(["cs", "sk", "hr", "sl", "sr", "bs", "mk", "bg"])
_WRITTEN_ALIKE = {"nb": "no", "nn": "no", "bs": "hr", "sr": "hr", "ms": "id"}


class _Rules(NamedTuple):
    language: str
    kinds: dict[str, str]
    starts: frozenset[str]
    letters: frozenset[str]
    ordinals: bool


def sentence_spans(text: str, language: str = "") -> list[tuple[int, int]]:
    """Offsets `(start, end)` of each sentence in order, without surrounding space; never empty ones.

    Every character that is not white space lies in exactly one span. `language` is a code such as "de" or "pt-BR";
    without one, the text's own counts.
    """
    spans = []
    start = 0
    for end in [*_ends(text, _rules(normal(language) or language_of(text) or "en")), len(text)]:
        stripped = text[start:end].strip()
        if stripped:
            begin = start + text[start:end].index(stripped)
            spans.append((begin, begin + len(stripped)))
        start = end
    return spans


@cache
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "sentences.toml").read_text(encoding="utf-8"))


@cache
def _rules(language: str) -> _Rules:
    data = _data().get(_WRITTEN_ALIKE.get(language, language)) or _data()["other"]
    kinds = {form: kind for kind in ("short", "numbered", "last", "ends") for form in data.get(kind, "").split()}
    starts, letters = (frozenset(data.get(key, "").split()) for key in ("starts", "letters"))
    return _Rules(language, kinds, starts, letters, data.get("ordinals", False))


def _ends(text: str, rules: _Rules) -> Iterator[int]:
    own = not text.isascii() and re.search(f"[{_OWN}。]", text) is not None
    start = 0
    for match in _BREAK.finditer(text):
        if _is_end(text, match, start, rules, own):
            start = match.end()
            yield start


def _is_end(text: str, match: re.Match[str], start: int, rules: _Rules, own: bool) -> bool:
    """Whether the sentence that begins at `start` ends here; `own`: the text has full stops of its own script."""
    following = text[match.end() : match.end() + 40]
    match match.lastgroup:
        case "line":
            return _ends_line(match.group(), following)
        case "stop":
            plain = own and match.group() == "." and text[match.start() - 1] > _FIRST_OF_THEM
            return not plain and _ends_sentence(text, match, start, rules, following)
        case "own" | "kin":
            return not following.startswith(_JOINS_ON) and _ends_sentence(text, match, start, rules, following)
        case "thai":
            return match.end() - start >= _THAI_SENTENCE
        case "pause":
            return match.start() - start >= _MORE_THAN_A_SIGH
    return _ends_cjk(text, match)


def _ends_line(between: str, following: str) -> bool:
    """Whether a line ends a sentence too: not where an editor broke it and the next goes on in lower case."""
    return between != "\n" or not following[:1].islower()


def _ends_sentence(text: str, match: re.Match[str], start: int, rules: _Rules, following: str) -> bool:
    if rules.language == "en" and match.group()[-1] in _CLOSE_ELSEWHERE:
        return False
    if _goes_on(following, rules) or _is_quoted_question(text, match, start, following):
        return False
    before = text[max(0, match.start() - 24) : match.start()]
    if match.group() == ".":
        return _full_stop_ends(before, following, rules)
    # Else a question mark, an ellipsis, or a stop that closes a quotation.
    return match.group() != "۔" or not _is_letter_of_a_name(before, following, rules)


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
    letter = following.lstrip(_BEFORE_A_WORD)[:1] or " "
    return unicodedata.category(letter) == "Lo" and text[start : start + 8].lstrip().startswith(_QUOTES)


def _is_letter_of_a_name(before: str, following: str, rules: _Rules) -> bool:
    """Initials in Urdu: a single letter, or the names of two letters and more."""
    one, last = ["", *_URDU_WORD.findall(before)][-2:]
    if len(last) == 1 or last not in rules.letters:
        return len(last) == 1
    after = _URDU_WORD.match(following.lstrip())
    run = one in rules.letters and re.search(rf"{one}۔\s?{last}$", before) is not None
    return (after is not None and after.group() in rules.letters) or (run and not _begins(following, rules))


def _ends_cjk(text: str, match: re.Match[str]) -> bool:
    said = match.group()
    if text.startswith(_JOINS_ON, match.end()) or (match.lastgroup == "held" and not _HOLDS_SENTENCES.search(said)):
        return False
    return said[-1] not in "」』”\"'" or _REPORTED.match(text, match.end()) is None


def _full_stop_ends(before: str, following: str, rules: _Rules) -> bool:
    word = (_LAST_WORD if rules.language == "en" else _LAST_WORDS).search(before)
    kind = _kind(word.group(), before, rules) if word else "ends"
    if kind == "numbered":
        return not following.lstrip(_BEFORE_A_WORD)[:1].isdigit()
    return kind == "ends" or (kind == "last" and _begins(following, rules))


def _begins(following: str, rules: _Rules) -> bool:
    """Whether what follows is surely the beginning of a sentence."""
    word = _WORD.match(following.lstrip(_BEFORE_A_WORD + "—–-"))
    return following.lstrip().startswith(_QUOTES) or bool(word and word.group().lower() in rules.starts)


def _kind(words: str, before: str, rules: _Rules) -> str:
    """How the words before a full stop bear on it: "short", "numbered", "last" or "ends" as in the data."""
    forms = words.lower().split()
    listed = (rules.kinds.get("".join(forms[at:])) for at in range(len(forms)))
    if found := next(filter(None, listed), ""):
        return found
    word = words.split()[-1].lstrip("-")
    if len(word) == 1 and word.isalpha():
        return _kind_of_letter(word, before, rules)
    if rules.language == "en" or (word.isdigit() and _is_numbered(forms[:-1], rules)):
        return "ends"
    return _kind_of_form(word, before, rules)


def _is_numbered(forms: list[str], rules: _Rules) -> bool:
    """Whether a number after them is no ordinal: "č. 5", "Nr. 7"."""
    last = forms[-1].rstrip(".") if forms else ""
    return last.isalpha() and (len(last) == 1 or last in rules.kinds)


def _kind_of_letter(letter: str, before: str, rules: _Rules) -> str:
    """That of an initial, or of a unit after a number."""
    if rules.language == "en":
        return "ends" if letter in "iI" else "short"
    if _DEGREES.search(before):
        return "ends"
    return "last" if letter.islower() and _UNIT.search(before) else "short"


def _kind_of_form(word: str, before: str, rules: _Rules) -> str:
    """That of a word on no list: the number of an item, an ordinal, dotted letters, consonants alone."""
    if _LIST_ITEM.search(before):
        return "short"
    if _SMALL_NUMBER.fullmatch(word):
        return "last" if rules.ordinals else "ends"
    return "last" if _DOTTED.fullmatch(word) or _has_no_vowel(word, rules) else "ends"


def _has_no_vowel(word: str, rules: _Rules) -> bool:
    if rules.language in _SAY_CONSONANTS or word.isupper() or not _FEW_LETTERS.fullmatch(word):
        return False
    return _VOWELS.isdisjoint(unicodedata.normalize("NFD", word.lower()))
