"""All known results, in the order of the textbook's chapters."""

from __future__ import annotations

from negosim.checks import (
    alternating_offers,
    concession,
    home,
    indivisible,
    learning,
    many_issues,
    reputation,
    risk,
    sealed_bids,
    tariffs,
    threats,
    ultimatum,
    waiting,
)
from negosim.checks.result import Result

CHAPTERS: dict[str, tuple[Result, ...]] = {
    "Alternating offers": alternating_offers.RESULTS,
    "Many issues": many_issues.RESULTS + indivisible.RESULTS,
    "Reputation": reputation.RESULTS,
    "Ultimatum under uncertainty": ultimatum.RESULTS,
    "Sealed bids": sealed_bids.RESULTS,
    "Two levels": home.RESULTS,
    "Tariffs and welfare": tariffs.RESULTS,
    "Threats and promises": threats.RESULTS,
    "Waiting": waiting.RESULTS,
    "Brinkmanship": risk.RESULTS,
    "Concession": concession.RESULTS,
    "Learning": learning.RESULTS,
}
"""Chapter -> its results."""

RESULTS: dict[str, Result] = {result.name: result for chapter in CHAPTERS.values() for result in chapter}
"""Every result by its name, which no other has."""
