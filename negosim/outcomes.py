"""The table of outcomes: names and units of the columns, one row a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from negosim.vocabulary import CHANNELS, Ending, Side
from negosim.welfare import average_tariff, welfare

if TYPE_CHECKING:
    from negosim.kernel import Outcomes


def settled_column(issue: str) -> str:
    """Return the column that holds an issue's settled value."""
    return f"settled_{issue.replace('-', '_')}"


def welfare_column(country: str) -> str:
    """Return the column that holds a country's change of welfare."""
    return f"welfare_{country.replace('-', '_')}"


def outcome_columns(outcomes: Outcomes) -> dict[str, Any]:
    """Return the columns by name; positions in the real units of their issues, NaN where there is no settlement.

    Welfare is in per cent of real expenditure before the dispute, under the tariffs in force at the end of the run.
    """
    runs, scenario = outcomes.runs, outcomes.scenario
    endings = np.array(["", *(ending.label for ending in Ending)], dtype=object)
    proposers = np.array([*(side.label for side in Side), "both", "none"], dtype=object)
    columns: dict[str, Any] = {
        "replication": outcomes.first + np.arange(len(runs), dtype=np.int64),
        "ending": endings[runs["ending"]],
        "agreed": np.isin(runs["ending"], (Ending.SETTLED, Ending.SETTLED_IN_PART)),
        "rounds": runs["rounds"].astype(np.int32),
        "proposer": proposers[runs["proposer"]],
    }
    for side in Side:
        columns[f"{side.label}_payoff"] = runs["payoff"][:, side]
    for side in Side:
        columns[f"{side.label}_utility"] = runs["utility"][:, side]
    for side in Side:
        for number, channel in enumerate(CHANNELS):
            columns[f"{side.label}_{channel}"] = runs["ledger"][:, side, number]
    for k, issue in enumerate(scenario.issues):
        low, high = issue.target_end, issue.sender_end
        columns[settled_column(issue.name)] = low + outcomes.settlements[:, k] * (high - low)
    columns["frontier_distance"] = runs["frontier_distance"]
    columns["nash_distance"] = runs["nash_distance"]
    for side in Side:
        columns[f"{side.label}_reservation"] = runs["reservation"][:, side]
        columns[f"{side.label}_profile"] = runs["profile"][:, side].astype(np.int32)
        columns[f"{side.label}_committed"] = runs["committed"][:, side].astype(bool)
    columns["peak_stress"] = runs["peak_stress"]
    columns["threats_executed"] = runs["threats_executed"].astype(np.int32)
    columns["reversed_after"] = runs["reversed_after"]
    if scenario.trade is not None:
        changes = welfare(scenario.trade, average_tariff(scenario, outcomes.settlements, outcomes.in_force))
        for number, country in enumerate(scenario.trade.countries):
            columns[welfare_column(country.name)] = changes[:, number]
    return columns
