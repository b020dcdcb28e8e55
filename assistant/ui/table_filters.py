"""What a reader keeps the library's table to, as it is typed and as it stands in an address. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode

from assistant.query.search_filters import limited
from vectorstore.listing import Listing


def kept_to(
    search: str, outlet: str, since: str, until: str, known: Iterable[str], before: Listing | None = None
) -> Listing:
    """The rows that fit, in the order of `before`, from the first one on; `known` are the outlets that there are.

    Raises LimitUnusable, whose `field` is from, to or outlet.
    """
    outlets = [outlet.strip()] if outlet.strip() else []
    scope = limited(since.strip(), until.strip(), outlets, known)
    return replace(before or Listing(), search=search.strip(), scope=scope, start=0)


def as_query(listing: Listing) -> str:
    """`search=ferry&from=2022-07-01`, without the order; "" for everything."""
    scope = listing.scope
    given = {
        "search": listing.search,
        "outlet": scope.outlets[0] if scope.outlets else "",
        "from": scope.since.date().isoformat() if scope.since else "",
        "to": scope.until.date().isoformat() if scope.until else "",
    }
    return urlencode({name: value for name, value in given.items() if value}, errors="replace")
