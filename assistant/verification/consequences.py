"""Claims that can harm a named person: of crime, guilt, sentence, death, illness, resignation. Pure.

They are recognised by words, and widely: a claim that is taken for one of them only has to be borne out more strictly.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.text.facts import FactKind, facts


class Consequence(StrEnum):
    """What is said of a person; the value reads in a sentence."""

    CRIME = "a crime"
    GUILT = "guilt or a charge"
    SENTENCE = "a sentence"
    DEATH = "a death"
    ILLNESS = "an illness"
    RESIGNATION = "a resignation or dismissal"


_WORDS = {
    Consequence.CRIME: r"st(?:eal|ole)\w*|theft|thie(?:f|ves)|rob(?:s|bed|bery|bing)|burgl\w+|murder\w*|manslaughter"
    r"|homicide|kill(?:s|ed|ing|er)?|shot|stab(?:s|bed|bing)|poison\w*|rap(?:e|ed|ist|ing)|assault\w*|molest\w*|abus\w+"
    r"|harass\w*|brib\w+|fraud\w*|embezzl\w+|launder\w*|extort\w*|blackmail\w*|corrupt\w*|forg(?:ed|ery|ing)|smuggl\w+"
    r"|traffick\w*|arson\w*|perjur\w*|conspir\w+|insider trading|evad(?:ed|ing)|evasion|kidnap\w*|abduct\w*|threatened"
    r"|attack(?:s|ed|ing|er)?|lied|cheat\w*|plagiari\w+|dop(?:ed|ing)|spied|spy(?:ing)?|leaked|sabotag\w+|terroris\w+"
    r"|secretly|illegal\w*|unlawful\w*|misus\w+|misappropriat\w+|pocketed|diverted|kickbacks?|crimes?|criminal",
    Consequence.GUILT: r"guilty|convict\w*|innocen\w+|acquit\w*|arrest\w*|charge[sd]?|indict\w*|accus\w+|suspect\w*"
    r"|pleaded|prosecut\w+|detain\w*|confess\w*|custody|trial|blame[sd]?|responsible for",
    Consequence.SENTENCE: r"sentenc\w+|jail\w*|prison\w*|imprison\w*|fined|behind bars|probation|executed|banned",
    Consequence.DEATH: r"di(?:ed|es|e|ed)|dead|death|dying|kill(?:s|ed)?|drowned|suicide|murdered|fatal\w*",
    Consequence.ILLNESS: r"cancer|ill(?:ness)?|sick\w*|diagnos\w+|dementia|stroke|heart attack|tumou?r|hospitali[sz]ed"
    r"|coma|depress(?:ed|ion)|addict\w*|overdos\w+|infected|disease|HIV|AIDS|alcoholi\w+|pregnan\w+|collapsed",
    Consequence.RESIGNATION: r"resign\w*|step(?:s|ped|ping)? down|stood down|quits?|fired|sack(?:s|ed|ing)|dismiss\w*"
    r"|oust\w*|expel\w*|suspend\w*|removed from|forced out|laid off|stripped of",
}
_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b", re.I) for kind, words in _WORDS.items()}


def consequences(claim: str) -> frozenset[Consequence]:
    """What the claim says of somebody or something that it names; none when it names nobody."""
    if not any(fact.kind is FactKind.NAME for fact in facts(claim, None)):
        return frozenset()
    return frozenset(kind for kind, pattern in _PATTERNS.items() if pattern.search(claim))
