"""A fault is a function that provokes what its docstring says, and returns what was said and what was lost.

It fails if anything was lost.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from negosim.cli.application import shown

Fault = Callable[[], tuple[str, str]]


def provoked(fault: Fault) -> tuple[str, str]:
    """Provoke a fault in an empty folder, which is gone afterwards; what was said is as the command line tells it."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            said, lost = fault()
            return shown(said), lost
        finally:
            os.chdir(before)
