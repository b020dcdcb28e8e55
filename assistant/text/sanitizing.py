"""What a model wrote, before any of it is shown: words, and nothing that acts. Pure.

A model may have read an order in an article, and writes what it is told. So whatever it writes loses what only a page
or a reader's click could carry out: markup, addresses, marks of sources that do not exist, a list of sources of its
own, characters that nobody sees, and words without end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tld.utils import is_tld

from assistant.text.words import STOP_WORDS
from vectorstore.characters import without_hidden

# Markdown pictures and links keep their target, by which the whole sentence is then left out.
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<[/!?|]?[a-zA-Z][^<>]*(?:>|\Z)|<\|[^<>]*(?:\|?>|\Z)", re.S)
_MARKUP = re.compile(r"!(?=\[)|^[ \t]*(?:#{1,6}[ \t]+|>+[ \t]?|`{3,}.*$)|[*_]{2,3}(?=\S)|(?<=\S)[*_]{2,3}|`+", re.M)
# Marks that name no passage: [Reuters], [^1], [1†source], 【3】, ¹ behind a stop. A plain [n] is read by citations.
_FORGED = re.compile(
    r"\[(?!\s*(?:passages?\s*)?\d{1,2}(?:\s*(?:,|;|and|&)\s*\d{1,2})*\s*\])"
    r"(?:[^\[\]\n]*\d[^\[\]\n]*|\s*(?:source|ref|citation|cite|footnote|article|link)[^\[\]\n]*)\]"
    r"|[【〔〖［][^】〕〗］\n]{0,80}[】〕〗］]|(?<=[.!?,;”\"])[¹²³⁰⁴-⁹]+",
    re.I,
)
_NUMBER = re.compile(r"^(?:\[\d{1,3}\]\s*)+|\s*\[\d{1,3}\]")
_LIST_OF_SOURCES = re.compile(
    r"(?:^|(?<=[.!?\])”\"]\s))[^\w\n\[]*(?:(?:cited |further |all |the )?(?:sources?|references?|citations?|"
    r"bibliography|works cited|footnotes?|further reading|read more|see also|links)|quellen?|belege|références|fuentes|"
    r"referencias|fonti|riferimenti|fontes|bronnen|źródła|источники|kaynaklar|来源|來源|参考文献|出典)"
    r"[ \t]*[*_]*[ \t]*(?:[:：][^\n]*|$)",
    re.I | re.M,
)
_LOOP = re.compile(r"(?<!\S)(\S(?:.{0,58}?\S)??)(?:\s+\1){3,}(?!\S)", re.S)
_RUN = re.compile(r"(\S)\1{11,}")
# With a scheme, with "www.", or a host with a path; also where somebody broke it up so that nothing finds it.
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,15}\s?:\s?/\s?/\s?\S*|\b(?:javascript|data|mailto|vbscript|tel|sms|skype|magnet|bitcoin|ethereum|file):\S+|\bwww\s?\.\s?\w\S*"
    r"|\b(?:[a-z0-9-]+(?:\.|\s?[\[({](?:\.|dot)[\])}]\s?))+[a-z]{2,24}(?::\d+)?/\S*"
    r"|\b[a-z0-9-]+\s?[\[({](?:\.|dot)[\])}]\s?[a-z]{2,24}\b|\b\S+@[a-z0-9-]+\.[a-z]{2,}|\]\s?\([^)\s]*[./][^)]*(?:\)|\Z)",
    re.I,
)

# What may be a bare host: `host.example`, also with an ideographic stop; with a space before the stop; spelled out.
_DOTTED = re.compile(r"(?<![\w.@])(?P<labels>(?:[\w-]+[.。])+)(?P<top>xn--[a-z\d-]{2,59}|[^\W\d_]{2,24})(?![\w-])")
_SPACED = re.compile(r"[\w-]\s+(?:\.\s?|dot\s+)(?P<top>[^\W\d_]{2,24})(?![\w-])", re.I)
# Top-level names that no registry gives away (RFC 2606, 6761, 7686, 9476).
_RESERVED = frozenset("alt example internal invalid local localhost onion test".split())
# "Amazon.com fell", "according to Amazon.com": a company by its name. Nobody is sent there, as by "at" or "use".
_COMPANY = re.compile(r"[A-Z][A-Za-z]+\.(?:com|net|org|gov)")
_BEFORE_A_NAME = re.compile(r"(?:^|\b(?:of|by|and|the|than|according to)\s)\W*$", re.I)
# Of a machine, a telephone, an account or a wallet.
_NUMBER_OF = re.compile(
    r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)|\b0x[0-9a-fA-F]{6,}|\[(?=[\d.:]*[a-fA-F:]{2})[0-9a-fA-F:.]+\]"
    r"|\b(?:[0-9a-fA-F]{1,4}:){4,}|(?<![\w:])(?=[a-fA-F:]*\d)(?:[0-9a-fA-F]{1,4}:)+:[0-9a-fA-F]"
    # With its country; with an area's zero; as in North America, where letters may stand for digits.
    r"|\+\s?\d(?:[ ().-]{0,2}\d){7,}"
    r"|(?<![\d.,:])\(?0\d{2,4}\)?[ /-]?\d{2,}(?:[ -]?\d{2,}){1,3}(?![.,:]?\d)|(?<![\d.,:])0\d(?:[ .-]\d\d){4}\b"
    r"|(?<![\d.,-])(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![-.,]?\d)"
    r"|\b8\d\d[- ](?=[\d-]*[A-Z])[A-Z\d](?:-?[A-Z\d]){6,9}\b"
    # Groups of digits that are no thousands and no years; more digits in a row than any quantity is written with.
    r"|(?<!\d)(?!(?:1[5-9]|20)\d\d (?:1[5-9]|20)\d\d\b)\d{4,} \d{4,}|\d{4}-\d{4}-\d{4}|\d{9,}"
    r"|\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{20,}\b"
    # Of a few digits, where one is told to reach it.
    r"|\b(?i:text|sms|dial|phone|call|ring|fax|whatsapp)s?\b(?:\W+[^\W\d]+){0,5}?\W+(?!(?:19|20)\d\d\b)"
    r"(?<![\d.,$€£])\d[\d -]{2,}\d(?=\s*(?:$|[.,;:!?)\"”](?:\W|$)|(?:and|or|to|for|from|with|now|today)\b))",
)


def words_only(text: str) -> str:
    """What a model wrote, or has written so far, as plain text up to a list of sources of its own."""
    text = _TAG.sub("", without_hidden(text))
    if heading := _LIST_OF_SOURCES.search(text):
        text = text[: heading.start()]
    text = _FORGED.sub("", _MARKUP.sub("", text))
    return _LOOP.sub(r"\1", _RUN.sub(r"\1\1\1", text))


def without_marks(sentence: str) -> str:
    """An article's sentence without the marks of its own sources, [12], which a reader would take for ours."""
    return _NUMBER.sub("", sentence)


