"""XML from strangers: no entities, no external references, no unbounded depth."""

from __future__ import annotations

from lxml import etree

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
