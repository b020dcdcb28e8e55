"""An answer drawn as HTML: its sentences, how far each is borne out, and its citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.answering.provenance import aged, basis, corrected_since, fallen_behind, resting, source
from assistant.presentation.layout import CLOSEST, origin, paragraphs, standing
from assistant.text.labels import looked_at
from assistant.text.texts import LANGUAGES, Language, language, speaking, tr, tr_later, tr_plural
from assistant.types import Answer, Citation, Exchange, Sentence, Stage, Support
from assistant.ui.conversation_markdown import doubtful, plain
from assistant.ui.render import count, headline, isolated, link_html, shown
from assistant.ui.render_sources import card_id, nearest_html, sources_html, strip_html
from assistant.ui.render_talks import export_html, reason_html, thumbs_html
from assistant.ui.story_view import list_html
from vectorstore.languages import resolved
from vectorstore.models import Article

Current = Mapping[str, Article]
"""Articles as they stand now, by their ids: those of which an answer cites an earlier version."""
_LONG = 300
"""Characters, of four lines or more."""
UNSUPPORTED = tr_later("Not confirmed by the sources")
_MEANING = {
    Support.QUOTED: tr_later("Exact quote: it stands word for word in the source"),
    Support.SUPPORTED: tr_later("Paraphrased: the source says it in other words"),
    Support.UNSUPPORTED: UNSUPPORTED,
    Support.OWN: tr_later("Dateline's own words, about the library"),
}
_LOOKS = {
    Support.QUOTED: '<span class="quoted"><span class="sample">[1]</span></span>',
    Support.SUPPORTED: '<span class="sample">[1]</span>',
    Support.UNSUPPORTED: '<span class="unsupported"><span class="words">{}</span></span>',
}
KEYS = (
    ("/", tr_later("Go to the question")),
    ("j", tr_later("Next source; in the reader, next citation")),
    ("k", tr_later("Previous source or citation")),
    ("Enter", tr_later("Open the highlighted source")),
    ("Esc", tr_later("Close the reader, or stop the answer")),
    ("?", tr_later("Show this list")),
)


def past_html(conversation: Sequence[Exchange], current: Current | None = None, translates: bool = False) -> str:
    return "".join(exchange_html(each, current or {}, translates=translates) for each in conversation)


def live_html(
    exchange: Exchange,
    current: Current | None = None,
    follow_ups: Sequence[str] = (),
    passages: int = 0,
    translates: bool = False,
    ahead: int | None = None,
) -> str:
    """The last exchange; `passages` are those searched through, `follow_ups` questions to go on with, `ahead` how many
    others are answered before this one, and `translates` says whether quotations can be translated."""
    return exchange_html(exchange, current or {}, True, follow_ups, passages, translates, ahead)


def exchange_html(
    exchange: Exchange,
    current: Current,
    live: bool = False,
    follow_ups: Sequence[str] = (),
    passages: int = 0,
    translates: bool = False,
    ahead: int | None = None,
) -> str:
    """One question with its answer and sources.

    Gradio patches the page child by child, by position: every part keeps its place and is empty until it has
    something to say, so that an answer that grows changes nothing around it. A screen reader hears an answer once, when
    it is over: of a live region that grows most read every word's change.
    """
    answer = exchange.answer
    return (
        f'<article class="exchange{" active" if live else ""}" id="exchange-{exchange.number}">'
        f"{_question(exchange.question)}"
        f'<p class="reading">{_reading(answer, live and exchange.over)}</p>'
        f'<p class="aged">{shown(aged(answer)) if answer else ""}</p>'
        f'<ol class="strip" aria-label="{tr("Sources of the answer")}">{strip_html(exchange.number, answer)}</ol>'
        f'<p class="stage" role="status">{stage(exchange, passages, ahead)}</p>'
        f"{_told(exchange, current, live, translates)}"
        f'<div class="tools">{_tools(exchange, live) if exchange.over else ""}</div>'
        f'<div class="opinion">{reason_html(exchange)}</div>'
        f'<div class="marks">{legend_html(answer) if answer and live and exchange.over else ""}</div>'
        # Before the sources, which on a phone stand below it and wait for it: it comes a moment after the answer.
        f'<div class="onward">{_follow_ups(follow_ups) if exchange.over else ""}</div>'
        f'<aside class="sources" aria-label="{tr("Sources of answer {n}", n=exchange.number)}">'
        f"{sources_html(exchange.number, answer, exchange.removed)}</aside></article>"
    )


def _question(question: str) -> str:
    """A long one is cut in the drawing, until the reader wants all of it."""
    long = len(question) > _LONG
    whole = f'<button type="button" class="quiet" data-whole="{tr("Show less")}">{tr("Show all")}</button>'
    return (
        f'<h2 class="question{" long" if long else ""}" dir="auto">{shown(question)}</h2>'
        f'<p class="whole">{whole if long else ""}</p>'
    )


def _told(exchange: Exchange, current: Current, live: bool, translates: bool) -> str:
    """What the answer says, in its own language, which need not be the page's."""
    answer, page = exchange.answer, language()
    foreign = (
        [_translating(each, answer) for each in answer.sentences] if answer and translates and exchange.over else []
    )
    with speaking(answer.language if answer else ""):
        lang, runs = _marked_as(LANGUAGES[language()]) if language() != page else ("", "")
        differ, notice, heard, *lines = _beneath(exchange, answer, current, live) if answer else [""] * 6
        busy = "false" if exchange.over else "true"
        return (
            f'<div class="answer" dir="auto"{lang} aria-busy="{busy}">{_said(exchange, foreign)}</div>'
            f'<p class="heard" role="status"{lang}>{heard}</p><div class="differ"{runs}>{differ}</div>'
            f'<p class="notice"{runs}>{notice}</p><p class="problem" role="alert">{shown(exchange.problem)}</p>'
            + "".join(
                f'<p class="{name}"{runs}>{line}</p>'
                for name, line in zip(("basis", "freshness", "freshness"), lines, strict=True)
            )
        )


