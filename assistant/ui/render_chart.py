"""What the library holds over time and of which outlets, as pictures with the same in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.presentation.histogram import Bar, Timeline, Unit, timeline
from assistant.text.labels import day
from assistant.ui.render import count, shown
from vectorstore.listing import Tally

OUTLETS_SHOWN = 10
_HEIGHT = 72
# Of the width, in per cent: a bar is never wider than one of so many, and a tenth of its place is left free.
_FEWEST_PLACES = 12
_FILLED = 0.86


def chart_html(tally: Tally) -> str:
    """Articles by day, month or year, and by outlet; nothing where there are none."""
    if not tally.outlets:
        return ""
    drawn = timeline(tally.days)
    told = [f"{count(drawn.earlier, 'article')} from before, not shown"] if drawn and drawn.earlier else []
    told += [f"{tally.undated:,} of unknown date"] if tally.undated else []
    rest = f'<p class="tally">{", ".join(told)}</p>' if told else ""
    over_time = f"<h3>Articles by {drawn.unit}</h3>{timeline_svg(drawn)}" if drawn else "<h3>Articles</h3>"
    return f"{over_time}{rest}{_outlets(tally.outlets)}"


def timeline_svg(drawn: Timeline) -> str:
    """A bar for each day, month or year with articles.

    Widths are in per cent and heights in pixels, so that the letters stay as large on a phone.
    """
    slot = 100 / max(drawn.places, _FEWEST_PLACES)
    bars = "".join(_bar(drawn, bar, slot) for bar in drawn.bars)
    first, last = _named(drawn, drawn.bars[0]), _named(drawn, drawn.bars[-1])
    end = f'<text x="100%" y="{_HEIGHT + 17}" text-anchor="end">{last}</text>' if last != first else ""
    return (
        f'<svg class="chart" width="100%" height="{_HEIGHT + 22}" role="img" aria-label="{_in_words(drawn)}">'
        f'{bars}<line x1="0" x2="100%" y1="{_HEIGHT}" y2="{_HEIGHT}"/>'
        f'<text x="0" y="{_HEIGHT + 17}">{first}</text>{end}</svg>'
    )


def _bar(drawn: Timeline, bar: Bar, slot: float) -> str:
    height = max(1.0, (_HEIGHT - 2) * bar.articles / drawn.highest.articles)
    return (
        f'<rect x="{slot * bar.place:.2f}%" y="{_HEIGHT - height:.1f}" width="{slot * _FILLED:.2f}%" '
        f'height="{height:.1f}"><title>{_named(drawn, bar)}: {count(bar.articles, "article")}</title></rect>'
    )


def _in_words(drawn: Timeline) -> str:
    total = count(sum(bar.articles for bar in drawn.bars), "article")
    first, last, most = (_named(drawn, bar) for bar in (drawn.bars[0], drawn.bars[-1], drawn.highest))
    if first == last:
        return f"Articles by {drawn.unit}: {total} of {first}"
    when = f"on {most}" if drawn.unit is Unit.DAY else f"in {most}"
    return f"Articles by {drawn.unit}: {total} from {first} to {last}, the most {when}: {drawn.highest.articles:,}"


def _named(drawn: Timeline, bar: Bar) -> str:
    """`3 July 2022`, `July 2022` or `2022`."""
    if drawn.unit is Unit.DAY:
        return day(bar.begins)
    return f"{bar.begins:%B %Y}" if drawn.unit is Unit.MONTH else str(bar.begins.year)


def _outlets(outlets: Sequence[tuple[str, int]]) -> str:
    """A list that can be read without its bars."""
    largest = outlets[0][1]
    rows = "".join(_outlet(name, articles, largest) for name, articles in outlets[:OUTLETS_SHOWN])
    others = outlets[OUTLETS_SHOWN:]
    more = f"{count(len(others), 'other outlet')}: {count(sum(number for _, number in others), 'article')}"
    rest = f'<p class="tally">{more}</p>' if others else ""
    return f'<h3>Articles by outlet</h3><ol class="outlets">{rows}</ol>{rest}'


def _outlet(name: str, articles: int, largest: int) -> str:
    return (
        f'<li><span class="name" dir="auto">{shown(name) if name.strip() else "No outlet stated"}</span> '
        f'<span class="figure">{articles:,}</span>'
        f'<svg width="100%" height="6" aria-hidden="true"><rect width="{100 * articles / largest:.1f}%" height="6"/>'
        "</svg></li>"
    )
