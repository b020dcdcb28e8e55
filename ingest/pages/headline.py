"""Which of the titles of a page is the headline, and who wrote the article."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from ingest.text import one_line
from vectorstore.languages import count_of_words

_SEPARATOR = re.compile(r"\s+(?:[|–—\\/»>«·•:]+|-+)\s+|\s*[|»«]\s*")
_GENERIC = set("the news online www com org net co uk".split())
# A title tag parted from the name of its site is a headline of at least so many words; a shorter one means both.
_FEWEST_WORDS = 5
# A heading of fewer words within a headline may be its kicker.
_FEWEST_SHOWN = 3
# Search engines once asked for no more than 110 characters, and some systems cut where they stand.
_CUT = 100
_BY = re.compile(
    r"^(?:(?:written|posted|published|story|words|text|reporting|edited)\s+)?(?:by|von|par|por|door|av|af|przez|od)\b[\s:]+"
    r"|^(?:author|autor|autora|text|words|written)\s*:\s*",
    re.IGNORECASE,
)
# "y", "e" and "i" stand between two names, and within the one of José Ruiz y Mora.
_BETWEEN = re.compile(
    r"\s*[;,|/·•]\s*|\s+[–—-]\s+|\s+&\s+|\s+(?:and|und|et|og|och|with|mit|avec)\s+|\s+for\s+(?=[A-Z])"
    r"|\s+[yei]\s+(?=\S+\s+\S)"
)
_SUFFIX = re.compile(r",\s*((?:Jr|Sr)\b|I{2,3}\b|IV\b)")
_ASIDE = re.compile(r"\([^)]*\)|<[^>]*>|\S*@[\w.]+")
# What is no name: addresses, dates, and the words that jobs, desks and buttons are called by.
_NO_NAME = re.compile(
    r"https?:|www\.|\w\.(?:com|org|net)\b|\d|[@{}\[\]_=]"
    r"|\b(?:editors?|editorial|reporters?|correspondents?|writers?|journalists?|columnists?|contributors?|contributing"
    r"|producers?|analysts?|authors?|admin(?:istrator)?|staff|desk|team|newsroom|bureau|director|professor|photographers?"
    r"|news|newspaper|magazine|media|agency|agencies|online|press|follow|updated|published|posted|unknown|none|null|guest"
    r"|redakt\w+|redac\w+|rédact\w+|redazione|redakcj\w+|toimitus|and|by)\b",
    re.IGNORECASE,
)
# What no person is called, whatever a publisher says.
_NO_PERSON = re.compile(
    r"https?:|www\.|\w\.(?:com|org|net)\b|\d|[@{}\[\]_=]"
    r"|\b(?:staff|desk|team|newsroom|bureau|editors|reporters|correspondents|writers|contributors|admin(?:istrator)?|editorial"
    r"|news|newspaper|magazine|media|agency|agencies|online|unknown|none|null|redakt\w+|redac\w+|rédact\w+|redazione)\b"
    r"|^(?:the\s+)?(?:associated|canadian|australian)\s+press$|^press\s+association$",
    re.IGNORECASE,
)
_MONTHS = set("january february march april may june july august september october november december".split())
_LONGEST_NAME = 60
_LONGEST_BYLINE = 500
_MOST_WORDS = 6


def headline(
    stated: Sequence[str], title_tag: str, shown: Sequence[str], site: Sequence[str], below: Sequence[str] = ()
) -> str:
    """The first `stated` headline, else that of the title tag, else the first one shown; without the name of the site,
    and as it is shown where more than that stands around it.

    `shown` are the page's h1 texts, `below` those of its h2, for pages whose h1 is the name of the site. `site` is what
    the outlet is surely called: by its host, "" where that is not known, and as a publisher.
    """
    called = {_bare(name) for name in site} - {""}
    shown = [each for each in shown if _bare(each) not in called]
    heads = shown or below
    if stated:
        return _shown_in(stated[0], heads, bool(next(iter(site), ""))) or without_site(_whole(stated[0], shown), site)
    named = _of_title_tag(title_tag, heads, site)
    return next(iter(shown), named) if _bare(named) in {*called, ""} else named


def _shown_in(stated: str, shown: Sequence[str], at_home: bool) -> str:
    """The one that is shown, where the page states it with section and outlet behind it, or with one of them before it.
    Of a page that is not `at_home`, without its address, a single part behind it is kept as the page states it."""
    if stated in shown:
        return stated
    for part in parts(stated)[1 if at_home else 2 :]:
        if part in shown and count_of_words(part) >= _FEWEST_SHOWN:
            return part
    return next((each for each in shown if count_of_words(each) >= _FEWEST_SHOWN and _ends_with(stated, each)), "")


def _ends_with(title: str, shown: str) -> bool:
    return re.search(rf"[:|–—»·-]\s+{re.escape(shown)}$", title) is not None


def without_site(text: str, site: Sequence[str]) -> str:
    """The text without a first or last part that is the name of the site."""
    names = {_bare(name) for name in site} - {""}
    separators = list(_SEPARATOR.finditer(text))
    start = next((each.end() for each in separators[:1] if _bare(text[: each.start()]) in names), 0)
    end = next((each.start() for each in separators[-1:] if _bare(text[each.end() :]) in names), len(text))
    return text[start:end] or text


def _bare(name: str) -> str:
    """The name without what sites add to it: BBC News, CNN.com, the Guardian."""
    return "".join(word for word in re.findall(r"\w+", name.casefold()) if word not in _GENERIC)


def _whole(text: str, shown: Sequence[str]) -> str:
    """The headline that a text cut short is the beginning of."""
    begun = text.rstrip(" .…")
    cut = text.endswith(("…", "...")) or len(text) >= _CUT
    return next((each for each in shown if cut and len(each) > len(text) and each.startswith(begun)), text)


def parts(title: str) -> list[str]:
    """The title, and what is left of it without its last part, its last two parts and so on: sections and sites."""
    return [title, *(title[: each.start()] for each in reversed(list(_SEPARATOR.finditer(title))))]


def last_part(title: str) -> str:
    """What stands behind the last separator, where some sites put the title behind their name."""
    return _SEPARATOR.split(title)[-1]


def _of_title_tag(title: str, shown: Sequence[str], site: Sequence[str]) -> str:
    """Title tags nearly always end with the name of the site, so that what a separator parts off is dropped."""
    named = without_site(title, site)
    for part in parts(named):
        if part in shown:
            return part
    for each in shown:
        if count_of_words(each) >= _FEWEST_WORDS and _ends_with(named, each):
            return each
    separators = list(_SEPARATOR.finditer(title))
    if named != title or not separators:
        return named
    head = title[: separators[-1].start()]
    return head if count_of_words(head) >= _FEWEST_WORDS else title


def names(stated: Iterable[str], outlet: str, people: Collection[str] = ()) -> list[str]:
    """Names alone, each once: no "By", jobs, dates, addresses, and not the name of the outlet.

    `people` are names that the publisher says are those of persons: they are parted only where each part is a name.
    """
    found: dict[str, str] = {}
    for byline in stated:
        if "://" in byline or len(byline) > _LONGEST_BYLINE:
            continue
        for name in _person(byline) if byline in people else _parted(byline):
            if name.casefold() != outlet.casefold():
                found.setdefault(name.casefold(), name)
    return list(found.values())


def _parted(byline: str) -> Iterator[str]:
    whole = _BY.sub("", one_line(_ASIDE.sub(" ", byline)))
    for part in _BETWEEN.split(_SUFFIX.sub(r"\0\1", whole)):
        name = _undated(_BY.sub("", part).strip(" .:'\"*"))
        if _is_name(name) and not _NO_NAME.search(name):
            yield name.replace("\0", ", ") + ("." if f"{name}.".replace("\0", ", ") in whole and "\0" in name else "")


def _person(stated: str) -> Iterator[str]:
    """Surnames such as Press, and given names such as Av, are words of bylines too."""
    whole = one_line(_ASIDE.sub(" ", stated))
    bare = _BY.sub("", whole)
    whole = bare if len(bare.split()) > 1 else whole
    several = [part.strip() for part in _BETWEEN.split(whole)]
    if len(several) > 1 and all(len(part.split()) > 1 for part in several):
        yield from _parted(stated)
    elif _is_name(whole) and not _NO_PERSON.search(whole) and any(not _NO_NAME.search(word) for word in whole.split()):
        yield whole.strip(" :'\"*")
    else:
        yield from (part for part in several if _is_name(part) and not _NO_NAME.search(part) and len(part.split()) > 1)


def _undated(name: str) -> str:
    """Without the month that is left of a date where its numbers have been taken out."""
    *first, last = name.split() or [""]
    return " ".join(first) if len(first) > 1 and last.casefold() in _MONTHS else name


def _is_name(text: str) -> bool:
    fits = 1 < len(text) <= _LONGEST_NAME and len(text.split()) <= _MOST_WORDS
    return fits and any(map(str.isalpha, text))
