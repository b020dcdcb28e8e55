"""OPML, in which feed readers hand each other their subscriptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from ingest.formats.xml import local_name, parse_xml
from ingest.identity import web_address
from ingest.text import one_line
from vectorstore.errors import RejectedDocument


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription; `title` may be ""."""

    url: str
    title: str = ""


def read_opml(content: bytes) -> tuple[Outline, ...]:
    """Every feed that it names, however deep in folders, each once. Raises RejectedDocument where there is none."""
    found: dict[str, Outline] = {}
    for element in parse_xml(content).iter():
        given = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        url = web_address(given.get("xmlurl", "")) if local_name(element) == "outline" else ""
        if url:
            found.setdefault(url, Outline(url, one_line(given.get("title") or given.get("text") or "")))
    if not found:
        raise RejectedDocument("names no feed; an OPML file has one in the xmlUrl of each outline")
    return tuple(found.values())


def write_opml(outlines: Iterable[Outline]) -> bytes:
    """What other readers import, UTF-8."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Dateline subscriptions"
    body = etree.SubElement(root, "body")
    for outline in outlines:
        name = outline.title or outline.url
        etree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=outline.url)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written
