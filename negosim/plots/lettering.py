"""How words stand in a figure: as they are written, in a font that has their letters.

A title such as "$5 a ton" is not mathematics. What a text is taken for is settled when it is made, by the settings of that
moment, and axes that a user brings have texts that were made before: so figures are drawn under settings of their own, and then
looked through.
"""

from __future__ import annotations

import logging
import re
import textwrap
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import FontPath, FontProperties, findfont, findSystemFonts, fontManager, get_font
from matplotlib.text import Text
from matplotlib.ticker import ScalarFormatter

from negosim.common.text import listed

log = logging.getLogger(__name__)

LAST_RESORT = "Last Resort High-Efficiency"
"""A font of matplotlib's that has a box for every script. Matplotlib warns of each letter that it takes from there, unless the
font is asked for by its name."""

CJK = "Noto Sans CJK"
SCRIPTS = {
    "HIRAGANA": ("Japanese", CJK),
    "KATAKANA": ("Japanese", CJK),
    "HANGUL": ("Korean", CJK),
    "CJK": ("Chinese or Japanese", CJK),
    "IDEOGRAPHIC": ("Chinese or Japanese", CJK),
    "FULLWIDTH": ("Chinese or Japanese", CJK),
}
"""What a script is called, and a font that has it, by how the names of its letters begin."""

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made", bound="Axes | Sequence[Axes]")

_one_at_a_time = threading.RLock()


@contextmanager
def literally() -> Iterator[None]:
    """Draw by settings under which no text is read as TeX or as mathematics, and no number is written so.

    The settings are those of the whole process, so that one thread draws at a time.
    """
    settings: Any = {"text.usetex": False, "text.parse_math": False, "axes.formatter.use_mathtext": False}
    with _one_at_a_time, matplotlib.rc_context(settings):
        yield


def literal(draw: Callable[Arguments, Made]) -> Callable[Arguments, Made]:
    """Make a function that draws one in whose axes every text is literal, also in axes that were made under other settings."""

    @wraps(draw)
    def drawn(*args: Arguments.args, **named: Arguments.kwargs) -> Made:
        with literally():
            made = draw(*args, **named)
            for axes in [made] if isinstance(made, Axes) else made:
                settle(axes)
            return made

    return drawn


def settle(artist: Artist) -> None:
    """Make all texts in an artist literal, and give each the fonts that it needs."""
    texts = [text for text in artist.findobj(Text) if isinstance(text, Text)]
    lacking = {text: letters for text in texts if (letters := _lacking(text))}
    more = _fallback.families_for(set().union(*lacking.values())) if lacking else []
    for text in texts:
        text.set_usetex(False)
        text.set_parse_math(False)
        if text in lacking:
            text.set_fontfamily([*text.get_fontfamily(), *more])
    for axis in artist.findobj(Axis):
        scale = axis.get_major_formatter() if isinstance(axis, Axis) else None
        if isinstance(scale, ScalarFormatter):
            scale.set_useMathText(False)
            scale.set_usetex(False)


def _lacking(text: Text) -> set[str]:
    """The letters of a text that its fonts do not have."""
    letters = _letters(tuple(text.get_fontfamily()))
    return {letter for letter in text.get_text() if ord(letter) not in letters and not letter.isspace()}


@cache
def _letters(families: tuple[str, ...]) -> frozenset[int]:
    """The letters that the fonts of these families have, as numbers; of the default font where no such family is installed."""
    files = []
    for family in families:
        with suppress(ValueError):  # not installed: matplotlib passes over it, and says so itself
            files.append(findfont(FontProperties(family=[family]), fallback_to_default=False))
    return frozenset().union(*(get_font(file).get_charmap() for file in files or [findfont(FontProperties())]))


def filled(text: str, width: int) -> str:
    """A text in lines of so many letters, of which a wide one, such as of Chinese or Korean, counts as two.

    >>> print(filled("\N{HANGUL SYLLABLE GA}" * 3, 4).replace("\N{HANGUL SYLLABLE GA}", "wide"))
    widewide
    wide
    """
    spread = re.sub(".", lambda letter: letter[0] + "\0" * (unicodedata.east_asian_width(letter[0]) in "WF"), text)
    return textwrap.fill(spread, width, break_on_hyphens=False).replace("\0", "")


class _Fallback:
    """The families that were found for letters which the usual fonts lack, and the scripts for which there are none."""

    def __init__(self) -> None:
        self.families: list[str] = []
        self.lost: set[str] = set()
        self.told: set[str] = set()

    def families_for(self, letters: Iterable[str]) -> list[str]:
        """Families that have these letters; a sentence is logged, once a script, where no installed font has them."""
        known = _letters(tuple(self.families)) if self.families else frozenset()
        left = {letter for letter in letters if ord(letter) not in known and letter not in self.lost}
        for family, found in sorted(_found(left).items(), key=lambda item: (-len(item[1]), "Sans" not in item[0], item[0])):
            if found & left:
                self.families.append(family)
                left -= found
        self.lost |= left
        self._tell(left)
        return [*self.families, LAST_RESORT]

    def _tell(self, letters: Iterable[str]) -> None:
        fonts = dict(_script(letter) for letter in letters if not unicodedata.category(letter).startswith(("C", "M")))
        fonts = {script: font for script, font in fonts.items() if script not in self.told}
        if fonts:
            self.told |= fonts.keys()
            log.warning(
                "No installed font has the letters of a text in a figure (%s): they are drawn as boxes. Install a font that has "
                "them, such as %s, and draw the figure again in a new process.",
                listed(sorted(fonts)),
                listed(sorted(set(fonts.values()))),
            )


_fallback = _Fallback()


def _found(letters: set[str]) -> dict[str, set[str]]:
    """Which of some letters each installed family has; nothing for no letters."""
    found: dict[str, set[str]] = {}
    if letters:
        _learn_new_fonts()
    for entry in fontManager.ttflist if letters else []:
        if entry.name not in found and entry.name != LAST_RESORT and entry.style == "normal":
            with suppress(OSError, RuntimeError):  # a file that is gone, or that FreeType cannot read
                font = get_font(FontPath(entry.fname, entry.index))
                found[entry.name] = {letter for letter in letters if font.get_char_index(ord(letter))}
    return found


def _learn_new_fonts() -> None:
    """Let matplotlib know the fonts that were installed after it listed them."""
    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted({*findSystemFonts()} - known):
        with suppress(OSError, RuntimeError, ValueError, KeyError):  # no font, or one that cannot be scaled
            fontManager.addfont(path)


def _script(letter: str) -> tuple[str, str]:
    """What the script of a letter is called, and a font that has it.

    >>> _script("\N{THAI CHARACTER KO KAI}"), _script("\N{HANGUL SYLLABLE GA}"), _script("\N{GRINNING FACE}")
    (('Thai', 'Noto Sans Thai'), ('Korean', 'Noto Sans CJK'), ('symbols', 'Noto Emoji'))
    """
    name = unicodedata.name(letter, "")
    if unicodedata.category(letter).startswith("S"):
        return "symbols", "Noto Emoji"
    known = next((script for start, script in SCRIPTS.items() if name.startswith(start)), None)
    own = name.partition(" ")[0].capitalize() or "unknown"
    return known or (own, f"Noto Sans {own}")
