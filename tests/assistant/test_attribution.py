from __future__ import annotations

import pytest
from newsroom import hit_of

from assistant.types import Support
from assistant.verification.attribution import misquoted, overstated, severed, standing
from assistant.verification.frames import FrameKind, frames
from assistant.verification.support import ground
from vectorstore.sentences import sentence_spans

COURT = (
    "The trial of Bo Tarn begins in May. Prosecutors allege that Tarn took 40,000 crowns from a builder for a permit. "
    "Tarn denies the charges. His lawyer, Ida Holm, told the court that the money had been a loan."
)
HARBOUR = (
    "The dockers' union claims that the port hid the accident for three weeks. The port rejects that. Work on the new "
    "quay may begin in June, and the port plans to close the old one. If the tide allows, divers will search again on "
    "Monday. Mayor Ann Lowe called the delay “a slap in the face of taxpayers”. Two ships left "
    "early, the harbour master said."
)


def doubt(claim: str, passage: str, title: str = "Headline") -> str:
    return overstated(claim, passage, tuple(sentence_spans(passage)), None, title)


@pytest.mark.parametrize(
    ("claim", "passage", "says"),
    [
        ("Bo Tarn took 40,000 crowns from a builder.", COURT, "prosecutors allege it"),
        ("The money had been a loan.", COURT, "his lawyer, Ida Holm said it"),
        ("The port hid the accident for three weeks.", HARBOUR, "the dockers' union claims it"),
        ("Work on the new quay began in June.", HARBOUR, "may be so"),
        ("Work on the new quay begins in June.", HARBOUR, "may be so"),
        ("The port has closed the old quay.", HARBOUR, "planned"),
        ("Divers searched again on Monday.", HARBOUR, "still to come"),
        ("The delay was a slap in the face of taxpayers.", HARBOUR, "quotes Mayor Ann Lowe"),
        (
            "Per Dahl stole the ring.",
            "Police suspect that Per Dahl stole the ring. Dahl denies it.",
            "suspicion of police",
        ),
        ("Per Dahl stole the ring.", "Per Dahl was arrested on suspicion of having stolen the ring.", "allegation"),
        ("Per Dahl stole the ring.", "Per Dahl allegedly stole the ring in May.", "allegation"),
        ("Per Dahl stole the ring.", "Per Dahl stole the ring, a neighbour said.", "a neighbour said it"),
        ("Per Dahl took the ring.", "Per Dahl denied having taken the ring in May.", "Per Dahl denied it"),
        ("The driver had drunk.", "Police say the driver, Bo Tarn, had drunk.", "police say it"),
        ("The mine closed in May.", "The mine could soon close, in May.", "may be so"),
        ("Per Dahl became mayor.", "Per Dahl was on track Monday to become mayor.", "not say that it was done"),
        ("The mine is safe.", "There is no evidence that the mine is safe.", "not so, or not known"),
        (
            "The fever spreads in schools.",
            "According to one doctor, the fever spreads in schools.",
            "only according to one doctor",
        ),
        ("The bridge cost 9 million.", "An earlier version of this story said the bridge cost 9 million.", "back"),
        ("The bridge cost 90 million.", "We wrote that the bridge cost 90 million. That is wrong.", "takes that back"),
        (
            "Die Bahn hat Zahlen verschwiegen.",
            "Laut Gewerkschaft hat die Bahn Zahlen verschwiegen.",
            "according to Gewerkschaft",
        ),
        ("Le pont a été vendu.", "Le syndicat affirme que le pont a été vendu.", "Le syndicat affirme"),
        ("El puente cerrará.", "El puente podría cerrar en mayo, y el puente sigue abierto.", "may be so"),
    ],
)
def test_a_claim_that_leaves_out_whose_words_it_is_is_found(claim: str, passage: str, says: str) -> None:
    assert says in doubt(claim, passage)
    assert bool(says) == bool(doubt(claim, passage))


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        pytest.param("Prosecutors say that Tarn took 40,000 crowns.", COURT, id="with the speaker"),
        pytest.param("Tarn is accused of taking 40,000 crowns from a builder.", COURT, id="as an accusation"),
        pytest.param("Bo Tarn denies the charges.", COURT, id="the denial itself"),
        pytest.param("According to his lawyer, the money had been a loan.", COURT, id="in another form of speech"),
        pytest.param("The trial of Bo Tarn begins in May.", COURT, id="what stands under nobody's words"),
        pytest.param("Work on the new quay could begin in June.", HARBOUR, id="as possible"),
        pytest.param("The port wants to close the old quay.", HARBOUR, id="as a plan"),
        pytest.param("Divers will search again on Monday.", HARBOUR, id="as still to come"),
        pytest.param("Two ships left early.", HARBOUR, id="named behind, as news does"),
        pytest.param(
            "The port hid the accident.",
            "The union claims that the port hid the accident. A court found that the port hid the accident.",
            id="stated elsewhere",
        ),
        pytest.param(
            "The firm has agreed to buy the mine.", "The firm said that it had agreed to buy the mine.", id="of itself"
        ),
        pytest.param("Dahl won the race.", "Dahl managed to win the race.", id="an infinitive that tells a deed"),
        pytest.param(
            "The bridge cost 70 million.",
            "An earlier version of this article said that the bridge cost 90 million; it cost 70 million.",
            id="the correction",
        ),
    ],
)
def test_a_claim_that_keeps_it_is_left_alone(claim: str, passage: str) -> None:
    assert doubt(claim, passage) == ""


