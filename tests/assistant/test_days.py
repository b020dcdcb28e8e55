from __future__ import annotations

from datetime import date

import pytest
from newsroom import article

from assistant.answering.assistant import Assistant
from assistant.answering.writer import meant_day
from assistant.types import Support
from ingest.splitting import split
from vectorstore.library import Library

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("sentence", "phrase", "meant"),
    [
        ("The library will reopen on Friday next week.", "Friday next week", date(2026, 11, 27)),
        ("The vote will be held on Monday.", "Monday", date(2026, 11, 23)),
        ("The mayor said on Tuesday that it will open on Monday.", "Monday", date(2026, 11, 23)),
        ("The ferry sank yesterday.", "yesterday", date(2026, 11, 17)),
        ("The city said on Tuesday, two days late, that the line will open on Monday.", "Monday", date(2026, 11, 23)),
        ("The trial is due to begin on Thursday.", "Thursday", date(2026, 11, 19)),
    ],
)
def test_a_phrase_of_time_means_a_day(sentence: str, phrase: str, meant: date) -> None:
    assert meant_day(sentence, WEDNESDAY) == (phrase, meant)


@pytest.mark.parametrize(
    "sentence",
    [
        "The trial begins on 18 January.",
        "She resigned on Monday, 16 November.",
        "It opens next week.",
        "The bridge is closed on Monday.",
        "She stepped down on Monday.",
        "The museum reopens Saturday.",
        "The law takes effect on Monday.",
        "Talks will resume next Thursday.",
        "The report was due on Monday.",
        "The trial was to begin on Wednesday.",
        "The trial is due to begin on Wednesday.",
        "Warm air will move over the mountains Wednesday night.",
        "The line will open in spring, nine months late, the city said on Wednesday.",
        "The line will open in spring, the city said on Tuesday.",
        '"We will be ready" the minister said on Monday.',
        "Fares will rise by 4 percent; the operator confirmed it on Friday.",
        "Rail fares will go up in January - the regulator said on Monday.",
        "The bridge would cost 3 million (officials put it lower on Thursday).",
        "Nobody knows when it opens.",
        "",
    ],
)
def test_nothing_is_said_where_a_date_stands_or_the_day_is_not_certain(sentence: str) -> None:
    assert meant_day(sentence, WEDNESDAY) is None


def test_who_asks_when_is_told_the_day(library: Library) -> None:
    told = article("pool", "The town's pool will open on Monday, the council said.", "2022-07-06", "Pool to open")
    library.put([(told, split(told))])
    when, who = (
        Assistant(library, None).answer(question, as_of=date(2022, 7, 8))
        for question in ("When will the town's pool open?", "Who said that the town's pool will open?")
    )
    own = [each.text for each in when.sentences if each.support is Support.OWN]
    assert own == ["“Monday” is 11 July 2022, counted from the article of 6 July 2022."]
    assert not [each for each in who.sentences if each.support is Support.OWN]
