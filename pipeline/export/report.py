"""`ID.report.json`: an honest account of how well the episode was aligned. Pure."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pipeline
from pipeline.align.records import Opinion, SecondOpinion
from pipeline.doctor.suggestions_json import SUSPECTED_ERRORS
from pipeline.episode import Episode, Word
from pipeline.export.talk import talk_of
from pipeline.speakers.records import Attribution
from pipeline.subtitles.check import captions_of, check_captions, count_by_rule
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import Style
from pipeline.times import clock

__all__ = [
    "LOW_CONFIDENCE",
    "REPORT_SUFFIX",
    "coverage_of",
    "low_confidence_passages",
    "render_report",
]

LOW_CONFIDENCE = 0.5
REPORT_SUFFIX = ".report.json"
MAX_PASSAGES = 50


def coverage_of(episode: Episode) -> float:
    """Share of the words that are aligned, 0 to 1; 1 if there are none."""
    aligned = sum(word.status == "aligned" for word in episode.words)
    return aligned / len(episode.words) if episode.words else 1.0


def low_confidence_passages(episode: Episode) -> list[dict[str, Any]]:
    """Runs of lines in which the mean confidence is below `LOW_CONFIDENCE`, worst first."""
    runs: list[list[int]] = []
    for line in episode.lines:
        words = episode.words[line.first_word : line.last_word + 1]
        if not words or _mean(words) >= LOW_CONFIDENCE:
            continue
        if runs and runs[-1][-1] == line.index - 1:
            runs[-1].append(line.index)
        else:
            runs.append([line.index])
    passages = []
    for run in runs:
        first, last = episode.lines[run[0]], episode.lines[run[-1]]
        words = episode.words[first.first_word : last.last_word + 1]
        starts = [word.start_ms for word in words if word.start_ms is not None]
        ends = [word.end_ms for word in words if word.end_ms is not None]
        passages.append(
            {
                "first_line": first.index,
                "last_line": last.index,
                "start_ms": min(starts, default=None),
                "end_ms": max(ends, default=None),
                "start": clock(min(starts)) if starts else None,
                "words": len(words),
                "words_absent": sum(word.status == "absent" for word in words),
                "mean_confidence": round(_mean(words), 4),
                "text": first.text,
            }
        )
    # One bad word is no worse than ten: what counts is how much is wrong.
    return sorted(
        passages,
        key=lambda passage: (
            -passage["words"] * (1 - passage["mean_confidence"]),
            passage["first_line"],
        ),
    )


def _mean(words: tuple[Word, ...]) -> float:
    return sum(word.confidence for word in words) / len(words) if words else 0.0


def _speakers(episode: Episode, attribution: Attribution | None) -> dict[str, Any]:
    """Each speaker's part, what decided the name, and where text and voice disagree."""
    named_by = {} if attribution is None else {n.speaker: n for n in attribution.named_by}
    names = {speaker.key: speaker.name for speaker in episode.speakers}
    parts = []
    for talk in talk_of(episode):
        named = named_by.get(talk.speaker)
        rate = talk.words_per_minute
        parts.append(
            {
                "key": talk.speaker,
                "name": names[talk.speaker],
                "talk_ms": talk.talk_ms,
                "talk": clock(talk.talk_ms),
                "share": round(talk.share, 4),
                "turns": talk.turns,
                "interruptions": talk.interruptions,
                "words": talk.words,
                "words_per_minute": None if rate is None else round(rate, 1),
                "named_by": None if named is None else named.source,
                "name_score": None if named is None else round(named.score, 4),
            }
        )
    found: dict[str, Any] = {"speakers": parts}
    if attribution is not None:
        found["doubted_turns"] = [
            {
                **_place(episode, doubt.first_word),
                "last_word": doubt.last_word,
                "speaker": doubt.speaker,
                "voice": doubt.voice,
                "reason": doubt.reason,
                "probability": round(doubt.probability, 4),
            }
            for doubt in attribution.doubted
        ]
        found["unmarked_changes"] = [
            {
                **_place(episode, change.word),
                "before": change.before,
                "after": change.after,
                "probability": round(change.probability, 4),
            }
            for change in attribution.unmarked
        ]
    return found


