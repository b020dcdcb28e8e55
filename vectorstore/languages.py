"""The language of a text, and its words: where they begin and end, which say nothing alone, what their forms share.

A language is named as in ISO 639-1 ("de", "zh"), "" is unknown. Non-Latin scripts tell most languages by themselves. In
Latin letters the small words of each language vote, a word of several languages sharing its vote among them; between
those that look alike, py3langid decides (Lui and Baldwin 2012, "langid.py"). Words of scripts without spaces are pairs
of characters, the usual stand-in for a dictionary (McNamee and Mayfield 2004, "Character N-Gram Tokenization").
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise

import regex

_STEMMERS = {
    **{"ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english"},
    **{"es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french"},
    **{"ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian"},
    **{"lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese"},
    **{"ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish"},
}
# Slavic languages without a Snowball stemmer: the beginning of a word stands for its forms (truncation; McNamee,
# Nicholas and Mayfield 2008, "Don't Have a Stemmer?").
_BY_BEGINNING, _BEGINNING = frozenset("uk be bg mk hr sk sl".split()), 5
# Hebrew writes "and", "the", "in", "to", "from" and "that" onto the word.
_JOINED_ON = regex.compile(r"^[והבלכמש]{1,2}(?=\p{Hebrew}{2})")
_IN_LATIN_LETTERS = "en de fr es pt it nl pl tr sv da no fi cs ro hu id vi ca hr sk".split()
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "tl": "fil", "ms": "id", "bs": "hr", "gl": "pt"}
# Of these a text's declaration knows better than its words.
_ALIKE = [
    set(group.split()) for group in ("no da sv", "hr sr sl", "cs sk", "es pt ca", "ru uk bg sr", "hi ne mr", "ar fa ur")
]
_SCRIPTS = {
    name: regex.compile(rf"\p{{{name}}}")
    for name in "Latin Cyrillic Greek Arabic Hebrew Devanagari Bengali Tamil Thai Han Hangul Armenian Georgian".split()
}
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_OF_SCRIPT = {
    **{"Greek": "el", "Hebrew": "he", "Bengali": "bn", "Tamil": "ta", "Thai": "th", "Hangul": "ko", "Armenian": "hy"},
    **{"Georgian": "ka", "Devanagari": "hi", "Han": "zh"},
}
# Letters that only one language of the script writes.
_LETTERS = {
    "Cyrillic": ({"uk": "іїєґ", "sr": "љњђћџ", "be": "ў"}, "ru"),
    "Arabic": ({"ur": "ٹڈڑںے", "fa": "پچژگ"}, "ar"),
}
SAMPLE = 1000
"""Characters of the beginning of a text, which tell its language."""
_KANA_OF_JAPANESE = 0.05
_LEAST_VOTES, _NEARLY = 0.75, 0.5
_LEAST_WORDS, _A_HEADLINE = 3, 6
# Of fewer words than these what is declared counts.
_LEAST_WORDS_SEEN = 6
WORD = regex.compile(r"\d+(?:[.,]\d+)+|[\w\p{M}]+(?:['’][\w\p{M}]+)?")
_LETTERS_OF_A_WORD = regex.compile(r"[^\W\d_]{2,}")
_ELIDED = regex.compile(r"^\w{1,5}['’](?=\w)")
_ELIDING = frozenset({"fr", "it", "ca"})
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}ー々\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
"""A letter of a script that puts no space between words, as a set of the regex module."""
RUNS_ON = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff"
)
"""What such scripts are written with, as ranges of a set: Thai, Lao, Burmese, Khmer; Chinese and Japanese with their
punctuation."""
_RUNS_ON = regex.compile(f"[{RUNS_ON}]+")
_HAN_A_WORD, _SOUTH_EAST_A_WORD = 2, 5  # characters, vowel signs included
# Words of Korean have spaces, and endings that no stemmer at hand takes off.
_IN_PAIRS = regex.compile(rf"(?:{UNSPACED}|\p{{Hangul}})+")
# Katakana and digits are words as they stand; what hiragana adds to a word is its ending.
_PIECE = regex.compile(r"[\p{Katakana}ー]+|[\p{Han}々〇]+|[\p{Hangul}]+|[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+")
_PARTICLES = "的了吗呢吧是在和与及或就都也很被把对从向这那哪"


def language_of(text: str) -> str:
    """The language that most of its beginning is in."""
    return _looks_like(text[:SAMPLE])


@lru_cache(maxsize=8192)
def _looks_like(sample: str) -> str:
    counts = {name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS.items()} if not sample.isascii() else {}
    kana = len(_KANA.findall(sample)) if counts else 0
    script = max(counts, key=lambda name: counts[name], default="Latin")
    if kana > _KANA_OF_JAPANESE * counts.get("Han", 0) and kana + counts["Han"] > counts["Latin"]:
        return "ja"
    if script in _LETTERS:
        own, common = _LETTERS[script]
        return next((language for language, letters in own.items() if not set(letters).isdisjoint(sample)), common)
    return _OF_SCRIPT.get(script) or (_by_small_words(sample) if counts.get("Latin", 1) else "")


def normal(tag: str) -> str:
    """ "de" of "de-AT"."""
    first = regex.split(r"[-_]", tag.strip().lower())[0]
    return _SAME.get(first, first)


@cache
def language_name(language: str) -> str:
    """ "German", for "de"; the code itself where it is not known."""
    from babel import Locale

    return str(Locale("en").languages.get(language, language))


def resolved(declared: str, text: str) -> str:
    """The language of a text that is declared to be in one: what it looks like, since many sites declare what their
    software came with, and the declaration between languages that look alike."""
    stated, seen = normal(declared), language_of(text)
    if stated and seen in _IN_LATIN_LETTERS and len(_LETTERS_OF_A_WORD.findall(text[:SAMPLE])) < _LEAST_WORDS_SEEN:
        return stated
    alike = any({stated, seen} <= group for group in _ALIKE)
    return stated if stated and (alike or not seen) else seen


def count_of_words(text: str) -> int:
    """Words between spaces, and those that the characters amount to in scripts that write none."""
    runs = [] if text.isascii() else _RUNS_ON.findall(text)
    if not runs:
        return len(text.split())
    han = sum(len(run) for run in runs if run[0] >= "\u3000")
    south_east = sum(map(len, runs)) - han
    between = len(_RUNS_ON.sub(" ", text).split())
    return between + -(-han // _HAN_A_WORD) + -(-south_east // _SOUTH_EAST_A_WORD)


def words_in(text: str, language: str) -> list[str]:
    """Its words in order, in lower case."""
    return [word for match in WORD.finditer(text) for word in _words(match.group().lower(), language)]


@cache
def stop_words(language: str) -> frozenset[str]:
    """Those that say nothing alone; none for a language without a list (stopwords-iso)."""
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(language)) if stopwordsiso.has_lang(language) else frozenset()


def share_at_large(word: str, language: str) -> float:
    """Of all words that are written in a language, the share that are this one, in any capitals; "" is read as English.
    0.0 for one that is hardly ever written, less than once in a million words, and in a language that is not known
    (wordfreq; Speer 2022)."""
    return _written(language or "en").get(word.lower(), 0.0)


@cache
def _written(language: str) -> Mapping[str, float]:
    from wordfreq import available_languages, get_frequency_dict

    return get_frequency_dict(language, "small") if language in available_languages("small") else {}


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """What the forms of a word have in common, without accents: Snowball's stem where there is one, the beginning in
    related languages."""
    known = _stemmer(language)
    return without_accents(known(word.lower()) if known and not _IN_PAIRS.search(word) else word.lower())


# Unicode takes none of these for a letter with an accent; who has them on no keyboard writes them so.
_ON_NO_KEYBOARD = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "ng", "Ŋ": "Ng"}
)


def without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.translate(_ON_NO_KEYBOARD))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def spelled_otherwise(word: str) -> Iterator[str]:
    """Without umlauts as those write it who have none on their keyboard, and the other way round."""
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ø", "oe"), ("å", "aa")):
        if umlaut in word:
            yield without_accents(word.replace(umlaut, letters))
        elif letters in word:
            yield without_accents(word.replace(letters, umlaut))


@cache
def _stemmer(language: str) -> Callable[[str], str] | None:
    import snowballstemmer

    if language in _BY_BEGINNING:
        return lambda word: word[:_BEGINNING]
    if language == "he":
        return lambda word: _JOINED_ON.sub("", word)
    return snowballstemmer.stemmer(_STEMMERS[language]).stemWord if language in _STEMMERS else None


@cache
def _votes() -> dict[str, tuple[str, ...]]:
    """Each small word with the languages that have it."""
    found: dict[str, list[str]] = defaultdict(list)
    for language in _IN_LATIN_LETTERS:
        for word in stop_words(language):
            found[word].append(language)
    return {word: tuple(languages) for word, languages in found.items()}


def _by_small_words(sample: str) -> str:
    length = len(_LETTERS_OF_A_WORD.findall(sample))
    if sample.isascii() and length < _LEAST_WORDS:
        return ""
    of_names = sample.isascii() and length < _A_HEADLINE
    votes: dict[str, float] = defaultdict(float)
    for match in WORD.finditer(sample):
        word = match.group().lower()
        having = _votes().get(word) or _votes().get(_ELIDED.sub("", word), ())
        for language in having:
            # "El Salvador votes": in a headline what has a capital may be of a name.
            if language == "en" or not (of_names and match.group()[0].isupper()):
                votes[language] += 1 / len(having)
    best = max(votes.values(), default=0.0)
    near = {language for language, given in votes.items() if given >= _NEARLY * best}
    if votes.get("en", 0.0) == best >= _LEAST_VOTES or near == {"en"}:
        return "en"
    if len(near) == 1 and best >= _LEAST_VOTES:
        return near.pop()
    return _ranked(sample, near, best)


def _ranked(sample: str, near: set[str], votes: float) -> str:
    """The one of those near that looks most like the text; with few votes it has to look so before all others."""
    import py3langid

    if not near and not sample.isascii() and len(_LETTERS_OF_A_WORD.findall(sample)) >= _LEAST_WORDS:
        near = set(_IN_LATIN_LETTERS)  # not one small word, and letters that English does not have
    order = [_SAME.get(name, name) for name, _ in py3langid.rank(sample)] if near else []
    if votes < _LEAST_VOTES:
        order = order[:1]
    return next((language for language in order if language in near), "")


def _words(word: str, language: str) -> Iterator[str]:
    if not _IN_PAIRS.search(word):
        yield _ELIDED.sub("", word) if language in _ELIDING else word
        return
    done = 0
    for run in _IN_PAIRS.finditer(word):
        if word[done : run.start()]:
            yield word[done : run.start()]
        yield from _pairs(run.group(), language)
        done = run.end()
    if word[done:]:
        yield word[done:]


def _pairs(run: str, language: str) -> Iterator[str]:
    """A run of a script without spaces as pairs of characters, cut at what says nothing: no pair lies across it."""
    for match in _PIECE.finditer(_cut(language).sub(" ", run)):
        piece = match.group()
        if len(piece) < 3 or regex.match(r"[\p{Katakana}ー]", piece):
            yield piece
        else:
            yield from (one + other for one, other in pairwise(piece))


@cache
def _cut(language: str) -> regex.Pattern[str]:
    """What a run is cut at: small words of two characters and more, and in Chinese the particles of one."""
    small = sorted((word for word in stop_words(language) if len(word) > 1), key=len, reverse=True)
    single = f"[{_PARTICLES}]" if language == "zh" else "(?!)"
    return regex.compile("|".join([*map(regex.escape, small), single]) if language in ("zh", "ja", "th") else "(?!)")
