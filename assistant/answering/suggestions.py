"""Short questions to begin with, and such as could follow an answer: of what its sources say and it does not. No model
is asked.

Each is made from a sentence of a source that answers it. Nothing of an article goes into one but names, sums, days,
plain words of counting and its headline, and nothing of a sentence that gives orders: a question never says what an
article wants said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import chain, islice, zip_longest

import regex

from assistant.answering.provenance import cites
from assistant.evidence import Span, cite, spans_of
from assistant.evidence.injection_filter import reporting
from assistant.text.labels import day, day_of_year
from assistant.text.names import names, speakers
from assistant.text.text_dates import moments
from assistant.text.texts import ENGLISH, language, tr
from assistant.text.words import key_stems, key_words, plain
from assistant.types import Answer, AnswerKind
from vectorstore.models import Article, Hit, heading

_MOST = 3
# Each that is tried costs a search.
_TRIED = 8
_OF_A_KIND = 3
_LONGEST = 90
# Characters of an article from which it is asked.
_READ = 3000
_SHOUTED = 0.7
_CAPITALS_NAME = ("en", "es", "fr", "pt")
_LONGEST_HEADLINE = 200
_OUTLET_WORDS = 3
# Letters of any script, digits, and what stands in names and sums: no mark that could mean something to a program.
_PLAIN = regex.compile(r"¿?(?:[\p{L}\p{M}\p{N}]|[ \u00a0\u202f.,'’&$£€-])+[?؟？]")
_HEADLINE = regex.compile(r"(?:[\p{L}\p{M}\p{N}]|[ .,;:'’‘&$£€%?!–،؛؟。，、：；！？・¿¡-])+")
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|hundreds)"
_COUNTED = r"(?P<who>people|children|women|men|passengers|civilians|soldiers|workers|residents|students|patients)"
_WERE = re.compile(rf"\b{_NUMBER} {_COUNTED} (?:were|have been|had been) (?P<done>hurt|[a-z]{{3,}}(?:ed|en|own|ost))\b")
_DOING = re.compile(
    rf"\b(?P<done>kill|injur|wound|arrest|evacuat|displac|rescu)(?:ed|ing) (?:[a-z]+ ){{0,2}}?{_NUMBER} {_COUNTED}\b"
)
_SUM = re.compile(r"[$£€]\d[\d,.]* (?:thousand|million|billion|trillion)\b")
# News of a day is looked for in what was printed within so many days; see assistant.verification.answerability.
_SOON = timedelta(days=3)
# What an article opens with, "HALLOW BAY, 4 October 2026 - ", tells of the report and of nothing that happened.
_PLACE_AND_DAY = re.compile(r"^[A-Z][A-Z .'’-]+\b[^–—-]{0,60}[–—-] ")
_GOES_ON = re.compile(r"['’-]|\.\w| (?:of|for|and|the|an?|de|da|di|van|von) ?[A-Z]|,? (?:and|&) ")
# What the reader's own question is about: "on the ferry", at the end of a clause.
_SUBJECT = re.compile(r"(?<=\b(?:on|at|in|of|to|by) )(?:the (?:[a-z-]+ )?[a-z-]+)(?=[?.,]|$)")

_ASKS = regex.compile(r"^[^.!?؟？]{12,}[?؟？]")
# Whoever is asked is to do something.
_ADDRESSES = re.compile(r"\b(?:you|your|me|us|please|ignore|disregard)\b", re.I)
_PLACE = re.compile(r"\b(?:in|at|near|off|outside) (?:the )?[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2}(?![\w'’-])")
_REASON = re.compile(r"\b(?:because|due to|owing to|blam\w+|the (?:cause|reason)s?|caused by|thanks to)\b", re.I)
_PLANS = re.compile(
    r"^ (?:will|plans? to|is (?:due|expected|set|going) to|are (?:due|expected|set|going) to|intends? to"
    r"|wird|werden|will|va|vont|prévoit|va a|van a|planea|vai|vão|planeja)\b"
)

_Wordings = tuple[str, ...]


def suggestions(answer: Answer, answered: Callable[[str], bool]) -> tuple[str, ...]:
    """At most three; `answered` says of each whether it would be, which may take it a while. Those that tell most stand
    first, and after them what can be asked of nearly every answer: how it went on, and for a summary."""
    asked = set(key_words(answer.question))
    found: list[str] = []
    for question in chain(_tried(answer, answered), filter(answered, _of_the_story(answer))):
        if question not in found and not (key_words(question) and asked >= set(key_words(question))):
            found.append(question)
        if len(found) == _MOST:
            break
    return tuple(found)


def opening(article: Article, answered: Callable[[str], bool]) -> str:
    """A question to begin with that this article answers, "" where there is none; in the article's language, which is
    to be spoken."""
    tried = islice((each for each in _of_article(article) if _is_askable(each)), _TRIED)
    return next(filter(answered, tried), "")


def about(article: Article) -> str:
    """The beginning of a question about this one article, for the reader to end: the search puts first what holds a
    phrase in quotation marks."""
    title = re.sub(r"[\"“”„«»]", "'", " ".join(article.title.split()))
    if len(title) > _LONGEST_HEADLINE:
        title = title[:_LONGEST_HEADLINE].rpartition(" ")[0]
    return tr('What did "{title}" say about ', title=title) if title else ""


def _tried(answer: Answer, answered: Callable[[str], bool]) -> Iterator[str]:
    """Those that would be answered, each in the first of its wordings that would be."""
    asked: list[set[str]] = []
    left = _TRIED
    for ways in _candidates(answer):
        if any(set(key_words(way)) <= words for way in ways for words in asked):
            continue  # of somebody who is asked about already: by the family name, or for something else
        for question in ways[:left]:
            left -= 1
            if answered(question):
                asked.append(set(key_words(question)))
                yield question
                break


def _candidates(answer: Answer) -> Iterator[Sequence[str]]:
    """Questions, each in several wordings; one of each kind, then others. The plainest wording is first, a follow-up
    last, for which the search takes in the whole question before. After a refusal they are of the nearest articles."""
    if not answer.sources:
        near = [
            [(each,) for each in islice(filter(_is_askable, _of_article(article)), _OF_A_KIND)]
            for article in answer.nearest
        ]
        yield from filter(None, chain(*zip_longest(*near)))
        return
    at_hand = {hit.article.id for hit in _about_it(answer)}
    told_of = (span for span in spans_of(answer.sources) if span.hit.article.id in at_hand)
    untold = [span for span in told_of if not cites(answer, cite(span.number, span.hit, span.start, span.end))]
    ways = (_of_words, _of_people, _of_reasons, _of_plans, _of_days, _of_sums, _of_names)
    kinds = [[each for span in untold for each in way(span, answer)] for way in ways]
    kinds.insert(2, list(_of_outlets(answer)))
    asked = [list(dict.fromkeys(kind))[:_OF_A_KIND] for kind in kinds]
    for wordings in filter(None, chain(*zip_longest(*asked))):
        yield [each for each in wordings if is_plain(each)]


def _about_it(answer: Answer) -> list[Hit]:
    """The sources that are about what was asked: those cited, and those that have more than half of its words. Further
    down the list a small library has nothing but other things."""
    cited = {each.article.id for each in answer.citations}
    asked = key_stems(answer.standalone_question)

    def shares(hit: Hit) -> bool:
        held = key_stems(f"{heading(hit.article)} {hit.passage.text}")
        return len(asked & held) > len(asked) / 2

    return [hit for hit in answer.sources if hit.article.id in cited or shares(hit)]


def _of_words(span: Span, answer: Answer) -> Iterator[_Wordings]:
    for name in speakers(span.itself, span.hit.article.text):
        if not _mentions(answer, name):
            subject = _SUBJECT.search(answer.question)  # without it a name says little
            about_it = (
                [tr("What did {name} say about {subject}?", name=name, subject=subject.group())] if subject else []
            )
            yield tr("What did {name} say?", name=name), *about_it, tr("And what did {name} say?", name=name)


def _of_people(span: Span, answer: Answer) -> Iterator[_Wordings]:
    if language() != ENGLISH:
        return  # the words of the sentence
    for asked in (*counted(span.itself), *counted(span.text)):
        if not _mentions(answer, asked.removeprefix("How many ").replace(" were ", " ").rstrip("?")):
            yield asked, f"And h{asked[1:]}"


def _of_reasons(span: Span, answer: Answer) -> Iterator[_Wordings]:
    """Of why something is so, from somebody who says it."""
    if language() == ENGLISH and _REASON.search(span.itself):
        for name in speakers(span.itself, span.hit.article.text):
            yield f"What reason did {name} give?", f"And what reason did {name} give?"


def _of_plans(span: Span, answer: Answer) -> Iterator[_Wordings]:
    """Of what somebody is going to do, whom the sentence opens with."""
    text = _PLACE_AND_DAY.sub("", span.itself)
    for name in names(text, span.hit.article.text)[:1]:
        if text[: name.start].strip() in ("", "The") and _PLANS.match(text[name.end :]):
            yield tr("What will {name} do?", name=name.text), tr("And what will {name} do?", name=name.text)


def counted(text: str) -> Iterator[str]:
    """The questions for the numbers of people that a text gives: "How many people were injured?"."""
    for match in (*_WERE.finditer(text), *_DOING.finditer(text)):
        done = match["done"] if match.re is _WERE else f"{match['done']}ed"
        yield f"How many {match['who']} were {done}?"


def _of_days(span: Span, answer: Answer) -> Iterator[_Wordings]:
    text = _PLACE_AND_DAY.sub("", span.itself)
    for moment in moments(text, span.day):
        [on] = moment.days if moment.month and len(moment.days) == 1 else [None]
        if on is None or span.day is None or not timedelta() <= span.day - on <= _SOON:
            continue
        told = day(on) if on.year != answer.as_of.year else day_of_year(on)
        if told not in answer.text:
            for name in names(text, span.hit.article.text):
                if len(key_words(name.text)) > 1:
                    of_it = {"name": name.text, "day": told}
                    yield (
                        tr("What happened with {name} on {day}?", **of_it),
                        tr("And what happened with {name} on {day}?", **of_it),
                    )


def _of_sums(span: Span, answer: Answer) -> Iterator[_Wordings]:
    for amount in _SUM.findall(span.itself)[:1]:
        if amount not in answer.text and language() == ENGLISH:
            yield f"What was the {amount} about?", f"And what was the {amount} about?"


def _of_names(span: Span, answer: Answer) -> Iterator[_Wordings]:
    """Of whom or what a sentence opens with, as a follow-up; one word alone may be anybody's name, and part of one is
    nobody's: "Disease Control and Prevention"."""
    text = _PLACE_AND_DAY.sub("", span.itself)
    for name in names(text, span.hit.article.text)[:1]:
        opens = text[: name.start].strip() in ("", "The") and not _GOES_ON.match(text[name.end :])
        if opens and len(key_words(name.text)) > 1 and not _mentions(answer, name.text):
            yield (tr("What about {name}?", name=name.text),)


