"""A picture of a comparison: how many boundaries are how near, and where the errors lie. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.etree import ElementTree

from pipeline.evaluate.boundaries import Deviation
from pipeline.evaluate.comparison import Comparison
from pipeline.export.svg import TICK_STEPS_S, svg_root
from pipeline.export.xml_text import to_text
from pipeline.times import clock

__all__ = ["render_plot"]

_WIDTH, _HEIGHT = 1000, 420
_PANELS = ((70, 400), (560, 410))  # left edge and width of each
_TOP, _TALL = 50, 300
_LEAST_MS, _MOST_MS = 1, 10_000
_CURVES = ("#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#009e73")
_MOST_POINTS = 3000


def render_plot(comparison: Comparison, title: str) -> str:
    """Render an SVG: left, shares of boundaries within x ms; right, errors of starts by time.

    Colours can be told apart by the colour-blind. A comparison without times gives empty panels.
    """
    root = svg_root(_WIDTH, _HEIGHT, title)
    _add(root, "rect", x=0, y=0, width=_WIDTH, height=_HEIGHT, fill="#ffffff")
    _text(root, 10, 22, title, anchor="start", size=15)
    series = _series(comparison)
    _shares(root, series)
    _by_time(root, series)
    return to_text(root)


def _series(comparison: Comparison) -> list[tuple[str, Sequence[Deviation]]]:
    found: list[tuple[str, Sequence[Deviation]]] = []
    for name, boundaries in (("words", comparison.words), ("lines", comparison.lines)):
        if boundaries is not None:
            found.append((f"{name}: starts", boundaries.starts))
            found.append((f"{name}: ends", boundaries.ends))
    if comparison.chapters is not None:
        found.append(("chapters", comparison.chapters.starts))
    return [(name, deviations) for name, deviations in found if deviations]


def _add(root: ElementTree.Element, tag: str, **values: object) -> ElementTree.Element:
    shown = {
        name.replace("_", "-"): f"{value:.6g}" if isinstance(value, float) else str(value)
        for name, value in values.items()
    }
    return ElementTree.SubElement(root, tag, shown)


def _text(
    root: ElementTree.Element, x: float, y: float, text: str, anchor: str = "middle", size: int = 12
) -> None:
    element = _add(
        root, "text", x=float(x), y=float(y), text_anchor=anchor, font_size=size, fill="#222222"
    )
    element.text = text


def _frame(root: ElementTree.Element, left: int, width: int, label: str) -> None:
    _add(
        root,
        "rect",
        x=left,
        y=_TOP,
        width=width,
        height=_TALL,
        fill="none",
        stroke="#888888",
    )
    _text(root, left + width / 2, _TOP + _TALL + 38, label)


def _shares(root: ElementTree.Element, series: list[tuple[str, Sequence[Deviation]]]) -> None:
    left, width = _PANELS[0]

    def x(error_ms: float) -> float:
        held = min(_MOST_MS, max(_LEAST_MS, error_ms))
        return left + width * math.log(held / _LEAST_MS) / math.log(_MOST_MS / _LEAST_MS)

    def y(share: float) -> float:
        return _TOP + _TALL * (1 - share)

    for limit in (1, 10, 20, 50, 100, 200, 1000, 10000):
        _add(root, "line", x1=x(limit), x2=x(limit), y1=_TOP, y2=_TOP + _TALL, stroke="#dddddd")
        _text(root, x(limit), _TOP + _TALL + 16, str(limit), size=10)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        _add(root, "line", x1=left, x2=left + width, y1=y(share), y2=y(share), stroke="#dddddd")
        _text(root, left - 6, y(share) + 4, f"{100 * share:.0f} %", anchor="end", size=10)
    _frame(root, left, width, "share of boundaries within so many ms")
    for number, (name, deviations) in enumerate(series):
        errors = sorted(abs(deviation.by_ms) for deviation in deviations)
        step = max(1, len(errors) // 400)
        points = [(x(0), y(0))]
        points += [
            (x(errors[at]), y((at + 1) / len(errors)))
            for at in [*range(0, len(errors), step), len(errors) - 1]
        ]
        points.append((x(_MOST_MS), y(1)))
        _add(
            root,
            "polyline",
            points=" ".join(f"{a:.1f},{b:.1f}" for a, b in points),
            fill="none",
            stroke=_CURVES[number % len(_CURVES)],
            stroke_width=2,
        )
        _add(
            root,
            "rect",
            x=left + width - 160,
            y=_TOP + _TALL - 18 * (len(series) - number),
            width=14,
            height=4,
            fill=_CURVES[number % len(_CURVES)],
        )
        at = _TOP + _TALL - 18 * (len(series) - number) + 6
        _text(root, left + width - 140, at, f"{name} ({len(errors)})", anchor="start")


def _by_time(root: ElementTree.Element, series: list[tuple[str, Sequence[Deviation]]]) -> None:
    """Signed errors of starts; those beyond the scale lie on its edge, and are never left out."""
    left, width = _PANELS[1]
    starts = [
        (number, deviations)
        for number, (name, deviations) in enumerate(series)
        if not name.endswith("ends")
    ]
    everything = [abs(d.by_ms) for _, deviations in starts for d in deviations]
    scale_ms = _round_up(sorted(everything)[int(0.99 * (len(everything) - 1))]) if starts else 100
    end_ms = max((d.at_ms for _, deviations in starts for d in deviations), default=0) or 1

    def y(by_ms: float) -> float:
        return _TOP + _TALL / 2 * (1 - max(-1.0, min(1.0, by_ms / scale_ms)))

    for part in (-1.0, -0.5, 0.0, 0.5, 1.0):
        at = y(part * scale_ms)
        _add(root, "line", x1=left, x2=left + width, y1=at, y2=at, stroke="#dddddd")
        _text(
            root,
            left - 6,
            at + 4,
            f"{part * scale_ms:+.0f}" if part else "0",
            anchor="end",
            size=10,
        )
    step_s = next((s for s in TICK_STEPS_S if end_ms / 1000 / s <= 6), TICK_STEPS_S[-1])
    for time_ms in range(0, end_ms + 1, step_s * 1000):
        at = left + width * time_ms / end_ms
        _text(root, at, _TOP + _TALL + 16, clock(time_ms).removesuffix(".000"), size=10)
    _frame(root, left, width, "ms by which starts are late (above) or early (below), by time")
    for number, deviations in starts:
        stride = max(1, len(deviations) * len(starts) // _MOST_POINTS)
        worst = sorted(deviations, key=lambda d: -abs(d.by_ms))[:100]
        for deviation in dict.fromkeys([*deviations[::stride], *worst]):
            _add(
                root,
                "circle",
                cx=round(left + width * deviation.at_ms / end_ms, 1),
                cy=round(y(deviation.by_ms), 1),
                r=1.6,
                fill=_CURVES[number % len(_CURVES)],
                fill_opacity=0.5,
            )


def _round_up(value: float) -> int:
    """The next of 10, 20, 50, 100, 200, 500, …"""
    scale = 10
    while True:
        for factor in (1, 2, 5):
            if factor * scale >= value:
                return factor * scale
        scale *= 10
