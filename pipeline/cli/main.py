"""From the words of the command line to an exit status."""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from typing import NoReturn

from pipeline import __version__
from pipeline.cli.commands import COMMANDS, load_command
from pipeline.errors import EpisodeSubtitlesError, InputError
from pipeline.safe_text import one_line, without_controls
from pipeline.suggest import did_you_mean
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
    """Raises instead of printing its own kind of message and exiting."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message, remedy=f"{self.prog} --help lists the options")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with `argv` (the process's own by default) and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    # Before the parsing: a fault in there, too, is told as one line.
    debug = "--debug" in words
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Paths may hold bytes that are no text, and the terminal may not know every character.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with _termination_as_interrupt():
            _dispatch(words)
            sys.stdout.flush()
    except EpisodeSubtitlesError as error:
        if debug:
            traceback.print_exc()
        _complain(str(error))
        return error.exit_status
    except KeyboardInterrupt as interrupt:
        _complain("; ".join(["interrupted", *map(str, interrupt.args)]))
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output is gone. Python would complain when it flushes at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        if error.filename is None and not is_full:
            return _own_fault(error, debug=debug)
        if debug:
            traceback.print_exc()
        if is_full:
            place = tempfile.gettempdir()
            _complain(f"the disk is full, perhaps that of {place}; free some space, or set TMPDIR")
            return InputError.exit_status
        # Not looked for where it came up; still the file's fault and not the program's.
        reason = (error.strerror or type(error).__name__).lower()
        _complain(f"{error.filename}: cannot be used ({reason}); check the path")
        return InputError.exit_status
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except Exception as error:
        return _own_fault(error, debug=debug)
    return 0


def _own_fault(error: Exception, *, debug: bool) -> int:
    if debug:
        traceback.print_exc()
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
    with show_progress(sys.stderr, quiet=arguments.quiet, verbose=arguments.verbose) as progress:
        lines = command.execute(arguments, progress)
    if not arguments.quiet:
        for line in lines:
            print(without_controls(line))


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
