"""Read the feeds that are followed and write what is new since the last run, as Markdown. For cron.

    python docs/examples/new_from_feeds.py LIBRARY [FEED ...]

Feeds that are named are followed from now on. A site on this machine or in its network is read only where
DATELINE_ALLOW_PRIVATE_ADDRESSES=true is set.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from app import Dateline, open_dateline
from vectorstore.reports import Row

NEWS = {"added": "New", "updated": "Changed"}


def main(library: str, *feeds: str) -> None:
    with open_dateline(library=library, model="quote") as news:
        for feed in feeds:
            news.follow(feed)
        refresh = news.refresh()
        for result in refresh.feeds:
            if result.reason:
                print(f"{result.url}: {result.state.value}, {result.reason}", file=sys.stderr)
        print("\n".join(written(news, refresh.report.rows)) or "Nothing new.")


def written(news: Dateline, rows: Sequence[Row]) -> Iterator[str]:
    """An entry for each article that came in or has changed: its headline, where it is from, how it begins."""
    for row in rows:
        if heading := NEWS.get(row.outcome.value):
            article = news.library.article(row.article_id)
            day = article.day or "date unknown"
            yield f"- **{heading}: [{article.title}]({article.url})** ({article.outlet}, {day})"
            yield f"  {' '.join(article.text.split()[:40])} …"


if __name__ == "__main__":
    main(*sys.argv[1:])
