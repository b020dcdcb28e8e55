"""What must not stand in anything that a reader gets of an answer, read off the finished HTML, Markdown and text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from assistant.types import Answer, Exchange
from assistant.ui.answer_view import live_html, past_html
from assistant.ui.conversation_markdown import markdown
from assistant.ui.openai_api import completion

# What the page itself is built of; see tests/ui/test_ui_render.py.
_OURS = set("article h2 h3 h4 p div span aside ol ul li a bdi b blockquote mark button svg path circle form".split())
_OURS |= {"label", "input", "textarea"}
_LEGEND = (("details", {"class": "legend"}), ("summary", {}))
# Rules of its own, so that a gap in assistant.text.sanitizing is no gap here.
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>“”]+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*|\S+@[\w-]+\.[a-z]{2,}"
    r"|\b(?:javascript|data|mailto|tel|vbscript):\S+|(?<!\S)//\S+",
    re.I,
)
_MARK = re.compile(r"\[\^?\d+\]|\[\^|[【〔〖]|[.!?,]\s?[¹²³⁴-⁹]|</?\w+[^>]*>|<\||!\[|\]\(")
_SOURCES = re.compile(
    r"^\W*(?:cited )?(?:sources?|references?|passages?|quellen|credit line)\W*:|\bibid\b", re.I | re.M
)


def forbidden(answer: Answer) -> Iterator[str]:
    """Each thing found, and where."""
    own = {hit.article.url for hit in answer.sources} | {article.url for article in answer.nearest}
    exchange = Exchange(1, answer.question, answer)
    for name, html in (("live page", live_html(exchange)), ("past page", past_html([exchange]))):
        page = Page(html)
        yield from (f"{name}: {each}" for each in [*page.strange(own), *_unseen(html), *_forged(page.said)])
    exported = markdown("Conversation", (exchange,))
    yield from (f"Markdown: {each}" for each in [*_active(exported, own), *_unseen(exported)])
    message = completion(answer, "1", 0)["choices"][0]["message"]
    found = [*_addresses(message["content"], own), *_unseen(message["content"]), *_forged(answer.text)]
    yield from (f"text: {each}" for each in found)
    cited = (each["url_citation"]["url"] for each in message["annotations"])
    yield from (f"text: links to {url}" for url in cited if url not in own)


class Page(HTMLParser):
    """A fragment as a browser reads it. `said` is the answer without its own marks, `text` all that is outside the
    cards' quotations; in these an article's words stand as they are, as text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag not in ("input", "br"):
            self._open.append(f"{tag}.{attributes.get('class') or ''}")

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(each.startswith("blockquote") for each in self._open):
            self.text += data
        if "span.words" in self._open:
            self.said += f"{data}\n"

    def strange(self, own: set[str]) -> Iterator[str]:
        """Elements, attributes and addresses that neither the page nor a cited article has."""
        for tag, attributes in self.tags:
            if tag not in _OURS and (tag, attributes) not in _LEGEND:
                yield f"element <{tag}>"
            for name, value in attributes.items():
                if name.startswith("on") or name in ("style", "src", "srcset", "srcdoc", "action", "formaction"):
                    yield f"attribute {name}"
                if name == "href" and value not in own and not (value or "").startswith("#source-"):
                    yield f"links to {value}"
                if name != "href":
                    yield from _addresses(value or "", own)
        yield from _addresses(self.text, own)


def _active(text: str, own: set[str]) -> Iterator[str]:
    """What Markdown makes of a text besides words, with HTML let through and addresses that become links."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        for each in [token, *(token.children or [])]:
            if each.type in ("html_block", "html_inline", "image", "table_open", "fence", "code_block", "code_inline"):
                yield f"{each.type} {each.content[:40]}"
            if each.type == "link_open" and each.attrs.get("href") not in own:
                yield f"links to {each.attrs.get('href')}"
            if each.type == "text":
                yield from _addresses(each.content, own)


def _addresses(text: str, own: set[str]) -> Iterator[str]:
    yield from (f"address {each[0]}" for each in _ADDRESS.finditer(text) if each[0].rstrip(".,;)") not in own)


def _forged(said: str) -> Iterator[str]:
    """Marks, markup and lists of sources in the words of an answer."""
    yield from (f"forged {each[0].strip()!r}" for rule in (_MARK, _SOURCES) for each in rule.finditer(said))


def _unseen(text: str) -> Iterator[str]:
    """Controls, what turns letters around, fillers, and what has no form of its own."""
    for letter in set(text) - {"\n", "\t"}:
        if unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") or letter in "\ufe0e\ufe0f\u034f\u115f":
            yield f"hidden U+{ord(letter):04X}"
