"""An article, its versions and what changed between them, drawn as HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode

from assistant.presentation.changes import ChangeKind, Changes, Stretch, around
from assistant.text.labels import corrected, corrections, day, edition, language_named
from assistant.text.texts import tr
from assistant.ui.article_body import body_html, directed, placed
from assistant.ui.render import (
    beside,
    headline,
    is_web_address,
    isolated,
    label_html,
    link,
    link_html,
    marks_html,
    shown,
)
from assistant.ui.render_sources import Span
from vectorstore.models import Article
from vectorstore.storage.annotations import LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG, Edit, Mark

_SHOWN_WORDS = 280
_TAGS = {ChangeKind.REMOVED: "del", ChangeKind.ADDED: "ins", ChangeKind.LEFT_OUT: "i"}


def gone_html() -> str:
    told = tr("This article has been removed from the library since. This is what was cited.")
    return f'<p class="notice">{told}</p>'


def frame_html() -> str:
    """Empty until a citation is opened. It is never sent again: the page's script alone decides what it shows."""
    step = '<button type="button" class="plain" data-step="{}">{}</button>'
    return (
        f'<dialog class="reader" aria-labelledby="reader-title" data-calendar="{tr("Choose a day")}">'
        '<div class="reader-bar">'
        f'<p class="steps">{step.format(-1, tr("Previous"))}{step.format(1, tr("Next"))}</p>'
        f'<p class="place" role="status" data-told="{tr("Citation {n} of {total}")}"></p>'
        f'<button type="button" class="quiet" data-wide aria-pressed="false">{tr("Wider")}</button>'
        f'<button type="button" class="quiet" data-close>{tr("Close")}</button></div>'
        '<div class="claim"><p class="said" dir="auto"></p>'
        f'<p class="support" data-none="{tr("The answer does not cite this source.")}"></p></div>'
        f'<div class="leaf" tabindex="0" role="region" aria-label="{tr("The article")}"></div><div class="reader-acts">'
        f'<button type="button" class="plain" data-about>{tr("Ask about this article")}</button>'
        f'<button type="button" class="plain" data-library>{tr("Read it in the library")}</button></div></dialog>'
    )


def translation_html(translation: str) -> str:
    """To stand below a quotation, which stays as it is."""
    if not translation:
        return tr("The chat model gave no translation.")
    return f"{isolated(translation)}{label_html(tr('translated by a machine, not checked'))}"


def sheet_html(article: Article, cited: Sequence[Span] = (), marks: Sequence[Mark] = ()) -> str:
    """The text with what can be done with its words; `marks` are the reader's own in any version of the article."""
    here, elsewhere = placed(article, marks)
    origin = ", ".join(
        filter(None, [article.outlet, day(article.published_at) if article.published_at else "", article.url])
    )
    quotation = tr("“{words}” ({source})", words="{words}", source=origin) if origin else "“{words}”"
    return (
        f'<div class="sheet" data-article="{shown(article.id)}" data-version="{article.version}" '
        f'data-quotation="{shown(quotation)}">{_tools()}{body_html(article, cited, here)}'
        f"{_own([mark for _, mark in here], elsewhere)}</div>"
    )


def _tools() -> str:
    """What acts on the selected words, or else on those that are cited."""
    words = (
        ("quote", tr("Copy quotation"), f' data-copied="{tr("Copied")}"'),
        ("mark", tr("Mark"), f' data-done="{tr("Marked")}"'),
        ("note", tr("Add a note"), ""),
    )
    acts = "".join(
        f'<button type="button" class="plain" data-act="{act}"{more}>{name}</button>' for act, name, more in words
    )
    sizes = (("-1", "A−", tr("Smaller text")), ("1", "A+", tr("Larger text")))
    size = "".join(
        f'<button type="button" class="plain" data-size="{by}" dir="ltr" aria-label="{told}">{name}</button>'
        for by, name, told in sizes
    )
    return (
        f'<div class="sheet-tools" role="toolbar" aria-label="{tr("Work with the text")}">{acts}'
        f'<span class="sizes">{size}</span></div>'
        f'<p class="sheet-told hint" role="status" data-none="{tr("Select words in the article first.")}"></p>'
        f'<form class="note-form" hidden><label>{tr("Note")}<textarea rows="3" maxlength="{LONGEST_NOTE}" dir="auto">'
        f'</textarea></label><span class="row"><button type="submit" class="plain">{tr("Save")}</button>'
        f'<button type="button" class="plain" data-cancel>{tr("Cancel")}</button></span></form>'
    )


def _own(here: Sequence[Mark], elsewhere: Sequence[Mark]) -> str:
    rows = "".join(_own_row(mark, True) for mark in here) + "".join(_own_row(mark, False) for mark in elsewhere)
    return f'<section class="own-marks"><h3>{tr("Your marks")}</h3><ol>{rows}</ol></section>' if rows else ""


