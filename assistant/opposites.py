"""Words that send a claim opposite ways."""

from __future__ import annotations

from assistant.wordforms import stem

_PAIRS = """
    rise increase grow climb jump soar surge gain up upward raise high / fall decrease drop plunge plummet slump sink
    down downward tumble slide cut low reduce shrink decline;
    win victory beat / lose loss;
    confirm admit acknowledge / deny;
    accept approve agree adopt uphold / reject refuse veto overturn;
    allow permit legal lawful / ban prohibit forbid outlaw bar illegal unlawful;
    support endorse favor favour / oppose condemn;
    more / less fewer;
    above / below;
    convict guilty / acquit innocent;
    open reopen / close shut;
    start begin / end finish cancel;
    arrive enter join / leave depart quit exit;
    buy purchase acquire / sell;
    hire appoint / fire sack dismiss oust;
    include / exclude;
    likely / unlikely;
    possible / impossible;
    survive alive / die kill;
    success succeed / fail failure;
    majority / minority;
    former / current incumbent;
    best / worst;
    large big great most / small least;
    import / export;
    north northern / south southern;
    east eastern / west western;
    man male father son brother husband boy / woman female mother daughter sister wife girl;
    earlier / later;
    safe / dangerous unsafe;
    strengthen / weaken;
    arrest detain imprison / release free;
    positive / negative;
    inside / outside;
    lift / impose;
    resume / suspend halt pause;
    true / false
"""
# "A before B" is "B after A": these are opposites only where the rest stands in the same order.
_ORDER = "before prior / after following"
_LINES = [[side.split() for side in pair.split("/")] for pair in (_PAIRS + ";" + _ORDER).split(";")]


def _sides() -> dict[str, frozenset[tuple[int, int]]]:
    held: dict[str, set[tuple[int, int]]] = {}
    for number, pair in enumerate(_LINES):
        for side, words in enumerate(pair):
            for word in words:
                held.setdefault(stem(word), set()).add((number, side))
    return {word: frozenset(places) for word, places in held.items()}


# For each stem the pairs that it belongs to, as (number of the pair, 0 or 1).
SIDES = _sides()
ORDER = len(_LINES) - 1


def opposed(one: str, other: str) -> bool:
    """Whether two stems are opposites."""
    return any((pair, 1 - side) in SIDES.get(other, ()) for pair, side in SIDES.get(one, ()))
