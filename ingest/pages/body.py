"""The text of the story on a page, without what stands between its paragraphs and is no part of it. Parts that the
extraction would leave out are brought into a form that it keeps first."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from lxml import html
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted

from ingest.pages.furniture import HEADINGS, is_furniture, keep_subheads, remove_furniture, unlink_headings
from ingest.text import alike, one_line, squeezed, word_count
from vectorstore.languages import count_of_words

# What it warns of becomes the reason of a rejection.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_BODY = re.compile(r"(?:article|story|post|entry|content|text)[-_]*(?:body|content|text)|\bbody\b", re.IGNORECASE)
# Below this, a stricter extraction may have thrown out the story with the noise around it.
_SHORT = 250
_MUCH_MORE = 2


def body_text(tree: HtmlElement, headline: str, stated: str) -> str:
    """The paragraphs of the story, one a line, or "". Takes the tree apart.

    `stated` is the text that the page states for machines, taken where the page shows much less of it.
    """
    remove_furniture(tree)
    unlink_headings(tree)
    mend(tree)
    _join_chunks(tree)
    kept = keep_subheads(tree)
    text = _tidied(_extract(tree, strictly=True), headline, kept)
    if stated:
        text = _longer(text, _tidied(_plain(stated), headline, kept))
    return _longer(text, _tidied(_extract(tree, strictly=False), headline, kept)) if word_count(text) < _SHORT else text


def _join_chunks(tree: HtmlElement) -> None:
    """Joins a story that advertisements have cut into several containers: only one of them would be read."""
    chunks = defaultdict(list)
    for each in tree.iter("div", "section"):
        if _BODY.search(each.get("class", "")) and each.find("p") is not None:
            whole = next(each.iterancestors("article", "main"), None)
            if whole is not None:
                chunks[whole, each.get("class")].append(each)
    for first, *others in chunks.values():
        for other in others:
            if first not in other.iterancestors():
                first.extend(list(other))


def _extract(tree: HtmlElement, *, strictly: bool) -> str:
    found = bare_extraction(tree, include_comments=False, favor_precision=strictly)
    return found.text or "" if isinstance(found, Extracted) else ""


def _tidied(text: str, headline: str, kept: Collection[str]) -> str:
    return without_appeals("\n".join(filter(None, map(one_line, text.split("\n")))), headline, kept)


def _longer(text: str, other: str) -> str:
    return other if word_count(other) > _MUCH_MORE * word_count(text) else text


def _plain(stated: str) -> str:
    """The text without the HTML that some write into it."""
    if not re.search(r"<(?:p|br|div)\b", stated, re.IGNORECASE):
        return stated
    tree = html.fromstring(f"<div>{stated}</div>")
    for block in tree.iter("p", "br", "div", "li"):
        block.tail = "\n" + (block.tail or "")
    return str(tree.text_content())


def without_appeals(text: str, headline: str, subheads: Collection[str] = ()) -> str:
    """The lines of the text that belong to the story; a headline that opens it is left to the headline's own field.

    `subheads` are lines that stay, whatever they say."""
    kept: list[str] = []
    over = ""
    for line in text.split("\n"):
        repeated = len(kept) < 2 and line.casefold() == headline.casefold()
        if line and not repeated and not is_furniture(line):
            kept += [line] if not over else [over, line]
            over = ""
        elif line.casefold() in subheads:
            over = line  # stays where the story goes on under it
    return "\n".join(kept)


_DROP_CAP = re.compile(r"drop-?cap|first-?letter|initial", re.IGNORECASE)
_CAPITAL = re.compile(r"[\"“«„‘']?[^\W\d_a-z]")
# With a space behind it, such a letter may be a word.
_WORDS_OF_A_LETTER = frozenset("AEIOUYÀÁÈÉÓÖÅKSVWZАВИКОСУЯІЙЖБ")
# What boxes beside a story are called that are none of it; a box of facts is called otherwise.
_NOT_OF_IT = re.compile(
    r"relat|recommend|news-?letter|sign-?up|promo|\babout\b|\bads?\b|advert|sponsor|author|bio\b|byline|profile|shar|social|most-|popular"
    r"|trend|sidebar|widget|nav|menu|comment|cookie|consent|subscri|paywall|pull-?quote|credit|caption|tags?\b|teaser|more-|topics"
    r"|recirc|latest|archive|toc\b|contents|footnote|reference",
    re.IGNORECASE,
)
_FACTS = re.compile(r"fact|info-?box|explain|at-a-glance|key-?points|in-brief|time-?line", re.IGNORECASE)
_FEWEST_IN_BOX, _LONGEST_SUBHEAD, _LONGEST_CELL = 8, 25, 80
_PROSE, _A_STORY = 8, 40
_FEWEST_UPDATES, _A_FEW_WORDS = 3, 3
# No page has more boxes or updates; a hostile one would keep the reader busy.
_MOST = 300
_CLOCK = re.compile(r"\d")
_TIME_OF_DAY = re.compile(r"\d{1,2}[:.h]\d{2}\s*(?:[AaPp]\.?[Mm]\.?|Uhr|h)?(?:\s*[A-Z]{2,4})?")


def mend(tree: HtmlElement) -> None:
    """Changes the tree in place; words are moved, never changed."""
    _keep_one_story(tree)
    _join_drop_caps(tree)
    _free_subheads(tree)
    _keep_times_in_sentences(tree)
    _keep_words_without_paragraph(tree)
    _join_lists_in_cells(tree)
    _open_boxes(tree)
    _show_times(tree)


def _keep_one_story(tree: HtmlElement) -> None:
    """Of several stories on one page, put under each other as the reader scrolls, the first one."""
    stories = [each for each in tree.iter("article") if next(each.iterancestors("article"), None) is None]
    told = [each for each in stories if _has_headline(each) and count_of_words(each.text_content()) >= _A_STORY]
    for story in told[1:]:
        story.drop_tree()


def _has_headline(story: HtmlElement) -> bool:
    heading = next(story.iter("h1"), None)
    return heading is not None and bool(squeezed(heading.text_content()))


def _join_drop_caps(tree: HtmlElement) -> None:
    """Puts a first letter that stands in an element of its own before the word that it begins."""
    for element in list(tree.iter("span", "div", "p", "b", "strong", "big", "em", "i", "font")):
        letter = (element.text or "").strip()
        if len(element) or element.getparent() is None or not _CAPITAL.fullmatch(letter):
            continue
        named = bool(_DROP_CAP.search(element.get("class", "")))
        cap = element
        while not (cap.tail or "").strip() and cap.getnext() is None and _only_child(cap):
            cap = cap.getparent()
        if not (cap.tail or "").strip():
            _put_before(letter, cap, named)
        elif named and letter[-1] not in _WORDS_OF_A_LETTER and cap.tail.lstrip()[:1].islower():
            cap.tail = cap.tail.lstrip()


def _only_child(element: HtmlElement) -> bool:
    parent = element.getparent()
    if parent is None or parent.getparent() is None:
        return False
    return len(parent) == 1 and not (parent.text or "").strip()


def _put_before(letter: str, cap: HtmlElement, named: bool) -> None:
    follower = cap.getnext()
    if follower is None:
        return
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
        if count_of_words(header.text_content()) <= _LONGEST_SUBHEAD and _prose_follows(header):
            for heading in headings:
                header.addprevious(heading)
            header.drop_tree()


def _prose_follows(element: HtmlElement) -> bool:
    below = element.getnext()
    return below is not None and count_of_words(below.text_content()) >= _PROSE


def _keep_times_in_sentences(tree: HtmlElement) -> None:
    """Makes text of times that stand in a sentence: they would be left out of it."""
    for time in list(tree.iter("time")):
        sentence = next(time.iterancestors("p", "li", "blockquote", "td", *HEADINGS), None)
        if (
            sentence is not None
            and count_of_words(sentence.text_content()) - count_of_words(time.text_content()) >= _A_FEW_WORDS
        ):
            time.drop_tag()


def _keep_words_without_paragraph(tree: HtmlElement) -> None:
    """Makes paragraphs of words that stand in a section by themselves, and marks of the quotation marks that browsers
    draw: what stands in such elements would be left out, and what stands behind."""
    for quoted in list(tree.iter("q")):
        quoted.text = f"“{quoted.text or ''}"
        quoted.tail = f"”{quoted.tail or ''}"
        quoted.drop_tag()
    for section in tree.iter("section", "article", "center", "details", "fieldset"):
        if count_of_words(section.text or "") >= _PROSE:
            section.insert(0, _element("p", section.text))
            section.text = None


def _join_lists_in_cells(tree: HtmlElement) -> None:
    """Writes what a list in a table's cell says in one line: the list would be dropped."""
    for cell in tree.iter("td", "th"):
        listed = next(cell.iter("ul", "ol", "dl"), None) is not None
        if (
            not listed
            or next(cell.iter("table"), None) is not None
            or count_of_words(cell.text_content()) > _LONGEST_CELL
        ):
            continue
        for each in cell.iter("p", "div", "li", "dt", "dd"):
            each.text = f"{'; ' if _follows_its_like(each) else ' '}{each.text or ''}"
            each.tail = f" {each.tail or ''}"
        line = squeezed(cell.text_content()).replace(" ;", ";")
        for child in list(cell):
            cell.remove(child)
        cell.text = line


