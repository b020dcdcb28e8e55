"""Which articles are put together to one story, before and after follow-ups of one event were: prints each pair of
headlines that only one of the two joins, for a person to say whether they tell of one event.

    python tests/benchmarks/story_pairs.py LIBRARY/catalogue.db [--newest 2000] [--shown 60]

Columns: cosine of the two openings, days apart, the two outlets, the two headlines. Reads a catalogue whose passages
have their vectors; writes nothing. Of docs/evaluation.md: the share of the pairs shown that tell of one event.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from assistant.answering import clustering
from assistant.answering.clustering import grouped
from vectorstore.models import EVERYTHING
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.story_groups import Opening

_SEED = 7


def pairs(openings: list[Opening], follow_ups: bool) -> set[tuple[str, str]]:
    """Each centre of a story with each other member."""
    later = clustering._DAYS_LATER
    clustering._DAYS_LATER = later if follow_ups else -1.0
    try:
        groups = grouped(openings)
    finally:
        clustering._DAYS_LATER = later
    return {
        (group.centre.article_id, each.article_id)
        for group in groups
        for each in group.members
        if each.article_id != group.centre.article_id
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--newest", type=int, default=2000)
    parser.add_argument("--shown", type=int, default=60)
    given = parser.parse_args()
    catalogue = Catalogue(given.catalogue, read_only=True)
    found = catalogue.openings(EVERYTHING, None, given.newest, by_date=True)
    openings = [each for each in found if len(each.vector)]
    by_id = {each.article_id: each for each in openings}
    before, after = pairs(openings, False), pairs(openings, True)
    print(f"{len(openings)} articles; pairs of a centre and a member: {len(before)} before, {len(after)} after")
    for name, only in (("joined now", after - before), ("joined no longer", before - after)):
        shown = random.Random(_SEED).sample(sorted(only), min(given.shown, len(only)))
        print(f"\n{name}: {len(only)}, {len(shown)} shown")
        for one, other in shown:
            first, second = by_id[one], by_id[other]
            apart = (
                abs((first.published_at - second.published_at).days)
                if first.published_at and second.published_at
                else -1
            )
            print(f"{first.vector @ second.vector:.2f} {apart:3} {first.outlet} / {second.outlet}")
            print(f"       {first.title[:110]}\n       {second.title[:110]}")
    catalogue.close()


if __name__ == "__main__":
    main()