def _of_outlets(answer: Answer) -> Iterator[_Wordings]:
    """What another outlet says that the answer does not cite, of the same thing."""
    cited = {each.article.outlet for each in answer.citations}
    for outlet in dict.fromkeys(hit.article.outlet for hit in _about_it(answer)):
        if outlet and outlet not in cited and len(key_words(outlet)) <= _OUTLET_WORDS:
            yield (tr("And what did {outlet} report?", outlet=outlet),)


def _of_the_story(answer: Answer) -> Iterator[str]:
    """What can be asked of nearly every answer."""
    if answer.sources and answer.kind is not AnswerKind.TIMELINE:
        yield tr("Timeline of this story")
    cited = [each.article for each in answer.citations]
    articles = list(dict.fromkeys((*cited, *(hit.article for hit in answer.sources), *answer.nearest)))
    for article in articles:
        yield from summary_of(article)
    yield tr("What’s new?")
    for outlet in [article.outlet for article in articles if article.outlet][:1]:
        if len(key_words(outlet)) <= _OUTLET_WORDS and language() == ENGLISH:
            yield from filter(is_plain, [f"What’s new from {outlet}?"])


def _of_article(article: Article) -> Iterator[str]:
    """The questions that it answers, the best first."""
    title = " ".join(article.title.split())
    asks = _ASKS.match(title)
    if asks and reporting(asks.group()) == ((0, asks.end()),) and not _ADDRESSES.search(asks.group()):
        yield asks.group().strip()
    sentences = [article.text[start:end] for start, end in reporting(article.text[:_READ])]
    topic = _topic(article, sentences)
    if language() == ENGLISH:
        for sentence in sentences:
            place = _PLACE.search(sentence) or _PLACE.search(title)
            yield from (f"{asked.rstrip('?')} {place.group()}?" for asked in counted(sentence) if place)
    for name in dict.fromkeys(name for each in sentences for name in speakers(each, article.text)):
        if topic and not set(key_words(topic)) & set(key_words(name)):
            yield tr("What did {name} say about {subject}?", name=name, subject=topic)
        else:
            yield tr("What did {name} say?", name=name)
    if topic:
        yield tr("What is the latest on {name}?", name=topic)
    yield from summary_of(article)


