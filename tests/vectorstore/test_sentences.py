from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from vectorstore.sentences import sentence_spans

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from sentence_ends import Text, found, texts  # noqa: E402


def sentences(text: str, language: str = "") -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, language)]


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
        ("Ask at StudentAid.gov. Nobody else knows.", ["Ask at StudentAid.gov.", "Nobody else knows."]),
        ("So did I. Then we left.", ["So did I.", "Then we left."]),
        ("(It rained.) The match went on.", ["(It rained.)", "The match went on."]),
        ("It cost $5. 300 people paid.", ["It cost $5.", "300 people paid."]),
        ("A headline\n\nThe text begins here.", ["A headline", "The text begins here."]),
        ("A headline\nThe text begins here.", ["A headline", "The text begins here."]),
        ("To do:\n- one thing\n* another", ["To do:", "- one thing", "* another"]),
        ("Carriage.\r\nReturns.\r\n", ["Carriage.", "Returns."]),
        ("今日は晴れ。明日は雨！本当？はい", ["今日は晴れ。", "明日は雨！", "本当？", "はい"]),
        ("「本当？！」と彼は言った。終わり。", ["「本当？！」と彼は言った。", "終わり。"]),
        ("「寒い？　もう冬だ」と書いた。", ["「寒い？　もう冬だ」と書いた。"]),
        ("“到了吗？”他问。“到了。”雨停了。", ["“到了吗？”他问。", "“到了。”", "雨停了。"]),
        (
            "《走吧！》上映（第3版。）。票房比去年好……人多。",
            ["《走吧！》上映（第3版。）。", "票房比去年好……", "人多。"],
        ),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_sentences_end_where_a_reader_sees_them_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


# A bar stands after each sentence.
IN_OTHER_LANGUAGES = [
    ("el", "Ο κ. Παππάς άνοιξε τη γέφυρα.| Πόσο κόστισε;| Περίπου 4,2 εκατ. ευρώ.| «Πού είναι τα λεφτά;» ρώτησε ένας."),
    ("ko", '김 시장은 12월 3일 다리를 열었다.| "누가 돈을 내나요?"라고 한 주민이 물었다.| 답은 없었다.'),
    ("th", "นายกเทศมนตรีเปิดสะพานใหม่เมื่อวันที่ 3 ธันวาคม หลังจากรอคอยมานานกว่ายี่สิบปี| ชาวบ้านหลายคนยังสงสัยว่าใครจะจ่าย"),
    ("am", "ከንቲባው ድልድዩን ከፈቱ።| ማን ይከፍላል?| ዶ.ር አበበ መልስ አልሰጡም።"),
    ("hy", "Քաղաքապետ Ա. Պետրոսյանը բացեց կամուրջը։| Արժեքը 4.2 միլիոն է:| Ո՞վ է վճարելու։"),
    ("my", "မြို့တော်ဝန်က တံတားကို ဖွင့်လှစ်ခဲ့သည်။| ကုန်ကျစရိတ်က ၄.၂ သန်း ဖြစ်သည်။"),
    (
        "uk",
        "«Ми чекали!» — сказав мер м. Озерськ І. В. Коваль.| Театр згорів у 1998 р.| Тоді був грім.",
    ),
    ("fa", "شهردار دکتر رضایی پل را افتتاح کرد.| چه کسی هزینه را می‌پردازد؟| هزینه ۴٫۲ میلیون بود؛ یعنی بیشتر."),
    (
        "cs",
        "Starosta Ing. Novák otevřel 3. prosince most v ul. Dlouhá č. 5.| Stál 4,2 mil. Kč.| Slaví i 1. FC Slovácko.",
    ),
    (
        "fi",
        "Silta avattiin 3. joulukuuta klo 14.30.| Hinta oli n. 4,2 milj. euroa.| Kiitos 2. Divisioonalle.",
    ),
    ("hu", "Dr. Kovács 2026. december 3-án nyitotta meg a hidat.| Ki fizet?| A 2. Magyar Hadsereg emlékműve marad."),
    (
        "da",
        "Broen åbnede d. 3. december kl. 14.30.| Den kostede 4,2 mio. kr.| Hvem betaler?| Det ved 2. Division ikke.",
    ),
    ("nb-NO", "Ordfører dr. Hansen åpnet broen 3. desember.| Den kostet ca. 4,2 mill. kroner."),
    ("id", "Wali Kota Dr. Budi meresmikan jembatan di Jl. Merdeka No. 5.| Siapa yang membayar?"),
    ("ro", "Dl. Popescu a inaugurat podul de pe str. Lungă nr. 5.| A costat cca. 4,2 mil. lei."),
    ("he", 'ראש העיר פתח את הגשר.| מי ישלם?| "איש אינו יודע."| העבודות יתחילו מחר.'),
    ("bn", "মেয়র ড. রহমান সেতু উদ্বোধন করেন।| কে দেবে?"),
    ("mr", "महापौर डॉ. शर्मा यांनी पूल खुला केला.| खर्च किती झाला?| उत्तर मिळाले नाही."),
    ("zh-Hant", "市長王美麗說：「我們等了二十年。」|新橋全長1.5公里（見圖。）|誰來付錢？"),
    (
        "de-AT",
        "Der Termin ist der 24.| Die Sitzung beginnt um neun.| Im II. Weltkrieg fiel sie.| Der 3. Rang ist leer.",
    ),
    ("fr", "« Où vont-ils ? » demande M. Petit.| « Nul ne le sait ! »| Il part pour les É.-U. demain."),
    ("es", "Viajó a EE. UU.| El martes volvió con la Sra. Gil.| Eran 30 °C.| ¿Y ahora?"),
    ("ur", "پروفیسر ایم۔ اے۔ خان آئے۔| ڈی۔ایس۔پی نے سلام کیا۔| وہ آئی۔| سب چلے گئے۔"),
    ("xx", "Olen Dr. Kask.| Ta tuli."),
]


