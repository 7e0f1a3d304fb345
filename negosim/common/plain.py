"""Values as JSON has them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """Return facts as JSON has them: a date as text (2025-04-02), what is not a number as None, lists for tuples."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, datetime.date) else value
