from __future__ import annotations

import pytest

from assistant.verification.consequences import Consequence, consequences
from assistant.verification.genre import Genre, genre, introduction
from vectorstore.models import Article


def piece(title: str = "Mine closed", outlet: str = "Post", url: str = "", text: str = "The mine closed.") -> Article:
    return Article("a", text, title=title, outlet=outlet, url=url)


@pytest.mark.parametrize(
    ("article", "kind"),
    [
        (piece(outlet="The Onion"), Genre.SATIRE),
        (piece(outlet="theonion.com"), Genre.SATIRE),
        (piece(outlet="The Daily Turnip (satire)"), Genre.SATIRE),
        (piece(url="https://news.example/humour/2026/mine"), Genre.SATIRE),
        (piece(text="The mine resigned. This is a work of satire."), Genre.SATIRE),
        (piece(title="Opinion: The mine has to close"), Genre.OPINION),
        (piece(title="The mine has to close | Ann Lowe | Opinion"), Genre.OPINION),
        (piece(title="Kommentar: Die Mine muss schließen"), Genre.OPINION),
        (piece(url="https://news.example/commentisfree/2026/may/mine"), Genre.OPINION),
        (piece(url="https://news.example/opinions/mine"), Genre.OPINION),
        (piece(text="Close it. The views expressed here are the author's own."), Genre.OPINION),
        (piece(title="Analysis: What the mine costs"), Genre.ANALYSIS),
        (piece(title="Opinion: our satirical age", outlet="The Onion"), Genre.SATIRE),
    ],
)
def test_what_is_no_report_is_known(article: Article, kind: Genre) -> None:
    assert genre(article) is kind


@pytest.mark.parametrize(
    "article",
    [
        piece(title="Public opinion on the mine turns"),
        piece(title="Minister: no comment on the mine"),
        piece(title="Onion prices rise", outlet="Farming Post"),
        piece(title="Satire magazine sued by minister"),
        piece(title="Opposition leader visits the mine"),
        piece(text="“I think I will go,” she said. I, Claudius was shown. The court spoke of satire."),
        piece(title="", outlet="", text=""),
    ],
)
def test_a_report_is_news(article: Article) -> None:
    assert genre(article) is Genre.NEWS


def test_satire_and_opinion_answer_no_question_alone_and_are_introduced() -> None:
    assert [kind.answers_alone for kind in Genre] == [True, True, False, False]
    assert introduction(piece(outlet="The Onion")) == "In a satirical piece (The Onion):"
    assert introduction(piece(title="Opinion: Tax cars", outlet="Post")) == "In an opinion piece (Post):"
    assert introduction(piece(title="Cars are taxed", outlet="Post")) == ""


@pytest.mark.parametrize(
    ("claim", "kinds"),
    [
        ("Bo Tarn stole 3 million crowns.", {Consequence.CRIME}),
        ("Bo Tarn was found guilty.", {Consequence.GUILT}),
        ("Bo Tarn was sentenced to three years in prison.", {Consequence.SENTENCE}),
        ("The singer Ida Berg died at 80.", {Consequence.DEATH}),
        ("Ida Berg has cancer.", {Consequence.ILLNESS}),
        ("Ida Berg stepped down on Monday.", {Consequence.RESIGNATION}),
        ("Bo Tarn killed a man.", {Consequence.CRIME, Consequence.DEATH}),
        ("Ida Berg opened the new bridge.", set()),
        ("Two people died in the storm.", set()),
    ],
)
def test_what_can_harm_a_named_person_is_recognised(claim: str, kinds: set[Consequence]) -> None:
    assert consequences(claim) == kinds
