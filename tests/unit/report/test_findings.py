"""The sentences of the findings follow their numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from negosim.engine.no_talks import no_talks
from negosim.report.findings import findings_text
from negosim.results.findings import Baseline, Best, Difference, Finding, Findings, Robustness, Settled
from negosim.scenario.scenario import Scenario

ENDINGS = {"settled": 0.8, "settled-in-part": 0.0, "impasse": 0.2}
SETTLED = Settled("reciprocal-tariff", "Reciprocal tariff", "%", 10.0, 14.0, 15.5, 16.5, 0.0, 15)


def differ(quantity: str, middle: float, half: float, robust: Robustness | None = None) -> Difference:
    return Difference(quantity, middle, middle - half, middle + half, 25_000, robust)


def robust(higher: float, clearly: float = 0.0, opposite: float = 0.0) -> Robustness:
    return Robustness(1000, 0.01, 0.004, higher, 1.0 - higher, clearly, opposite)


def finding(*differences: Difference, best: tuple[Best, ...] = (), **changes: Any) -> Finding:
    usual = {
        "label": "sender.ambiguity from 0 to 0.2", "point": 2, "against": 1, "parameter": "sender.ambiguity", "start": 0.0,
        "end": 0.2, "no_deal": (0.05, 0.08), "channels": {"sender": {"value": 0.012, "delay": -0.004, "waste": 0.0001}},
    }
    return Finding(**{**usual, **changes}, differences=differences, best=best)


def told(*findings: Finding, settled: tuple[Settled, ...] = (SETTLED,), scenario: str = "us-japan-2025", **changes: Any) -> str:
    baseline = {
        "runs": 25_000, "endings": ENDINGS, "rounds": (7.0, 8.0, 8.0), "settled": settled,
        "means": {"sender_payoff": 0.6, "target_payoff": 0.4, "sender_value": 0.75, "frontier_distance": 0.001,
                  "nash_distance": 0.1},
    }
    everything = Findings(
        "six", "Six", "When?", "us-japan-2025", 1, 1_075_000, 0, 0, Baseline(**{**baseline, **changes}), findings
    )
    return findings_text(everything, Scenario.load(scenario))


HELPS = differ("sender_payoff", 0.02, 0.005)
HURTS = differ("target_payoff", -0.03, 0.01)
NEITHER = differ("joint_payoff", -0.01, 0.012)
MORE = differ("no_deal", 0.03, 0.01)
FOUR = (HELPS, HURTS, NEITHER, MORE)


def test_each_difference_is_told_with_its_interval() -> None:
    text = told(finding(*FOUR))
    assert "## Ambiguity of the US, from 0 to 0.2: half-width" in text
    assert "It helps the US and hurts Japan. For both together the runs can tell no difference." in text
    assert "- The US: 2.0 points more (1.5 to 2.5)." in text
    assert "- Japan: 3.0 points less (2.0 to 4.0)." in text
    assert "- Both together: no difference that 25,000 paired runs can tell (\N{MINUS SIGN}2.2 to +0.2 points)." in text
    assert "Runs without a deal: 8.0 % in place of 5.0 %, 3.0 percentage points more (2.0 to 4.0)." in text
    assert "Through the ledger, in points: the US worth of the ending +1.2, delay \N{MINUS SIGN}0.4." in text


def test_a_table_has_every_comparison_in_short() -> None:
    shares = differ("target_payoff", -0.03, 0.01, robust(0.7))
    text = told(finding(HELPS, shares, NEITHER, MORE))
    assert "| | The US | Japan | Both together | Without a deal |" in text
    assert "| sender.ambiguity from 0 to 0.2 | +2.0 | \N{MINUS SIGN}3.0 (30.0 %) | – | +3.0 |" in text
    assert "## In short" not in told()


def test_runs_that_are_all_the_same_are_said_to_be() -> None:
    text = told(finding(differ("sender_payoff", 0.0, 0.0), *FOUR[1:]))
    assert "- The US: no difference in any of 25,000 paired runs." in text


def test_a_sign_is_told_with_the_share_of_joint_draws_in_which_it_holds() -> None:
    text = told(finding(differ("sender_payoff", 0.02, 0.005, robust(0.963, 0.9, 0.01)), *FOUR[1:]))
    assert (
        "The sign holds in 96.3 % of the 1,000 joint draws, clearly in 90.0 %, and is clearly the opposite in 1.0 %; "
        "a draw's own standard error is 0.4 points."
    ) in text
    assert "The sign is firm, in 95 % of the joint draws or more, for the US." in text


def test_a_loss_holds_where_the_draws_are_lower() -> None:
    text = told(finding(HELPS, differ("target_payoff", -0.03, 0.01, robust(0.7, 0.6, 0.2)), *FOUR[2:]))
    assert "The sign holds in 30.0 % of the 1,000 joint draws, clearly in 20.0 %, and is clearly the opposite in 60.0 %" in text
    assert "For Japan the sign holds in fewer than half of the joint draws: it hangs on the assumed numbers." in text


def test_what_the_runs_cannot_tell_has_no_sign_to_hold() -> None:
    text = told(finding(*FOUR[:2], differ("joint_payoff", -0.01, 0.02, robust(0.4)), MORE))
    assert "It is more in 40.0 % and less in 60.0 % of the 1,000 joint draws" in text


def best(level: float, low: Difference | None, high: Difference | None) -> Best:
    return Best("sender_payoff", level, 0.0, 0.4, low, high, (HELPS, HURTS, NEITHER, MORE))


LESS_CLEAR = differ("sender_payoff", 0.001, 0.002)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (best(0.2, HELPS, HELPS), "0.2 is best for the US: 2.0 points more (1.5 to 2.5) against 0, 2.0 points more (1.5 to 2.5) "
         "against 0.4: the gain rises to a peak and falls again. There, against 0: Japan 3.0 points less (2.0 to 4.0);"),
        (
            best(0.2, HELPS, LESS_CLEAR),
            "no difference that 25,000 paired runs can tell (\N{MINUS SIGN}0.1 to +0.3 points) against 0.4. There",
        ),
        (best(0.4, HELPS, None), "against 0; it is the highest, so the best may lie beyond it. There, against 0: Japan"),
        (best(0.0, None, HELPS), "0 is best for the US, the lowest: 2.0 points more (1.5 to 2.5) against 0.4."),
        (best(0.0, None, LESS_CLEAR), "the runs can tell none better for the US than both ends: no difference that 25,000"),
        (best(0.2, LESS_CLEAR, HELPS), "none is better for the US than 0 as far as the runs can tell; the mean is"),
    ],
)
def test_the_best_level_is_called_a_peak_only_where_it_beats_both_ends(given: Best, sentence: str) -> None:
    text = told(finding(*FOUR, best=(given,)))
    assert sentence in text
    assert ("rises to a peak" in text) == ("rises to a peak" in sentence)


def test_the_baseline_is_told_in_real_units_with_what_was_reported() -> None:
    text = told()
    assert "Of 25,000 runs: 80.0 % settled, 20.0 % impasse." in text
    assert "The median agreement comes in round 8 (9 July 2025), the middle half in rounds 7 to 8" in text
    assert "Reciprocal tariff: the middle half of the settlements is 14 to 16.5 %, the median 15.5" in text
    assert "Reported: 15, inside that half." in text
    assert "round 8, as does the whole middle half; the deadline is round 8" in told(rounds=(8.0, 8.0, 8.0)).replace(
        " (9 July 2025)", ""
    )
    assert "1 of 1 reported values lie inside the middle half. This comparison is in sample" in text
    assert "the US has 60.0 points and Japan 40.0. The ledger of the US: worth of the ending +75.0." in text
    assert "0.10 points of utility from the Pareto frontier and 10.0 from the Nash solution" in text


def test_with_flows_the_baseline_stands_beside_what_refusing_to_talk_would_be_worth() -> None:
    refused = no_talks(Scenario.load("us-japan-2025-flows")).value
    sentence = f"would be worth {100 * refused[0]:.1f} points to the US and {100 * refused[1]:.1f} points to Japan."
    assert sentence in told(scenario="us-japan-2025-flows")
    assert "Talks refused before round 1" not in told()


def test_a_reported_value_outside_the_middle_half_is_said_to_be_outside() -> None:
    outside = Settled("rice", "Rice", "t", 346_000.0, 400_000.0, 450_000.0, 500_000.0, 0.3, 605_500)
    text = told(settled=(outside,))
    assert "400,000 to 500,000 t" in text and "Reported: 605,500, outside that half." in text
    assert "from which 30.0 % are less than a fiftieth of the scale away" in text
    assert "0 of 1 reported values" in text


def test_nothing_reported_is_nothing_in_sample() -> None:
    assert "in sample" not in told(settled=(Settled("a", "A", "%", 0.0, 1.0, 2.0, 3.0, 0.0, None),))


def test_runs_without_any_settlement_are_told_without_settlements() -> None:
    text = told(rounds=(math.nan,) * 3, endings={"settled": 0.0, "settled-in-part": 0.0, "impasse": 1.0})
    assert "Of 25,000 runs: 100.0 % impasse." in text
    assert "median" not in text and "nan" not in text


def test_a_comparison_without_a_parameter_of_its_own_is_named_by_its_points() -> None:
    text = told(finding(*FOUR, label="a = 1, b = 2 against the baseline", parameter=None, start=None, end=None))
    assert "## a = 1, b = 2 against the baseline\n" in text
