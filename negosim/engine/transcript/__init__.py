"""A run told in plain English, with dates and real units, as text or Markdown."""

from negosim.engine.transcript.forms import narrate, paragraphs

__all__ = ["narrate", "paragraphs"]