def _marked_as(own: Language) -> tuple[str, str]:
    """As attributes: its name, and with the direction in which it runs."""
    lang = f' lang="{own.tag}"'
    return lang, f'{lang} dir="{"rtl" if own.rtl else "ltr"}"'


def _beneath(exchange: Exchange, answer: Answer, current: Current, live: bool) -> list[str]:
    """What differs, the notice, the answer as it is heard, its basis, and what is newer."""
    over = exchange.over
    heard = shown(answer.text) if live and over else ""
    lines = [shown(basis(answer)) if over else "", shown(fallen_behind(answer)) if over and live else ""]
    return [_differing(exchange.number, answer), shown(answer.notice), heard, *lines, _since(answer, current)]


def _reading(answer: Answer | None, changeable: bool) -> str:
    if answer is None:
        return ""
    alone, looked = answer.standalone_question, shown(looked_at(answer))
    # Not where the questions before it were put in front of it as they are: that is no sentence of anybody's.
    read_as = "" if answer.question in alone else tr("Understood as: {question}", question=isolated(alone))
    if looked and changeable:
        looked = f'<button type="button" class="limits" data-limits>{looked}</button>'
    everything = f'<button type="button" class="limits" data-everything>{tr("Search all dates")}</button>'
    return " · ".join(filter(None, [looked, everything if answer.window and changeable else "", read_as]))


def stage(exchange: Exchange, passages: int = 0, ahead: int | None = None) -> str:
    """What is being done for the reader right now, or how many are `ahead`; empty when it is over."""
    if exchange.over:
        return ""
    if ahead is not None:
        before = tr_plural("{n} question is before yours", "{n} questions are before yours", ahead)
        return before if ahead else tr("Your question is next")
    if exchange.answer is None:
        return tr("Searching {passages}", passages=count(passages, "passage")) if passages else tr("Searching")
    if exchange.answer.stage is Stage.SEARCHED:
        articles = count(len({hit.article.id for hit in exchange.answer.sources}), "article")
        return tr("Reading {articles}", articles=articles)
    return tr("Writing")


