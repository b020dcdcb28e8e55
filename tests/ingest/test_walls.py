"""Pages that stand where an article was asked for, and articles that are about such pages."""

from __future__ import annotations

import pytest

from ingest import extract_article
from vectorstore.errors import RejectedDocument

URL = "https://www.valleypost.example/2026/11/weir"
STORY = [
    f"The keeper of the weir at {place} said on Monday that the gates {did}, and that nobody had told the villages."
    for place, did in [("Oberau", "were opened at dawn"), ("Tarn", "had rusted shut"), ("Lisse", "would be replaced")]
]


def page(title: str, body: str, head: str = "", h1: str | None = None) -> bytes:
    shown = title if h1 is None else h1
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body><h1>{shown}</h1>{body}</body></html>"
    ).encode()


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


CONSENT = paragraphs(
    "We and our partners store and/or access information on a device, such as unique identifiers in cookies, to process"
    " personal data. You may accept or manage your choices by clicking below, including your right to object.",
    "Personalised ads and content, ad and content measurement, audience research and services development.",
)
EINWILLIGUNG = paragraphs(
    "Wir und unsere Partner speichern Informationen auf Ihrem Gerät und greifen darauf zu, um Anzeigen zu messen und"
    " Inhalte zu verbessern. Sie können der Verarbeitung zustimmen oder sie ablehnen, ganz wie Sie es möchten."
)
ROBOT = paragraphs(
    "Please complete the security check to access the site. Why do I have to complete a CAPTCHA? Completing it proves"
    " that you are human and gives you temporary access to the web property.",
    "Your IP: 192.0.2.7. Ray ID: 5f00ba7. Performance and security by a security service that protects this site.",
)
MISSING = paragraphs(
    "La page que vous cherchez n'existe plus ou a été déplacée. Vérifiez l'adresse, revenez à la page d'accueil ou"
    " cherchez dans nos archives les articles des vingt dernières années sur la vallée et ses villages."
)
LOGIN = (
    paragraphs(
        "Enter the email address and the password of your account to go on. If you don't have an account yet you can"
        " create one in a minute, it costs nothing and lets you comment on what we write about the valley."
    )
    + '<form><label>Email address</label><input type="email"><label>Password</label><input type="password"></form>'
)


PAY_OR_CONSENT = paragraphs(
    "Besuchen Sie den Talboten wie gewohnt mit Werbung und Tracking. Ihre Zustimmung ist jederzeit widerrufbar.",
    "Nutzen Sie den Talboten ohne Werbetracking für 4,99 Euro im Monat. Details finden Sie in unserem Pur-Abo.",
)
SCRIPTED = paragraphs(
    "Our site requires JavaScript to show you the story that you asked for. Please turn on JavaScript in the settings"
    " of your browser and load the page anew, or ask our readers' desk for help with it by telephone."
)
CLOSED = paragraphs(
    "We recognize you are attempting to access this website from a country belonging to the European Economic Area"
    " (EEA) which enforces the General Data Protection Regulation and therefore access cannot be granted at this time."
)
LED_ON = paragraphs(
    "You will be redirected to an external site in a few seconds. If nothing happens please click on the link below to"
    " go on to the page that you asked for, or go back to the story that you were reading before you came here."
)
REGISTER = paragraphs(
    "Create a free account to read this story and three more each month. It takes less than a minute, and you can"
    " leave at any time that you like. Already a subscriber? Then you know the way to your account."
)
JAPANESE = paragraphs(
    "お探しのページは見つかりませんでした。アドレスが間違っているか、記事の掲載期間が終了した可能性があります。"
    "お手数ですが、トップページまたは検索からお探しの記事をご覧ください。"
)


