"""Parts of a story that the extraction of its text would leave out, brought into a form that it keeps."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import html
from lxml.html import HtmlElement

from ingest.pages.furniture import HEADINGS
from ingest.text import squeezed, words_in

_DROP_CAP = re.compile(r"drop-?cap|first-?letter|initial", re.IGNORECASE)
# What boxes beside a story are called that are none of it; a box of facts is called otherwise.
_NOT_OF_IT = re.compile(
    r"relat|recommend|news-?letter|sign-?up|promo|\bads?\b|advert|sponsor|author|bio\b|byline|profile|shar|social|most-|popular"
    r"|trend|sidebar|widget|nav|menu|comment|cookie|consent|subscri|paywall|pull-?quote|credit|caption|tags?\b|teaser|more-|topics"
    r"|recirc|latest|archive|toc\b|contents|footnote|reference",
    re.IGNORECASE,
)
_FACTS = re.compile(r"fact|info-?box|explain|at-a-glance|key-?points|in-brief|time-?line", re.IGNORECASE)
_FEWEST_IN_BOX, _LONGEST_SUBHEAD, _LONGEST_CELL = 8, 25, 80
_PROSE, _A_STORY = 8, 40
_FEWEST_UPDATES = 3
# No page has more boxes or updates; a hostile one would keep the reader busy.
_MOST = 300
_CLOCK = re.compile(r"\d")


def mend(tree: HtmlElement) -> None:
    """Changes the tree in place; words are moved, never changed."""
    _keep_one_story(tree)
    _join_drop_caps(tree)
    _free_subheads(tree)
    _join_lists_in_cells(tree)
    _open_boxes(tree)
    _show_times(tree)


def _keep_one_story(tree: HtmlElement) -> None:
    """Of several stories on one page, put under each other as the reader scrolls, the first one."""
    stories = [each for each in tree.iter("article") if next(each.iterancestors("article"), None) is None]
    told = [each for each in stories if _has_headline(each) and words_in(each.text_content()) >= _A_STORY]
    for story in told[1:]:
        story.drop_tree()


def _has_headline(story: HtmlElement) -> bool:
    heading = next(story.iter("h1"), None)
    return heading is not None and bool(squeezed(heading.text_content()))


def _join_drop_caps(tree: HtmlElement) -> None:
    """Puts a first letter that stands in an element of its own before the word that it begins."""
    for element in list(tree.iter("span", "div", "p", "b", "strong", "big", "em", "i", "font")):
        letter = (element.text or "").strip()
        if len(element) or element.getparent() is None or not (len(letter) == 1 and letter.isupper()):
            continue
        cap = element
        while not (cap.tail or "").strip() and cap.getnext() is None and _only_child(cap):
            cap = cap.getparent()
        _put_before(letter, cap, bool(_DROP_CAP.search(element.get("class", ""))))


def _only_child(element: HtmlElement) -> bool:
    parent = element.getparent()
    if parent is None or parent.getparent() is None:
        return False
    return len(parent) == 1 and not (parent.text or "").strip()


def _put_before(letter: str, cap: HtmlElement, named: bool) -> None:
    follower = cap.getnext()
    if follower is None or (cap.tail or "").strip():
        return  # the rest of the word stands beside it
    first = next((each for each in follower.iter() if isinstance(each.tag, str) and (each.text or "").strip()), None)
    if first is None:
        return
    text = first.text.lstrip()
    if text[:1].islower() or (named and text[:1].isalpha()):
        first.text = letter + text
        cap.drop_tree()


def _free_subheads(tree: HtmlElement) -> None:
    """Takes the headings within a story out of their <header>."""
    for header in list(tree.iter("header")):
        headings = list(header.iter(*HEADINGS))
        inside = next(header.iterancestors("article", "main", "section"), None) is not None
        if not (inside and headings and next(header.iter("h1", "nav"), None) is None):
            continue
        if words_in(header.text_content()) <= _LONGEST_SUBHEAD and _prose_follows(header):
            for heading in headings:
                header.addprevious(heading)
            header.drop_tree()


def _prose_follows(element: HtmlElement) -> bool:
    below = element.getnext()
    return below is not None and words_in(below.text_content()) >= _PROSE


def _join_lists_in_cells(tree: HtmlElement) -> None:
    """Writes the points of a list in a table's cell one after the other: the list would be dropped."""
    for cell in tree.iter("td", "th"):
        if next(cell.iter("table", "p"), None) is not None or words_in(cell.text_content()) > _LONGEST_CELL:
            continue
        for points in list(cell.iter("ul", "ol")):
            if points.getparent() is not None:
                said = filter(None, (squeezed(each.text_content()) for each in points.iter("li")))
                points.addprevious(_element("span", "; ".join(said)))
                points.drop_tree()


