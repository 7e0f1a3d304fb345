"""The frontiers that a process of the tests keeps, and a block in which it keeps none of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest

from negosim.engine import prepare

KEPT, KEPT_BY_THE_PACKAGE = 1024, 64
"""Design points whose frontiers are kept, each of 0.2 MB or so."""


@contextmanager
def kept(points: int = KEPT_BY_THE_PACKAGE) -> Iterator[None]:
    """Keep frontiers as the package does, of so many design points, from none at all; what was kept before comes back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepare, "_frontiers", lru_cache(points)(prepare._frontiers.__wrapped__))
        yield
