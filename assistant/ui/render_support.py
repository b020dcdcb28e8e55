"""A sentence of an answer with its marks: which sources bear it out, how far, and what that means. Pure."""

from __future__ import annotations

from assistant.answering.provenance import resting
from assistant.types import Answer, Citation, Sentence, Support
from assistant.ui.plain import doubtful
from assistant.ui.render import headline, shown
from assistant.ui.render_sources import card_id

UNSUPPORTED = "Not confirmed by the sources"
_MEANING = {
    Support.QUOTED: "Exact quote: it stands word for word in the source",
    Support.SUPPORTED: "Paraphrase: the source says it in other words",
    Support.UNSUPPORTED: UNSUPPORTED,
    Support.OWN: "Dateline's own words, about the library",
}
_LOOKS = {
    Support.QUOTED: '<span class="quoted"><span class="sample">[1]</span></span>',
    Support.SUPPORTED: '<span class="sample">[1]</span>',
    Support.UNSUPPORTED: '<span class="unsupported"><span class="words">Words</span></span>',
}


def sentence_html(sentence: Sentence, exchange: int, answer: Answer) -> str:
    why = _meaning(sentence)
    rests = ((number, resting(sentence, number, answer.citations)) for number in sentence.citations)
    cites = "".join(cite_html(exchange, number, sentence.support, answer, on, why) for number, on in rests)
    words = f'<span class="words">{shown(sentence.text)}</span>{cites}'
    if answer.refused or sentence.support is Support.OWN:
        return f'<span class="sentence">{words}</span>'
    # A button, so that the explanation can be had by keyboard and by touch; the page's script has no part in it.
    button = f'<button type="button" class="doubt" aria-label="{shown(why)}" title="{shown(why)}"></button>'
    return f'<span class="sentence {sentence.support}">{words}{button if doubtful(sentence, answer) else ""}</span>'


def cite_html(
    exchange: int, number: int, support: Support, answer: Answer, rests_on: Citation | None, why: str = ""
) -> str:
    """A mark that leads to its card and to the words there that the sentence rests on; nothing when no such source is
    there to lead to."""
    if not 1 <= number <= len(answer.sources):
        return ""
    title = headline(answer.sources[number - 1].article)
    manner = ", word for word" if support is Support.QUOTED else ""
    at = f' data-start="{rests_on.start}"' if rests_on else ""
    return (
        f' <a class="cite" href="#{card_id(exchange, number)}"{at} title="{shown(why)}"'
        f' aria-haspopup="dialog" aria-label="Source {number}{manner}: {shown(title)}">[{number}]</a>'
    )


def legend_html(answer: Answer) -> str:
    """What the marks of this answer mean, folded away until somebody asks; nothing under a refusal, which has none."""
    used = {sentence.support for sentence in answer.sentences} & _LOOKS.keys()
    if answer.refused or not used:
        return ""
    rows = "".join(f"<li>{_LOOKS[each]} {_MEANING[each]}.</li>" for each in _LOOKS if each in used)
    return f'<details class="legend"><summary>What the marks mean</summary><ul>{rows}</ul></details>'


def _meaning(sentence: Sentence) -> str:
    told = _MEANING[sentence.support]
    return f"{told}: {sentence.doubt}" if sentence.doubt and sentence.support is Support.UNSUPPORTED else told
