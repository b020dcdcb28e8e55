"""Which language a text is in, its words, and how the index of words finds their forms."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stacks import WordEmbedder, by_words, story

from vectorstore.languages import (
    language_name,
    language_of,
    normal,
    resolved,
    share_at_large,
    spelled_otherwise,
    stem,
    without_accents,
    words_in,
)
from vectorstore.library import Library

TEXTS = {
    "ar": "وقال المحافظ إن الجسر سيفتتح في ديسمبر.",
    "de": "Der Bürgermeister sagte, die Brücke werde im Dezember eröffnet.",
    "el": "Ο δήμαρχος είπε ότι η γέφυρα θα ανοίξει τον Δεκέμβριο.",
    "en": "The mayor said that the bridge would open in December.",
    "es": "El alcalde dijo que el puente se abrirá en diciembre.",
    "fa": "شهردار گفت که پل در ماه دسامبر باز می‌شود.",
    "fr": "Le maire a dit que le pont ouvrirait en décembre.",
    "he": "ראש העיר אמר שהגשר ייפתח בדצמבר.",
    "hi": "महापौर ने कहा कि पुल दिसंबर में खुलेगा।",
    "it": "Il sindaco ha detto che il ponte aprirà a dicembre.",
    "ja": "市長は、橋は十二月に開通すると述べた。",
    "ko": "시장은 다리가 12월에 개통된다고 말했다.",
    "nl": "De burgemeester zei dat de brug in december opengaat.",
    "pl": "Burmistrz powiedział, że most zostanie otwarty w grudniu.",
    "pt": "O prefeito disse que a ponte não será aberta em dezembro.",
    "ru": "Мэр сказал, что мост откроется в декабре.",
    "sv": "Borgmästaren sade att bron öppnas i december.",
    "th": "นายกเทศมนตรีกล่าวว่าสะพานจะเปิดในเดือนธันวาคม",
    "tr": "Belediye başkanı köprünün aralık ayında açılacağını söyledi.",
    "uk": "Мер сказав, що міст відкриється в грудні.",
    "ur": "میئر نے کہا کہ پل دسمبر میں کھلے گا۔",
    "zh": "市长说，大桥将在十二月通车。",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items(), ids=list(TEXTS))
def test_a_sentence_is_known_by_its_script_or_its_small_words(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "12.5 %", "Jannik Sinner", "storm", "?!", "\N{PILE OF POO}"])
def test_what_tells_nothing_is_no_language(text: str) -> None:
    assert language_of(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Who won La Liga?",
        "El Salvador votes",
        "Che Guevara statue removed",
        "Lei Feng day",
    ],
)
def test_a_name_does_not_make_an_english_question_foreign(text: str) -> None:
    assert language_of(text) in ("", "en")


@pytest.mark.parametrize(
    ("declared", "text", "found"),
    [
        ("de-AT", TEXTS["de"], "de"),
        ("", TEXTS["pl"], "pl"),
        ("en-US", TEXTS["de"], "de"),  # what the software of a site came with
        ("en", TEXTS["ja"], "ja"),
        ("nb", TEXTS["sv"], "no"),  # declarations know better what looks alike
        ("fr", "Jannik Sinner", "fr"),
        ("", "", ""),
    ],
)
def test_a_text_is_in_what_it_looks_like_and_its_declaration_settles_what_looks_alike(
    declared: str, text: str, found: str
) -> None:
    assert resolved(declared, text) == found


def test_tags_and_names_of_languages() -> None:
    assert [normal(tag) for tag in ("pt_BR", "ZH-hans", "iw", "nn", "")] == ["pt", "zh", "he", "no", ""]
    assert (language_name("de"), language_name("zz")) == ("German", "zz")


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Brücken", "Brücke"),
        ("de", "Buergermeister", "Bürgermeister"),
        ("fr", "trottinettes", "trottinette"),
        ("es", "huelgas", "huelga"),
        ("ru", "мосты", "моста"),
        ("pt", "pontes", "ponte"),
        ("uk", "лікарні", "лікарню"),
        ("hr", "bolnici", "bolnicu"),
        ("he", "לגן", "הגן"),
        ("he", "בנווה", "נווה"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


def test_words_of_scripts_without_spaces_are_pairs_and_never_across_what_says_nothing() -> None:
    assert words_in("地铁五号线什么时候开通？", "zh") == ["地铁", "铁五", "五号", "号线", "开通"]
    assert words_in("タイタニック号の料金", "ja") == ["タイタニック", "号", "料金"]
    assert words_in("AI기업이 서울로", "ko") == ["ai", "기업", "업이", "서울", "울로"]
    assert words_in("अस्पताल में", "hi") == ["अस्पताल", "में"]
    assert words_in("L'amende de l’État", "fr") == ["amende", "de", "état"]


def test_umlauts_are_found_whichever_way_they_are_typed() -> None:
    assert "neubruck" in spelled_otherwise("neubrueck") and "neubrueck" in spelled_otherwise("neubrück")


def test_letters_that_are_on_no_keyboard_are_found_as_people_type_them(library: Library) -> None:
    article, passages = story("da", "Borgmesteren i Kløverød lukker broen i december, siger Søren Ærtholm.")
    library.put([(replace(article, language=""), passages)])
    for word in ("Kløverød", "kloverod", "soren", "aertholm", "ærtholm"):
        assert by_words(library, word) == {"da"}
    assert without_accents("Łódź Đorđe Ísafjörður þing Œuvre") == "Lodz Dorde Isafjordur thing Oeuvre"


@pytest.fixture
def abroad(library: Library) -> Library:
    texts = {
        "de": "Die Brücken von Neubrück werden im Dezember gesperrt, sagte der Bürgermeister.",
        "zh": "临海地铁五号线将于十二月二十日开通，市长说。",
        "ru": "Мэр сказал, что мосты через реку закроют в декабре.",
        "en": "The bridges of Norhaven will be closed in December, the mayor said.",
    }
    for id, text in texts.items():
        article, passages = story(id, text)
        library.put([(replace(article, language=""), passages)])
    return library


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("brücke", {"de"}),
        ("bruecke", {"de"}),
        ("Neubrueck", {"de"}),
        ("五号", {"zh"}),
        ("моста", {"ru"}),
        ("bridge", {"en"}),
        ("tunnel", set()),
    ],
)
def test_a_word_is_found_in_its_forms_of_each_language(abroad: Library, word: str, found: set[str]) -> None:
    assert by_words(abroad, word) == found
    assert bool(abroad.vocabulary().frequency(word)) == bool(found)


def test_the_library_knows_the_languages_of_its_articles(abroad: Library) -> None:
    assert sorted(abroad.languages()) == ["de", "en", "ru", "zh"]
    assert abroad.article("zh").language == "zh"


def test_an_english_library_has_no_forms_of_others(library: Library) -> None:
    library.put([story("a", "The ferry was late on Monday, its captain said.")])
    assert by_words(library, "ferries") == {"a"} and library.languages() == ["en"]
    assert WordEmbedder().name


@pytest.mark.parametrize(
    ("language", "often", "seldom", "misspelt"),
    [
        ("", "the", "ferry", "eathquake"),
        ("de", "nicht", "Fähre", "Fäähre"),
        ("tr", "bir", "vapur", "vapuur"),
        ("ar", "في", "عبارة", "عباااارة"),
        ("zh", "的", "地震", "震地震"),
    ],
)
def test_words_of_each_language_are_known_by_how_often_they_are_written(
    language: str, often: str, seldom: str, misspelt: str
) -> None:
    shares = [share_at_large(word, language) for word in (often, seldom, misspelt)]
    assert 0.1 > shares[0] > shares[1] > shares[2] == 0.0
    assert share_at_large(often.upper(), language) == shares[0]


@pytest.mark.parametrize("word", ["", "two words", "🙂 x", "x" * 5000])
def test_what_is_no_word_is_never_written(word: str) -> None:
    assert share_at_large(word, "en") == 0.0 == share_at_large("word", "no such language")