def _topic(article: Article, sentences: Sequence[str]) -> str:
    """The longest name in the headline or, where nearly every word of that has a capital, in the first sentence; ""
    where there is none, and in languages that write more than names with capitals, or nothing."""
    if language() not in _CAPITALS_NAME:
        return ""
    words = article.title.split()
    shouted = sum(word[:1].isupper() for word in words) > _SHOUTED * len(words)
    told = next((_PLACE_AND_DAY.sub("", each) for each in sentences), "") if shouted else article.title
    found = [each.text for each in names(told, article.text) if not _GOES_ON.match(told[each.end :])]
    return max(found, key=lambda name: len(key_words(name)), default="")


def summary_of(article: Article) -> list[str]:
    """The question for a summary of an article whose headline can be repeated; else nothing."""
    title = " ".join(article.title.split())
    if reporting(title) != ((0, len(title)),) or not _HEADLINE.fullmatch(title):
        return []
    room = _LONGEST - len(tr("Summarise the article “{title}”", title="…"))
    told = title if len(title) <= room else title[:room].rpartition(" ")[0]
    cut = told if told == title else f"{told}…"
    return [tr("Summarise the article “{title}”", title=cut)] if told else []


def is_plain(question: str) -> bool:
    """Whether a question is short and of plain words alone."""
    return len(question) <= _LONGEST and _PLAIN.fullmatch(question) is not None


def _is_askable(question: str) -> bool:
    """Of a summary the headline has been looked at."""
    return is_plain(question) or not question.endswith(("?", "？", "؟"))


def _mentions(answer: Answer, words: str) -> bool:
    """Whether any of these words stands in the question or the answer: a family name alone says who is meant."""
    known = plain(f"{answer.question} {answer.text}").split()
    return not set(known).isdisjoint(key_words(words))
