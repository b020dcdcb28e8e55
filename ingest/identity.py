"""Which article a document is: the same one is recognised wherever and however often it is read."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ingest.text import squeezed
from vectorstore.characters import printable_line

_TRACKING = re.compile(
    r"utm_\w+|mc_[ce]id|[gdf]clid|fbclid|msclkid|gbraid|wbraid|yclid|igshid|twclid|ttclid|cmpid|cmp|ocid|ito"
    r"|ref_src|ref_url|smid|smtyp|_hs(enc|mi)|at_(medium|campaign|custom\d|link_\w+|format|ptr_\w+|bbc_team)",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {80, 443}


def web_address(url: str) -> str:
    """The address as given if it is one of the web (http or https, with a host), else "".

    Browsers end the host at a backslash, Python does not: a link would lead elsewhere than it says."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        usable = usable and "\\" not in parts.netloc
    except ValueError:
        return ""
    return url if usable and not re.search(r"[\s<>\"]", url) and url == printable_line(url) else ""


def canonical_url(url: str) -> str:
    """One spelling for the addresses of one article. For comparing, not for visiting: the scheme is always https."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").rstrip(".")
    port = "" if parts.port is None or parts.port in _DEFAULT_PORTS else f":{parts.port}"
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(name)
    ]
    return urlunsplit(("https", host + port, parts.path.rstrip("/"), urlencode(query), ""))


def host_name(url: str) -> str:
    """The host of an address as a reader names it: without "www."."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def article_id(given: str, url: str, fallback: str) -> str:
    """The id that the publisher gave, else the one of the address, else `fallback`."""
    return given or (f"u_{_digest(canonical_url(url))}" if url else fallback)


def story_id(url: str, title: str) -> str:
    """The id of one of several stories that an address has had in turn."""
    return f"u_{_digest('|'.join((canonical_url(url), squeezed(title))))}"


def file_id(identity: str) -> str:
    """The id of what a file, or one row of it, holds."""
    return f"f_{_digest(identity)}"


def pasted_id(text: str) -> str:
    """The id of text that nothing but itself identifies; white space does not count."""
    return f"p_{_digest(squeezed(text))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


_BARE = re.compile(
    r"(?:localhost|(?:[\w-]+\.)+[\w-]{2,}|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\])(?::\d{1,5})?(?:[/?#]\S*)?", re.I
)
_NEAR = re.compile(r"localhost|\d{1,3}(?:\.\d{1,3}){3}|\[")


def with_scheme(typed: str) -> str:
    """What a person typed as an address, as browsers read it: `example.com/news` with `https://`, a machine of one's
    own network with `http://`; as it is where it is no such thing."""
    typed = typed.strip()
    if "://" in typed or not _BARE.fullmatch(typed):
        return typed
    return f"{'http' if _NEAR.match(typed) else 'https'}://{typed}"
