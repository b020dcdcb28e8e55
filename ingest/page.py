"""An HTML page to the fields of its article."""

from __future__ import annotations

import logging
import re
from urllib.parse import urlsplit

from trafilatura import bare_extraction, load_html
from trafilatura.settings import Document as Extracted

from ingest.decode import decode
from ingest.identity import host_name, web_address
from ingest.text import one_line, word_count
from vectorstore.errors import RejectedDocument

# What it warns of becomes the reason of a rejection here.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_FEWEST_WORDS = 25
_DECLARED = re.compile(
    rb"""<(?:meta[^>]{1,200}charset|\?xml[^>]{1,100}encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE
)
# Without the extensive search, which also takes dates from the text of the story and from footers.
_DATES = {"original_date": True, "extensive_search": False}
_TWIN_HOSTS = re.compile(r"^(?:m|amp|mobile)\.")


def read_page(content: bytes, url: str, charset: str) -> dict[str, object]:
    """The fields of the article on a page that was read from `url` ("" for a file).

    Raises RejectedDocument when the page has too little text to be an article.
    """
    declared = _DECLARED.search(content[:4096])
    tree = load_html(decode(content, charset or (declared[1].decode() if declared else "")))
    found = None
    if tree is not None:
        found = bare_extraction(
            tree, url=url or None, include_comments=False, with_metadata=True, date_extraction_params=_DATES
        )
    words = word_count(found.text or "") if isinstance(found, Extracted) else 0
    if not isinstance(found, Extracted) or words < _FEWEST_WORDS:
        raise RejectedDocument(
            f"only {words} words of article text were found; open the page in a browser and paste its text"
        )
    return {
        "title": found.title,
        "outlet": found.sitename,
        "authors": (found.author or "").split(";"),
        "published_at": found.date,
        "url": _address(url, found.url or ""),
        "language": "" if tree is None else tree.get("lang", ""),
        "text": "\n".join(filter(None, map(one_line, (found.text or "").split("\n")))),
    }


def _address(read_from: str, canonical: str) -> str:
    """The canonical address that the page states, if it may: a page cannot pass itself off as another site's."""
    canonical = web_address(canonical)
    if not read_from or not canonical:
        return canonical or read_from
    own = _twinless(canonical) == _twinless(read_from)
    names_a_page = urlsplit(canonical).path.strip("/") or not urlsplit(read_from).path.strip("/")
    return canonical if own and names_a_page else read_from


def _twinless(url: str) -> str:
    return _TWIN_HOSTS.sub("", host_name(url))