@pytest.mark.parametrize(
    ("title", "body", "name"),
    [
        ("We value your privacy", CONSENT + "<button>Accept all</button>", "a consent page"),
        ("Valley Post", CONSENT + "<button>Accept all</button><button>Manage options</button>", "a consent page"),
        ("Datenschutzeinstellungen | Talbote", EINWILLIGUNG + "<button>Alle akzeptieren</button>", "a consent page"),
        ("Attention Required! | Shieldwall", ROBOT, "a robot check"),
        ("Just a moment...", "<p>Checking if the site connection is secure</p>", "a robot check"),
        ("Page introuvable - Le Courrier de la vallée", MISSING, "page not found"),
        (
            "404",
            paragraphs(*["The page you requested could not be found; it may have been moved to the archive."] * 3),
            "page not found",
        ),
        ("Sign in | Valley Post", LOGIN, "a log-in page"),
        ("Valley Post - Are you a robot?", ROBOT, "a robot check"),
        ("Please enable JS and disable any ad blocker", SCRIPTED, "a robot check"),
        ("451: Unavailable due to legal reasons", CLOSED, "closed to your region"),
        ("Redirecting...", LED_ON, "leads elsewhere"),
        ("Register to continue reading", REGISTER, "a log-in page"),
        ("ページが見つかりません | 谷の新聞", JAPANESE, "page not found"),
        ("Talbote | Zustimmung", f"<h2>Weiter mit Werbung lesen</h2>{PAY_OR_CONSENT}", "a consent page"),
    ],
)
def test_a_wall_is_refused_with_its_name(title: str, body: str, name: str) -> None:
    with pytest.raises(RejectedDocument, match=name):
        extract_article(page(title, body), URL)


@pytest.mark.parametrize(
    ("title", "texts"),
    [
        (
            "Are you a robot? How riddles of pictures took over the valley's library",
            [
                "The library of Oberau asks its visitors to prove that they are human before they reserve a book.",
                "Readers tick a box that says “I am not a robot”; the town calls it a captcha.",
                *STORY,
            ],
        ),
        (
            "Consent",
            [
                "Tarn's new play asks what consent is. It has two characters, a judge and her neighbour, one chair.",
                "“You may accept all of it or reject all of it,” says the judge, and the audience laughed.",
                *STORY,
            ],
        ),
        (
            "Page not found: the missing leaf of the Lisse chronicle",
            [
                "The page that scholars have been looking for no longer exists, the archive of Lisse said on Tuesday.",
                "It may have been moved in 1944 with the rest of the chronicle; nobody knows the address.",
                *STORY,
            ],
        ),
        (
            "Not available in your country",
            ["That sentence is all that readers of Tarn saw on Monday, when a film was closed to them.", *STORY],
        ),
        ("Login", ["The band Login played its last concert in Tarn on Saturday, and the password was “moss”.", *STORY]),
    ],
)
def test_an_article_about_walls_is_an_article(title: str, texts: list[str]) -> None:
    article = extract_article(page(title, f"<article>{paragraphs(*texts)}</article>"), URL)
    assert article.text.split("\n") == texts


def test_links_to_other_stories_do_not_hide_a_wall() -> None:
    links = "".join(
        f'<li><a href="/{n}">The weir that nobody opened in the spring of 19{n}</a></li>' for n in range(60, 70)
    )
    body = f"<p>It looks like nothing was found at this location. Maybe try a search?</p><h2>Read</h2><ul>{links}</ul>"
    with pytest.raises(RejectedDocument, match="page not found"):
        extract_article(page("Page not found - Valley Post", body, h1="Oops! That page can’t be found."), URL)


@pytest.mark.parametrize(
    ("title", "body", "name"),
    [
        ("Page introuvable", MISSING, "page not found"),
        ("Log in", LOGIN, "a log-in page"),
        ("Just a moment...", ROBOT, "a robot check"),
    ],
)
def test_the_bars_of_a_site_do_not_hide_a_wall(title: str, body: str, name: str) -> None:
    bar = "".join(f'<li><a href="/{n}">All about section number {n} of the site</a></li>' for n in range(90))
    with pytest.raises(RejectedDocument, match=name):
        extract_article(page(title, f"<nav><ul>{bar}</ul></nav>{body}<div><ul>{bar}</ul></div>"), URL)


