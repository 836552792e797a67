"""Keeps what lies in the current folder from being imported, here and in what is started.

Python puts the current folder first among the places where `python -m` and `python -c` look for
modules, and so does an empty part of PYTHONPATH. An episode's folder is a stranger's: a file
`secrets.py` in it would run. Before the folder is left nothing may be imported that would be looked
for there, not even `__future__`: hence only modules that are frozen into the interpreter.
"""

# pathlib is not among them.
# ruff: noqa: PTH100, PTH120, PTH121

import os
import site
import sys

__all__ = ["ROOT", "environment", "leave_current_folder", "module_path", "python_command"]

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""The folder that this package was found in."""


def leave_current_folder() -> None:
    """Import nothing from the current folder any more, neither here nor in Pythons started here.

    Modules of this package are found by its own path, so it may lie there itself.
    """
    sys.path[:] = module_path()
    os.environ["PYTHONSAFEPATH"] = "1"


def module_path() -> list[str]:
    """Where modules are looked for, without the current folder.

    If that is `ROOT`, as in a checkout, it comes last: nothing in it takes the place of a module of
    Python's or of a package that is installed.
    """
    own = {os.path.dirname(os.__file__), *site.getsitepackages([sys.prefix, sys.base_prefix])}
    path = [place for place in sys.path if place in own or (place and not _is_current(place))]
    return [*path, ROOT] if _is_current(ROOT) and ROOT not in path else path


def _is_current(folder: str) -> bool:
    try:
        return os.path.samefile(folder, os.curdir)
    except OSError:  # one of them is not there (any more)
        return False


def python_command(module: str, *words: str) -> list[str]:
    """A command that calls the function `main` of one of this package's modules.

    It finds the same modules as this process; start it with `environment()`.
    """
    code = (
        f"import sys; sys.path[:] = [{ROOT!r}]; import pipeline; "
        f"sys.path[:] = {module_path()!r}; from {module} import main; main()"
    )
    return [sys.executable, "-P", "-c", code, *words]


def environment() -> dict[str, str]:
    """The environment for Pythons that are started: nothing in it leads to the current folder."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "PYTHONSAFEPATH": "1"}
