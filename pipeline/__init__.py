"""A podcast's transcript and its audio go in; timed subtitles come out."""

__version__ = "0.1.0"