def test_a_wall_that_covers_a_page_without_headline_is_titled_by_its_own_heading() -> None:
    content = page("Valley Post", f"<div><h2>We value your privacy</h2>{CONSENT}</div>").replace(b"<h1>", b"<b>")
    with pytest.raises(RejectedDocument, match="a consent page"):
        extract_article(content, URL)
    with_story = content.replace(b"</body>", f"<article>{paragraphs(*STORY * 2)}</article></body>".encode())
    assert extract_article(with_story, URL).text.endswith(STORY[-1])


def test_stories_that_are_offered_in_place_of_a_missing_one_do_not_make_an_article() -> None:
    offered = "<h2>Latest</h2>" + "".join(f"<h3><a href=/{n}>Weir {n}</a></h3><p>{x}</p>" for n, x in enumerate(STORY))
    said = "<p>The story you are looking for may have been moved, or the link is out of date.</p>"
    with pytest.raises(RejectedDocument, match="page not found"):
        extract_article(page("Page not found - Valley Post", said + offered, h1="We couldn't find that page"), URL)


def test_a_short_story_under_a_form_to_log_in_is_an_article() -> None:
    form = f"<div>{LOGIN}<a>Forgot password?</a><label>Remember me</label><button>Sign in</button></div>"
    article = extract_article(page("Weir opened", f"{form}<article>{paragraphs(*STORY)}</article>"), URL)
    assert article.text.split("\n")[-1] == STORY[-1]


def test_what_states_an_article_is_no_wall() -> None:
    head = '<meta property="article:published_time" content="2026-11-10T08:00:00Z">'
    body = paragraphs("Our partners accept all of it, the page you are looking for does not exist.", *STORY)
    assert extract_article(page("404", body, head), URL).title == "404"


OFFERS = {
    "English": '<div class="wall"><h2>To continue reading, become a member</h2><p>Three crowns a week.</p></div>',
    "German": "<div><p><strong>Jetzt weiterlesen mit Talbote plus</strong></p><p>Vier Wochen gratis.</p></div>",
    "Spanish": "<section><h3>Suscríbete para seguir leyendo</h3><p>Un mes por un euro.</p></section>",
    "Dutch": "<div><h3>Verder lezen?</h3><p>Neem een abonnement en lees dit artikel.</p></div>",
    "Japanese": "<div><p>続きを読むには会員登録が必要です。</p></div>",
    "log-in": '<p class="gate">Log in to continue</p><p>Forgot it?</p>',
}


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_the_beginning_of_a_story_over_an_offer_is_a_teaser(offer: str) -> None:
    body = f"<main><article>{paragraphs(*STORY[:2])}{offer}</article></main>"
    with pytest.raises(RejectedDocument, match="for subscribers and shows only"):
        extract_article(page("Weir opened", body), URL)


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_of_a_long_story_the_offer_alone_is_left_out(offer: str) -> None:
    story = [f"On day {day} of the flood, {sentence}" for day in range(1, 5) for sentence in STORY]
    article = extract_article(page("Weir opened", f"<article>{paragraphs(*story)}{offer}</article>"), URL)
    assert article.text.split("\n") == story or offer == OFFERS["log-in"]
    assert not any(word in article.text for word in ("member", "weiterlesen", "Suscr", "Verder", "続き", "Log in"))


def test_an_offer_between_the_paragraphs_is_an_advertisement() -> None:
    story = [
        *STORY,
        "The mayor of Oberau, who lives below the weir, asked for the log of the gates since the spring of 2019,"
        " and for the names of those who were on duty that night.",
    ]
    body = f"<article>{paragraphs(*story[:2])}{OFFERS['English']}{paragraphs(*story[2:])}</article>"
    assert "asked for the log" in extract_article(page("Weir opened", body), URL).text


def test_a_story_that_reports_on_subscriptions_is_no_teaser() -> None:
    told = "To continue reading, members of the book club must pay twelve crowns, which half of them refuse to do."
    article = extract_article(page("Club", f"<article>{paragraphs(*STORY[:2], told)}</article>"), URL)
    assert told in article.text
