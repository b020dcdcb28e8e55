"""Which of the titles of a page is the headline, and what of it is only the name of the site."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SEPARATOR = re.compile(r"\s+(?:[|–—\\/»>«·•:]+|-+)\s+|\s*[|»«]\s*")
_GENERIC = set("the news online www com org net co uk".split())
# A title tag parted from the name of its site is a headline of at least so many words; a shorter one means both.
_FEWEST_WORDS = 5
# Search engines once asked for no more than 110 characters, and some systems cut where they stand.
_CUT = 100


def headline(stated: Sequence[str], title_tag: str, shown: Sequence[str], site: Sequence[str]) -> str:
    """The first `stated` headline, else that of the title tag, else the first one shown; without the name of the site.

    `shown` are the page's h1 texts. `site` is what the outlet is surely called: by its host, or as a publisher.
    """
    if stated:
        return without_site(_whole(stated[0], shown), site)
    return _of_title_tag(title_tag, shown, site) or next(iter(shown), "")


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


def _of_title_tag(title: str, shown: Sequence[str], site: Sequence[str]) -> str:
    """Title tags nearly always end with the name of the site, so that what a separator parts off is dropped."""
    named = without_site(title, site)
    separators = list(_SEPARATOR.finditer(title))
    if named != title or not separators:
        return named
    head = title[: separators[-1].start()]
    return head if head in shown or len(head.split()) >= _FEWEST_WORDS else title
