"""`batch`: many episodes, any number of workers, nothing lost."""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.streams import show_results
from pipeline.errors import EpisodeSubtitlesError, InputError, OutputError, QualityError
from pipeline.progress import Progress, SilentProgress
from pipeline.safe_text import one_line
from pipeline.terminal import BarProgress

if TYPE_CHECKING:
    from pipeline.batch.display import Display
    from pipeline.batch.manifest import Manifest
    from pipeline.batch.options import Scalar
    from pipeline.batch.records import Entry, EpisodeRecord
    from pipeline.batch.state import StateFolder
    from pipeline.batch.summary import Line

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles batch episodes.csv --check
  episode-subtitles batch episodes.csv --out out --jobs 4

MANIFEST is a CSV with the columns id,audio,transcript and perhaps config and any option of run, a
JSONL or TOML file of the same, or a folder: NAME.mp3 beside NAME.txt, or a folder for each
episode. Each episode's files go to DIR/ID/. Run the same command again, and only what is missing
or changed is done; docs/batch.md tells more

exit status: 0 all done; 2 the manifest or an option is at fault, or nothing can be written;
3 some episodes failed or are below their quality: the table, DIR/summary.csv and DIR/index.html
say why
"""
_LIVE_EVERY_S = 2.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options, those of `run` as defaults for all episodes among them."""
    from pipeline.batch.options import PER_EPISODE, run_options

    parser.add_argument("manifest", type=Path, metavar="MANIFEST", help="the episodes")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for all outputs")
    what = parser.add_argument_group("what to do")
    what.add_argument("--check", action="store_true", help="look for faults, run nothing")
    what.add_argument("--status", action="store_true", help="show how far a batch is")
    what.add_argument(
        "--only", action="append", metavar="ID", help="only this episode; may be repeated"
    )
    what.add_argument(
        "--shard", type=_shard, metavar="K/N", help="only each Nth episode, from the Kth on"
    )
    what.add_argument(
        "--retry-failed", action="store_true", help="do again what failed and has not changed"
    )
    what.add_argument("--force", action="store_true", help="do again even what is done")
    what.add_argument(
        "--allow-outside", action="store_true", help="let paths leave the manifest's folder"
    )
    how = parser.add_argument_group("how")
    how.add_argument(
        "--jobs", type=_count, metavar="N", help="episodes at once (default: one a processor)"
    )
    how.add_argument("--engine", default="local", metavar="NAME", help="local (default), or ray")
    how.add_argument("--address", metavar="HOST:PORT", help="of the Ray cluster, or auto")
    how.add_argument(
        "--timeout", type=_seconds, metavar="S", help="longest time for an episode, in seconds"
    )
    how.add_argument(
        "--retries",
        type=_retries,
        default=2,
        metavar="N",
        help="new attempts where a worker or the disk failed (default: 2)",
    )
    defaults = parser.add_argument_group("for episodes that do not say it themselves")
    for name, action in run_options().items():
        if name not in PER_EPISODE:
            defaults._add_action(action)
    parser.epilog = _EPILOG


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 on")
    return int(text)