def _open_boxes(tree: HtmlElement) -> None:
    """Makes ordinary parts of the story of boxes with facts, which the extraction takes for asides of the page."""
    whole = ""
    boxes = list(islice(filter(_may_hold_facts, tree.iter("aside", "div", "section", "figure")), _MOST))
    for box in filter(_holds_prose, boxes):
        whole = whole or _alike(tree.text_content())
        if whole.count(_alike(box.text_content())) == 1:  # a quotation set beside the text is repeated from it
            _make_plain(box)


def _may_hold_facts(box: HtmlElement) -> bool:
    name = f"{box.get('class', '')} {box.get('id', '')}"
    if next(box.iterancestors("article", "main"), None) is None or _NOT_OF_IT.search(name):
        return False
    if box.tag == "figure":
        return next(box.iter("table", "pre"), None) is not None
    return box.tag == "aside" or bool(_FACTS.search(name))


def _holds_prose(box: HtmlElement) -> bool:
    text = squeezed(box.text_content())
    linked = sum(len(squeezed(link.text_content())) for link in box.iter("a"))
    pressed = next(box.iterdescendants("form", "button", "input", "iframe", "aside"), None) is not None
    return words_in(text) >= _FEWEST_IN_BOX and not pressed and linked < len(text) / 3


def _make_plain(box: HtmlElement) -> None:
    box.tag = "div"
    for each in box.iter():
        if isinstance(each.tag, str):
            for name in ("class", "id", "role", "style", "aria-hidden"):
                each.attrib.pop(name, None)


def _show_times(tree: HtmlElement) -> None:
    """Puts the time over each entry of a live report, as the page shows it."""
    reports = defaultdict(list)
    for each in _updates(tree):
        reports[each[1].getparent()].append(each)
    for updates in reports.values():
        for time, update, text in updates if len({text for *_, text in updates}) >= _FEWEST_UPDATES else ():
            first = next((each for each in update.iter("p", *HEADINGS) if each.getparent() is not None), None)
            if first is not None and text not in first.text_content():
                time.drop_tree()
                first.addprevious(_element("p", text))


def _updates(tree: HtmlElement) -> Iterator[tuple[HtmlElement, HtmlElement, str]]:
    """Each time of a report with the container that it and its paragraphs stand in."""
    seen: set[HtmlElement] = set()
    for time in islice(tree.iter("time"), _MOST):
        update = next(time.iterancestors("article", "section", "div", "li"), None)
        while update is not None and not _told(update) and update.tag not in ("article", "li"):
            update = next(update.iterancestors("article", "section", "div", "li"), None)
        if update is None or update in seen or not _told(update) or next(update.iter("h1"), None) is not None:
            continue
        seen.add(update)
        shown = squeezed(time.text_content())
        text = shown if _CLOCK.search(shown) else time.get("datetime", "")[:16].replace("T", " ")
        if text:
            yield time, update, text


def _told(update: HtmlElement) -> bool:
    return any(words_in(each.text_content()) >= _PROSE for each in update.iter("p"))


def _alike(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _element(tag: str, text: str) -> HtmlElement:
    made: HtmlElement = html.Element(tag)
    made.text = text
    return made


def remove(elements: Iterable[HtmlElement]) -> None:
    for each in elements:
        if each.getparent() is not None:
            each.drop_tree()