def _second_opinion(episode: Episode, second: SecondOpinion | None) -> dict[str, Any]:
    """How often two aligners differ, and where by most."""
    if second is None:
        return {}
    compared = len(second.opinions)
    differing = [one for one in second.opinions if not one.agrees]
    worst = sorted(differing, key=lambda one: (-_apart_ms(one), one.word))[:MAX_PASSAGES]
    return {
        "second_opinion": {
            "compared": compared,
            "agree": compared - len(differing),
            "differ": len(differing),
            "differing_share": round(len(differing) / compared, 4) if compared else None,
            "lag_start_ms": second.lag_start_ms,
            "lag_end_ms": second.lag_end_ms,
            "differences": [
                {
                    **_place(episode, one.word),
                    "word_text": episode.words[one.word].text,
                    "end_ms": one.end_ms,
                    "other_start_ms": one.other_start_ms,
                    "other_end_ms": one.other_end_ms,
                    "apart_ms": _apart_ms(one),
                }
                for one in worst
            ],
        }
    }


def _apart_ms(one: Opinion) -> int:
    return max(abs(one.start_ms - one.other_start_ms), abs(one.end_ms - one.other_end_ms))


def _place(episode: Episode, number: int) -> dict[str, Any]:
    word = episode.words[number]
    return {
        "word": number,
        "line": word.line,
        "start_ms": word.start_ms,
        "start": None if word.start_ms is None else clock(word.start_ms),
        "text": episode.lines[word.line].text,
    }


def render_report(
    episode: Episode,
    style: Style,
    stages_s: Mapping[str, float],
    attribution: Attribution | None = None,
    suspected_errors: Sequence[Mapping[str, Any]] = (),
    second_opinion: SecondOpinion | None = None,
) -> str:
    """Render the report.

    Args:
        episode: the timed episode.
        style: the house style that its subtitles keep.
        stages_s: how long each stage took, in seconds.
        attribution: how its speakers were found, if that is known.
        suspected_errors: where the audio contradicts the transcript, worst first.
        second_opinion: what a second aligner says, if two were asked.
    """
    statuses = Counter(word.status for word in episode.words)
    passages = low_confidence_passages(episode)
    report = {
        "format": "episode-subtitles-report/1",
        "episode": {"id": episode.id, "title": episode.title, "duration_ms": episode.duration_ms},
        "coverage": round(coverage_of(episode), 6),
        "mean_confidence": round(_mean(episode.words), 4),
        "words": {
            "total": len(episode.words),
            **{status: statuses[status] for status in ("aligned", "interpolated", "absent")},
        },
        "lines": {
            "total": len(episode.lines),
            "without_times": sum(line.start_ms is None for line in episode.lines),
            "repeated_dropped": sum(chapter.repeated_lines for chapter in episode.chapters),
        },
        "low_confidence": {
            "below": LOW_CONFIDENCE,
            "passages": len(passages),
            "worst": passages[:MAX_PASSAGES],
        },
        "style_check": _style_check(episode, style),
        **_speakers(episode, attribution),
        **_second_opinion(episode, second_opinion),
        SUSPECTED_ERRORS: {
            "kinds": dict(Counter(found["kind"] for found in suspected_errors)),
            "suggestions": list(suspected_errors),
        },
        "gaps": [
            {
                "kind": gap.kind,
                "start_ms": gap.start_ms,
                "end_ms": gap.end_ms,
                "start": clock(gap.start_ms),
                "end": clock(gap.end_ms),
            }
            for gap in episode.gaps
        ],
        "run_time_s": {
            "total": round(sum(stages_s.values()), 3),
            "stages": {stage: round(spent_s, 3) for stage, spent_s in stages_s.items()},
        },
        "engine": {
            "aligner": episode.engine.aligner,
            "diarizer": episode.engine.diarizer,
            "version": episode.engine.version,
        },
        "versions": {
            "episode-subtitles": pipeline.__version__,
            "python": platform.python_version(),
        },
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _style_check(episode: Episode, style: Style) -> dict[str, Any]:
    """How well the captions keep the style: violations by rule, and each of them."""
    captions = captions_of(make_cues(episode, style))
    violations = check_captions(captions, style)
    return {
        "style": style.name,
        "captions": len(captions),
        "violations": count_by_rule(violations),
        "first": [asdict(violation) for violation in violations[:MAX_PASSAGES]],
    }
