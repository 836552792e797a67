"""TTML in the IMSC 1.1 text profile (W3C ttml-imsc1.1)."""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.timeline import shift_cues
from pipeline.export.ttml_document import TTP, TTS, Flavour, render_document
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import Style

__all__ = ["render"]

_FLAVOUR = Flavour(
    root={
        f"{TTP}contentProfiles": "http://www.w3.org/ns/ttml/profile/imsc1.1/text",
        f"{TTP}timeBase": "media",
        f"{TTP}cellResolution": "40 24",
    },
    text_style={
        f"{TTS}fontFamily": "proportionalSansSerif",
        f"{TTS}fontSize": "100%",
        f"{TTS}lineHeight": "125%",
        f"{TTS}textAlign": "center",
    },
    agents=True,
)


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render captions with media times in milliseconds."""
    cues = shift_cues(make_cues(episode, style), style, options)
    return render_document(episode, cues, _FLAVOUR)
