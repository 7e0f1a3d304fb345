"""The strategies by name: those that come with the package, a file each in ``shipped``.

The names are those of the files, so that a scenario can be read without loading, which is to say compiling, any of them.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from negosim.strategies import shipped

if TYPE_CHECKING:
    from negosim.strategies.record import Strategy

NAMES = tuple(sorted(found.name.replace("_", "-") for found in iter_modules(shipped.__path__)))
"""Every strategy that a scenario can name; its file has the same name with underscores."""


def strategy(name: str) -> Strategy:
    """Return a strategy by its name; raises KeyError with the known names for any other."""
    if name not in NAMES:
        raise KeyError(f"unknown strategy {name!r}; the strategies are {', '.join(NAMES)}")
    found: Strategy = import_module(f"{shipped.__name__}.{name.replace('-', '_')}").STRATEGY
    return found
