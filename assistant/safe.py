"""What a model wrote, before any of it is shown: words, and nothing that acts. Pure.

A model may have read an order in an article, and writes what it is told. So whatever it writes loses what only a page
or a reader's click could carry out: markup, addresses, marks of sources that do not exist, a list of sources of its
own, characters that nobody sees, and words without end.
"""

from __future__ import annotations

import re

from vectorstore.hidden import without_hidden

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
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,15}\s?:\s?/\s?/\s?\S*|\b(?:javascript|data|mailto|vbscript|tel|file):\S+|\bwww\s?\.\s?\w\S*"
    r"|\b(?:[a-z0-9-]+(?:\.|\s?[\[({](?:\.|dot)[\])}]\s?))+[a-z]{2,24}(?::\d+)?/\S*"
    r"|\b[a-z0-9-]+\s?[\[({](?:\.|dot)[\])}]\s?[a-z]{2,24}\b|\b\S+@[a-z0-9-]+\.[a-z]{2,}|\]\s?\([^)\s]*[./][^)]*(?:\)|\Z)",
    re.I,
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


def carries_address(sentence: str) -> bool:
    """Whether a web or mail address stands in it. No model is shown one, so none that it writes is a source's own."""
    return _ADDRESS.search(sentence) is not None


def without_addresses(text: str) -> str:
    """An article's words for where a bare address would become a link; each one is an ellipsis."""
    return _ADDRESS.sub("…", text)