def _follows_its_like(point: HtmlElement) -> bool:
    before = point.getprevious()
    return point.tag in ("li", "dd") and before is not None and before.tag == point.tag


def _open_boxes(tree: HtmlElement) -> None:
    """Makes ordinary parts of the story of boxes with facts, which the extraction takes for asides of the page."""
    whole = ""
    boxes = list(islice(filter(_may_hold_facts, tree.iter("aside", "div", "section", "figure")), _MOST))
    for box in filter(_holds_prose, boxes):
        whole = whole or alike(tree.text_content())
        if whole.count(alike(box.text_content())) == 1:  # a quotation set beside the text is repeated from it
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
    return count_of_words(text) >= _FEWEST_IN_BOX and not pressed and linked < len(text) / 3


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
            if first is not None:
                time.drop_tree()
                first.addprevious(_element("p", text))


def _updates(tree: HtmlElement) -> Iterator[tuple[HtmlElement, HtmlElement, str]]:
    """Each time of a report with the container that it and its paragraphs stand in, and how it is shown."""
    seen: set[HtmlElement] = set()
    for time, text in islice(_times(tree), _MOST):
        update = next(time.iterancestors("article", "section", "div", "li"), None)
        while update is not None and not _told(update) and update.tag not in ("article", "li"):
            update = next(update.iterancestors("article", "section", "div", "li"), None)
        if update is None or update in seen or not _told(update) or next(update.iter("h1"), None) is not None:
            continue
        seen.add(update)
        yield time, update, text


def _times(tree: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    for each in tree.iter("time", "span", "div", "p", "small", "strong"):
        shown = squeezed(each.text_content()) if each.tag == "time" or len(each) == 0 else ""
        if each.tag == "time":
            yield each, shown if _CLOCK.search(shown) else each.get("datetime", "")[:16].replace("T", " ")
        elif _TIME_OF_DAY.fullmatch(shown):
            yield each, shown


def _told(update: HtmlElement) -> bool:
    return any(count_of_words(each.text_content()) >= _PROSE for each in update.iter("p"))


def _element(tag: str, text: str) -> HtmlElement:
    made: HtmlElement = html.Element(tag)
    made.text = text
    return made


def remove(elements: Iterable[HtmlElement]) -> None:
    for each in elements:
        if each.getparent() is not None:
            each.drop_tree()
