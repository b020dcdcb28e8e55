"""Whether what names a library is a folder or a database."""

from __future__ import annotations

import re
from pathlib import Path

_SCHEME = re.compile(r"postgres(?:ql)?(?:\+psycopg)?:/+", re.IGNORECASE)


def postgres_url(given: object) -> str:
    """The URL of a database, "" for what names a folder. A Path that was made of one has lost slashes."""
    said = str(given)
    if not (found := _SCHEME.match(said)):
        return ""
    rest = said[found.end() :]
    one_slash = isinstance(given, Path) and "/" not in rest.partition("?")[0]
    return f"postgresql://{'/' if one_slash or found.group().endswith('///') else ''}{rest}"
