"""The command line: one module a command."""

from pipeline.cli.main import main

__all__ = ["main"]
