"""From the words of the command line to an exit status."""

from __future__ import annotations

import argparse
import contextlib
import io
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from pipeline import __version__
from pipeline.cli.commands import COMMANDS, load_command
from pipeline.cli.streams import drop_output, flush_results, mended_streams, show_results
from pipeline.errors import EpisodeSubtitlesError, InputError, OutputError
from pipeline.isolation import leave_current_folder
from pipeline.locks import WaitWarning
from pipeline.progress import Progress
from pipeline.safe_text import one_line
from pipeline.suggest import did_you_mean
from pipeline.system_errors import as_told
from pipeline.terminal import show_progress

__all__ = ["main"]

PROGRAM = "episode-subtitles"
FAULT_OF_OURS = 1
INTERRUPTED = 130
BROKEN_PIPE = 141

_DESCRIPTION = "Align a podcast's transcript to its audio: timed subtitles and a chapter table."
_EPILOG = """\
example:
  episode-subtitles run --audio ep400.mp3 --transcript ep400.txt --out out

episode-subtitles COMMAND --help tells more about a command.
exit status: 0 done; 2 an input or an option is at fault; 3 done, but below the quality asked for
(run: --min-coverage; check: violations); 1 a fault of this program; 130 interrupted
"""


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing its own kind of message and exiting, and what printing raises."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message, remedy=f"{self.prog} --help lists the options")

    def _print_message(self, message: str, file: object = None) -> None:
        # Help and version. Argparse itself would say nothing of a full disk.
        show_results([message.removesuffix("\n")])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with `argv` (the process's own by default) and return its exit status."""
    if argv is None:
        leave_current_folder()
    words = list(sys.argv[1:] if argv is None else argv)
    with mended_streams():
        status = _status_of(words)
        try:
            flush_results()
        except (BrokenPipeError, OutputError) as error:
            drop_output()
            # What went wrong before says more.
            return status or _ended_by(error, debug=False)
    return status


def _status_of(words: list[str]) -> int:
    # Before the parsing: a fault in there, too, is told as one line.
    debug = "--debug" in words
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Paths may hold bytes that are no text, and the terminal may not know every character.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with _termination_as_interrupt():
            _dispatch(words)
            flush_results()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except (Exception, KeyboardInterrupt) as error:
        return _ended_by(error, debug=debug)
    return 0


def _ended_by(error: BaseException, *, debug: bool) -> int:
    """Tell what has gone wrong; the exit status."""
    if isinstance(error, KeyboardInterrupt):
        _complain("; ".join(["interrupted", *map(str, error.args)]))
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        drop_output()  # its reader is gone
        return BROKEN_PIPE
    if debug:
        traceback.print_exception(error)
    told = error if isinstance(error, EpisodeSubtitlesError) else as_told(error)
    if told is not None:
        _complain(str(told))
        return told.exit_status
    what = " ".join(f"{type(error).__name__}: {error}".split())
    _complain(f"{what}; this is a bug; run with --debug for the traceback")
    return FAULT_OF_OURS


def _complain(message: str) -> None:
    with contextlib.suppress(OSError):
        print(f"{PROGRAM}: error: {one_line(message)}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """Let SIGTERM clean up as Ctrl-C does."""

    def interrupt(number: int, frame: object) -> NoReturn:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not in the main thread: the caller minds the signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _dispatch(words: list[str]) -> None:
    place = next((n for n, word in enumerate(words) if not word.startswith("-")), None)
    if place is None:
        _without_command(words)
        return
    name = words[place]
    if name not in COMMANDS:
        raise InputError(f"there is no command {name}", remedy=did_you_mean(name, COMMANDS))
    command = load_command(name)
    parser = _Parser(
        prog=f"{PROGRAM} {name}",
        description=f"{COMMANDS[name].summary}.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.configure(parser)
    _add_common_options(parser)
    rest = words[:place] + words[place + 1 :]
    _refuse_unknown_options(rest, parser)
    arguments = parser.parse_args(rest)
    shown = show_progress(sys.stderr, quiet=arguments.quiet, verbose=arguments.verbose)
    with shown as progress, _waits_told(progress):
        lines = command.execute(arguments, progress)
    if not arguments.quiet:
        show_results(lines)


@contextlib.contextmanager
def _waits_told(progress: Progress) -> Iterator[None]:
    """Within, whoever is waited for is told as progress is."""
    shown = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any) -> None:
        if issubclass(category, WaitWarning):
            progress.warn(str(message))
        else:
            shown(message, category, *place)

    warnings.showwarning = show  # type: ignore[assignment]
    try:
        yield
    finally:
        warnings.showwarning = shown


def _without_command(words: list[str]) -> None:
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:{width}}  {it.summary}" for name, it in COMMANDS.items())
    parser = _Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} COMMAND [options]",
        description=f"{_DESCRIPTION}\n\ncommands:\n{listed}",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    _refuse_unknown_options([word for word in words if word != "--debug"], parser)
    parser.parse_args([word for word in words if word != "--debug"])
    raise InputError("no command given", remedy=f"{PROGRAM} --help lists them")


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("messages")
    group.add_argument("--quiet", action="store_true", help="show errors only")
    group.add_argument("--verbose", action="store_true", help="show more about each stage")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")
    group.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")


def _refuse_unknown_options(words: list[str], parser: argparse.ArgumentParser) -> None:
    """Name the nearest right option; argparse would complain about what is missing instead."""
    known = parser._option_string_actions
    for word in words:
        if word == "--":
            return
        name = word.partition("=")[0]
        if len(name) > 1 and name.startswith("-") and name not in known:
            options = [option for option in known if option.startswith("--")]
            raise InputError(f"there is no option {name}", remedy=did_you_mean(name, options))
