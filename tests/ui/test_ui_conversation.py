"""A conversation: what is kept, what a follow-up hears, and that closing it stops the model."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest
from ui_desk import BEHEMOTH, META, Receipt, Row, ScriptedDesk, refusal

from assistant.history import turns_of
from assistant.models import Answer, Turn
from assistant.ui.conversation import Conversation, Exchange, begun, growing, turns
from assistant.ui.desk import Desk, Progress, Step, Stop
from assistant.ui.run import Run
from assistant.ui.work import Job
from vectorstore.errors import LibraryBusy


def test_the_scripted_desk_is_a_desk() -> None:
    desk: Desk = ScriptedDesk()
    assert {entry.id for entry in desk.entries()} >= {META.id, BEHEMOTH.id}


def asked(desk: ScriptedDesk, conversation: Conversation, question: str) -> list[Conversation]:
    run = Run(desk, question, turns(conversation))
    return list(growing(begun(conversation, question), run.answers()))


def test_an_answer_grows_at_the_end_of_the_conversation() -> None:
    desk = ScriptedDesk()
    first = asked(desk, (), "Is Meta open?")
    assert {len(each) for each in first} == {1} and len(first) > 2
    assert not first[0][-1].over and first[-1][-1].over and not first[-1][-1].stopped
    second = asked(desk, first[-1], "And Behemoth?")[-1]
    assert [each.number for each in second] == [1, 2]
    assert second[0] is first[-1][0]


def test_a_follow_up_hears_earlier_questions_and_plain_answers() -> None:
    desk = ScriptedDesk()
    conversation = asked(desk, (), "Is Meta open?")[-1]
    asked(desk, conversation, "And Behemoth?")
    (question, earlier), answer = desk.asked[-1], conversation[-1].answer
    assert question == "And Behemoth?"
    assert answer and earlier == (Turn("Is Meta open?", answer.text),)


def test_exchanges_in_which_nothing_was_said_are_not_passed_on() -> None:
    kept = Exchange(2, "b", refusal("b"))
    assert [turn.question for turn in turns([Exchange(1, "a", problem="broken"), kept, Exchange(3, "c")])] == ["b"]


def test_a_known_error_becomes_its_own_line() -> None:
    last = asked(ScriptedDesk(), (), "broken")[-1][-1]
    assert last.problem.startswith("The chat model cannot be reached") and last.over


def test_an_unknown_error_goes_to_the_log_and_not_to_the_reader(caplog: pytest.LogCaptureFixture) -> None:
    last = asked(ScriptedDesk(), (), "fault")[-1][-1]
    assert "The log of the server" in last.problem and "ZeroDivision" not in last.problem
    assert "ZeroDivisionError" in caplog.text


def test_stopping_ends_the_model_and_keeps_what_was_written() -> None:
    desk = ScriptedDesk()
    run = Run(desk, "slowly", ())
    for grown in growing(begun((), "slowly"), run.answers()):
        if grown[-1].answer and grown[-1].answer.sentences:
            run.stop()
    assert grown[-1].stopped and grown[-1].answer and grown[-1].answer.text == "Meta says its position is unchanged."
    assert desk.closed.wait(10)


def test_stop_is_heard_while_the_model_says_nothing() -> None:
    class Silent(ScriptedDesk):
        def stream(self, question: str, turns: Sequence[Turn] = (), **given: Any) -> Generator[Answer]:
            self.closed.wait(30)
            yield from super().stream(question, turns, **given)

    desk = Silent()
    run = Run(desk, "Is Meta open?", ())
    answers = run.answers()
    run.stop()
    assert [each[-1].stopped for each in growing(begun((), "Is Meta open?"), answers)] == [True]
    desk.closed.set()


def test_leaving_ends_the_model() -> None:
    desk = ScriptedDesk()
    answers = Run(desk, "slowly", ()).answers()
    next(answers)
    answers.close()
    assert desk.closed.wait(10)


@pytest.mark.parametrize(
    "content", ["Is Meta open?", [{"type": "text", "text": "Is Meta open?"}], ["Is Meta", "open?"]]
)
def test_messages_of_every_shape_become_turns(content: object) -> None:
    messages = [{"role": "user", "content": content}, {"role": "assistant", "content": "Yes."}]
    assert turns_of(messages) == (Turn("Is Meta open?", "Yes."),)


def test_messages_that_say_nothing_are_no_turns() -> None:
    assert turns_of([{"role": "system", "content": "x"}, {"role": "assistant", "content": "y"}, {}]) == ()
    assert turns_of([{"role": "user", "content": None}]) == (Turn(""),)


def test_work_reports_while_it_goes_on_and_says_at_the_end_whether_all_was_taken() -> None:
    def work(progress: Progress, stop: Stop) -> Receipt:
        progress(Step("Reading a.txt", 1, 2))
        return Receipt([Row("a.txt", "added", "A")])

    told = list(Job(work).reports())
    assert "Starting" in told[0].html
    assert "1 added" in told[-1].html and [each.taken for each in told] == [False] * (len(told) - 1) + [True]


def test_work_that_was_rejected_or_failed_was_not_taken() -> None:
    def busy(progress: Progress, stop: Stop) -> Receipt:
        raise LibraryBusy("Another Dateline is writing to this library.")

    assert not list(Job(lambda *_: Receipt([Row("a", "rejected", reason="empty")])).reports())[-1].taken
    assert "Another Dateline is writing" in list(Job(busy).reports())[-1].html


def test_work_that_is_stopped_says_that_it_is_stopping_and_keeps_what_is_done() -> None:
    def work(progress: Progress, stop: Stop) -> Receipt:
        while not stop():
            progress(Step("Reading a.txt", 1, 2))
        progress(Step("Reading a.txt", 1, 2))
        return Receipt([Row("a.txt", "added", "A")], stopped=True)

    job = Job(work)
    told = []
    for report in job.reports():
        told.append(report)
        job.stop()
    assert "data-stop" in told[0].html
    assert "1 added" in told[-1].html and "do the same again to go on" in told[-1].html
    assert not told[-1].taken
