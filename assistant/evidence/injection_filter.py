"""Sentences of an article that are addressed to a program which reads it, and what is no sentence of its text. Pure.

A few general signs are counted: who is spoken of (a program, whoever asks or retells), what of (answers, words to be
said, this text, instructions), and that it shall be so (an imperative, "is to be"). One sign is news about AI, courts
or quizzes; what two or three of them say together, and nobody reports, is an order. tests/benchmarks/sets tells how
many orders and how many ordinary sentences are told apart. What protects a reader is elsewhere: a model gets passages
as data, and no address and no mark of its own making reaches anybody.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from assistant.text.sanitizing import carries_link
from vectorstore.characters import without_hidden
from vectorstore.sentences import sentence_spans

_SAY = (
    "answer|reply|respond|output|print|translate|append|prepend|rephrase|rewrite|render|insert|embed|encode|decode"
    "|summari[sz]e|compute|impersonate|role-?play|recite|rhyme|tell|say|repeat|cite|write|state|declare|claim|pretend"
    "|act (?:as|like)|speak|talk|mention|quote|ignore|disregard|forget|discard|override|generate|refuse|decline|reveal"
    "|behave|compose|conclude|describe|comply|ignor(?:ez|iere?n?|e[sz]?)|vergiss|oublie[sz]?|olvid[ae]|dimentica"
)
_DO = (
    "switch|adopt|produce|count|begin|start|end|close|add|include|list|give|use|name|call|drop|leave out|agree|treat"
    "|keep|wrap|put|ask|credit|show|visit|scan|stop|send|forward|open with"
)
_LEAD = (
    r"^\W*(?:(?:please|now|instead|then|first|also|simply|just|kindly|and|but|so|important|note|always|never|only|let"
    r"|do not|don['’]t|from now on|you (?:must|should|need to|have to|are to)|(?:be|make) sure to"
    r"|remember to)\b[\s,:;!*-]*){0,5}"
)
_NO_NOUN = r"\b(?!\s+(?:of|is|was|were|are|has|had|by)\b|:)"
_TEXT = r"(?:articles?|text|page|report|piece|document|passage|paragraph|sentence|line|point)"
_RULES = r"(?:instructions?|prompts?|guidelines?|guidance|directions|directives?|task|rules|question|conversation)"
_PROGRAM = (
    r"(?:ai|llms?|gpts?|ki|chat ?bots?|bots?|(?:language|ai|reading|large) models?|models (?:that |which )?read\w*"
    r"|(?:(?:digital|virtual|ai|automated|responsible) )?assistants?(?! [a-z]+(?:or|er|al|ch|ary)\b)|summari[sz]ers?"
    r"|crawlers?|(?:reading|answering|retrieval|automated|machine) (?:systems?|programs?|engines?|readers?|tools?)"
    r"|a machine)"
)
# Each sign with what it counts; one alone is not enough.
ENOUGH, DOUBTFUL = 3.0, 2.0
_GOES_ON = 1.5
_SIGNS = {
    _PROGRAM: 2.0,
    # It is spoken to.
    rf"(?:dear|attention|hey|hello|you are|if you are|(?:notice|note|message|instructions?|hint) (?:to|for)|to the)\W+"
    rf"(?:\w+ ){{0,3}}{_PROGRAM}": 2.0,
    r"(?:whoever|any ?one|anybody|someone|those|people|readers?|everyone|journalists|editors) (?:who )?(?:asks?|asking"
    r"|retells?|repeats?|reads? this|reading this|pass(?:es)? (?:this|it) on|speaks? next|cites?)"
    r"|(?:the|your|this) user|(?:the|a) reader (?:who|wants|asks|would|really|must|should)|the person asking"
    r"|retold|retells?|(?:a|any) retelling|derived digests": 2.0,
    r"(?:answers|replies|responses|outputs?|completions?|retellings?|citations?|footnotes?"
    r"|(?:the|your|any|each|every|this|in|of|all|only|good|model|\w{3,}ed) (?:\w+ )?(?:answer|reply|response)"
    r"|(?:any|your|every|each|all|a complete) summar(?:y|ies)|antworte?n?|r[ée]ponses?|r[ée]pond(?:s|re|ez)"
    r"|answered (?:with|as|by)|respuestas?|responde|ответ\w*|回答|回覆)": 2.0,
    rf"(?:previous|prior|earlier|above|your|new|system|original|hidden|following|test) (?:\w+ )?{_RULES}"
    rf"|{_RULES} (?:that )?(?:you|given|received|above|is now)"
    r"|(?:this|any|every) (?:question|query|prompt|conversation)|consignes|instrucciones|anweisungen": 1.5,
    r"(?:the|this|single|code|with a|one) (?:line|sentence|words?|phrase|slogan|string|letters|code)"
    r"(?= ['‘“\"A-Z]| (?:is|of|be|that|for|below))": 1.5,
    r"(?:must|should|shall|(?:is|are) to) (?:mention|say|begin|start|end|include|contain|state|praise)"
    r"|(?:(?:(?:is|are) to|must|should|shall) be|(?:word|name|figure|number|answer|one|reply|sentence) to(?: be)?|be)"
    r" (?:\w+ )?(?:said|told|given?|added|carried|dated|named?|repeat(?:ed)?|supplied|shown|answered|quoted|mentioned"
    r"|cited|read as)": 1.5,
    r"(?:be|is|are) (?:retold|dated|put (?:first|last)|given (?:as|out|whole))|pass(?:es|ed)? (?:that|this|it) on"
    r"|tell (?:people|everyone|readers|anyone)|written about (?:it|this|her|him|them)|(?:mention|account) of"
    r"|(?:close|open|end|begin|start|finish)s? with the|what follows|anything (?:above|in front of|before)"
    r"|deserves? (?:to hear|the|a mention)|who (?:retells?|asks?)|people asking|asked about|outranks?"
    r"|no longer (?:counts?|apply|applies)": 1.5,
    rf"(?:this|the above) {_TEXT}|(?:above|before|until) this {_TEXT}|from (?:here|now) on"
    r"|everything (?:above|before)": 1.0,
    r"(?:correct|right|expected|accepted|valid|approved|updated|proper|model|complete|ideal|actual|real|good|full)"
    r" (?:\w+ )?(?:answer|repl(?:y|ies)|responses?|output|task|assignment|question|summary|thing to)": 1.0,
    r"(?:the|that) (?:question|query|conversation)": 0.5,
    r"your?s?": 0.5,
    r"(?:must|should|shall|ought|(?:is|are) (?:to|required|requested|expected|instructed)|has to|needs? to)": 0.5,
    r"(?:only|always|never|every|each|nothing but|no longer|instead|whenever|wherever)": 0.5,
}
_SIGNS_OF_ORDERS = [(re.compile(rf"(?<!\w)(?:{sign})(?!\w)", re.I), counts) for sign, counts in _SIGNS.items()]
_SIGNS_OF_ORDERS += [
    (re.compile(rf"(?:{_LEAD}|[.!;:] )(?:{_SAY}){_NO_NOUN}|{_LEAD}(?:{_DO}){_NO_NOUN}", re.I), 2.0),
    (re.compile(r"^\W*(?:answer|a|q) ?:", re.I), 2.0),
    (re.compile(r"(?<!\w)['‘][^'’\"]{2,60}['’](?!\w)"), 1.0),  # what is to be said
]
# Somebody reports it: "the chatbot said that it could not answer". The past alone may be an order's too.
_REPORT = [
    (
        re.compile(
            r"\b(?:said|says|\w+s say|told|tells|advises?|reminds?|warn(?:s|ed)|wrote|showed|according to)\b", re.I
        ),
        1.5,
    ),
    (re.compile(r"\b(?:was|were|had|did)\b", re.I), 0.5),
]
_SPEECH = re.compile(r"[\"“][^\"“”]*(?:[\"”]|$)")
# What stands between the turns of a chat, and a turn itself.
_DELIMITER = re.compile(
    r"<\|[^|<>]*\|?>|\[/?inst\]|<</?sys>>|</?(?:s|system|user|assistant|context|documents?|passages?|article)>"
    r"|^\W*#{2,}\s*\w|^\W*(?:system|assistant|user|human|developer|admin\w*)\b[^.\n]{0,30}:"
    r"|\b(?:begin|end) (?:\w+ )?(?:message|prompt)\b|\b(?:question|q): .*\b(?:answer|a): |\[//\]|\"role\"|tool result"
    r"|\bend of (?:the )?(?:articles?|documents?|context)\b|\btrusted (?:text|editor)\b|^\W*\[\d\] \w",
    re.I | re.M,
)

# Elements and comments, pictures and links, marks of sources, tables, headings, fences, formulas and objects.
_MARKUP = re.compile(
    r"</?[a-z][\w-]*(?:[\s/][^<>]*)?>|<[a-z]+[/\s][^<>]*$|<!|<[\w ]*\|"
    r"|&(?:lt|gt|#\d{2,6}|#x[0-9a-f]{2,6});|!\[|\]\s?[(\[]|\[\^|\[x?\s?\]\s\w"
    r"|(?:\[\d{1,3}\]\s*){3}|[【〔〖]|[.!?,]\s?[¹²³⁴-⁹]"
    r"|^\s*(?:\||#{1,6}\s\S|`{3}|[*-] \[)|\\(?:href|text|url|begin)\{|\{\s*\"\w+\"\s*:",
    re.I,
)
# A list of sources, which no sentence is.
_SOURCES = re.compile(
    r"^\W*(?:(?:cited |further |all )?(?:sources?|references|passages|citations|bibliography|credit line)|quellen?"
    r"|références|fuentes|fonti|bronnen|источники)\W*(?::|$)",
    re.I,
)
# Words of two alphabets, letters set apart, digits for letters, and what was encoded.
_DISGUISED = re.compile(
    r"[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]|(?:(?<!\S)\w[ ._-]{1,4}){6,}|(?:\b\w-){4,}"
    r"|(?:\b(?=\w*[a-z]\d+[a-z]|\w*\d[a-z]+\d)\w+\b.*?){3}"
    r"|\b(?=[A-Za-z+/]{0,99}\d)(?=[a-z0-9+/]{0,99}[A-Z])[A-Za-z0-9+/]{28,}|\b(?:[0-9a-f]{2}\s?){8,}\b"
    r"|\b(?:[01]{8}\s?){4,}|(?:\\[ux][0-9a-f]{2,4}|%[0-9a-fA-F]{2}|&#\w+;){4,}|\b(?:base64|rot13)\b"
    r"|(?:[.-]{1,5} ){5,}",
)
_OTHER_SCRIPT = 0.5


@lru_cache(maxsize=2048)  # an answer asks for the same passages at every step
def reporting(text: str, enough: float = ENOUGH) -> tuple[tuple[int, int], ...]:
    """Offsets of the sentences that report, in order: no orders, no markup, no address. From `enough` signs on a
    sentence is an order; DOUBTFUL of them are one in a hundred sentences of news."""
    kept = []
    ordered = False
    for start, end in sentence_spans(text):
        sentence = unicodedata.normalize("NFKC", without_hidden(text[start:end]))
        matter = strange(sentence) or _DELIMITER.search(sentence) is not None or strange_script(sentence, text)
        ordered = matter or order(sentence) >= (_GOES_ON if ordered else enough)
        if not ordered and not carries_link(sentence):
            kept.append((start, end))
    return tuple(kept)


def order(sentence: str) -> float:
    """How much speaks for an order to a program; what somebody is quoted with speaks for nothing."""
    bare = _SPEECH.sub(" ", sentence)
    told, reported = (
        sum(counts for sign, counts in signs if sign.search(bare)) for signs in (_SIGNS_OF_ORDERS, _REPORT)
    )
    return told - reported


def strange(sentence: str) -> bool:
    """Whether it is made of more than words: a reader of the article never saw it so."""
    return any(rule.search(sentence) for rule in (_MARKUP, _SOURCES, _DISGUISED))


def strange_script(sentence: str, text: str) -> bool:
    """Whether it is in another script than the text that it stands in."""
    return abs(_latin(sentence) - _latin(text)) > _OTHER_SCRIPT


def _latin(text: str) -> float:
    """The share of Latin letters among all; 1 where there are none."""
    if text.isascii():
        return 1.0
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(letter.isascii() or unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return latin / len(letters) if letters else 1.0