def _own_row(mark: Mark, here: bool) -> str:
    """Words that are not in the version shown lead to nothing in it."""
    words = shown(mark.words if len(mark.words) <= _SHOWN_WORDS else f"{mark.words[:_SHOWN_WORDS]}…")
    quote = f'<button type="button" class="quote" data-jump dir="auto">{words}</button>'
    if not here:
        version = label_html(tr("in version {version}", version=mark.version))
        quote = f'<span class="quote" dir="auto">{words}</span>{version}'
    note = f'<p class="own-note" dir="auto">{shown(mark.note)}</p>' if mark.note else ""
    label = tr("Edit note") if mark.note else tr("Add a note")
    return (
        f'<li data-mark="{mark.key}" data-note="{shown(mark.note)}">{quote}{note}<span class="row">'
        f'<button type="button" class="plain" data-edit>{label}</button>'
        f'<button type="button" class="plain" data-unmark>{tr("Remove")}</button></span></li>'
    )


def leaf_html(article: Article, versions: Sequence[Article], cited: Sequence[Span], marks: Sequence[Mark] = ()) -> str:
    """A whole article in the version that was cited, with the cited words marked; `versions` are all of them."""
    original = link(article.url, tr("Open original"))
    told = " · ".join(filter(None, [_byline(article), original]))
    return (
        f'<h2 id="reader-title" {directed(article)}>{shown(headline(article))}</h2>'
        f'<p class="byline">{told}{marks_html(article)}</p>'
        f'<p class="edition">{shown(edition(article, len(versions)))}</p>{_corrected(article, versions[-1])}'
        f"{_corrections(article)}{sheet_html(article, cited, marks)}"
    )


def _byline(article: Article) -> str:
    """Outlet, date and language."""
    language = language_named(article.language) if article.language else ""
    return beside(article.outlet, day(article.published_at), language)


def _corrected(article: Article, now: Article) -> str:
    if article.version == now.version:
        return ""
    since = shown(corrected(now) or tr("changed since"))
    told = tr("The article was {corrected}. This is the version that the answer cites.", corrected=since)
    return f'<p class="notice">{told}</p>'


def _corrections(article: Article) -> str:
    """Above the text: in it they may stand at the end."""
    return "".join(f'<p class="notice" dir="auto">{shown(note)}</p>' for note in corrections(article))


def article_html(
    article: Article,
    versions: Sequence[Article],
    cited: Sequence[Span] = (),
    marks: Sequence[Mark] = (),
    beside: str = "",
) -> str:
    """A version of an article; `versions` are all of them, none once the article was removed from the library. `beside`
    is what stands above its text, see details_html."""
    article = replace(article, gone_at=(versions or [article])[-1].gone_at)  # of the article, whatever the version
    again = "" if is_web_address(article.url) else f'<p class="hint">{tr("To read it again, add its file again.")}</p>'
    leads = address(article, versions, cited) if versions else ""
    ask = f'<button type="button" class="plain" data-ask-article>{tr("Ask about this article")}</button>'
    story = f'<button type="button" class="plain" data-story>{tr("Timeline of this story")}</button>'
    again += f'<p class="acts">{ask} {story} {link_html(leads)}</p>{beside}'
    return _card(
        article,
        f'<p class="edition">{shown(edition(article, len(versions)))}</p>{_notice(article, versions)}'
        f"{_corrections(article)}{_turning(versions, article.version)}{again if versions else ''}"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{tr("Article text")}">'
        f"{sheet_html(article, cited, marks)}</div>",
        leads,
    )


class Labels(NamedTuple):
    """Names that an article has, and all that are in use."""

    own: Sequence[str] = ()
    known: Sequence[str] = ()


def details_html(article: Article, tags: Labels, collections: Labels, edit: Edit | None) -> str:
    """The tags of an article; folded, its headline, outlet, date and address to be put right, and its collections."""
    tagged = _labels_html(
        *("tag", tags, LONGEST_TAG, tr("Tags"), tr("New tag"), tr("Add tag")),
        remove=lambda tag: tr("Remove the tag {tag}", tag=tag),
    )
    collected = _labels_html(
        *("collection", collections, LONGEST_NAME, tr("Collections"), tr("Collection"), tr("Add to collection")),
        remove=lambda name: tr("Take it out of {collection}", collection=name),
        only=" for-editors",
    )
    return f"{tagged}{_edit_html(article, edit, collected)}"


def _labels_html(
    kind: str, labels: Labels, longest: int, all: str, new: str, add: str, remove: Callable[[str], str], only: str = ""
) -> str:
    """What is there, and a field for one more; `only` is the class of whom it may be changed by."""
    chips = "".join(
        f'<li><span dir="auto">{shown(name)}</span><button type="button" class="{only.strip()}" '
        f'data-un{kind}="{shown(name)}" aria-label="{shown(remove(name))}">×</button></li>'
        for name in labels.own
    )
    others = "".join(f'<option value="{shown(name)}"></option>' for name in labels.known if name not in labels.own)
    field = (
        f'<form class="tag-form{only}" data-kind="{kind}"><input name="name" list="known-{kind}s" '
        f'maxlength="{longest}" dir="auto" aria-label="{new}" placeholder="{new}" autocomplete="off">'
        f'<datalist id="known-{kind}s">{others}</datalist><button type="submit" class="plain">{add}</button></form>'
    )
    return f'<div class="tags"><ul aria-label="{all}">{chips}</ul>{field}</div>'


