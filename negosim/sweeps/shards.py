"""Shards: the parts of a sweep divided among processes that know nothing of each other, such as those of an array job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from negosim.common.errors import ScenarioError

T = TypeVar("T")


@dataclass(frozen=True)
class Shard:
    """The share `number` of `of` equal ones, counted from 1.

    >>> Shard(2, 3).share("abcdefg")
    ['b', 'e']
    >>> Shard.read("9/8")
    Traceback (most recent call last):
    negosim.common.errors.ScenarioError: shard = '9/8' is no share. Write 2/8, say, for the second of eight.
    """

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Shard:
        """The shard in a text such as 2/8; ScenarioError when it is none."""
        found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text.strip())
        number, of = (int(digits) for digits in found.groups()) if found else (0, 0)
        if not 1 <= number <= of:
            raise ScenarioError(
                "is no share", field="shard", value=text, remedy="Write 2/8, say, for the second of eight."
            )
        return cls(number, of)

    @property
    def name(self) -> str:
        """The name of what belongs to this shard alone."""
        return f"{self.number}-of-{self.of}"

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def share(self, parts: Sequence[T]) -> list[T]:
        """Its parts: every `of`-th, so that slow and quick points are spread over all shards."""
        return list(parts[self.number - 1 :: self.of])
