"""The command line, one file a group of commands; `app` has them all."""

from __future__ import annotations

from negosim.cli import cases, experiments, folders, verdicts, viewing  # in the order in which --help lists their commands
from negosim.cli.application import app
from negosim.cli.progress import told_progress

__all__ = ["app", "cases", "experiments", "folders", "told_progress", "verdicts", "viewing"]
