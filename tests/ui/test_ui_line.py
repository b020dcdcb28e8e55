"""The line of those who wait for an answer: who comes next, what a reader sees of it, and who is sent away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Thread

import pytest
from playwright.sync_api import Page, expect
from ui_desk import ScriptedDesk, eventually, meta_answer

from assistant.text.texts import reading_in
from assistant.types import Exchange, Stage
from assistant.ui.answer_run import AnswerRun
from assistant.ui.answer_view import live_html, stage
from assistant.ui.places import READERS_WAITING, Line, TooBusy


def test_who_came_first_is_next_and_others_move_up() -> None:
    line = Line(at_once=2)
    first, second, third, fourth, fifth = [line.join() for _ in range(5)]
    assert [each.ahead for each in (first, second, third, fourth, fifth)] == [None, None, 0, 1, 2]
    fourth.leave()  # wants no more
    assert fifth.ahead == 1
    first.leave()
    assert third.come(0) and not fifth.come(0) and fifth.ahead == 0
    for each in (second, third):
        each.leave()
    assert fifth.come(0) and line.waiting == 0


def test_a_place_that_is_left_twice_is_free_once() -> None:
    line = Line(at_once=1)
    first, second, third = [line.join() for _ in range(3)]
    first.leave()
    first.leave()
    assert second.come(0) and not third.come(0)


def test_programs_are_sent_away_before_readers_are_and_hear_when_to_come_again() -> None:
    line = Line(at_once=1, programs=2)
    for _ in range(3):
        line.join(program=True)
    with pytest.raises(TooBusy, match="Try again") as busy:
        line.join(program=True)
    assert 1 <= busy.value.seconds <= 120
    for _ in range(READERS_WAITING - 2):
        line.join()
    with pytest.raises(TooBusy):
        line.join()
    assert line.waiting == READERS_WAITING


def test_a_program_that_waits_is_let_in_and_leaves_its_place_also_where_its_work_fails() -> None:
    line, done = Line(at_once=1), []

    def work() -> None:
        with pytest.raises(ZeroDivisionError), line.taken():
            done.append(1)
            raise ZeroDivisionError

    first, thread = line.join(), Thread(target=work)
    thread.start()
    eventually(lambda: line.waiting == 1)
    assert not done
    first.leave()
    thread.join(30)
    assert done and line.join().ahead is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Your question is next", "1 question is before yours", "2 questions are before yours"]),
        ("de", ["Ihre Frage ist die nächste", "1 Frage ist vor Ihrer", "2 Fragen sind vor Ihrer"]),
        ("ar", ["سؤالك هو التالي", "قبل سؤالك سؤال واحد", "قبل سؤالك سؤالان"]),
    ],
)
def test_a_place_is_told_in_the_readers_language(language: str, said: list[str]) -> None:
    with reading_in(language):
        told = [stage(Exchange(1, "?"), ahead=ahead) for ahead in range(3)]
    assert all(line.startswith(words) for line, words in zip(told, said, strict=True))


def test_an_answer_that_is_over_is_before_nobody() -> None:
    assert "before" not in live_html(Exchange(1, "?", meta_answer()), ahead=2)


def test_an_answer_searches_at_once_and_goes_on_when_it_is_its_turn(desk: ScriptedDesk) -> None:
    desk.line = Line(at_once=1)
    first, second = desk.line.join(), desk.line.join()
    run = AnswerRun(desk, Exchange(1, "Is Meta open?"), ())
    eventually(lambda: run.ahead == 1)
    assert run.exchange.answer and run.exchange.answer.stage is Stage.SEARCHED and run.exchange.answer.sources
    second.leave()
    eventually(lambda: run.ahead == 0)
    first.leave()
    *_, last = run.watch()
    assert last.answer and last.answer.stage is Stage.DONE and run.ahead is None
    run.wait(30)
    assert desk.line.join().ahead is None


def test_stop_frees_the_place_of_one_that_waits(desk: ScriptedDesk) -> None:
    desk.line = Line(at_once=1)
    desk.line.join()
    run = AnswerRun(desk, Exchange(1, "Is Meta open?"), ())
    eventually(lambda: run.ahead == 0)
    run.stop()
    run.wait(30)
    assert run.exchange.stopped and desk.line.waiting == 0


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")


def test_a_reader_sees_the_sources_and_how_many_come_first(desk: ScriptedDesk, open_page: Callable[..., Page]) -> None:
    desk.line = Line(at_once=1)
    with ExitStack() as held:
        others = [desk.line.join() for _ in range(3)]
        for each in others:
            held.callback(each.leave)
        page = open_page()
        ask(page, "Is Meta open?")
        told = page.locator("#exchange-1 .stage")
        expect(told).to_have_text("2 questions are before yours")
        expect(page.locator("#exchange-1 .sources")).to_contain_text("Meta keeps its models open")
        others[2].leave()
        expect(told).to_have_text("1 question is before yours")
        others[1].leave()
        expect(told).to_have_text("Your question is next")
    expect(page.locator("#exchange-1 .basis")).to_contain_text("As of")
    expect(told).to_have_text("")


def test_of_too_many_questions_the_last_is_given_back_to_its_reader(
    desk: ScriptedDesk, open_page: Callable[..., Page]
) -> None:
    desk.line = Line(at_once=1)
    for _ in range(1 + READERS_WAITING):
        desk.line.join()
    page = open_page()
    ask(page, "Is Meta open?")
    expect(page.locator("#note")).to_have_text("Too many questions are waiting. Try again in a moment.")
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("Is Meta open?")
    assert not desk.asked
