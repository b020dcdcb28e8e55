"""What a page states about its article: in its head, and in schema.org's words as JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.identity import canonical_url, web_address
from ingest.text import alike, one_line

# In order of trust. OpenGraph's title is written for sharing, Dublin Core's for the library.
TITLE = "dc.title dcterms.title dcterm.title og.title headline parsely-title weibo.article.title twitter.title".split()
OUTLET = "og.site_name dc.publisher dcterms.publisher publisher application-name".split()
AUTHOR = (
    "author article.author parsely-author dc.creator dcterms.creator dcterm.creator byl sailthru.author citation_author"
).split()
PUBLISHED = (
    "article.published_time og.article.published_time og.published_time article.published parsely-pub-date"
    " rnews.datepublished datepublished dcterms.issued dc.date.issued dcterms.created dc.date.created"
    " originalpublicationdate publishdate publish-date publication_date pubdate citation_publication_date"
).split()
UPDATED = (
    "article.modified_time og.article.modified_time og.updated_time article.modified datemodified dcterms.modified"
    " dc.date.modified last-modified"
).split()
LANGUAGE = ["og.locale", "content-language", "dc.language", "language"]

Tags = Mapping[str, tuple[str, ...]]

_LONGEST = 2000
_NAMED = "property", "name", "itemprop", "http-equiv"
_PARSELY = {"title": "parsely-title", "pub_date": "parsely-pub-date", "author": "parsely-author"}
Node = Mapping[str, object]

_POSTINGS = {"blogposting", "liveblogposting", "socialmediaposting", "report"}
# Other articles stand below these: related ones, comments, the entries of a live blog.
_ELSEWHERE = {"itemListElement", "comment", "mentions", "citation", "hasPart", "isPartOf", "liveBlogUpdate"}
_WRAPPING = re.compile(r"<!--|-->|(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>|;\s*\Z")
# Bounded: a hostile block opens comments without end.
_COMMENT = re.compile(r"^[ \t]*(?:/\*[^*]{0,500}\*/|//[^\n]*)", re.MULTILINE)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")


def read_tags(tree: HtmlElement) -> Tags:
    """Contents by name, written "og.title", in the order of the page. One tag may state several names."""
    found: dict[str, tuple[str, ...]] = {}
    for tag in tree.iter("meta"):
        content = one_line(unescape(tag.get("content") or "")[:_LONGEST])
        stated = {name.replace(":", "."): content for key in _NAMED for name in tag.get(key, "").lower().split()}
        for name, value in (stated | _parsely(content) if "parsely-page" in stated else stated).items():
            if value:
                found[name] = (*found.get(name, ()), value)
    return found


def first(tags: Tags, names: list[str]) -> str:
    """The first content of the first of the names that the page states, else ""."""
    return next((tags[name][0] for name in names if name in tags), "")


def every(tags: Tags, names: list[str]) -> tuple[str, ...]:
    """All contents of the first of the names that the page states."""
    return next((tags[name] for name in names if name in tags), ())


def _parsely(content: str) -> dict[str, str]:
    """An older form of the parsely tags: all of them as JSON in one."""
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    stated = fields if isinstance(fields, dict) else {}
    return {name: one_line(str(stated[key])) for key, name in _PARSELY.items() if stated.get(key)}


@dataclass(frozen=True, slots=True)
class Stated:
    """The article of a page; "", None and 0 where nothing is stated. Dates are as written.

    `free` is isAccessibleForFree, `words` the length that the article is said to have. `people` are those of the
    authors that are said to be persons. `found` says that there is a statement of an article at all.
    """

    headline: str = ""
    outlet: str = ""
    authors: tuple[str, ...] = ()
    published_at: object = None
    updated_at: object = None
    language: str = ""
    url: str = ""
    body: str = ""
    words: int = 0
    free: bool | None = None
    people: tuple[str, ...] = ()
    corrections: tuple[tuple[object, str], ...] = ()
    found: bool = False


def read_statement(tree: HtmlElement, shown: Sequence[str], addresses: Collection[str] = ()) -> Stated:
    """The article that the page is about, of all those it describes: the one whose address is one of `addresses`, else
    one whose headline is `shown`, else the only one. One that has another page's address is another story.

    `addresses` are those of the page, as canonical_url writes them."""
    nodes = [node for block in _blocks(tree) for node in _nodes(block)]
    known = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    titles = [alike(title) for title in shown]
    own = _own([node for node in nodes if _is_article(node)], titles, known, addresses)
    # A page's own node knows its dates too, though its name is that of the page.
    around = own + [node for node in nodes if "webpage" in _types(node) and not _elsewhere(node, known, addresses)]
    authors = _first(own, "author", "creator")
    return Stated(
        headline=next(filter(None, (_headline(node, titles, known)[0] for node in own)), ""),
        outlet=next(iter(_names(_first(own, "publisher"), known)), ""),
        authors=tuple(_names(authors, known, people=True)),
        people=tuple(_names(authors, known, people=True, said=True)),
        published_at=_first(around, "datePublished") or _first(own, "dateCreated"),
        updated_at=_first(around, "dateModified"),
        language=_text(_first(around, "inLanguage"), known),
        url=_text(_first(own, "url", "mainEntityOfPage"), known),
        body=_text(_first(own, "articleBody"), known) or _live_report(_first(own, "liveBlogUpdate"), known),
        words=_count(_first(own, "wordCount")),
        free=_truth(_first(around, "isAccessibleForFree")),
        corrections=tuple(_corrections(_first(own, "correction"), known)),
        found=bool(own),
    )


def _own(
    articles: list[Node], titles: Sequence[str], known: Mapping[object, Node], addresses: Collection[str]
) -> list[Node]:
    here = [node for node in articles if _addresses(node, known) & set(addresses)]
    titled = [node for node in articles if _headline(node, titles, known)[1]]
    if here:
        return here + [node for node in titled if node not in here and not _elsewhere(node, known, addresses)]
    if titled:
        return titled
    alone = len({_headline(each, (), known)[0] for each in articles}) == 1
    return [node for node in articles[:1] if alone and not _elsewhere(node, known, addresses)]


def _elsewhere(node: Node, known: Mapping[object, Node], addresses: Collection[str]) -> bool:
    """Whether the node says that it is of another page: of the same site, and none of this page's addresses."""
    own = _addresses(node, known)
    ends = {address.rsplit("/", 1)[-1] for address in addresses}
    hosts = {urlsplit(address).hostname for address in addresses}
    of_site = {address for address in own if urlsplit(address).hostname in hosts and urlsplit(address).path.strip("/")}
    return bool(of_site) and not own & set(addresses) and not any(each.rsplit("/", 1)[-1] in ends for each in of_site)


