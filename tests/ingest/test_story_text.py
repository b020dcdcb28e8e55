"""Which words of a page are its story."""

from __future__ import annotations

import pytest

from ingest import extract_article

STORY = [
    f"In the {nth} week of the drought the river fell by {n} centimetres, the water board reported on Friday."
    for n, nth in enumerate(["first", "second", "third", "fourth", "fifth", "sixth"], start=4)
]


def text(body: str, head: str = "") -> str:
    content = f"<!doctype html><html><head><title>Drought</title>{head}</head><body>{body}</body></html>"
    return extract_article(content.encode(), "https://valley.example/drought").text


def story(*between: str) -> str:
    """The story with something after its second paragraph."""
    paragraphs = [f"<p>{paragraph}</p>" for paragraph in STORY]
    return f"<article>{''.join([*paragraphs[:2], *between, *paragraphs[2:]])}</article>"


def test_paragraphs_are_kept_one_a_line() -> None:
    assert text(story()).split("\n") == STORY


@pytest.mark.parametrize(
    "noise",
    [
        '<p>Read more: <a href="/a">The dam that never was built in the valley</a></p>',
        '<p><strong>RELATED:</strong> <a href="/a">The dam that never was built</a></p>',
        '<h3>Don\'t miss</h3><p><a href="/a">The dam that was</a></p><p><a href="/b">Ten ways to save water</a></p>',
        '<p>Lesen Sie auch: <a href="/a">Der Damm, der nie gebaut wurde</a></p>',
        "<p>Sign up for our weekly newsletter and never miss a story from the valley.</p>",
        "<p>Get the best of the valley delivered to your inbox every morning.</p>",
        "<p>Follow us on Facebook and Instagram.</p>",
        '<p><a href="/s">Subscribe to the Wells</a> to support our journalism.</p>',
        "<p>Advertisement</p>",
        "<p>Like this story? Share it with a friend!</p>",
        '<p><a href="/n">Sign up for the Wells newsletter</a>. Every Friday: what flows, and who said so.</p>',
        '<p><em>Follow Ida Brandt on Bluesky: <a href="https://social.example/ida">@ida</a></em></p>',
        '<p>Get the Valley app: <a href="/app">download it here</a></p>',
        '<p><a href="/nl">Abonnieren Sie unseren Rundbrief</a></p>',
        '<p>Recevez <a href="/infolettre">notre infolettre</a> chaque matin.</p>',
        '<div class="c-newsletter-box"><p>The valley in five minutes</p><a href="/n">Yes, please</a></div>',
        '<div class="share-bar"><a href="/s">Share</a> <button>Copy link</button></div>',
        "<p>Publicité</p>",
        "<div><span>12 comments</span></div>",
        "<p>We use cookies to improve your experience on this website. Accept all?</p>",
        '<nav><a href="/">Home</a> <a href="/w">Weather</a></nav>',
        '<aside class="newsletter"><form><input><button>Subscribe</button></form></aside>',
    ],
)
def test_what_is_no_part_of_the_story_is_left_out(noise: str) -> None:
    assert text(story(noise)).split("\n") == STORY


@pytest.mark.parametrize(
    "paragraph",
    [
        "Related industries such as fishing lost a third of their income, the chamber of commerce said.",
        "Readers who subscribe to the theory that the river moves in cycles of thirty years were not surprised by it.",
        "More on this will be known once the council has met, said its chair, who declined to say more.",
        "The dairy dropped its plan to put cookies in its newsletters, which half of the valley had signed up for.",
        "Regulators fined the ferry line because its cookies were set before visitors gave consent on its website.",
        "Farmers must register by Friday if they want to receive updates about the water that they may take.",
        "Please follow me on Instagram for a minute's silence, the miller's widow wrote to her neighbours.",
        "Get your water tested before you drink it, the board told readers of its newsletter in a letter on Friday.",
        "Share this story with the jury, the judge told the lawyer, who looked at the clock.",
        "Subscribe to our newsletter, the council told villagers. It then sent them four hundred letters in a week.",
        "Like us on Facebook, the sign over the door of the burned library of Oberau says.",
        "Abonnez-vous à notre infolettre, disait le faux courriel reçu par des milliers de retraités de la vallée.",
        "“Sign up for our newsletter,” it said on every tap in the valley, and nobody knew why.",
        'Follow <a href="/money">the money</a> from the dam to the newsletter that praised it, the auditor said.',
        'She pointed to <a href="/study">a study of the upper valley</a> that counted the wells: forty are dry.',
    ],
)
def test_sentences_that_only_sound_alike_stay(paragraph: str) -> None:
    assert len(text(story(f"<p>{paragraph}</p>")).split("\n")) == len(STORY) + 1


def test_a_box_that_tells_something_stays_whatever_it_is_called() -> None:
    told = "The promoter of the valley's oldest fair has sold it to the town for one crown, the mayor said on Friday."
    box = f'<div class="promo-box"><p>{told}</p><p><a href="/fair">The fair</a></p></div>'
    assert told in text(story(box))


def test_comments_of_readers_are_left_out() -> None:
    comments = '<section id="comments" class="comments"><p>First! And what about the wells, nobody asks.</p></section>'
    assert text(story() + comments).split("\n") == STORY


def test_the_headline_is_not_repeated_in_the_text() -> None:
    assert text("<article><h1>Drought</h1>" + story()[9:]).split("\n") == STORY


def test_a_story_cut_into_pieces_by_advertisements_is_read_to_its_end() -> None:
    pieces = "".join(
        f'<div class="grid"><div class="col article__body">{"".join(f"<p>{each}</p>" for each in STORY[at : at + 2])}'
        '</div><div class="ad">Buy</div></div>'
        for at in (0, 2, 4)
    )
    assert text(f"<main><article>{pieces}</article></main>").split("\n") == STORY


def test_headings_that_are_links_stay_over_their_paragraphs() -> None:
    assert "The village of Oberau" in text(story('<h3><a href="/o">The village of Oberau</a></h3>'))