def _translating(sentence: Sentence, answer: Answer) -> str:
    """Beside a quotation in another language than the page's: what asks for its translation, and a place for it."""
    number = sentence.citations[0] if sentence.citations else 0
    quoted = resting(sentence, number, answer.citations) if sentence.support is Support.QUOTED else None
    if quoted is None or resolved(quoted.article.language, quoted.quote) in ("", language()):
        return ""
    words = f'data-article="{shown(quoted.article.id)}" data-version="{quoted.article.version}"'
    words += f' data-start="{quoted.start}" data-end="{quoted.end}" data-busy="{tr("Translating")}"'
    button = f'<button type="button" class="translate" data-translate {words}>{tr("Translate")}</button>'
    return f' {button}<span class="translation" role="status"></span>'


def _said(exchange: Exchange, foreign: Sequence[str] = ()) -> str:
    """`foreign` is what stands behind each sentence in another language than the page's."""
    answer, number = exchange.answer, exchange.number
    said = [sentence_html(each, number, answer) for each in answer.sentences] if answer else []
    said = [f"{html}{behind}" for html, behind in zip(said, foreign, strict=True)] if foreign else said
    writing = f'<span class="writing">{shown(answer.writing)}</span>' if answer and answer.writing else ""
    stopped = f'<span class="stopped">{tr("(stopped)")}</span>' if exchange.stopped else ""
    if answer is None:
        return f'<div class="written"><p>{stopped}</p></div>'
    if listed := list_html(answer, said):
        return listed
    nearest = nearest_html(number, answer.nearest, answer.as_of.date())
    opening = tr(CLOSEST) if answer.closest and exchange.over else ""
    if answer.quoted:
        return _beside_quotations(exchange, answer, said, opening, f"{writing} {stopped}".strip())
    told = list(paragraphs(answer, said))
    last = told.pop()[1] if told and told[-1][0] is None else ""  # what is being written goes on where it ends
    quoted = "".join(_paragraph(quotation, html, answer) for quotation, html in told)
    first = f'<p class="closest">{opening}</p>' if opening else ""
    body = f"{first}{quoted}<p>{' '.join(filter(None, [last, writing, stopped]))}</p>{nearest}"
    return body if exchange.over else f'<div class="written">{body}</div>'


def _beside_quotations(exchange: Exchange, answer: Answer, said: Sequence[str], opening: str, writing: str) -> str:
    """What a model writes, in room that is kept for it, above the quotations that stand there from the first."""
    head, below = standing(answer, said)
    running = replace(answer, sentences=tuple(sentence for sentence, _ in head))
    told = [_paragraph(*each, answer) for each in paragraphs(running, [html for _, html in head])]
    if exchange.over and not (told or writing or opening):
        opening = tr("In the articles' own words:")
    first = f'<p class="closest">{opening}</p>' if opening else ""
    whole = replace(answer, citations=(*answer.citations, *answer.quoted))
    unused = f'<span class="note"> · {tr("not used in the answer")}</span>' if exchange.over else ""
    quotes = "".join(
        _paragraph(
            each.sentence if each.sentence.support is Support.QUOTED else None,
            each.said or sentence_html(each.sentence, exchange.number, whole),
            answer,
            "" if each.used else unused,
        )
        for each in below
    )
    return f'<div class="written">{first}{"".join(told)}<p>{writing}</p></div>{quotes}'


def _paragraph(quotation: Sentence | None, html: str, answer: Answer, note: str = "") -> str:
    if quotation is None:
        return f"<p>{html}</p>"
    told = f'<span class="byline">{isolated(origin(quotation, answer))}{note}</span>'
    return f'<p class="quote{" unused" if note else ""}">{html} {told}</p>'


def _differing(exchange: int, answer: Answer) -> str:
    """What each source says where they do not say the same."""
    if not answer.differing:
        return ""
    rows = (
        f"<li>{isolated(each.says)} — {isolated(source(each))}"
        f"{cite_html(exchange, each.citation.number, Support.QUOTED, answer, each.citation)}</li>"
        for each in answer.differing
    )
    return f"<p>{tr('Reports differ')}</p><ul>{''.join(rows)}</ul>"


def _since(answer: Answer, current: Current) -> str:
    return shown(tr("; ").join(f"[{number}] {said}" for number, said in corrected_since(answer, current).items()))