def _addresses(node: Node, known: Mapping[object, Node]) -> set[str]:
    """Those that a node says it has, without the names of parts."""
    stated = (node.get("url"), node.get("mainEntityOfPage"), node.get("@id"))
    texts = (_address_in(value, known) for value in stated)
    return {comparable(text) for text in texts if web_address(text)}


def _address_in(value: object, known: Mapping[object, Node]) -> str:
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url") or known.get(value.get("@id"), {}).get("url")
    return value.strip() if isinstance(value, str) else ""


def comparable(url: str) -> str:
    """An address for comparing: how it was reached, and whether by a site's twin for telephones, does not count."""
    canonical = canonical_url(url)
    return re.sub(r"^https://(?:www|m|amp|mobile)\.", "https://", re.sub(r"/(?:amp|index\.html?)$", "", canonical))


def _live_report(updates: object, known: Mapping[object, Node]) -> str:
    """The updates of a live report, each under its time and headline."""
    lines: list[str] = []
    for update in updates if isinstance(updates, list) else [updates]:
        node = known.get(update.get("@id"), update) if isinstance(update, dict) else {}
        text = _text(node.get("articleBody") or node.get("text") or node.get("description"), known)
        if text:
            time = str(node.get("datePublished") or "")[:16].replace("T", " ")
            lines += [" ".join(filter(None, [time, _text(node.get("headline"), known)])), text]
    return "\n".join(filter(None, lines))


def _corrections(value: object, known: Mapping[object, Node]) -> Iterator[tuple[object, str]]:
    """Of schema.org's `correction`: texts, CorrectionComments, or lists of these."""
    for each in value if isinstance(value, list) else [value]:
        node = known.get(each.get("@id"), each) if isinstance(each, dict) else {"text": each}
        text = _text(node.get("text") or node.get("description"), known)
        if text and "://" not in text.split()[0]:
            yield node.get("datePublished") or node.get("dateCreated"), one_line(text)


