"""The textbook held against the engine: every known result, played in the special case of the game to which it belongs."""

from negosim.checks.run import Checked, Row, check
from negosim.checks.textbook import RESULTS

__all__ = ["RESULTS", "Checked", "Row", "check"]
