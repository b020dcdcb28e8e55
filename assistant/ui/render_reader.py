"""The reader: the frame that stands on the page from the start, and the article that is put into it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.text.labels import corrected, edition
from assistant.ui.render import byline, headline, isolated, link, marks_html, shown
from assistant.ui.render_sources import Span, marked
from vectorstore.models import Article

GONE = '<p class="notice">This article has been removed from the library since. This is what was cited.</p>'


def frame_html() -> str:
    """Empty until a citation is opened. It is never sent again: the page's script alone decides what it shows."""
    step = '<button type="button" class="plain" data-step="{}">{}</button>'
    return (
        '<dialog class="reader" aria-labelledby="reader-title"><div class="reader-bar">'
        f'<p class="steps">{step.format(-1, "Previous")}{step.format(1, "Next")}</p>'
        '<p class="place" role="status"></p>'
        '<button type="button" class="quiet" data-close>Close</button></div>'
        '<div class="claim"><p class="said" dir="auto"></p><p class="support"></p></div>'
        '<div class="leaf" tabindex="0" role="region" aria-label="The article"></div>'
        '<div class="reader-acts"><button type="button" class="plain" data-about>Ask about this article</button>'
        '<button type="button" class="plain" data-library>Read it in the library</button></div></dialog>'
    )


def leaf_html(article: Article, versions: Sequence[Article], cited: Sequence[Span]) -> str:
    """A whole article in the version that was cited, with the cited words marked; `versions` are all of them."""
    original = link(article.url, "Open original")
    told = " · ".join(filter(None, [isolated(byline(article)), original]))
    return (
        f'<h2 id="reader-title" dir="auto">{shown(headline(article))}</h2>'
        f'<p class="byline">{told}{marks_html(article)}</p>'
        f'<p class="edition">{shown(edition(article, len(versions)))}</p>{_corrected(article, versions[-1])}'
        f'<div class="text" dir="auto">{marked(article.text, cited, at=0)}</div>'
    )


def _corrected(article: Article, now: Article) -> str:
    if article.version == now.version:
        return ""
    since = corrected(now) or "changed since"
    return f'<p class="notice">The article was {shown(since)}. This is the version that the answer cites.</p>'
