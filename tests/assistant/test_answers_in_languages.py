"""What an answer says and does not quote is in the language of its question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from newsroom import FERRY, NOW, WordEmbedder, article, hit_of, says

from assistant.answering.assistant import Assistant
from assistant.answering.instruction import nothing_before
from assistant.answering.library_questions import about_the_library, small_talk
from assistant.answering.provenance import basis
from assistant.answering.suggestions import is_plain, suggestions
from assistant.answering.writer import with_day
from assistant.conversations.serialization import as_kept, as_shown
from assistant.evidence import cite
from assistant.presentation.as_json import answer_as_json
from assistant.presentation.terminal_text import answer_as_text
from assistant.text.labels import spoken
from assistant.text.texts import LANGUAGES, each_speaking, language, reading_in, speaking, tr
from assistant.types import Answer, Exchange, Intent, Sentence, Stage, Support, Turn, Window
from assistant.ui.answer_view import exchange_html
from ingest.splitting import split
from vectorstore.library import Library
from vectorstore.models import EVERYTHING, Hit

TODAY = date(2022, 7, 30)
# Of what no article of the library speaks.
REFUSED = {
    "en": ("Who won the 2031 Tour de France?", "I couldn't find this in your articles."),
    "de": ("Wer gewann die Tour de France 2031?", "In Ihren Artikeln steht dazu nichts."),
    "fr": ("Qui a gagné le Tour de France 2031 ?", "Je n'ai pas trouvé cela dans vos articles."),
    "es": ("¿Quién ganó el Tour de Francia 2031?", "No encontré esto en sus artículos."),
    "pt": ("Quem venceu a Volta da França de 2031?", "Não encontrei isto nos seus artigos."),
    "ar": ("من فاز بسباق فرنسا للدراجات؟", "لم أجد هذا في مقالاتك."),
    "hi": ("टूर डी फ़्रांस किसने जीता?", "यह आपके लेखों में नहीं मिला।"),
    "zh": ("谁赢得了环法自行车赛？", "在您的文章中没有找到答案。"),
    "ja": ("ツール・ド・フランスで優勝したのは誰ですか？", "お手元の記事には見つかりませんでした。"),
}
LATIN = {"en", "de", "fr", "es", "pt"}
# Of the articles, and as every language writes it.
NAMES = re.compile(
    r"\b(?:Ferry runs aground|Central bank raises rate(?: for the first time)?|Post|Dateline|UTC|Tour)\b"
)


def english_in(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{3,}", NAMES.sub("", text))


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_refusal_and_all_that_stands_beneath_it_is_in_the_language_of_its_question(
    library: Library, name: str
) -> None:
    question, told = REFUSED[name]
    with reading_in("de" if name == "en" else "en"):  # whatever the page is in
        answer = Assistant(library, None).answer(question, as_of=TODAY)
        shown, program = answer_as_text(answer), answer_as_json(answer)
    assert answer.refused and answer.text == told and answer.language == name
    with speaking(name):
        assert basis(answer) in shown and program["basis"] == basis(answer)
        assert bool(answer.nearest) == (tr("Nearest in the library:") in shown)
    assert name in LATIN or not english_in(shown)


def test_a_question_in_a_language_without_a_catalogue_is_answered_in_that_of_the_page(library: Library) -> None:
    assistant = Assistant(library, None)
    with reading_in("pt"):
        answer = assistant.answer("Wie heeft de Ronde van Frankrijk gewonnen?", as_of=TODAY)
    assert answer.text == REFUSED["pt"][1] and answer.language == ""
    assert assistant.answer("Wie heeft de Ronde van Frankrijk gewonnen?", as_of=TODAY).text == REFUSED["en"][1]


def test_a_question_of_too_few_words_is_answered_in_the_language_of_the_one_before(library: Library) -> None:
    turns = [Turn("Who raised the rate?"), Turn(REFUSED["es"][0])]
    assert Assistant(library, None).answer("Merckx?", as_of=TODAY, turns=turns).text == REFUSED["es"][1]


def test_between_two_snapshots_whoever_reads_them_keeps_their_own_language(library: Library) -> None:
    with reading_in("ja"):
        heard = [(answer.language, language()) for answer in Assistant(library, None).stream(REFUSED["fr"][0])]
        assert {*heard} == {("fr", "ja")} and language() == "ja"


def test_an_answer_that_nobody_waits_for_is_left() -> None:
    left = []

    def steps() -> Iterator[str]:
        try:
            while True:
                yield language()
        finally:
            left.append(language())

    growing = each_speaking("hi", steps())  # type: ignore[arg-type]
    assert next(growing) == "hi" and language() == "en"
    growing.close()
    assert left == ["en"]


@pytest.mark.parametrize("name", sorted(LANGUAGES.keys() - LATIN))
@pytest.mark.parametrize("detail", ["contents", "newest", "oldest", "languages", "today", "outlets"])
def test_what_is_said_of_the_library_is_in_the_readers_language(library: Library, name: str, detail: str) -> None:
    with speaking(name):
        answer = about_the_library(Answer("?", "?", NOW, language=name), detail, library, EVERYTHING)
    own = " ".join(each.text for each in answer.sentences if each.support is Support.OWN)
    assert own and not english_in(own)


@pytest.mark.parametrize("name", sorted(LANGUAGES.keys() - LATIN))
@pytest.mark.parametrize("detail", ["greeting", "well", "thanks", "fine", "bye"])
def test_small_talk_and_help_are_in_the_readers_language(library: Library, name: str, detail: str) -> None:
    with speaking(name):
        talk = small_talk(Answer("?", "?", NOW), Intent.SMALL_TALK, detail, library, EVERYTHING)
        help = small_talk(Answer("?", "?", NOW), Intent.HELP, "", library, EVERYTHING)
        nothing = nothing_before(Answer("?", "?", NOW))
    assert [english_in(each.text) for each in (talk, help, nothing)] == [[], [], []]


def test_what_the_library_holds_is_told_with_the_plurals_of_the_language(library: Library) -> None:
    with speaking("de"):
        answer = about_the_library(Answer("?", "?", NOW), "contents", library, EVERYTHING)
    assert [each.text for each in answer.sentences[:3]] == [
        "Die Bibliothek enthält 3 Artikel.",
        "Sie stammen aus 1 Medium: Post (3).",
        "Sie wurden vom 1. Februar 2015 bis zum 1. Juli 2022 veröffentlicht.",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("en", ["on 3 July 2022", "in 1–7 July 2022", "since 3 July 2022"]),
        ("de", ["am 3. Juli 2022", "im Zeitraum 1.–7. Juli 2022", "seit 3. Juli 2022"]),
        ("fr", ["le 3 juillet 2022", "sur la période 1–7 juil. 2022", "depuis le 3 juillet 2022"]),
        ("ja", ["2022年7月3日に", "2022年7月1日～7日に", "2022年7月3日以降"]),
    ],
)
def test_days_stand_in_a_sentence_as_the_language_puts_them(name: str, said: list[str]) -> None:
    first, third, seventh = (date(2022, 7, day) for day in (1, 3, 7))
    with reading_in(name):
        assert [spoken(each) for each in (Window(third, third), Window(first, seventh), Window(third))] == said


def test_a_model_that_fails_is_told_of_in_the_language_of_the_question(tmp_path: Path) -> None:
    told = "Die Zentralbank erhöhte ihren Leitzins am Donnerstag auf 2,5 Prozent."
    with Library(tmp_path / "library", WordEmbedder()) as library:
        library.put([(each, split(each)) for each in [replace(article("zins", told), language="de")]])
        model = says("Der Leitzins wurde erhöht", fails_after=2)
        answer = Assistant(library, model).answer("Wann erhöhte die Zentralbank ihren Leitzins?", as_of=TODAY)
    assert answer.notice.startswith("Die Verbindung zum Server des Chatmodells ist abgebrochen.")
    assert answer.notice.endswith("Dies ist der Wortlaut der Artikel.")


def test_the_day_that_is_meant_is_told_in_the_language_of_the_question() -> None:
    hit = hit_of("Die Zentralbank erhöhte gestern ihren Leitzins.")
    said = Sentence(hit.passage.text, (1,), Support.QUOTED)
    asked = "Wann erhöhte die Zentralbank ihren Leitzins?"
    cited = (cite(1, hit, 0, len(hit.passage.text)),)
    with speaking("de"):
        *_, meant = with_day(Answer(asked, asked, NOW, sources=(hit,), sentences=(said,), citations=cited)).sentences
    assert meant.text == "„gestern“ ist der 30. Juni 2022, gerechnet vom Artikel vom 1. Juli 2022."


def test_a_kept_answer_goes_on_in_its_language_and_one_kept_before_in_the_readers(library: Library) -> None:
    answer = Assistant(library, None).answer(REFUSED["fr"][0], as_of=TODAY)
    kept = as_kept(Exchange(1, answer.question, answer))
    again = as_shown(kept, lambda id, version: None).answer
    assert again and again.language == "fr" and answer_as_text(again).count("Au 30 juillet 2022") == 1
    assert kept.answer
    before = replace(kept, answer={name: value for name, value in kept.answer.items() if name != "language"})
    earlier = as_shown(before, lambda id, version: None).answer
    assert earlier and earlier.language == ""


def test_an_answer_in_another_language_than_the_page_is_marked_as_such(library: Library) -> None:
    exchange = Exchange(1, REFUSED["ar"][0], Assistant(library, None).answer(REFUSED["ar"][0], as_of=TODAY))
    page = exchange_html(exchange, {}, live=True)
    assert '<p class="basis" lang="ar" dir="rtl">حتى 30 يوليو 2022</p>' in page
    assert '<div class="answer" dir="auto" lang="ar"' in page and ">Retry</button>" in page
    with reading_in("ar"):
        assert 'lang="ar"' not in exchange_html(exchange, {}, live=True)


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_could_be_asked_next_is_asked_in_the_readers_language(name: str) -> None:
    told = replace(
        FERRY,
        text="A ferry hit the pier. On Monday Ann Lowe said it was late. Norvale Coast Guard boats came.",
        published_at=NOW,
    )
    hit = Hit(split(told)[0], told, 1.0)
    said = Sentence("A ferry hit the pier.", (1,), Support.QUOTED)
    answer = Answer(
        *("What did the ferry hit?",) * 2,
        NOW,
        stage=Stage.DONE,
        sources=(hit,),
        sentences=(said,),
        citations=(cite(1, hit, 0, 21),),
    )
    with speaking(name):
        found = suggestions(answer, lambda question: True)
        expected = [
            tr("What did {name} say?", name="Ann Lowe"),
            tr("What about {name}?", name="Norvale Coast Guard"),
        ]
        assert [*found] == [*expected, tr("Timeline of this story")]
        # Where less can be asked, a summary follows.
        few = suggestions(answer, lambda question: question not in expected)
        assert tr("Summarise the article “{title}”", title="Ferry runs aground") in few
    assert all(is_plain(each) for each in expected)
