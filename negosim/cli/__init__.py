"""The command line, one file a group of commands; `app` has them all."""

from __future__ import annotations

from negosim.cli import folders, scenario, sweep, validation, view  # in the order in which --help lists their commands
from negosim.cli.application import app
from negosim.cli.progress import told_progress

__all__ = ["app", "folders", "scenario", "sweep", "told_progress", "validation", "view"]
