from __future__ import annotations

import random

import pytest

from vectorstore.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith met Dr. Jones and Gov. Lee.",
        "The U.S. President spoke at 5 p.m. Eastern time.",
        "J. K. Rowling and George R. R. Martin wrote.",
        "It came in at No. 5 in the charts.",
        "The firm, Acme Inc. said so, rose 3.5 percent.",
        "It fell on Jan. 6 and rose on Dec. 7 again.",
        "“What do you mean?” she asked.",
        "He asked, 'Why?' and left.",
        "They waited ... and waited.",
        "Yahoo! is a company.",
        "Several fish, e.g. Trout, i.e. those in rivers, etc. Swim.",
        "See example.com or version 2.0.1 for more.",
    ],
    ids=lambda text: text[:24],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One ended. Two began.", ["One ended.", "Two began."]),
        ("Why? Because! Fine.", ["Why?", "Because!", "Fine."]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("He said “Yes.” Then he left.", ["He said “Yes.”", "Then he left."]),
        ('"It is over." “So it is.”', ['"It is over."', "“So it is.”"]),
        ("They waited… Nothing came.", ["They waited…", "Nothing came."]),
        ("They waited... Nothing came.", ["They waited...", "Nothing came."]),
        ("Was it so? No. It was not.", ["Was it so?", "No.", "It was not."]),
        ("So did I. Then we left.", ["So did I.", "Then we left."]),
        ("(It rained.) The match went on.", ["(It rained.)", "The match went on."]),
        ("It cost $5. 300 people paid.", ["It cost $5.", "300 people paid."]),
        ("A headline\n\nThe text begins here.", ["A headline", "The text begins here."]),
        ("A headline\nThe text begins here.", ["A headline", "The text begins here."]),
        ("To do:\n- one thing\n* another", ["To do:", "- one thing", "* another"]),
        ("Carriage.\r\nReturns.\r\n", ["Carriage.", "Returns."]),
        ("今日は晴れ。明日は雨！本当？はい", ["今日は晴れ。", "明日は雨！", "本当？", "はい"]),
        ("「本当？！」と彼は言った。終わり。", ["「本当？！」", "と彼は言った。", "終わり。"]),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_sentences_end_where_a_reader_sees_them_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\n\t \u3000\u00a0"], ids=["nothing", "a space", "odd spaces"])
def test_a_text_without_words_has_no_sentences(text: str) -> None:
    assert sentence_spans(text) == []


def odd_texts() -> dict[str, str]:
    draw = random.Random(5)
    pieces = [
        "a",
        "B",
        "7",
        ".",
        "...",
        "…",
        "!?",
        "”",
        "' ",
        ")",
        " ",
        "\n",
        "\r\n",
        "\u2028",
        "\u00a0",
        "\x1f",
        "\x85",
    ]
    pieces += ["。", "？！", "」", "é", "e\u0301", "👩‍👧", "No.", "U.S.", "- ", "• ", "\x00", "\ud800"]
    return {
        **{f"random {seed}": "".join(draw.choices(pieces, k=400)) for seed in range(40)},
        "only stops": "." * 200_000,
        "stops and quotes": '."' * 100_000,
        "stops apart": ". " * 20_000,
        "only line ends": "\n" * 100_000,
        "line ends and spaces": "\n  " * 20_000,
        "no spaces": "x" * 100_000,
        "one letter": "x",
    }


@pytest.mark.parametrize("text", odd_texts().values(), ids=odd_texts().keys())
def test_every_character_but_space_lies_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)
    covered = [index for start, end in spans for index in range(start, end)]
    assert covered == sorted(set(covered))
    outside = set(range(len(text))).difference(covered)
    assert all(text[index].isspace() for index in outside)
    assert all(text[start:end] and text[start:end] == text[start:end].strip() for start, end in spans)
