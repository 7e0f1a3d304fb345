"""Values as Python and JSON have them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from numbers import Integral
from typing import Any


def plain(value: Any) -> Any:
    """Return facts as JSON has them: a date as text, what is not finite as None, a tuple as a list, NumPy's numbers as Python's.

    >>> plain({"from": datetime.date(2025, 4, 2), "ends": (1, float("inf"))})
    {'from': '2025-04-02', 'ends': [1, None]}
    """
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    value = without_numpy(value)
    if isinstance(value, float) and not is_finite(value):
        return None
    return value.isoformat() if isinstance(value, datetime.date) else value


def is_finite(value: float) -> bool:
    """Return whether a number is finite; a whole number that is too large for a float is not.

    >>> is_finite(1e300), is_finite(float("nan")), is_finite(10**400)
    (True, False, False)
    """
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def without_numpy(value: Any) -> Any:
    """Return a number of NumPy's as Python's own, and anything else as it is.

    >>> import numpy
    >>> without_numpy(numpy.int64(3)), without_numpy("3")
    (3, '3')
    """
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value


def require_whole(least: int = 0, **numbers: object) -> None:
    """TypeError for a number that is not whole, ValueError for one outside [least, 2**64), in which seeds and runs are counted.

    >>> require_whole(seed=True)
    Traceback (most recent call last):
    TypeError: seed = True is not a whole number. Write seed = 7, say.
    """
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise TypeError(f"{name} = {value!r} is not a whole number. Write {name} = 7, say.")
        if not least <= int(value) < 2**64:
            raise ValueError(f"{name} = {value} lies outside [{least}, 2**64). Write {name} = 7, say.")