def carries_link(sentence: str) -> bool:
    """Whether a web or mail address stands in it that a page or a reader's program may make a link of."""
    return _LINK.search(sentence) is not None


def carries_address(sentence: str) -> bool:
    """Whether it says where to go, whom to call or where to pay: links, hosts, and the numbers of machines, telephones,
    accounts and wallets. For what a model wrote; an article's own sentence may."""
    sentence = unicodedata.normalize("NFKC", sentence)
    return carries_link(sentence) or _NUMBER_OF.search(sentence) is not None or any(_hosts(sentence))


def _hosts(text: str) -> Iterator[str]:
    """Bare names of hosts: what stands behind the last stop has to be a top-level name."""
    for match in _DOTTED.finditer(text):
        if _is_top(match["top"]) and not _is_abbreviation(match) and not _is_company(match):
            yield match.group()
    for match in _SPACED.finditer(text):
        if _is_top(match["top"]) and match["top"].lower() not in STOP_WORDS:
            yield match.group()


def _is_top(name: str) -> bool:
    """Not "home.In": there a space is missing behind a sentence."""
    return (name.islower() or name.isupper() or not name.isascii()) and (
        name.lower() in _RESERVED or bool(is_tld(name.lower()))
    )


def _is_abbreviation(match: re.Match[str]) -> bool:
    """`p.m.et`, `10.30.am`"""
    labels = re.split("[.。]", match["labels"])[:-1]
    return (len(labels) > 1 and all(len(each) == 1 for each in labels)) or (
        len(match["top"]) == 2 and all(each.isdigit() for each in labels)
    )


def _is_company(match: re.Match[str]) -> bool:
    text = match.string
    named = _COMPANY.fullmatch(match.group()) is not None
    return named and _BEFORE_A_NAME.search(text[: match.start()]) is not None


def without_addresses(text: str) -> str:
    """An article's words for where a bare address would become a link; each one is an ellipsis."""
    return _LINK.sub("…", text)
