"""What whoever watches hears of a question: its stages, when there was something to read, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from newsroom import FERRY, OLD_RATES, RATES, ScriptedChat, WordEmbedder, says

from assistant.answering.assistant import Assistant
from assistant.answering.observed import Ending
from assistant.generation.odds import Messages
from assistant.types import Stage
from ingest.splitting import split
from vectorstore.errors import DatelineError
from vectorstore.library import Library
from vectorstore.observing.work import Fact, Work, stage, watched

AS_OF = date(2022, 7, 5)
QUESTION = "To how many percent did the central bank raise its key rate?"


class Judging(ScriptedChat):
    """As the built-in model, it says how sure it is."""

    def odds(self, material: Messages, questions: Sequence[str], left: Event | None = None) -> list[float]:
        return [0.97 for _ in questions]


class Heard:
    """The work that has ended, the last to end last."""

    def __init__(self) -> None:
        self.works: list[Work] = []

    def begun(self, work: Work) -> None:
        """Nothing."""

    def ended(self, work: Work) -> None:
        self.works.append(work)

    def told(self, name: str, facts: dict[str, Fact]) -> None:
        """Nothing."""

    @property
    def answer(self) -> Work:
        [answer] = [each for each in self.works if each.name == "answer"]
        return answer

    def parts(self) -> list[str]:
        return [each.name for each in self.works if each.within is self.answer]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("observed")
    with Library(folder / "library", WordEmbedder()) as library:
        library.put([(each, split(each)) for each in (RATES, OLD_RATES, FERRY)])
        yield library


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard = Heard()
    with watched(heard):
        yield heard


def test_a_written_answer_has_all_of_its_stages_in_their_order(library: Library, heard: Heard) -> None:
    model = Judging(words=["The ", "rate ", "is ", "2.5 ", "percent. ", "[1]"])
    with stage("request"):
        answer = Assistant(library, model).answer(QUESTION, as_of=AS_OF)
    assert not answer.refused
    assert heard.parts() == ["question", "search", "evidence", "judge", "write", "verify"]
    assert heard.answer.within and heard.answer.within.name == "request"
    facts = heard.answer.facts
    assert (facts["outcome"], facts["question"]) == (Ending.ANSWERED, QUESTION)
    seconds = [facts["sources"], facts["first_words"], heard.answer.seconds]
    assert seconds == sorted(seconds)  # type: ignore[type-var]


def test_an_answer_of_quotations_is_neither_judged_nor_written(library: Library, heard: Heard) -> None:
    Assistant(library, None).answer(QUESTION, as_of=AS_OF)
    assert heard.parts() == ["question", "search", "evidence"]


def test_a_refusal_is_told_as_one(library: Library, heard: Heard) -> None:
    assert Assistant(library, None).answer("Who won the 2031 Tour de France?", as_of=AS_OF).refused
    assert heard.answer.facts["outcome"] == Ending.REFUSED


def test_an_answer_that_is_left_was_stopped_and_so_were_its_parts(library: Library, heard: Heard) -> None:
    growing = Assistant(library, says("The rate is 2.5 percent now. [1] It was raised on Thursday. [1]")).stream(
        QUESTION, as_of=AS_OF
    )
    for answer in growing:
        if answer.stage is Stage.WRITING:
            break
    growing.close()  # type: ignore[attr-defined]
    assert heard.answer.facts["outcome"] == Ending.STOPPED
    assert "write" in heard.parts() and "verify" not in heard.parts()


def test_what_cannot_be_asked_failed(library: Library, heard: Heard) -> None:
    with pytest.raises(DatelineError):
        Assistant(library, None).answer("x" * 3000)
    assert heard.answer.facts["outcome"] == Ending.FAILED and isinstance(heard.answer.error, DatelineError)


def test_what_is_looked_up_for_what_to_ask_next_is_no_question(library: Library, heard: Heard) -> None:
    assistant = Assistant(library, None)
    assistant.told_from("Timeline of the central bank", ["rates"])
    assistant.told_from(QUESTION, ["rates"])
    assert heard.works and not [each for each in heard.works if each.name == "answer"]
