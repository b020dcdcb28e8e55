"""An article, its versions and what changed between them, drawn as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.presentation.changes import ChangeKind, Changes, Stretch, around
from assistant.text.labels import corrected, corrections, day, edition, language_named
from assistant.text.texts import tr
from assistant.ui.render import beside, headline, is_web_address, isolated, label_html, link, marks_html, shown
from assistant.ui.render_sources import Span, marked
from vectorstore.models import Article

_TAGS = {ChangeKind.REMOVED: "del", ChangeKind.ADDED: "ins", ChangeKind.LEFT_OUT: "i"}


def gone_html() -> str:
    told = tr("This article has been removed from the library since. This is what was cited.")
    return f'<p class="notice">{told}</p>'


def frame_html() -> str:
    """Empty until a citation is opened. It is never sent again: the page's script alone decides what it shows."""
    step = '<button type="button" class="plain" data-step="{}">{}</button>'
    return (
        '<dialog class="reader" aria-labelledby="reader-title"><div class="reader-bar">'
        f'<p class="steps">{step.format(-1, tr("Previous"))}{step.format(1, tr("Next"))}</p>'
        f'<p class="place" role="status" data-told="{tr("Citation {n} of {total}")}"></p>'
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


def leaf_html(article: Article, versions: Sequence[Article], cited: Sequence[Span]) -> str:
    """A whole article in the version that was cited, with the cited words marked; `versions` are all of them."""
    original = link(article.url, tr("Open original"))
    told = " · ".join(filter(None, [_byline(article), original]))
    return (
        f'<h2 id="reader-title" dir="auto">{shown(headline(article))}</h2>'
        f'<p class="byline">{told}{marks_html(article)}</p>'
        f'<p class="edition">{shown(edition(article, len(versions)))}</p>{_corrected(article, versions[-1])}'
        f'{_corrections(article)}<div class="text" dir="auto">{marked(article.text, cited, at=0)}</div>'
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


def article_html(article: Article, versions: Sequence[Article], cited: Sequence[Span] = ()) -> str:
    """A version of an article; `versions` are all of them, none once the article was removed from the library."""
    article = replace(article, gone_at=(versions or [article])[-1].gone_at)  # of the article, whatever the version
    again = "" if is_web_address(article.url) else f'<p class="hint">{tr("To read it again, add its file again.")}</p>'
    again += f'<p class="acts"><button type="button" class="plain" data-story>{tr("The story so far")}</button></p>'
    return _card(
        article,
        f'<p class="edition">{shown(edition(article, len(versions)))}</p>{_notice(article, versions)}'
        f"{_corrections(article)}{_turning(versions, article.version)}{again if versions else ''}"
        f'<div class="scroll text" tabindex="0" role="region" aria-label="{tr("Article text")}" dir="auto">'
        f"{marked(article.text, cited)}</div>",
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
    )


def _card(article: Article, body: str) -> str:
    original = link(article.url, tr("Open original"))
    return (
        f'<article class="reading-card"><h3 dir="auto">{shown(headline(article))}</h3>'
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
