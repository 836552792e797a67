"""Draws docs/road.svg, the picture in the README: `python docs/draw_road.py`."""

from __future__ import annotations

import math
from pathlib import Path

INK, SOFT, HOST, GUEST, GAP, PAPER = (
    "#1f2937", "#6b7280", "#2563eb", "#d97706", "#9ca3af", "#ffffff",
)  # fmt: skip

LINES = (
    ("host", 214, 318, "Welcome back to Small Trades."),
    ("host", 330, 446, "I'm Maya Reyes, and my guest today"),
    ("guest", 470, 560, "Somebody has to."),
    ("host", 572, 690, "How many people do that?"),
    ("guest", 702, 806, "Since 1984? Two."),
)


def text(x: float, y: float, content: str, size: int = 14, **more: str) -> str:
    """One line of text; `more` are further attributes."""
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<text x="{x}" y="{y}" font-size="{size}"{extra}>{content}</text>'


def bar(x: float, middle: float, height: float, colour: str) -> str:
    """One bar of the waveform."""
    return (
        f'<rect x="{x:.1f}" y="{middle - height / 2:.1f}" width="3" height="{height:.1f}" '
        f'rx="1.5" fill="{colour}"/>'
    )


def waveform(middle: float) -> list[str]:
    """Bars whose height looks like speech; grey where the transcript has nothing."""
    parts = []
    for number in range(157):
        x = 44 + number * 5
        owner = next((who for who, begin, end, _ in LINES if begin <= x <= end), None)
        swell = abs(math.sin(number * 0.9) * math.cos(number * 0.37)) + 0.15
        if owner is None and x < 204:
            parts.append(bar(x, middle, 8 + 34 * swell, GAP))
        elif owner is None:
            parts.append(bar(x, middle, 4, GAP))
        else:
            parts.append(bar(x, middle, 8 + 44 * swell, HOST if owner == "host" else GUEST))
    return parts


def wrapped(content: str, width: float) -> list[str]:
    """Break after the last word that fits."""
    rows = [""]
    for word in content.split():
        if rows[-1] and len(rows[-1]) + 1 + len(word) > width:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def draw() -> str:
    """Draw the whole picture as SVG."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 400" '
        "font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\" "
        f'fill="{INK}" role="img" aria-label="A transcript without times and the audio become '
        'subtitles with times, speakers and chapters">',
        f'<rect width="880" height="400" rx="14" fill="{PAPER}"/>',
        text(40, 40, "transcript", 13, fill=SOFT, font_weight="600"),
    ]
    for number, (_, _, _, line) in enumerate(LINES):
        column, row = divmod(number, 3)
        parts.append(
            text(40 + column * 330, 64 + row * 22, line if number == 1 else f"- {line}", 14)
        )
    parts.append(text(40, 152, "audio", 13, fill=SOFT, font_weight="600"))
    parts += waveform(192)
    for row, note in enumerate(("sponsor read: not in the", "text, and not aligned to it")):
        parts.append(text(44, 236 + row * 14, note, 11, fill=SOFT))
    parts.append(text(40, 282, "subtitles", 13, fill=SOFT, font_weight="600"))
    for who, begin, end, line in LINES:
        colour = HOST if who == "host" else GUEST
        for x in (begin, end):
            parts.append(
                f'<line x1="{x}" x2="{x}" y1="222" y2="300" stroke="{colour}" '
                'stroke-dasharray="2 3" stroke-opacity="0.55"/>'
            )
        parts.append(
            f'<rect x="{begin}" y="294" width="{end - begin}" height="36" rx="6" '
            f'fill="{colour}" fill-opacity="0.14" stroke="{colour}"/>'
        )
        for row, part in enumerate(wrapped(line, (end - begin) / 6.4)):
            parts.append(text(begin + 7, 309 + row * 13, part, 10))
    parts.append(f'<line x1="40" x2="840" y1="346" y2="346" stroke="{GAP}"/>')
    for number, x in enumerate((44, 214, 470, 702)):
        stamp = ("0:00:00", "0:00:08.240", "0:00:14.910", "0:00:19.460")[number]
        parts.append(f'<line x1="{x}" x2="{x}" y1="342" y2="350" stroke="{SOFT}"/>')
        parts.append(text(x, 364, stamp, 11, fill=SOFT, font_family="ui-monospace, monospace"))
    parts.append(text(214, 386, "■ Maya Reyes", 12, fill=HOST))
    parts.append(text(322, 386, "■ Tom Hale", 12, fill=GUEST))
    parts.append(text(420, 386, "▸ Chapter 1 begins at 0:00:08.240", 12, fill=SOFT))
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("road.svg").write_text(draw(), encoding="utf-8")
