"""What a reader is told in place of the project's short names: how a side decides, and what it weighs."""

from __future__ import annotations

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