def _tools(exchange: Exchange, live: bool) -> str:
    answer = exchange.answer
    copied = _copying("\n\n".join(filter(None, [aged(answer), plain(answer)]))) if answer else ""
    if answer and answer.sources:
        copied += f'<button type="button" data-story="{exchange.number}">{tr("Timeline of this story")}</button>'
    copied += link_html("", exchange.number)
    asking = f'<button type="button" data-retry>{tr("Retry")}</button>' if live else ""
    asking += f'<button type="button" data-edit="{tr("The question in other words")}">{tr("Edit")}</button>'
    return copied + asking + (export_html(exchange) + thumbs_html(exchange) if answer else "")


def _copying(text: str) -> str:
    return f'<button type="button" data-copy="{shown(text)}" data-copied="{tr("Copied")}">{tr("Copy")}</button>'


def _follow_ups(questions: Sequence[str]) -> str:
    if not questions:
        return ""
    chips = "".join(f'<button type="button" class="chip" data-ask>{isolated(each)}</button>' for each in questions)
    return f'<p class="onward-title">{tr("Ask next")}</p><div class="chips">{chips}</div>'


def sentence_html(sentence: Sentence, exchange: int, answer: Answer) -> str:
    why = _meaning(sentence)
    rests = ((number, resting(sentence, number, answer.citations)) for number in sentence.citations)
    cites = "".join(cite_html(exchange, number, sentence.support, answer, on, why) for number, on in rests)
    words = f'<span class="words">{shown(sentence.text)}</span>{cites}'
    if answer.refused or sentence.support is Support.OWN:
        return f'<span class="sentence">{words}</span>'
    # A button, so that the explanation can be had by keyboard and by touch; the page's script has no part in it.
    button = f'<button type="button" class="doubt" aria-label="{shown(why)}" title="{shown(why)}"></button>'
    if not doubtful(sentence, answer):
        return f'<span class="sentence {sentence.support}">{words}</span>'
    said = tr("(not confirmed by the sources)")  # on paper, where nothing can be pressed
    return f'<span class="sentence {sentence.support}" data-doubt=" {said}">{words}{button}</span>'


def cite_html(
    exchange: int, number: int, support: Support, answer: Answer, rests_on: Citation | None, why: str = ""
) -> str:
    """A mark that leads to its card and to the words there that the sentence rests on; nothing when no such source is
    there to lead to."""
    if not 1 <= number <= len(answer.sources):
        return ""
    title = shown(headline(answer.sources[number - 1].article))
    label = tr("Source {n}: {title}", n=number, title=title)
    if support is Support.QUOTED:
        label = tr("Source {n}, word for word: {title}", n=number, title=title)
    at = f' data-start="{rests_on.start}" data-quote="{shown(rests_on.quote)}"' if rests_on else ""
    return (
        f' <a class="cite" href="#{card_id(exchange, number)}"{at} data-why="{shown(why)}"'
        f' aria-haspopup="dialog" aria-label="{label}">[{number}]</a>'
    )


def legend_html(answer: Answer) -> str:
    """What the marks of this answer mean, folded away until somebody asks; nothing under a refusal, which has none."""
    used = {sentence.support for sentence in answer.sentences} & _LOOKS.keys()
    if answer.refused or not used:
        return ""
    looks = {each: look.format(tr("Words")) for each, look in _LOOKS.items() if each in used}
    rows = "".join(f"<li>{look} {tr('{line}.', line=tr(_MEANING[each]))}</li>" for each, look in looks.items())
    return f'<details class="legend"><summary>{tr("How to read the citations")}</summary><ul>{rows}</ul></details>'


def _meaning(sentence: Sentence) -> str:
    told = tr(_MEANING[sentence.support])
    return f"{told}: {sentence.doubt}" if sentence.doubt and sentence.support is Support.UNSUPPORTED else told


def keys_html() -> str:
    rows = "".join(f"<dt><kbd>{key}</kbd></dt><dd>{tr(what)}</dd>" for key, what in KEYS)
    return (
        f'<dialog class="keys" aria-labelledby="keys-title"><h2 id="keys-title">{tr("Keyboard shortcuts")}</h2>'
        f'<dl>{rows}</dl><button type="button" class="plain" data-close>{tr("Close")}</button></dialog>'
    )
