"""The textbook held against the engine: every known result, played in the special case of the game to which it belongs."""

from negosim.validation.textbook.run import RESULTS, Checked, Row, check

__all__ = ["RESULTS", "Checked", "Row", "check"]
