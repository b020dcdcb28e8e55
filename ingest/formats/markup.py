"""Markup from strangers: XML without entities, external references or unbounded depth; fragments of HTML to text."""

from __future__ import annotations

import re

from lxml import etree, html

from ingest.text import one_line
from vectorstore.errors import RejectedDocument


def parse_xml(content: bytes) -> etree._Element:
    """The root element; what is broken is mended as far as it can be. Raises RejectedDocument."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError) as error:
        raise RejectedDocument(f"is not XML that can be read ({error})") from error
    if root is None:
        raise RejectedDocument("is not XML that can be read")
    return root


def local_name(element: etree._Element) -> str:
    """The name without its namespace, "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def texts(element: etree._Element) -> dict[str, str]:
    """The text of each descendant by its local name, the first of each."""
    found: dict[str, str] = {}
    for each in element.iterdescendants():
        if (name := local_name(each)) and (each.text or "").strip():
            found.setdefault(name, (each.text or "").strip())
    return found


_BLOCKS = tuple("p div li tr table blockquote pre section article h1 h2 h3 h4 h5 h6".split())
UNSEEN = ("script", "style", "template", "noscript", "iframe", "object")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&\w+;|&#")


def plain_text(fragment: str) -> str:
    """The words of an HTML fragment, a line for each paragraph. Text without markup only loses surplus white space."""
    if not _MARKUP.search(fragment):
        return "\n".join(filter(None, map(one_line, fragment.split("\n"))))
    try:
        tree = html.fragment_fromstring(without_nulls(fragment), create_parent="div")
    except (etree.LxmlError, ValueError):
        return ""
    etree.strip_elements(tree, *UNSEEN, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in tree.iter(*_BLOCKS, "br"):
        element.tail = f"\n{element.tail or ''}"
        if element.tag != "br":
            element.text = f"\n{element.text or ''}"
    lines = "".join(tree.itertext()).split("\n")
    return "\n".join(filter(None, map(one_line, lines)))


def without_nulls(fragment: str) -> str:
    """Without what lxml refuses: controls, halves of characters, and a declaration of an encoding."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|<\?xml[^>]*>", "", fragment)