def _edit_html(article: Article, edit: Edit | None, collected: str) -> str:
    changed = edit.changed if edit else {}
    date = f"{article.published_at:%Y-%m-%d}" if article.published_at else ""
    fields = "".join(
        f'<label>{label}<input name="{name}" type="{kind}" value="{shown(value)}" dir="auto" '
        f"{'' if kind == 'date' else 'maxlength=1000'}></label>"
        for name, label, kind, value in (
            ("title", tr("Headline"), "text", article.title),
            ("outlet", tr("Outlet"), "text", article.outlet),
            ("published_at", tr("Date"), "date", date),
            ("url", tr("Link"), "text", article.url),
        )
    )
    stated = edit.stated if edit else {}
    told = [stated.get("title"), stated.get("outlet"), stated.get("url"), day(stated.get("published_at"))]
    original = tr("As published: {details}", details=isolated(" · ".join(str(each) for each in told if each)))
    back = (
        f'<p class="hint">{original}</p><button type="button" class="plain" data-original>'
        f"{tr('Back to the original')}</button>"
    )
    label = label_html(tr("edited by you")) if changed else ""
    return (
        f'<details class="edit"><summary>{tr("Edit details")}{label}</summary><form class="edit-form">{fields}'
        f'<span class="row"><button type="submit" class="plain">{tr("Save")}</button></span></form>'
        f"{back if changed else ''}{collected}</details>"
    )


def changes_html(found: Changes, versions: Sequence[Article]) -> str:
    """What changed between two versions: removed words struck out, added ones underlined."""
    before, after = found.earlier.version, found.later.version
    fields = "".join(f"<dt>{tr(name)}</dt><dd>{_runs(runs)}</dd>" for name, runs in found.fields)
    changed = any(run.kind is not ChangeKind.KEPT for run in found.text)
    text = _runs(around(found.text)) if changed else tr("The text is the same.")
    told = tr("What changed from version {before} to version {after}", before=before, after=after)
    if since := corrected(found.later):
        told = tr("{version}, {corrected}", version=told, corrected=since)
    return _card(
        found.later,
        f'<p class="edition">{shown(told)}</p>{_turning(versions, None)}<dl>{fields}</dl>'
        f'<div class="scroll text" tabindex="0" role="region" aria-label="{tr("What changed in the text")}" dir="auto">'
        f"{text}</div>",
        address(found.later, versions),
    )


def address(article: Article, versions: Sequence[Article], cited: Sequence[Span] = ()) -> str:
    """The part of the page's address that leads to it, and to what is cited from it."""
    named = {"article": article.id}
    if versions and article.version != versions[-1].version:
        named["version"] = str(article.version)
    if cited:
        named["at"] = "{}-{}".format(*cited[0])
    return urlencode(named)


def _card(article: Article, body: str, leads: str = "") -> str:
    original = link(article.url, tr("Open original"))
    return (
        f'<article class="reading-card" data-address="{shown(leads)}"><h3 {directed(article)}>'
        f"{shown(headline(article))}</h3>"
        f'<p class="byline">{_byline(article)}{" · " if original else ""}{original}{marks_html(article)}</p>'
        f"{body}</article>"
    )


def _notice(article: Article, versions: Sequence[Article]) -> str:
    if not versions:
        return gone_html()
    if article.version == versions[-1].version:
        return ""
    since = shown(corrected(versions[-1]) or tr("changed since"))
    comparing = _comparing(article.version, versions[-1].version, tr("What changed since"))
    told = tr("An earlier version: the article was {corrected}.", corrected=since)
    return f'<p class="notice">{told} {comparing}</p>'


def _turning(versions: Sequence[Article], current: int | None) -> str:
    """A button for each version, and one for what changed in the current one; nothing where there is only one."""
    if len(versions) < 2:
        return ""
    buttons = [_version(each.version, each.version == current) for each in versions]
    if current and current > versions[0].version:
        buttons.append(_comparing(current - 1, current, tr("What changed")))
    return f'<div class="versions" role="group" aria-label="{tr("Versions")}">{"".join(buttons)}</div>'


def _version(number: int, current: bool) -> str:
    pressed = "true" if current else "false"
    button = f'<button type="button" class="plain" data-version="{number}" aria-pressed="{pressed}">'
    return f"{button}{tr('Version {version}', version=number)}</button>"


def _comparing(before: int, after: int, label: str) -> str:
    return f'<button type="button" class="plain" data-before="{before}" data-after="{after}">{label}</button>'


def _runs(runs: Sequence[Stretch]) -> str:
    return "".join(map(_run, runs))


def _run(run: Stretch) -> str:
    if run.kind is ChangeKind.KEPT:
        return shown(run.text)
    tag, words = _TAGS[run.kind], run.text.strip()
    before, after = run.text[: len(run.text) - len(run.text.lstrip())], run.text[len(run.text.rstrip()) :]
    # What is gone ends no paragraph: two gaps would stand there, with nothing between them.
    after = " " if run.kind is ChangeKind.REMOVED and after else after
    return f"{before}<{tag}>{shown(words)}</{tag}>{after}"
