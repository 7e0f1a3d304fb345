"""Errors of results folders."""

from __future__ import annotations


class StoreError(RuntimeError):
    """A folder of results that cannot be used as asked: what is wrong, and how to go on."""


class DamagedManifestError(StoreError):
    """The manifest of a folder is damaged, or is none of negosim."""
