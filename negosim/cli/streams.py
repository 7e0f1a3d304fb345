"""What is printed where the output cannot have every letter: as readable as its encoding allows, and never an error.

Redirected output on Windows is in cp1252, and a service may have asked for ASCII: work that is done is done there too. Files are
UTF-8 everywhere.
"""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata
from typing import Any

from typer.core import TyperGroup

PLAIN = {
    "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{PLUS-MINUS SIGN}": "+-", "\N{MULTIPLICATION SIGN}": "x",
    "\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">=", "\N{BULLET}": "*",
    "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
}
"""What stands in ASCII for a character that is neither a letter with a mark nor another form of one."""

ASCII = "plain-ascii"
"""ASCII by a name of our own: Typer takes a stream of that encoding for misconfigured, and writes UTF-8 into it."""


class Commands(TyperGroup):
    """The commands, which print into streams that take every text."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run one."""
        take_every_text()
        return super().main(*args, **extra)


def take_every_text() -> None:
    """Let the standard streams replace what they cannot encode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=ASCII if is_ascii else None, errors="plain")


def in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for the characters that cannot be encoded, and where they end: an error handler named plain.

    >>> "\N{MINUS SIGN}0.3\N{HORIZONTAL ELLIPSIS} \N{LATIN SMALL LETTER E WITH ACUTE}\u0e01".encode("ascii", "plain")
    b'-0.3... e\\\\u0e01'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(character: str) -> str:
    """A letter without its marks, or its other form, or else its number."""
    base = "".join(each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each))
    return PLAIN.get(character) or (base if base.isascii() else "") or ascii(character)[1:-1]


def _known(name: str) -> codecs.CodecInfo | None:
    usual = codecs.lookup("ascii")
    if name != ASCII.replace("-", "_"):
        return None
    incremental = usual.incrementalencoder, usual.incrementaldecoder
    return codecs.CodecInfo(usual.encode, usual.decode, usual.streamreader, usual.streamwriter, *incremental, ASCII)


codecs.register_error("plain", in_plain_letters)
codecs.register(_known)
