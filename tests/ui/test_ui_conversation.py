"""A conversation: what is kept, what a follow-up hears, and that closing it stops the model."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest
from ui_desk import BEHEMOTH, META, ScriptedDesk, document, refusal, reported

from assistant.conversations.messages import turns_of
from assistant.types import Answer, Conversation, Exchange, Turn
from assistant.ui.answer_run import AnswerRun
from assistant.ui.conversation import turns
from assistant.ui.conversations_panel import Question, Talks
from assistant.ui.desk import Desk, Progress, Stop
from assistant.ui.work import Job
from vectorstore.errors import LibraryBusy
from vectorstore.reports import Report, Step


def test_the_scripted_desk_is_a_desk() -> None:
    desk: Desk = ScriptedDesk()
    assert set(desk.articles) >= {META.id, BEHEMOTH.id}


def asked(desk: ScriptedDesk, conversation: Conversation, question: str) -> list[Exchange]:
    return list(AnswerRun(desk, Exchange(len(conversation) + 1, question), turns(conversation)).watch())


def test_an_answer_grows_and_then_is_over(desk: ScriptedDesk) -> None:
    grown = asked(desk, (), "Is Meta open?")
    assert {each.number for each in grown} == {1}
    assert [each.over for each in grown] == [False] * (len(grown) - 1) + [True]
    assert not grown[-1].stopped


def test_a_follow_up_hears_earlier_questions_and_plain_answers(desk: ScriptedDesk) -> None:
    first = asked(desk, (), "Is Meta open?")[-1]
    asked(desk, (first,), "And Behemoth?")
    (question, earlier), answer = desk.asked[-1], first.answer
    assert question == "And Behemoth?"
    assert answer and earlier == (Turn("Is Meta open?", answer.text),)


def test_exchanges_in_which_nothing_was_said_are_not_passed_on() -> None:
    kept = Exchange(2, "b", refusal("b"))
    assert [turn.question for turn in turns([Exchange(1, "a", problem="broken"), kept, Exchange(3, "c")])] == ["b"]


def test_a_known_error_becomes_its_own_line() -> None:
    last = asked(ScriptedDesk(), (), "broken")[-1]
    assert last.problem.startswith("The chat model cannot be reached") and last.over


def test_an_unknown_error_goes_to_the_log_and_not_to_the_reader(caplog: pytest.LogCaptureFixture) -> None:
    last = asked(ScriptedDesk(), (), "fault")[-1]
    assert "The log of the server" in last.problem and "ZeroDivision" not in last.problem
    assert "ZeroDivisionError" in caplog.text


def test_stopping_ends_the_model_and_keeps_what_was_written() -> None:
    desk, kept = ScriptedDesk(), list[Exchange]()
    run = AnswerRun(desk, Exchange(1, "slowly"), (), finish=kept.append)
    for grown in run.watch():
        if grown.answer and grown.answer.sentences:
            run.stop()
    assert grown.stopped and grown.answer and grown.answer.text == "Meta says its position is unchanged."
    assert kept == [grown]
    assert desk.closed.wait(10)


def test_stop_is_heard_while_the_model_says_nothing() -> None:
    class Silent(ScriptedDesk):
        def stream(self, question: str, turns: Sequence[Turn] = (), **given: Any) -> Generator[Answer]:
            self.closed.wait(30)
            yield from super().stream(question, turns, **given)

    desk = Silent()
    run = AnswerRun(desk, Exchange(1, "Is Meta open?"), ())
    run.stop()
    assert [each.stopped for each in run.watch()] == [True]
    desk.closed.set()
    run.wait(10)
    assert run.exchange.answer is None, "what comes after Stop is not taken in"


def test_any_number_may_watch_and_whoever_comes_late_sees_the_same() -> None:
    desk = ScriptedDesk()
    run = AnswerRun(desk, Exchange(1, "slowly"), ())
    early = run.watch()
    next(early)
    late = run.watch()
    desk.closed.set()
    assert list(early)[-1] == list(late)[-1] == run.exchange
    assert run.exchange.over and not run.exchange.stopped


class TestTalks:
    def test_an_answer_is_written_to_its_end_and_kept_though_nobody_watches(self, desk: ScriptedDesk) -> None:
        assert Talks(desk).ask("a", Question("Is Meta open?", 1))
        finished(desk, "a")
        [exchange] = Talks(desk).read("a")
        assert exchange.over and exchange.answer and exchange.answer.text.startswith("Meta says")

    def test_one_question_at_a_time_in_one_conversation_and_any_number_in_others(self, desk: ScriptedDesk) -> None:
        talks = Talks(desk)
        assert talks.ask("a", Question("slowly", 1)) and not talks.ask("a", Question("And Behemoth?", 2))
        assert talks.ask("b", Question("Is Meta open?", 1))
        finished(desk, "b")
        assert [each.question for each in talks.read("a")] == ["slowly"]

    def test_what_was_being_written_when_the_server_ended_is_one_that_was_stopped(self, desk: ScriptedDesk) -> None:
        Talks(desk).ask("a", Question("slowly", 1))
        [exchange] = Talks(desk).read("a")  # another process, which knows of no run
        assert exchange.stopped and exchange.question == "slowly"

    def test_asked_again_in_other_words_takes_the_place_of_the_last_question(self, desk: ScriptedDesk) -> None:
        talks = Talks(desk)
        for question in (
            Question("Is Meta open?", 1),
            Question("And Behemot?", 2),
            Question("And Behemoth?", 2, again=True),
        ):
            talks.ask("a", question)
            finished(desk, "a")
        assert [(each.number, each.question) for each in talks.read("a")] == [
            (1, "Is Meta open?"),
            (2, "And Behemoth?"),
        ]
        assert [turn.question for turn in desk.asked[-1][1]] == ["Is Meta open?"]


def finished(desk: ScriptedDesk, id: str) -> None:
    """Waits until nothing more is written in that conversation."""
    for _ in range(500):
        if not desk.notebook.read(id)[-1].stopped:
            return
        desk.closed.wait(0.02)
    raise AssertionError("the answer never came")


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
    def work(progress: Progress, stop: Stop) -> Report:
        progress(Step("Reading a.txt", 1, 2))
        return reported([document("a.txt", "added", "A")])

    told = list(Job(work).reports())
    assert "Starting" in told[0].html
    assert "1 added" in told[-1].html and [each.taken for each in told] == [False] * (len(told) - 1) + [True]


def test_work_that_was_rejected_or_failed_was_not_taken() -> None:
    def busy(progress: Progress, stop: Stop) -> Report:
        raise LibraryBusy("Another Dateline is writing to this library.")

    assert not list(Job(lambda *_: reported([document("a", "rejected", reason="empty")])).reports())[-1].taken
    assert "Another Dateline is writing" in list(Job(busy).reports())[-1].html


def test_work_that_is_stopped_says_that_it_is_stopping_and_keeps_what_is_done() -> None:
    def work(progress: Progress, stop: Stop) -> Report:
        while not stop():
            progress(Step("Reading a.txt", 1, 2))
        progress(Step("Reading a.txt", 1, 2))
        return reported([document("a.txt", "added", "A")], stopped=True)

    job = Job(work)
    told = []
    for report in job.reports():
        told.append(report)
        job.stop()
    assert "data-stop" in told[0].html
    assert "1 added" in told[-1].html and "do the same again to go on" in told[-1].html
    assert not told[-1].taken
