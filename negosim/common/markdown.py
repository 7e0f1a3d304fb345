"""Words of a user inside a text in Markdown: as they are, whatever they would mean there."""

from __future__ import annotations

import re

MARKUP = re.compile(r"[\\`*_\[\]<>|#$~]|&(?=#?\w+;)|^[-+](?=\s)|(?<=^\d)[.)](?=\s)|(?<=^\d\d)[.)](?=\s)")
"""What begins or ends emphasis, code, links, HTML, cells, headings, mathematics, entities and, at the start, items of a list."""


def escaped(text: str) -> str:
    r"""Return a text in one line in which nothing is taken for markup, also where Markdown has tables and mathematics.

    >>> print(escaped("Price, $ a ton (was $5) & <b>more</b> | 1*2"), escaped("- 5 %"), escaped("-5 &amp; 1. of 2"))
    Price, \$ a ton (was \$5) & \<b\>more\</b\> \| 1\*2 \- 5 % -5 \&amp; 1. of 2
    """
    return MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
