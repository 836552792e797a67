"""What the project's pictures have in common."""

from __future__ import annotations

from xml.etree import ElementTree

__all__ = ["TICK_STEPS_S", "svg_root"]

TICK_STEPS_S = (10, 30, 60, 300, 600, 900, 1800, 3600, 7200)
"""Seconds between the ticks of a time axis: the finest that fits is taken."""


def svg_root(width: int, height: int, title: str) -> ElementTree.Element:
    """An SVG of this size in pixels that says what it shows."""
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "img",
            "font-family": "sans-serif",
            "font-size": "12",
        },
    )
    ElementTree.SubElement(root, "title").text = title
    return root
