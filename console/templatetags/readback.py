"""Small drawings: icons, segments, bars, axes, handles, times. All SVG, never a style attribute."""

import json
from collections.abc import Iterable

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from console.pictures import graphs, words
from console.pictures.pieces import Handle, Segments, Timer, VoiceState, When
from console.pictures.runs import RunGraph, Span

register = template.Library()

_CALL_ZONE = 70  # per cent of the axis that a call takes; what follows it is in order, not to scale
_LEAST = 1.2  # per cent: shorter bars cannot be seen


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A symbol of the sprite; decoration only, the word stands beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def sheet(name: str) -> SafeString:
    """The style sheet of one group of screens, as `console.bundles` puts it together."""
    return format_html('<link rel="stylesheet" href="{}">', static(f"css/{name}.css"))


@register.simple_tag
def seg(segments: Segments) -> SafeString:
    rects = format_html_join(
        "",
        '<rect class="slot-{}" x="{}" width="12" height="4" rx="2"/>',
        ((slot, index * 15) for index, slot in enumerate(segments.slots)),
    )
    width = max(12, len(segments.slots) * 15 - 3)
    return format_html(
        '<span class="segments" title="{}"><svg width="{}" height="4" aria-hidden="true">{}</svg>'
        '<span aria-hidden="true">{}/{}</span><span class="sr-only">{}</span></span>',
        segments.words,
        width,
        rects,
        segments.done,
        segments.total,
        segments.words,
    )


@register.simple_tag
def bars() -> SafeString:
    """Four bars: someone speaks."""
    heights = ((0, 4), (4, 8), (8, 6), (12, 3))
    rects = format_html_join(
        "",
        '<rect x="{}" y="{}" width="2" height="{}" rx="1"/>',
        ((x, (14 - height) / 2, height) for x, height in heights),
    )
    return format_html(
        '<svg class="speaking" viewBox="0 0 14 14" aria-hidden="true">{}</svg>', rects
    )


@register.simple_tag
def voice_state(state: VoiceState) -> SafeString:
    glyph = bars() if state.speaking else icon(state.icon, "icon-14")
    return format_html(
        '<span class="state tone-{}">{}<span>{}</span></span>',
        state.tone,
        glyph,
        state.text,
    )


@register.simple_tag
def wave(levels: Iterable[int]) -> SafeString:
    """A level meter: one bar per value of 0..100."""
    values = list(levels)
    rects = format_html_join(
        "",
        '<rect x="{}" y="{}" width="2" height="{}" rx="1"/>',
        ((i * 4, (20 - _tall(v)) / 2, _tall(v)) for i, v in enumerate(values)),
    )
    return format_html(
        '<svg class="levels" viewBox="0 0 {} 20" aria-hidden="true">{}</svg>',
        max(1, len(values) * 4 - 2),
        rects,
    )


@register.simple_tag
def bar(span: Span | None) -> SafeString:
    """The two-zone axis: the call to scale, a break, then what followed in order."""
    drawn = SafeString("")
    if span is not None:
        zone_start, zone = (0, _CALL_ZONE) if span.zone == "call" else (_CALL_ZONE + 2, 26)
        start = zone_start + min(max(span.start, 0.0), 1.0) * zone
        length = max(_LEAST, min(span.length, 1.0) * zone)
        if span.zone == "both":
            zone_start, zone = 0, _CALL_ZONE + 2 + 26
            start = min(max(span.start, 0.0), 1.0) * _CALL_ZONE
            length = zone - start
        start = min(start, zone_start + zone - length)
        drawn = format_html(
            '<rect class="span-{}" x="{}%" y="5" width="{}%" height="10" rx="2"/>',
            span.kind,
            f"{start:.2f}",
            f"{length:.2f}",
        )
    return format_html(
        '<svg class="axis" height="20" aria-hidden="true"><line class="axis-rail" x1="0" x2="{}%" '
        'y1="10" y2="10"/><line class="axis-break" x1="{}%" x2="{}%" y1="0" y2="20"/>{}</svg>',
        _CALL_ZONE,
        _CALL_ZONE + 1,
        _CALL_ZONE + 1,
        drawn,
    )


@register.inclusion_tag("console/runs/_graph.html")
def graph(value: RunGraph) -> dict[str, graphs.Drawing]:
    return {"drawing": graphs.layout(value)}


@register.simple_tag
def handle(value: Handle) -> SafeString:
    """A copyable id. Without JavaScript the text can still be selected, or followed if linked."""
    return format_html(
        '<button type="button" class="handle" data-copy="{}" title="{}"><span class="sr-only">{} '
        "</span><span>{}</span>{}</button>",
        value.full,
        value.full,
        gettext("Copy handle"),
        value.short,
        icon("copy"),
    )


@register.simple_tag
def when(value: When) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        value.at.isoformat(),
        value.title,
        SafeString(" data-relative") if value.relative else "",
        value.text,
    )


@register.simple_tag
def timer(value: Timer, css: str = "") -> SafeString:
    return format_html(
        '<span class="timer {}" role="timer" aria-live="off" data-since="{}">{}</span>',
        css,
        value.started_at.isoformat() if value.running else "",
        value.text,
    )


@register.simple_tag
def js_words() -> SafeString:
    """The sentences that only the browser can need, translated, as data."""
    text = json.dumps(words.for_browser(), ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return SafeString(f'<script id="words" type="application/json">{safe}</script>')


def _tall(value: int) -> float:
    return max(2.0, min(100, value) / 5)
