"""Opinion and satire, told from news by outlet, address, headline and wording. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from assistant.text.texts import tr, tr_later
from assistant.text.words import folded
from vectorstore.models import Article


def _plain(outlet: str) -> str:
    """An outlet's name as in its address: "The Onion" and theonion.com are one."""
    return re.sub(r"\W", "", folded(outlet)).removeprefix("the")


# Outlets that print nothing but satire, as they call themselves.
SATIRICAL_OUTLETS = frozenset(
    map(
        _plain,
        (
            "The Onion", "The Babylon Bee", "The Daily Mash", "NewsThump", "Waterford Whispers News", "The Beaverton",
            "Der Postillon", "The Postillon", "Le Gorafi", "El Mundo Today", "Reductress", "ClickHole", "The Chaser",
            "The Betoota Advocate", "Nordpresse", "Sensacionalista", "Lercio", "The Borowitz Report", "De Speld",
            "World News Daily Report", "Duffel Blog", "The Spoof", "NewsBiscuit", "Faking News", "The Shovel",
            "Die Tagespresse", "Eine Zeitung", "Rokokoposten", "Zaytung", "The Daily Currant", "The Civilian",
            "The Hard Times", "The Needling", "The UnReal Times", "Southend News Network", "The Poke", "Titanic",
        ),
    )
)  # fmt: skip
_SATIRE = r"satir\w*|parody|spoof|humou?r|sátira|humor|glosse"
_OPINION = (
    r"opinions?|op-?ed|comment(?:ary|isfree)?|columns?|columnists?|editorials?|leader|viewpoint|perspectives?|essay"
    r"|letters?(?: to the editor)?|guest essay|first person|blog|my view|meinung|kommentar|leitartikel|opinión|tribuna"
    r"|tribune|chronique|éditorial|opinião|coluna|editorial"
)
_ANALYSIS = r"analys[ie]s|analyse|análisis|análise|explainer"
_LABELLED = "^[\\[(]?(?:{0})[\\])]?\\s*(?:[:|]|[-–—]\\s)|[|–—-]\\s*(?:{0})\\s*$|\\((?:{0})\\)"
_IN_ADDRESS = "/(?:{0})s?(?:/|$)"
# What a piece says of itself, at its end or beginning.
_OF_ITSELF = re.compile(
    r"\b(?:work|piece|article|site|page) of (?:satire|parody|fiction)\b|\bour (?:humou?r|satire|satirical) (?:pages?"
    r"|section|column)\b|\bthis (?:is|was) (?:a )?(?:satire|satirical|parody)\b",
    re.I,
)
_OWN_VIEW = re.compile(
    r"\b(?:views|opinions) (?:expressed|are)\b[^.]*\b(?:author|writer|own)|\bthis is an? (?:opinion|personal)\b"
    r"|\bis an? (?:opinion )?(?:columnist|opinion writer|opinion contributor)\b",
    re.I,
)
_EDGE = 600


class Genre(StrEnum):
    """What kind of piece an article is."""

    NEWS = "news"
    ANALYSIS = "analysis"
    OPINION = "opinion"
    SATIRE = "satire"

    @property
    def answers_alone(self) -> bool:
        """Whether it may answer a question of fact when no other article does."""
        return self in (Genre.NEWS, Genre.ANALYSIS)


_INTRODUCED = {
    Genre.OPINION: tr_later("In an opinion piece ({source}):"),
    Genre.SATIRE: tr_later("In a satirical piece ({source}):"),
}


def introduction(article: Article) -> str:
    """`In a satirical piece (The Onion):`, to stand before its words; "" for news and analysis."""
    kind = genre(article)
    return "" if kind.answers_alone else tr(_INTRODUCED[kind], source=article.outlet or article.title)


@lru_cache(maxsize=1024)
def genre(article: Article) -> Genre:
    """The kind of a piece. Satire goes before opinion, opinion before analysis."""
    edges = f"{article.text[:_EDGE]}\n{article.text[-_EDGE:]}"
    outlet = _plain(re.sub(r"^www\.|\.(?:com?|net|org|de|fr|es|ie|ca|uk|au|nl)\b.*$", "", article.outlet.lower()))
    if outlet in SATIRICAL_OUTLETS or _named(_SATIRE, article, outlet=True) or _OF_ITSELF.search(edges):
        return Genre.SATIRE
    if _named(_OPINION, article) or _OWN_VIEW.search(edges):
        return Genre.OPINION
    return Genre.ANALYSIS if _named(_ANALYSIS, article) else Genre.NEWS


def _named(words: str, article: Article, outlet: bool = False) -> bool:
    """Whether the headline is marked with one of the words, or the address has it as a part, or the outlet its mark."""
    labelled = re.compile(_LABELLED.format(words), re.I)
    if labelled.search(article.title) or re.search(_IN_ADDRESS.format(words), article.url, re.I):
        return True
    return outlet and bool(labelled.search(article.outlet))
