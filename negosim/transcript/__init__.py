"""A run told in plain English, with dates and real units."""

from negosim.transcript.narrator import narrate

__all__ = ["narrate"]
