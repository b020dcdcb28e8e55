from __future__ import annotations

import random

import pytest

from ingest.splitting import split
from vectorstore.indexes.embedding import SentenceEmbedder
from vectorstore.models import Article, heading

SENTENCE = "The council voted on the plan for the old harbour on Monday evening. "  # 13 words
ODD_TEXTS = {
    "one word": "Word",
    "English": SENTENCE * 80,
    "emoji": "The 👩‍👩‍👧‍👦 family won! 🎉🎉 " * 120,
    "Chinese": "东京今天公布了一项新的计划。市长说这很重要。" * 200,
    "no stop in Thai": "สภาเมืองอนุมัติการก่อสร้างรถรางสายใหม่" * 150,
    "Chinese with commas": "东京今天公布了一项新的计划，市长说这很重要、必须尽快实施，" * 100 + "。",
    "no stop in Chinese": "东京今天公布了一项新的计划" * 400,
    "carriage returns": "One line here.\r\nAnother line.\r\n\r\nA third.\r\n" * 60,
    "no spaces": "x" * 10_000,
    "no spaces between words": ("y" * 3000 + " few words here ") * 5,
    "no stops": "word " * 2000,
    "only stops": ". " * 500,
    "combining marks": "e\u0301a\u0300 " * 700,
    "odd spaces": "\u00a0one\u2003two.\u3000three\t\n " * 200,
    "long then short": "word " * 200 + ". " + SENTENCE * 3,
    "headings": "Heading\n\nBody of the text.\n" * 100,
    "random": "".join(random.Random(7).choices("ab .!?\n\t。é👍“”", k=20_000)),
}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_passages_are_exact_and_leave_nothing_out(text: str) -> None:
    article = Article(id="a", text=text, version=3)
    passages = split(article)
    covered = set()
    for position, passage in enumerate(passages):
        assert passage.text == article.text[passage.start : passage.end] == passage.text.strip()
        assert (passage.id, passage.position, passage.version) == (f"a@3#{position}", position, 3)
        assert passage.article_id == "a"
        covered.update(range(passage.start, passage.end))
    assert all(index in covered for index, character in enumerate(text) if not character.isspace())
    assert [p.start for p in passages] == sorted({p.start for p in passages})
    assert max(len(p.text) for p in passages) <= 2700


def test_text_without_words_has_no_passages() -> None:
    assert split(Article(id="a", text=" \n ")) == ()


def test_a_short_text_is_one_passage() -> None:
    (passage,) = split(Article(id="a", text=SENTENCE * 3))
    assert passage.text == (SENTENCE * 3).strip()


def test_passages_have_about_150_words_and_end_with_sentences() -> None:
    passages = split(Article(id="a", text=SENTENCE * 100))
    assert all(100 <= len(passage.text.split()) <= 190 for passage in passages)
    assert all(passage.text.endswith(".") for passage in passages)


def test_neighbours_share_one_sentence() -> None:
    text = " ".join(f"Sentence number {n} tells of the vote in the city council." for n in range(60))
    passages = split(Article(id="a", text=text))
    for before, after in zip(passages, passages[1:], strict=False):
        shared = text[after.start : before.end]
        assert before.start < after.start and shared.startswith("Sentence") and shared.count(".") == 1


def test_a_long_sentence_is_not_shared() -> None:
    long = "Long " + "word " * 100 + "end. "
    first, second = split(Article(id="a", text=long + long))
    assert first.end < second.start


def test_a_short_rest_joins_the_passage_before_it() -> None:
    (passage,) = split(Article(id="a", text=SENTENCE * 11 + "Then they left."))
    assert passage.text.endswith("left.")


def test_a_sentence_too_long_to_be_one_is_cut_between_words() -> None:
    passages = split(Article(id="a", text="word " * 1000))
    assert len(passages) > 5
    assert all(set(passage.text.split()) == {"word"} for passage in passages)


