"""Bounds for what was made to keep a reader busy: pages that are read in the square of their size, files that unpack to
more than a disk holds."""

from __future__ import annotations

import io
from itertools import islice
from typing import IO, TYPE_CHECKING

from ingest.documents import LARGEST_DOCUMENT
from vectorstore.errors import RejectedDocument

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Each several times what the largest pages in the wild have.
_MOST_ELEMENTS = 50_000
_MOST_META_TAGS = 500
_LONGEST_ATTRIBUTE = 100_000
_LONGEST_SCRIPT = 2_000_000
_LONGEST_TEXT = 200_000

# A file with pictures, of which the text is a small part.
LARGEST_ILLUSTRATED = 5 * LARGEST_DOCUMENT
MOST_MEMBERS = 10_000
# JSON of articles is a fifth of its size when packed, and a tenth where little but its names repeats.
_MOST_UNPACKED = 100


def whole(stream: IO[bytes], limit: int = LARGEST_DOCUMENT, advice: str = "give each article by itself") -> bytes:
    """All that a stream holds. Raises RejectedDocument beyond `limit` bytes."""
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise RejectedDocument(f"is larger than {limit // 1024**2} MB; {advice}")
    return content


class Unpacking:
    """How much may still come out of an archive of so many bytes, whatever its members say of their sizes."""

    def __init__(self, packed: int) -> None:
        self._left = LARGEST_DOCUMENT + _MOST_UNPACKED * packed

    def stream(self, member: IO[bytes]) -> io.BufferedReader:
        """The member, read within what is left."""
        return io.BufferedReader(_Counted(member, self))

    def take(self, number: int) -> None:
        self._left -= number
        if self._left < 0:
            # No RejectedDocument, which costs one row and lets the next one be read.
            raise OSError("unpacks to far more than any articles do; unpack it and give what is in it")


class _Counted(io.RawIOBase):
    def __init__(self, member: IO[bytes], unpacking: Unpacking) -> None:
        self._member, self._unpacking = member, unpacking

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        read = self._member.read(len(buffer))
        self._unpacking.take(len(read))
        buffer[: len(read)] = read
        return len(read)


def tame(tree: HtmlElement) -> None:
    """Takes out of the tree what no article has. Raises RejectedDocument when that is nearly everything."""
    if next(islice(tree.iter(), _MOST_ELEMENTS, None), None) is not None:
        raise RejectedDocument(f"has more than {_MOST_ELEMENTS:,} elements, which no article has")
    for tag in [*islice(tree.iter("meta"), _MOST_META_TAGS, None)]:
        tag.drop_tree()
    for element in tree.iter("*"):
        longest = _LONGEST_SCRIPT if element.tag == "script" else _LONGEST_TEXT
        element.text, element.tail = _within(element.text, longest), _within(element.tail, _LONGEST_TEXT)
        for name, value in element.attrib.items():
            if len(value) > _LONGEST_ATTRIBUTE:
                del element.attrib[name]


def _within(text: str | None, longest: int) -> str | None:
    return text[:longest] if text else text