@pytest.mark.parametrize(
    ("words", "support"),
    [
        pytest.param("The port hid the accident for three weeks.", Support.UNSUPPORTED, id="a that-clause"),
        pytest.param("a slap in the face of taxpayers", Support.UNSUPPORTED, id="half a quotation"),
        pytest.param("Divers will search again on Monday.", Support.UNSUPPORTED, id="without its if"),
        pytest.param(
            "The dockers' union claims that the port hid the accident for three weeks.", Support.QUOTED, id="whole"
        ),
        pytest.param("Two ships left early, the harbour master said.", Support.QUOTED, id="with its tag"),
        pytest.param("The port plans to close the old one.", Support.QUOTED, id="half that holds its verb"),
    ],
)
def test_words_torn_from_their_speaker_are_no_quotation(words: str, support: Support) -> None:
    assert ground(words, hit_of(HARBOUR)).support is support


def test_a_second_place_where_the_words_stand_whole_counts() -> None:
    passage = "The union says that the mine is unsafe to enter. The mine is unsafe to enter."
    assert ground("The mine is unsafe to enter.", hit_of(passage)).support is Support.QUOTED


@pytest.mark.parametrize(
    ("sentence", "kind", "framed", "speaker"),
    [
        ("Ann Lowe, who chairs the board, said it would close.", FrameKind.SAID, "it would close.", "Ann Lowe"),
        ("It closed, said fire chief Bo Tarn.", FrameKind.SAID, "It closed, ", "fire chief Bo Tarn"),
        ("It closed, the maker, Norvik, said on Tuesday.", FrameKind.SAID, "It closed, ", "the maker, Norvik,"),
        ("The mayor accused Dahl of taking bribes.", FrameKind.CLAIMED, " Dahl of taking bribes.", "The mayor"),
        ("Sales rose, according to the bank.", FrameKind.CLAIMED, "Sales rose, ", "the bank"),
        (
            "Die Brücke ist zu, sagte die Ministerin Ida Berg.",
            FrameKind.SAID,
            "Die Brücke ist zu, ",
            "die Ministerin Ida Berg",
        ),
    ],
)
def test_a_frame_has_its_reach_and_its_speaker(sentence: str, kind: FrameKind, framed: str, speaker: str) -> None:
    found = [(f.kind, sentence[f.start : f.end], f.speaker) for f in frames(sentence)]
    assert (kind, framed, speaker) in found


def test_a_stretch_stands_under_whose_words_it_is_and_as_what() -> None:
    sentence = "Ida Berg says that the mine may close, and the union has left."
    start, end = sentence.index("the mine"), sentence.index(", and")
    assert {(f.kind, f.speaker) for f in standing(sentence, start, end)} == {
        (FrameKind.SAID, "Ida Berg"),
        (FrameKind.POSSIBLE, ""),
    }
    assert standing("The mine closed in May.", 0, 10) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "A report by the board was printed in May.",
        "The count rose faster than expected.",
        "Her book “Harbour Nights” came out in 1961.",
        "In May 2022 the charge rose to 5 crowns.",
        "He went on to prison in Oslo.",
    ],
)
def test_words_that_only_look_like_speech_or_plans_frame_nothing(sentence: str) -> None:
    assert not [frame for frame in frames(sentence) if frame.kind is not FrameKind.OPEN]


