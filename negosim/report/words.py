"""What texts and figures call things: sides, parameters and quantities in words, and dates."""

from __future__ import annotations

import textwrap

from negosim.common.text import capital, listed
from negosim.common.vocabulary import CHANNEL_NAMES, Ending, Side
from negosim.engine.outcomes import settled_column, welfare_column
from negosim.engine.transcript.names import mid_sentence, threat_title
from negosim.scenario import dotted_names
from negosim.scenario.scenario import Scenario

PAYOFF = "payoff (1 = ideal, 0 = worst package)"
POINTS = "points (hundredths of payoff)"
WORTH = "utility (1 = ideal, 0 = worst package)"
"""Units: a point is a hundredth of the way from a side's worst package to its ideal."""


def side_name(scenario: Scenario, side: Side) -> str:
    """The short name of a side, such as US."""
    return scenario.delegation(side).short


def in_a_sentence(scenario: Scenario, side: Side) -> str:
    """The name of a side inside a sentence, such as the US."""
    return scenario.delegation(side).in_a_sentence


def parameter_title(scenario: Scenario, name: str) -> str:
    """A parameter in words: what it is called, and whose it is.

    >>> case = Scenario.load("us-japan-2025")
    >>> parameter_title(case, "sender.ambiguity"), parameter_title(case, "threats.car-tariff.damage")
    ('Ambiguity (US)', 'Damage (tariff on cars and parts)')
    >>> parameter_title(case, "target.ratifiers.farm-lobby.threshold"), parameter_title(case, "trade.flows.us-to-us.amount")
    ('Threshold (Japan: farm lobby)', 'Amount (trade: flows us to us)')
    >>> [parameter_title(case, f"sender.{whose}.salience.rice") for whose in ("principal", "negotiators.greer")]
    ['Weight of US rice in the minimum-access quota (US)', 'Weight of US rice in the minimum-access quota (US: greer)']
    """
    head, _, last = name.rpartition(".")
    owner, *inner = head.split(".")
    words = last.replace("_", " ").replace("-", " ")
    if head.endswith(".salience"):
        words = f"weight of {scenario.issue(last).title}"
    known = {side.label: side_name(scenario, side) for side in Side}
    if owner == "issues":
        whose = mid_sentence(scenario.issue(inner[0]).title, scenario)
    elif owner == "threats":
        whose = mid_sentence(threat_title(scenario.threat(inner[0]), scenario), scenario)
    elif owner == "linkage":
        whose = listed(mid_sentence(scenario.issue(issue).title, scenario) for issue in inner[0].split("--"))
    else:
        inner = inner[:-1] if head.endswith(".salience") else inner
        people = inner[1:] if owner in known else inner  # the name says whether it is a ratifier
        whose = ": ".join([known.get(owner, owner), *([" ".join(people).replace("-", " ")] if people else [])])
    return f"{capital(words)} ({whose})"


def parameter_meaning(scenario: Scenario, name: str, width: int = 44) -> str:
    """The declared meaning of a parameter with its unit, in lines of at most `width` letters.

    What follows a colon in the meaning is left out: a label is no place for a rule.

    >>> parameter_meaning(Scenario.load("us-japan-2025"), "sender.reversal", width=80)
    'hazard that the side takes back what it can revoke (per round)'
    """
    head, _, last = name.rpartition(".")
    sought = head if head.endswith(".salience") else name
    leaf = next((leaf for leaf in dotted_names.leaves(scenario) if leaf.name == sought), None)
    if leaf is None:
        return last.replace("_", " ")
    extra = leaf.declared.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    meaning = (leaf.declared.description or last).split(":")[0]
    return textwrap.fill(f"{meaning} ({unit})" if unit else meaning, width)


PLAIN_QUANTITIES = {
    "joint_payoff": "payoff of both together",
    "no_deal": "runs without a deal",
    "agreed": "runs with a deal",
    "rounds": "rounds to the end",
    "frontier_distance": "distance from the Pareto frontier",
    "nash_distance": "distance from the Nash solution",
    "peak_stress": "peak of market stress",
    "threats_executed": "number of threats carried out",
    "reversed_after": "rounds until a deal is taken back",
    "reversed_within_a_year": "deals taken back within a year",
}


def quantity_title(scenario: Scenario, name: str) -> str:
    """A quantity of the summary in words, small letters first.

    >>> case = Scenario.load("us-japan-2025")
    >>> [quantity_title(case, name) for name in ("sender_payoff", "target_market_stress", "ending_walk_out", "settled_rice")]
    ['payoff (US)', 'market stress (Japan)', 'walk-out', 'US rice in the minimum-access quota']
    """
    endings = {f"ending_{ending.name.lower()}": ending.words for ending in Ending}
    issues = {settled_column(issue.name): issue.title for issue in scenario.issues}
    countries = () if scenario.trade is None else scenario.trade.countries
    welfare = {welfare_column(country.name): f"welfare of {country.title}" for country in countries}
    known = PLAIN_QUANTITIES | endings | issues | welfare
    if name in known:
        return known[name]
    owner, _, last = name.partition("_")
    sides = {side.label: side_name(scenario, side) for side in Side}
    if owner in sides:
        return f"{CHANNEL_NAMES.get(last, last.replace('_', ' '))} ({sides[owner]})"
    return name.replace("_", " ")


def day(scenario: Scenario, round_number: int) -> str | None:
    """The day of a round, as 9 Jul; None where rounds have no dates.

    >>> day(Scenario.load("us-japan-2025"), 8)
    '9 Jul'
    """
    date = scenario.date(round_number)
    return None if date is None else f"{date.day} {date:%b}"
