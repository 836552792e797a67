"""`ID.overview.svg`: the whole episode at a glance: chapters, speakers, confidence, gaps."""

from __future__ import annotations

from xml.etree import ElementTree

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.svg import TICK_STEPS_S, svg_root
from pipeline.export.xml_text import to_text
from pipeline.subtitles.styles import Style
from pipeline.times import clock

__all__ = ["render"]

_WIDTH, _LEFT, _RIGHT = 1200, 130, 12
_LANE, _BAR, _BINS = 26, 16, 300
_SPEAKERS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
_NOBODY = "#888888"
_GAPS = {"untranscribed": "#c1121f", "music": "#7b4fa6", "silence": "#b0b0b0"}


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render an SVG of fixed width; colours can be told apart by the colour-blind."""
    rows = ["Chapters", *(speaker.name for speaker in episode.speakers)]
    if any(word.speaker is None for word in episode.words):
        rows.append("Speaker unknown")
    rows += ["Confidence", "Gaps"]
    height = 40 + len(rows) * _LANE + 30
    root = svg_root(_WIDTH, height, f"Overview of {episode.title}")
    _rect(root, 0, 0, _WIDTH, height, "#ffffff")
    _text(root, 8, 22, _cut(episode.title, 150), {"font-size": "15", "fill": "#111111"})
    for number, name in enumerate(rows):
        top = 40 + number * _LANE
        _text(root, 8, top + 13, _cut(name, 18), {"fill": "#333333"})
        _rect(root, _LEFT, top, _WIDTH - _LEFT - _RIGHT, _BAR, "#f1f1f1")
    _axis(root, episode, 40 + len(rows) * _LANE)
    _chapters(root, episode, 40)
    lanes = {speaker.key: at for at, speaker in enumerate(episode.speakers)}
    _turns(root, episode, lanes, 40 + _LANE)
    _confidence(root, episode, 40 + (len(rows) - 2) * _LANE)
    _gaps(root, episode, 40 + (len(rows) - 1) * _LANE)
    return to_text(root)


def _x(episode: Episode, time_ms: int) -> float:
    share = min(1.0, time_ms / max(1, episode.duration_ms))
    return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * share, 2)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _text(root: ElementTree.Element, x: float, y: float, text: str, more: dict[str, str]) -> None:
    element = ElementTree.SubElement(root, "text", {"x": f"{x:g}", "y": f"{y:g}", **more})
    element.text = text


def _rect(
    root: ElementTree.Element,
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str,
    title: str = "",
) -> None:
    values = {"x": x, "y": y, "width": max(0.5, width), "height": height}
    element = ElementTree.SubElement(
        root, "rect", {**{name: f"{value:.7g}" for name, value in values.items()}, "fill": fill}
    )
    if title:
        ElementTree.SubElement(element, "title").text = title


def _chapters(root: ElementTree.Element, episode: Episode, top: int) -> None:
    for number, chapter in enumerate(episode.chapters):
        x, end = _x(episode, chapter.start_ms), _x(episode, chapter.end_ms)
        fill = "#dfe7ef" if number % 2 else "#c6d4e3"
        _rect(root, x, top, end - x, _BAR, fill, f"{clock(chapter.start_ms)} {chapter.title}")
        if end - x > 24:
            label = _cut(chapter.title, int((end - x) / 7))
            _text(root, x + 3, top + 12, label, {"font-size": "11", "fill": "#111111"})


def _turns(root: ElementTree.Element, episode: Episode, lanes: dict[str, int], top: int) -> None:
    """Runs of words of one speaker, joined over pauses that would not be seen."""
    pixel_ms = episode.duration_ms / (_WIDTH - _LEFT - _RIGHT)
    runs: list[tuple[int, int, int]] = []
    for word in episode.words:
        if word.start_ms is None or word.end_ms is None:
            continue
        lane = lanes.get(word.speaker or "", len(lanes))
        if runs and runs[-1][0] == lane and word.start_ms - runs[-1][2] <= pixel_ms:
            runs[-1] = (lane, runs[-1][1], max(runs[-1][2], word.end_ms))
        else:
            runs.append((lane, word.start_ms, word.end_ms))
    for lane, start_ms, end_ms in runs:
        fill = _NOBODY if lane == len(lanes) else _SPEAKERS[lane % len(_SPEAKERS)]
        x = _x(episode, start_ms)
        _rect(root, x, top + lane * _LANE, _x(episode, end_ms) - x, _BAR, fill)


def _confidence(root: ElementTree.Element, episode: Episode, top: int) -> None:
    """Mean confidence of the words that begin in each of `_BINS` stretches, as columns."""
    sums = [[0.0, 0.0] for _ in range(_BINS)]
    for word in episode.words:
        if word.start_ms is not None:
            at = min(_BINS - 1, word.start_ms * _BINS // max(1, episode.duration_ms))
            sums[at][0] += word.confidence
            sums[at][1] += 1
    width = (_WIDTH - _LEFT - _RIGHT) / _BINS
    for at, (total, count) in enumerate(sums):
        if count:
            mean = total / count
            fill = "#2a7f62" if mean >= 0.8 else "#e69f00" if mean >= 0.5 else "#c1121f"
            high = max(1.0, _BAR * mean)
            _rect(root, _LEFT + at * width, top + _BAR - high, width, high, fill)


def _gaps(root: ElementTree.Element, episode: Episode, top: int) -> None:
    for gap in episode.gaps:
        x = _x(episode, gap.start_ms)
        title = f"{gap.kind}, {clock(gap.start_ms)} to {clock(gap.end_ms)}"
        _rect(root, x, top, _x(episode, gap.end_ms) - x, _BAR, _GAPS[gap.kind], title)


def _axis(root: ElementTree.Element, episode: Episode, top: int) -> None:
    step_s = next(
        (s for s in TICK_STEPS_S if episode.duration_ms / 1000 / s <= 14), TICK_STEPS_S[-1]
    )
    for time_ms in range(0, episode.duration_ms + 1, step_s * 1000):
        x = _x(episode, time_ms)
        _rect(root, x, 36, 0.5, top - 36, "#999999")
        label = clock(time_ms).removesuffix(".000")
        _text(root, x, top + 14, label, {"text-anchor": "middle", "fill": "#333333"})
