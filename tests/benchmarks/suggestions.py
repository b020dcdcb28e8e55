"""How many answers have three questions to go on with, and how many of these are answered when they are asked.

    python tests/benchmarks/suggestions.py LIBRARY [--articles 40] [--refused 5]

Of the samples, or of any library: for each of the articles published last the headline is asked about, then questions
that no library answers and "What's new?"; each suggestion is then asked in turn, without a chat model. Columns: answers
of a kind, those with three suggestions, suggestions, and those of them that were answered. Prints the suggestions that
were refused.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from app import PageDesk, open_dateline
from assistant.answering.stories import front_page
from assistant.types import Answer, Turn

_REFUSED = (
    "Who won the chess olympiad of 1954?",
    "How deep is the sea of Pluto?",
    "Why did the baker of Zyx resign?",
    "When was the moon sold?",
    "What does a unicorn eat?",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--refused", type=int, default=5)
    given = parser.parse_args()
    answers, three, offered, answered = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    with open_dateline(library=given.library, model="quote") as news:
        desk = PageDesk(news, 1)
        stories = front_page(news.library, given.articles).stories
        asked = [f"What is known about this: {each.pick.hit.article.title}?" for each in stories]
        for question in (*asked, *_REFUSED[: given.refused], "What's new?"):
            answer = news.answer(question)
            kind = "refused" if answer.refused else str(answer.kind)
            turns = (Turn(question, answer.text),)
            found = desk.follow_ups(answer, turns)
            answers[kind] += 1
            three[kind] += len(found) == 3
            for each in found:
                told = news.answer(each, turns=turns)
                offered[kind] += 1
                answered[kind] += _is_answered(told)
                if not _is_answered(told):
                    print(f"refused: {each!r} after {question!r}", flush=True)
        desk.close()
    print(f"{'kind':12} {'answers':>8} {'of three':>9} {'offered':>8} {'answered':>9}")
    for kind in answers:
        print(f"{kind:12} {answers[kind]:8} {three[kind]:9} {offered[kind]:8} {answered[kind]:9}")
    share = sum(answered.values()) / (sum(offered.values()) or 1)
    print(f"answered: {share:.3f}; with three: {sum(three.values()) / (sum(answers.values()) or 1):.3f}")


def _is_answered(told: Answer) -> bool:
    return not told.refused and not told.closest and bool(told.citations)


if __name__ == "__main__":
    main()