def article_blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The scripts that state articles, as far as they can be read."""
    for script in _scripts(tree):
        if any(map(_is_article, _nodes(_parsed(script.text)))):
            yield script


def read_blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The scripts of schema.org that can be read, whatever they state."""
    return (script for script in _scripts(tree) if _parsed(script.text) is not None)


def _blocks(tree: HtmlElement) -> Iterator[object]:
    return (_parsed(script.text) for script in _scripts(tree))


def _scripts(tree: HtmlElement) -> Iterator[HtmlElement]:
    for script in tree.iter("script"):
        if "ld+json" in script.get("type", "").lower() and script.text:
            yield script


def _parsed(text: str) -> object:
    """The JSON, also where comments, line breaks in strings or a comma too many make it none; else None."""
    mended = _TRAILING_COMMA.sub("", _COMMENT.sub("", _WRAPPING.sub("", text)))
    for attempt in (text, mended, unescape(mended)):
        try:
            found: object = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return found
    return None


def _nodes(block: object) -> Iterator[Node]:
    """Every object in the block, outer ones first. No recursion: a hostile page nests as deep as it likes."""
    waiting = [block]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
            waiting.extend(value for key, value in reversed(item.items()) if key not in _ELSEWHERE)
        elif isinstance(item, list):
            waiting.extend(reversed(item))


def _types(node: Node) -> set[str]:
    stated = node.get("@type")
    every = stated if isinstance(stated, list) else [stated]
    return {re.split(r"[/:#]", each)[-1].lower() for each in every if isinstance(each, str)}


def _is_article(node: Node) -> bool:
    return any(each.endswith("article") or each in _POSTINGS for each in _types(node))


def _headline(node: Node, shown: Sequence[str], known: Mapping[object, Node]) -> tuple[str, bool]:
    """The headline, and whether the page shows it. Some state a summary as the headline, and the headline as name."""
    given = [text for key in ("headline", "name") if (text := _text(node.get(key), known))]
    for text in given:
        if any(alike(text) in title for title in shown):
            return text, True
    return (given[0] if given else ""), False


def _first(nodes: Sequence[Node], *keys: str) -> object:
    return next((node[key] for key in keys for node in nodes if node.get(key) not in (None, "", [])), None)


def _text(value: object, known: Mapping[object, Node]) -> str:
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        node = known.get(value.get("@id"), value)
        value = node.get("name") or node.get("alternateName") or node.get("url") or node.get("@id")
    # Some encode the text for HTML once more.
    return unescape(value).strip() if isinstance(value, str) else ""


def _names(value: object, known: Mapping[object, Node], *, people: bool = False, said: bool = False) -> list[str]:
    """The names of people or organisations, given as texts, objects, references, or lists of these; with `said` only of
    what says that it is a person."""
    names = []
    for each in value if isinstance(value, list) else [value]:
        node = known.get(each.get("@id"), each) if isinstance(each, dict) else {"name": each}
        kinds = _types(node)
        if (people and any("organization" in kind for kind in kinds)) or (said and "person" not in kinds):
            continue
        parts = [" ".join(str(node[key]) for key in ("givenName", "familyName") if key in node)]
        names += [one_line(unescape(name)) for name in _flat(node.get("name") or parts)]
    return [name for name in names if name]


def _flat(name: object) -> Iterator[str]:
    """A name that is a text, a list of them, or an object that has one."""
    for each in name if isinstance(name, list) else [name]:
        inner = each.get("name") if isinstance(each, dict) else each
        if isinstance(inner, str):
            yield inner


def _count(value: object) -> int:
    digits = str(value) if isinstance(value, str | int) else ""
    return int(digits) if digits.isdecimal() and len(digits) < 7 else 0


def _truth(value: object) -> bool | None:
    """Stated as true or false, as a word, or as the address of a word."""
    word = str(value).rsplit("/", 1)[-1].casefold() if isinstance(value, str | bool) else ""
    return {"true": True, "yes": True, "false": False, "no": False}.get(word)
