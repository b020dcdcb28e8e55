"""Subtitles (.srt, .vtt) to the text of what was said."""

from __future__ import annotations

import re

from ingest.text import one_line
from vectorstore.errors import RejectedDocument

_TIME = r"(?:(\d{1,3}):)?(\d{2}):(\d{2})[.,](\d{1,3})"
_CUE = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}[^\n]*$", re.MULTILINE)
_SPEAKER = re.compile(r"<v(?:\.[\w.-]+)?[ \t]+([^<>\n]{1,80})>")
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,100}\}")
_HEADER = re.compile(r"\ufeff?WEBVTT[ \t]*(?:-[ \t]*)?([^\n]*)")
_NUMBER = re.compile(r"\n[ \t]*\d+[ \t]*\Z")
_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’)\]♪]*$")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "", "&rlm;": ""}
# Seconds of silence after which a sentence that ended also ended a paragraph.
_PAUSE = 2.0


def transcript(text: str) -> tuple[str, str]:
    """The title, or "", and the text: sentences joined over the cues, a paragraph to a pause or a speaker.

    Lines that roll up, as automatic subtitles have them, are told once. Raises RejectedDocument where there are none.
    """
    text = text.replace("\r\n", "\n")
    cues = list(_CUE.finditer(text))
    if not cues:
        raise RejectedDocument("holds no subtitles; each begins with a line such as 00:01:02,500 --> 00:01:04,000")
    header = _HEADER.match(text)
    paragraphs, shown, ended = [""], "", 0.0
    for at, cue in enumerate(cues):
        block = text[cue.end() : cues[at + 1].start() if at + 1 < len(cues) else len(text)]
        lines = _said(block)
        begins, ends = _seconds(cue.groups()[:4]), _seconds(cue.groups()[4:])
        for line in lines:
            if line == shown:
                continue
            shown = line
            new = line.startswith("- ") or _SPEAKER_LINE.match(line) or begins - ended > _PAUSE
            if paragraphs[-1] and new and _SENTENCE_END.search(paragraphs[-1]):
                paragraphs.append("")
            paragraphs[-1] = f"{paragraphs[-1]} {line.removeprefix('- ')}".strip()
            ended = ends
        ended = max(ended, ends)
    return one_line(header[1]) if header else "", "\n".join(filter(None, paragraphs))


_SPEAKER_LINE = re.compile(r"[A-ZÀ-Þ][^\n:]{0,40}: ")


def _said(block: str) -> list[str]:
    """The lines of one cue, without the number of the next and without marks."""
    block = _NUMBER.sub("", block.split("\n\n")[0] if block.strip("\n") else "")
    block = _SPEAKER.sub(r"\1: ", block)
    for name, character in _ENTITIES.items():
        block = block.replace(name, character)
    return list(filter(None, (one_line(_TAG.sub("", line)) for line in block.split("\n"))))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + fraction / 1000