def _retries(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 on")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return value


def _shard(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"{text} is not K/N with K from 1 to N, such as 3/40")
    return int(found[1]), int(found[2])


def execute(arguments: argparse.Namespace, progress: Progress) -> Sequence[str]:
    """Check, show or run."""
    from pipeline.batch.manifest import read_manifest

    if arguments.out is None and not arguments.check:
        raise InputError("--out is missing", remedy="name the folder for the outputs")
    if arguments.address is not None and arguments.engine != "ray":
        raise InputError("--address is for --engine ray", remedy="give both or none")
    manifest = read_manifest(
        arguments.manifest,
        arguments.out or Path(),
        _defaults(arguments),
        allow_outside=arguments.allow_outside,
    )
    if arguments.check:
        return _check(manifest, arguments)
    _refuse(manifest.faults, arguments.manifest)
    chosen = _chosen(manifest.entries, arguments)
    if arguments.status:
        return _status(manifest.entries, chosen, arguments)
    return _run(manifest.entries, chosen, arguments, progress)


def _defaults(arguments: argparse.Namespace) -> dict[str, Scalar]:
    from pipeline.batch.options import PER_EPISODE, run_options

    given = {}
    for name, action in run_options().items():
        value = getattr(arguments, name, action.default)
        if name not in PER_EPISODE and value != action.default:
            given[name] = str(value) if isinstance(value, Path) else value
    return given


def _refuse(faults: Sequence[EpisodeSubtitlesError], manifest: Path) -> None:
    """Tell each fault in a line of its own; the last one says how many there are."""
    if len(faults) == 1:
        raise faults[0]
    for fault in faults:
        print(f"episode-subtitles: error: {fault}", file=sys.stderr, flush=True)
    if faults:
        raise InputError(f"{len(faults)} faults; nothing was run", path=manifest)


def _check(manifest: Manifest, arguments: argparse.Namespace) -> list[str]:
    from pipeline.batch.check import find_faults

    _refuse(list(find_faults(manifest)), arguments.manifest)
    return [f"{len(manifest.entries)} episodes, no faults"]


def _chosen(entries: Sequence[Entry], arguments: argparse.Namespace) -> list[Entry]:
    from pipeline.suggest import did_you_mean

    chosen = list(entries)
    if arguments.shard is not None:
        number, shards = arguments.shard
        chosen = chosen[number - 1 :: shards]
    if arguments.only:
        names = [entry.id for entry in entries]
        for name in arguments.only:
            if name not in names:
                raise InputError(
                    f"there is no episode {name} in the manifest",
                    path=arguments.manifest,
                    remedy=did_you_mean(name, names),
                )
        chosen = [entry for entry in chosen if entry.id in arguments.only]
    return chosen


def _status(
    entries: Sequence[Entry], chosen: Sequence[Entry], arguments: argparse.Namespace
) -> list[str]:
    from pipeline.batch.state import StateFolder
    from pipeline.batch.summary import read_lines, render_table

    state = StateFolder(arguments.out)
    records: dict[str, EpisodeRecord] = {}
    lines = read_lines(chosen, state, records)
    if sys.stdout.isatty() and any(line.state == "running" for line in lines):
        _show_live(chosen, state)
        lines = read_lines(chosen, state, records)
    return render_table(lines)


def _show_live(entries: Sequence[Entry], state: StateFolder) -> None:
    """Until nothing runs any more, or Ctrl-C."""
    from rich.live import Live
    from rich.text import Text

    from pipeline.batch.summary import read_lines, render_table

    with Live(auto_refresh=False, transient=True) as live:
        while True:
            lines = read_lines(entries, state, {})
            running = [line for line in lines if line.state == "running"]
            if not running:
                return
            counts = render_table(lines)[-1]
            live.update(Text("\n".join([*render_table(running)[:-1], counts])), refresh=True)
            time.sleep(_LIVE_EVERY_S)


def _run(
    entries: Sequence[Entry],
    chosen: Sequence[Entry],
    arguments: argparse.Namespace,
    progress: Progress,
) -> list[str]:
    from pipeline.batch.drive import Policy, drive
    from pipeline.batch.engines import EngineOptions, load_engine
    from pipeline.batch.state import StateFolder
    from pipeline.batch.summary import read_lines, render_table, write_summary

    state = StateFolder(arguments.out.absolute())
    state.check_writable()
    jobs = [entry.job for entry in chosen if entry.job is not None]
    options = EngineOptions(
        root=state.root,
        jobs=arguments.jobs,
        address=arguments.address,
        inputs=tuple(path for job in jobs[:3] for path in (job.audio, job.transcript)),
    )
    policy = Policy(
        force=arguments.force,
        retry_failed=arguments.retry_failed,
        retries=arguments.retries,
        timeout_s=arguments.timeout,
    )
    title = arguments.manifest.absolute().name

    def refresh() -> None:
        # Other drivers' episodes, too: shards share one summary.
        write_summary(read_lines(entries, state, {}), state.root, title)

    engine = load_engine(arguments.engine, options)
    try:
        records = drive(chosen, state, engine, policy, _display(progress), refresh)
    except BaseException as error:
        with contextlib.suppress(OutputError):
            refresh()
        if isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt("the same command goes on") from error
        raise
    refresh()
    lines = read_lines(chosen, state, records)
    if not arguments.quiet:
        show_results(map(one_line, render_table(lines)))
    _check_outcome(lines, state)
    return [] if arguments.quiet else [str(arguments.out / "index.html")]


def _check_outcome(lines: Sequence[Line], state: StateFolder) -> None:
    failed = [line for line in lines if line.state == "failed"]
    poor = [line for line in lines if line.state == "below quality"]
    if not failed and not poor:
        return
    parts = [f"{len(failed)} of {len(lines)} episodes failed"] if failed else []
    parts += [f"{len(poor)} are below the quality asked for"] if poor else []
    unchanged = any(line.record and line.record.fault in ("input", "bug") for line in failed)
    again = "; --retry-failed tries again what has not changed" if unchanged else ""
    raise QualityError(
        " and ".join(parts),
        path=state.root / "index.html",
        remedy=f"the table and summary.csv say why{again}",
    )


def _display(progress: Progress) -> Display:
    from pipeline.batch.display import BarsDisplay, LinesDisplay, SilentDisplay

    if isinstance(progress, SilentProgress):
        return SilentDisplay()
    if isinstance(progress, BarProgress):
        return BarsDisplay(progress.bars)
    return LinesDisplay(sys.stderr)
