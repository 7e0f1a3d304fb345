"""What a reader is told in place of the project's short names: how a side decides, and what it weighs."""

from __future__ import annotations

from collections.abc import Sequence

from negosim.common.text import listed
from negosim.common.vocabulary import Side
from negosim.scenario.parameters import Issue
from negosim.strategies.catalogue import strategy
from negosim.strategies.record import OWN_RULE, Strategy

PERSON = "person"
"""Stands for the name of a strategy where a person plays the side."""


def plan_of(name: str) -> tuple[str, bool]:
    """Return how a side decides, by the name of its strategy, and whether it may take less than its reservation value."""
    if name == PERSON:
        return "is played by you", True
    chosen = Strategy(None, None) if name == OWN_RULE else strategy(name)
    return chosen.sentence, chosen.takes_less


WEIGHED = {
    "commitment": "worth {worth} to it; it never takes less than {needed}",
    "aspiration": "worth {worth} to it; it aspires to {needed} in this round",
    "reciprocity": "worth {worth} to it; an answer in kind asks for {needed}",
    "reservation": "worth {worth} to it; its reservation value is {needed}",
    "home": "with a chance of {worth} it would pass at home; it asks for {needed}",
    "no-home": "this would surely fail at home",
    "going-on": "it expects {worth} of this deal and {needed} of going on",
    "outside-option": "it expects {worth} of this deal and has {needed} by leaving",
    "rung": "worth {worth} to it; its own next proposal asks for {needed}",
    "bid": "worth {worth} to it; its own bid asks for {needed}",
    "out-of-reach": "worth {worth} to it; its own bid asks for more than there is",
    "chance": "it holds out, with a chance of {worth} to give way in this round",
    "risk": "the risk run so far makes sides give way whose reservation value is {worth} at most; its own is {needed}",
    "last-chance": "it expects {worth} of this deal and {needed} of an end without one",
    "no-deal": "it expects {worth} of this deal and {needed} of no deal",
    "own-rule": "worth {worth} to it; it decides by a rule of its own",
    "": "worth {worth} to it",
    "unsaid": "it does not say why",
}
"""What an offer was weighed against, by the basis of the answer."""

GIVEN_WAY = "it gives way, which in this round had a chance of {worth}"
"""The same where the chance of giving way came up."""

PAYOFFS = {
    "lumps": "Payoffs count the ending and all costs on the way, on the same scale.",
    "flows": "Payoffs are means over all rounds, those after the end included, on the same scale; later rounds weigh less.",
}
"""What a payoff is, by the form of the payoffs."""


def lapsed(sunk: Sequence[str]) -> str:
    """Say what holds once a settlement has lapsed; ``sunk`` are the shares of it that stay.

    >>> lapsed(["50 % of the investment"])
    'From then on both sides have what no deal pays, and 50 % of the investment stays as settled.'
    >>> lapsed([])
    'From then on both sides have what no deal pays.'
    """
    stays = f", and {listed(sunk)} {'stays' if len(sunk) == 1 else 'stay'} as settled" if sunk else ""
    return f"From then on both sides have what no deal pays{stays}."


def distance(real: float, issue: Issue, side: Side) -> float:
    """Return how far a real value lies from a side's ideal."""
    ideal, end = (issue.sender_ideal, issue.sender_end) if side is Side.SENDER else (issue.target_ideal, issue.target_end)
    return abs(real - (end if ideal is None else ideal))
