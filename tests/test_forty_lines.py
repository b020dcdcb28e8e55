"""The forty lines are asked what Dateline is asked, and judged as it is; what they replied is asked once."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS / "benchmarks"), str(TESTS / "assistant")]

import retrieval  # noqa: E402
from _tutorial import tutorial  # noqa: E402
from forty_lines import (  # noqa: E402
    FORTY_LINES,
    QUOTES,
    FortyLines,
    Replies,
    arguments,
    compared,
    judged,
    main,
    read_questions,
    refuses,
    table,
    until_stopped,
    wanted,
)
from newsroom import FERRY, NOW, OLD_RATES, RATES, ScriptedChat, WordEmbedder, says  # noqa: E402

from assistant.answering.assistant import Assistant  # noqa: E402
from ingest.splitting import split  # noqa: E402
from vectorstore.errors import DatelineError  # noqa: E402
from vectorstore.library import Library  # noqa: E402

FIELD = {
    "category": "figures",
    "question": "How many passengers did rescuers bring to land near Skerry harbour?",
    "as_of": "2022-07-10",
    "turns": [],
    "must_contain": [["41"]],
    "must_not_contain": ["42"],
    "refuse": None,
}


def asked_for(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library", WordEmbedder()) as library:
        library.put([(each, split(each)) for each in (RATES, OLD_RATES, FERRY)])
        yield library


def answers(library: Library, model: ScriptedChat, path: Path, kept: Path | None = None) -> list[dict[str, Any]]:
    with tutorial(library, lambda done, total: None) as index:
        forty_lines = FortyLines(index, model, Replies(kept))
        return list(compared(read_questions(path), forty_lines, {QUOTES: Assistant(library, None, lambda: NOW)}))


def test_both_are_asked_the_same_and_judged_by_the_same_words(library: Library, tmp_path: Path) -> None:
    model = says("They brought 42 passengers to land.")
    [row] = answers(library, model, asked_for(tmp_path, FIELD))
    assert row["by"][FORTY_LINES]["faults"] == ["missing: 41", "told: 42"]
    assert row["by"][QUOTES]["faults"] == []
    assert list(table([row], [FORTY_LINES, QUOTES]))[2:] == ["| figures | 1 | 0 | 1 |", "| all | 1 | 0 | 1 |"]
    assert FERRY.text in model.asked[0] and FIELD["question"] in model.asked[0]


def test_the_turns_before_are_shown_to_the_forty_lines(library: Library, tmp_path: Path) -> None:
    model = says("41.")
    answers(library, model, asked_for(tmp_path, FIELD | {"turns": [["What of the ferry?", "It ran aground."]]}))
    assert model.asked[0].startswith("What of the ferry?\nIt ran aground.\nAnswer the question")


def test_a_reply_that_was_kept_is_not_asked_for_again_and_one_to_another_prompt_is(
    library: Library, tmp_path: Path
) -> None:
    kept, path = tmp_path / "kept.jsonl", asked_for(tmp_path, FIELD)
    first, second = says("It was 41."), says("It was 43.")
    answers(library, first, path, kept)
    [row] = answers(library, second, path, kept)
    assert (row["by"][FORTY_LINES]["told"].strip(), second.asked) == ("It was 41.", [])
    answers(library, second, asked_for(tmp_path, FIELD, FIELD | {"question": "How many died?"}), kept)
    assert len(second.asked) == 1 and len(kept.read_text().splitlines()) == 2


def test_ctrl_c_leaves_what_came_before_it() -> None:
    def coming() -> Iterator[dict[str, Any]]:
        yield {"category": "one"}
        raise KeyboardInterrupt

    assert until_stopped(coming()) == ([{"category": "one"}], True)
    assert until_stopped([{"category": "one"}]) == ([{"category": "one"}], False)


@pytest.mark.parametrize(
    ("refuse", "told", "refused", "right"),
    [
        (True, "I don't know.", True, True),
        (True, "It was 41.", False, False),
        (False, "It was 41.", False, True),
        (False, "41, but I don't know.", True, False),
        (None, "It was 41.", False, True),
        (None, "I don't know.", True, False),
        (None, "I don't know whether it was 41.", True, True),
    ],
)
def test_where_a_question_may_be_refused_the_words_decide(
    tmp_path: Path, refuse: bool | None, told: str, refused: bool, right: bool
) -> None:
    [question] = read_questions(asked_for(tmp_path, FIELD | {"refuse": refuse}))
    assert (not judged(question, told, refused)["faults"]) is right


def test_to_refuse_tells_that_there_is_no_answer(tmp_path: Path) -> None:
    [question] = read_questions(asked_for(tmp_path, FIELD | {"must_contain": [["seven", "no answer"]]}))
    assert not judged(question, "I don't know.", True)["faults"]
    assert judged(question, "Twelve died.", False)["faults"]


def test_questions_of_the_sets_are_read_as_they_are(tmp_path: Path) -> None:
    sets = TESTS / "benchmarks" / "sets" / "questions.jsonl"
    row = json.loads(sets.read_text(encoding="utf-8").splitlines()[0])
    first, *others = read_questions(sets)
    assert first == {"lib": "", "history": [], "must_not": []} | row
    assert len(others) > 100
    [may] = read_questions(asked_for(tmp_path, row | {"answerable": None}))
    assert not judged(may, "I don't know.", True)["faults"]


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        ("I don't know.", True),
        ("I’m sorry, I do not know who won.", True),
        ("The passages do not mention the age of Helena Roth.", True),
        ("She is 54.", False),
        ("The mayor said he did not resign.", False),
        ("Officials do not yet know the cause, Brenner said.", False),
    ],
)
def test_a_reply_that_found_nothing_is_told_from_an_answer(reply: str, refused: bool) -> None:
    assert refuses(reply) is refused


def test_questions_about_articles_that_are_not_named_are_left_out_and_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = asked_for(tmp_path, FIELD | {"lib": "en"}, FIELD | {"lib": "mixed"}, FIELD | {"lib": "en"})
    assert [each["lib"] for each in wanted(arguments([str(path), "en=a.jsonl"]))] == ["en", "en"]
    assert "'mixed'" in capsys.readouterr().err
    assert len(wanted(arguments([str(path), "en=a.jsonl", "mixed=b.jsonl", "--first", "2"]))) == 2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{}\n", "Line 1"),
        (json.dumps(FIELD) + "\nnot JSON\n", "Line 2"),
        ("[]\n", "Line 1"),
        ('{"category": "a", "question": "Who?", "as_of": "2022-07-10"}\n', "what must be told"),
        ("", "no question"),
    ],
)
def test_a_file_that_holds_no_questions_is_refused_in_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit, match=complaint) as ended:
        main([str(path), "articles.jsonl"])
    assert "\n" not in str(ended.value)


def test_a_file_that_is_not_there_or_holds_no_replies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatelineError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
    with pytest.raises(DatelineError, match="prompt, reply"):
        Replies(asked_for(tmp_path, FIELD))


def test_the_tutorials_pipeline_is_measured_beside_dateline(library: Library, tmp_path: Path) -> None:
    asked = {"id": "q", "question": "How many passengers were brought to land?", "evidence_article_ids": ["ferry"]}
    (tmp_path / "q.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    news = SimpleNamespace(assistant=Assistant(library, None, lambda: NOW), library=library)
    results = retrieval.compared(news, tmp_path / "q.jsonl", beside=True)  # type: ignore[arg-type]
    assert {way: held["all"]["hit@10"].mean for way, held in results.items()} == {"Dateline": 1, "tutorial": 1}