IN_SCRIPTS_WITHOUT_SPACES = {
    "Chinese": "市议会周一批准了新电车线路的建设，尽管政府对费用表示反对。",
    "Japanese": "市議会は月曜日に新しい路面電車の建設を承認したが、政府は費用に反対していた。",
    "Thai": "สภาเมืองอนุมัติการก่อสร้างรถรางสายใหม่เมื่อวันจันทร์แม้ว่ารัฐบาลจะคัดค้านค่าใช้จ่ายก็ตาม ",
}


@pytest.mark.parametrize("sentence", IN_SCRIPTS_WITHOUT_SPACES.values(), ids=IN_SCRIPTS_WITHOUT_SPACES)
def test_a_passage_is_as_much_text_in_scripts_without_spaces(sentence: str) -> None:
    passages = split(Article(id="a", text=sentence * 60))
    assert all(200 <= len(passage.text) <= 800 for passage in passages[:-1])
    assert all(passage.text.startswith(sentence[:9]) for passage in passages)


@pytest.mark.parametrize("stop", ["", "，"], ids=["without a comma", "between commas"])
def test_a_sentence_too_long_to_be_one_is_cut_without_spaces_too(stop: str) -> None:
    clause = "东京今天公布了一项新的计划" + stop
    passages = split(Article(id="a", text=clause * 100))
    assert max(len(passage.text) for passage in passages) <= 330
    assert not stop or all(passage.text.endswith(stop) for passage in passages)


def test_a_sentence_is_not_cut_at_an_ordinal_of_its_language() -> None:
    german = "Am 3. Dezember beschloss der Rat von Neubrück den Bau der Brücke über die Elve für 4,2 Mio. Euro. "
    passages = split(Article(id="a", language="de", text=german * 60))
    assert all(passage.text.startswith("Am 3.") and passage.text.endswith("Mio. Euro.") for passage in passages)


GERMAN = "Die Verkehrsbetriebe kündigten Streckenverlängerungen an, obwohl Haushaltsmittel fehlen. "
RUSSIAN = "Городской совет утвердил строительство новой трамвайной линии, хотя правительство возражало. "
HINDI = "नगर परिषद ने सोमवार को नई ट्राम लाइन के निर्माण को मंज़ूरी दी, हालाँकि सरकार ने खर्च पर आपत्ति जताई थी। "
LONG_READS = {
    "German": GERMAN * 60,
    "Russian": RUSSIAN * 60,
    "Hindi": HINDI * 60,
    "figures": "In 2026 it was 3,400,217.56 against 2,118,904.11 (up 60.4%), 1,004 of 9,812 at 12:45:09. " * 60,
    "one sentence in Chinese": "东京今天公布了一项新的计划" * 400,
    "no spaces": "x1y2" * 3000,
    "a sentence without end": "0x1f9a 7c:b2 " * 900,
}


@pytest.fixture(scope="module")
def embedder() -> SentenceEmbedder:
    return SentenceEmbedder()


@pytest.mark.parametrize("text", LONG_READS.values(), ids=LONG_READS.keys())
def test_no_passage_is_longer_than_the_embedder_reads(text: str, embedder: SentenceEmbedder) -> None:
    article = Article(id="a", title="Streit um die Straßenbahn in Neubrück", outlet="Der Bote", text=text)
    passages = split(article, embedder)
    read = embedder.tokens([f"{heading(article)}\n{passage.text}" for passage in passages])
    assert max(read) + 2 <= embedder.most_tokens
    covered = {index for passage in passages for index in range(passage.start, passage.end)}
    assert all(index in covered for index, character in enumerate(text) if not character.isspace())


def test_ordinary_english_passages_stay_as_they_were(embedder: SentenceEmbedder) -> None:
    article = Article(id="a", title="The vote on the harbour", outlet="Harbour Post", text=SENTENCE * 80)
    assert split(article, embedder) == split(article)


def test_a_headline_without_end_leaves_room_for_the_passage(embedder: SentenceEmbedder) -> None:
    article = Article(id="a", title="Endless " * 400, text=SENTENCE * 20)
    assert all(len(passage.text.split()) > 20 for passage in split(article, embedder))