@pytest.mark.parametrize("text", ["", " ", '"', "“", "said", "said that", ", said", "according to", "to", "if,", "…"])
def test_scraps_are_read_without_an_error(text: str) -> None:
    frames(text)
    assert doubt("The mine closed.", text) == doubt(text, "The mine closed.") == ""
    assert severed(text, 0, len(text), sentence_spans(text)) == ""


ASKED_ABOUT_IT = (
    'In a memo, chief executive Mark Zuckerberg wrote that Meta would have to be "careful about what we choose to open '
    'source". Asked what that meant, a spokesperson said: "Our position on open source AI is unchanged." He called it '
    '"a painful but honest decision".'
)


WARNED = (
    'A nurse, Anna Berg, worked there for years. Berg said: "We were told to say nothing to anybody." The head of the '
    "clinic, Otto Lind, denied it. A spokesman for Berg declined to comment."
)
IN_OTHER_LANGUAGES = (
    '"Wir kommen wieder und holen den Pokal", sagte Trainer Karl Voss nach dem Spiel.\n«Nous ne céderons pas sur ce '
    "point», a déclaré le maire Luc Perrin.\n«Мы закроем мост до весны», — сказал мэр Олег Белов."
)


@pytest.mark.parametrize(
    ("claim", "passage", "doubt"),
    [
        ('The nurse said "we were told to say nothing to anybody".', WARNED, ""),
        ('Otto Lind said "we were told to say nothing to anybody".', WARNED, "Berg"),
        ('The spokesman said "we were told to say nothing to anybody".', WARNED, "Berg"),
        ("Trainer Voss sagte: „Wir kommen wieder und holen den Pokal“.", IN_OTHER_LANGUAGES, ""),
        ("Präsident Lind sagte: „Wir kommen wieder und holen den Pokal“.", IN_OTHER_LANGUAGES, "Trainer Karl Voss"),
        ("«Nous ne céderons pas sur ce point», a dit le maire.", IN_OTHER_LANGUAGES, ""),
        ("«Nous ne céderons pas sur ce point», a dit Karl Voss.", IN_OTHER_LANGUAGES, "le maire Luc Perrin"),
        ("Олег Белов сказал: «Мы закроем мост до весны».", IN_OTHER_LANGUAGES, ""),
        ("Карл Фосс сказал: «Мы закроем мост до весны».", IN_OTHER_LANGUAGES, "Олег Белов"),
    ],
)
def test_who_is_quoted_goes_by_another_name_and_in_other_languages(claim: str, passage: str, doubt: str) -> None:
    found = misquoted(claim, passage, tuple(sentence_spans(passage)))
    assert found.removeprefix("the passage quotes ").startswith(doubt) and bool(found) is bool(doubt)


@pytest.mark.parametrize(
    ("claim", "doubt"),
    [
        ('Zuckerberg wrote that "our position on open source AI is unchanged."', "the passage quotes a spokesperson"),
        ('Zuckerberg wrote that "our position on open source AI is unchanged.', "the passage quotes a spokesperson"),
        ('A spokesperson for Meta said "our position on open source AI is unchanged".', ""),
        ('Zuckerberg wrote that Meta has to be "careful about what we choose to open source".', ""),
        ('The spokesperson said Meta has to be "careful about what we choose".', "the passage quotes chief executive"),
        ('Zuckerberg said it was "a painful but honest decision".', ""),
        ("Zuckerberg wrote a memo.", ""),
    ],
)
def test_a_quotation_keeps_its_speaker(claim: str, doubt: str) -> None:
    found = misquoted(claim, ASKED_ABOUT_IT, tuple(sentence_spans(ASKED_ABOUT_IT)))
    assert found.startswith(doubt) and bool(found) is bool(doubt)