@pytest.mark.parametrize(("language", "marked"), IN_OTHER_LANGUAGES, ids=[each[0] for each in IN_OTHER_LANGUAGES])
def test_sentences_end_as_their_language_has_it(language: str, marked: str) -> None:
    assert sentences(marked.replace("|", ""), language) == [each.strip() for each in marked.split("|")]


TUNED = [each for each in texts() if each.part == "tuning"]


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
@pytest.mark.parametrize("each", TUNED, ids=[each.language for each in TUNED])
def test_a_news_text_is_parted_where_it_is_marked(each: Text, declared: bool) -> None:
    assert found(sentence_spans(each.text, each.language if declared else "")) == each.ends


def test_of_the_ends_in_texts_kept_aside_at_least_97_in_100_are_right() -> None:
    kept = [(each.ends, found(sentence_spans(each.text, each.language))) for each in texts() if each.part == "held-out"]
    assert len(kept) == 15
    assert sum(len(ends & ours) for ends, ours in kept) >= 0.97 * sum(len(ends | ours) for ends, ours in kept)


@pytest.mark.parametrize(
    "text",
    [
        "Details: March 8-10. 2 p.m. Friday; 10 a.m. Saturday. $4 for children age 4-12.",
        "Democratic Gov. Dan McKee won reelection in Rhode Island.",
        "He paid Don Das Neves to die in Paris. De Vries told them.",
        "62. Chandler Jones, DE, Las Vegas Raiders",
    ],
)
def test_english_with_names_of_elsewhere_stays_english(text: str) -> None:
    assert sentence_spans(text) == sentence_spans(text, "en-GB")


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
        "dotted letters": "a." * 50_000,
        "numbers with stops": "1. " * 20_000,
        "initials in Urdu": "اے۔ " * 20_000,
        "dandas": "।" * 100_000,
        "brackets that stay open": "「『a（" * 30_000,
        "Thai and spaces": ("ก" + " " * 50) * 2_000,
        "questions in quotes": "“؟”ب " * 20_000,
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
