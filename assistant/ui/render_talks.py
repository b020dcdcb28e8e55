"""The list of conversations, the thumbs under an answer, and files for the browser to keep. Pure."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from urllib.parse import quote

from assistant.text.labels import day
from assistant.text.texts import number, tr, tr_later
from assistant.types import Exchange, Thumb
from assistant.ui.render import isolated, shown
from assistant.ui.transcript_file import ExportedFile
from vectorstore.storage.conversations import ConversationEntry

# It is sent anew with each answer.
_MOST = 100
_MEANING = {Thumb.UP: tr_later("Good answer"), Thumb.DOWN: tr_later("Poor answer")}


def talks_html(
    entries: Sequence[ConversationEntry],
    current: str,
    now: datetime,
    searched: str = "",
    problem: str = "",
    removed: str = "",
) -> str:
    """The list, the last changed first, and of many the last hundred; days are those of the time zone of `now`.

    `removed` is the title of the one that can be put back.
    """
    groups = groupby(entries[:_MOST], lambda entry: _when(entry.changed_at, now)[0])
    listed = "".join(_group(name, list(group), current, now) for name, group in groups)
    if (older := len(entries) - _MOST) > 0:
        listed += f'<p class="hint">{tr("{n} older: search for a word of theirs.", n=number(older))}</p>'
    nothing = tr("No conversation has these words.") if searched else tr("Your conversations appear here.")
    gone = tr("Removed {title}.", title=isolated(removed))
    undo = f'{gone} <button type="button" class="plain" data-restore>{tr("Undo")}</button>'
    return (
        f'<nav aria-label="{tr("Conversations")}" data-label="{tr("Title")}">'
        f'<p class="talks-tools"><button type="button" class="plain" data-anew>{tr("New conversation")}</button>'
        f'<button type="button" class="quiet" data-hide>{tr("Hide")}</button></p>'
        f'<p class="problem" role="alert">{shown(problem)}</p>'
        f'<p class="undo" role="status">{undo if removed else ""}</p>'
        f'<div class="talks-groups">{listed or f"<p class=hint>{nothing}</p>"}</div></nav>'
    )


def _group(name: str, entries: Sequence[ConversationEntry], current: str, now: datetime) -> str:
    rows = "".join(_row(entry, entry.id == current, now) for entry in entries)
    return f"<h2>{name}</h2><ul>{rows}</ul>"


def _row(entry: ConversationEntry, current: bool, now: datetime) -> str:
    title, mark = shown(entry.title), ' aria-current="true"' if current else ""
    tools = "".join(
        f'<button type="button" data-{act}>{label}</button>'
        for act, label in (("rename", tr("Rename")), *_exports(), ("remove", tr("Delete")))
    )
    return (
        f'<li class="talk" data-id="{shown(entry.id)}"><a href="?conversation={quote(entry.id)}" title="{title}"{mark}>'
        f'<bdi class="title">{title}</bdi> <time datetime="{entry.changed_at.isoformat()}">'
        f"{_when(entry.changed_at, now)[1]}</time></a>"
        f'<details name="talk"><summary aria-label="{tr("Rename, export or delete: {title}", title=title)}">⋯</summary>'
        f"<div>{tools}</div></details></li>"
    )


def _exports() -> Iterator[tuple[str, str]]:
    """What is asked for, and the words for it."""
    labels = {"pdf": tr("Save as PDF"), "docx": tr("Save as Word"), "md": tr("Save as Markdown")}
    return ((f'export="{form}"', label) for form, label in labels.items())


def export_html(exchange: Exchange) -> str:
    """Of one answer, once it is finished."""
    if not exchange.over:
        return ""
    rows = "".join(
        f'<button type="button" data-{asked} data-of="{exchange.number}">{label}</button>'
        for asked, label in _exports()
    )
    return f'<details class="export" name="export"><summary>{tr("Export")}</summary><div>{rows}</div></details>'


def _when(moment: datetime, now: datetime) -> tuple[str, str]:
    """The group, and what tells one from another within it."""
    local = moment.astimezone(now.tzinfo)
    ago = (now.date() - local.date()).days
    if ago > 1:
        return tr("Earlier"), day(local)
    return tr("Yesterday") if ago == 1 else tr("Today"), f"{local:%H:%M}"


def thumbs_html(exchange: Exchange) -> str:
    """A click on a thumb that is given takes it back."""
    return "".join(
        f'<button type="button" class="thumb {thumb}" data-thumb="{thumb}" data-of="{exchange.number}" '
        f'aria-pressed="{"true" if exchange.thumb is thumb else "false"}" aria-label="{meaning}" title="{meaning}">'
        "</button>"
        for thumb, meaning in ((thumb, tr(meaning)) for thumb, meaning in _MEANING.items())
    )


def reason_html(exchange: Exchange) -> str:
    """A line for the reason, once there is a thumb."""
    if exchange.thumb is None or not exchange.over:
        return ""
    asked = tr("What was good?") if exchange.thumb is Thumb.UP else tr("What was wrong?")
    return (
        f'<form class="reason" data-of="{exchange.number}" data-given="{exchange.thumb}"><label>{asked} '
        f'<input maxlength="500" placeholder="{tr("Optional")}" value="{shown(exchange.reason)}"></label>'
        f'<button class="plain">{tr("Saved") if exchange.reason else tr("Save")}</button></form>'
    )


def file_html(file: ExportedFile) -> str:
    """A link that holds the file itself: nothing is written on the server for it."""
    held = b64encode(file.content).decode()
    return f'<a download="{shown(file.name)}" href="data:{file.kind};base64,{held}"></a>'
