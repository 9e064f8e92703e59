"""The command line. `main` is what the `advisor` command runs."""

from advisor.cli.commands import main

__all__ = ["main"]
