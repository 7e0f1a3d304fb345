"""Every closed form takes numbers and arrays, and refuses what lies outside its domain in a sentence."""

from __future__ import annotations

import inspect
import subprocess
import sys

import numpy as np
import pytest

from negosim import theory

# a call inside the domain of every closed form; and calls outside, with what the error has to say
INSIDE = {
    "rubinstein_share": (0.9, 0.8),
    "stahl_share": (0.9, 0.8, 5),
    "breakdown_share": (0.9, 0.8, 0.1, 0.2, 0.3),
    "outside_option_share": (0.9, 0.8, 0.6),
    "random_proposer_share": (0.9, 0.8, 0.4),
    "random_deadline_share": (0.1, 0.2, 0.3, 1.0),
    "random_deadline_limit": (0.1, 0.2, 0.3),
    "attrition": (0.7, 0.6, 0.1, 0.2, 0.05, 0.1),
    "commitment_threshold": (0.7, 0.6, 0.1, 0.2, 0.05),
    "risk_return_demand": (0.5, 0.1, 0.1, 0.4),
    "opaque_sender": (0.4, 0.2, 0.15),
    "opaque_sender_peak": (0.4, 0.15),
    "believed_opaque_sender": (0.4, 0.2, 0.15),
    "buyer_bid": (0.7, 0.3),
    "seller_bid": (0.7, 0.3),
    "sealed_bid_trade": (0.3,),
    "separate_nash": (0.8, 0.3),
    "linked_nash": (0.8, 0.3),
    "home_threshold_share": (0.7, 0.1),
    "uncertain_home": (0.4, 0.2, 0.15),
    "agenda_setter": (1.0, 0.5, 0.3),
    "optimal_tariff": (4.0, 0.7),
    "symmetric_tariff": (3.0,),
    "threat_needed": (0.2, 0.5),
    "dearest_compliance": (0.5, 0.4),
    "tolerated_reversal": (0.06, 0.5, 0.04),
    "waiting_root": (0.04, 0.05, 0.2),
    "waiting_multiple": (0.04, 0.05, 0.2),
    "waiting_target": (0.5, 0.4, 0.1, 4.0),
    "stop_by_value": (0.5, 1.0, 0.7, 0.1),
    "disaster_by_value": (1.0, 0.7, 0.1),
    "stop_by_cost": (0.7, 0.2, 1.0),
    "disaster_by_cost": (0.2, 1.0),
    "polynomial_concession": (0.5, 2.0, 0.1),
    "exponential_concession": (0.5, 2.0, 0.1),
    "meeting_time": (5.0, 1.0),
    "commitment_after_silence": (0.1, 0.3, 5.0),
    "flow_share": (0.9, 0.8, 0.1, 0.2, 0.1, 0.3, 0.05),
    "fair_flow_share": (0.9, 0.1, 0.2, 0.1, 0.1, 0.05, 0.2),
    "flow_limit": (0.05, 0.1, 0.2, 0.2, 0.1, 0.3, 0.05),
    "flow_deadline_share": (0.9, 5, 0.2, 0.1, 0.3, 0.05),
    "threat_of_each_round": (0.9, 0.3, 0.25, 0.2, 0.1),
    "flow_attrition_rate": (0.05, 0.7, 0.4, 0.2),
    "flow_attrition_chance": (0.05, 0.7, 0.4, 0.2, 0.5),
    "enforceable_share": (0.2, 0.6, 0.3),
    "gain_of_a_lasting_threat": (0.1, 0.2, 0.25, 0.7, 0.9),
    "kept_share": (0.1, 0.3, 20.0),
    "share_until_lifted": (0.9, 0.1),
}
OUTSIDE = [
    ("rubinstein_share", (1.2, 0.9), "discount_1 is 1.2; it must lie in (0, 1]. Give a discount factor per round"),
    ("rubinstein_share", (0.9, 0.0), "discount_2 is 0; it must lie in (0, 1]."),
    ("rubinstein_share", (1.0, 1.0), "(1 - hazard)^2 discount_1 discount_2 must lie below 1. Let a side lose something"),
    ("stahl_share", (0.9, 0.9, 0), "horizon is 0; it must lie in [1, inf)."),
    ("stahl_share", (0.9, 0.9, 2.5), "horizon is 2.5; it must be a whole number."),
    ("breakdown_share", (1.0, 1.0, 0.0), "hazard is 0; (1 - hazard)^2 discount_1 discount_2 must lie below 1."),
    ("breakdown_share", (0.9, 0.9, 0.1, 0.6, 0.6), "breakdown_1 + breakdown_2 must be at most 1."),
    ("breakdown_share", (0.9, 0.9, 0.1, -0.1, 0.6), "breakdown_1 is -0.1; it must lie in [0, 1]."),
    ("outside_option_share", (0.9, 0.9, 1.1), "outside_2 is 1.1; it must lie in [0, 1]."),
    ("outside_option_share", (1.0, 1.0, 0.5), "must lie below 1."),
    ("random_proposer_share", (1.0, 1.0, 0.5), "must exceed 0. Let a side lose something by waiting"),
    ("random_proposer_share", (0.9, 1.0, 1.0), "must exceed 0."),
    ("random_deadline_share", (0.0, 0.0, 0.0, 1.0), "rate_1 + rate_2 + 2 hazard_rate must exceed 0."),
    ("random_deadline_share", (0.1, 0.1, 0.1, 0.0), "step is 0; it must lie in (0, inf)."),
    ("random_deadline_limit", (0.0, 0.0, 0.0), "rate_1 + rate_2 + 2 hazard_rate must exceed 0."),
    ("attrition", (0.4, 0.6, 1, 1, 0.1, 0.1), "demand_1 is 0.4, demand_2 is 0.6; together they must exceed 1. Raise one"),
    ("attrition", (0.7, 0.6, 1, 1, 0.0, 0.0), "prior_1 + prior_2 must exceed 0."),
    ("attrition", (0.7, 0.6, 1, 1, 1.0, 0.1), "prior_1 is 1; it must lie in [0, 1)."),
    ("attrition", (0.7, 0.6, 0, 1, 0.1, 0.1), "rate_1 is 0; it must lie in (0, inf)."),
    ("commitment_threshold", (0.7, 0.6, 1, 1, 0.0), "prior_2 is 0; it must lie in (0, 1)."),
    ("commitment_threshold", (0.4, 0.5, 1, 1, 0.1), "together they must exceed 1."),
    ("risk_return_demand", (0.5, 0.1, 0.4, 0.2), "cost_low is 0.4, cost_high is 0.2; cost_low must be at most cost_high."),
    ("risk_return_demand", (0.5, -0.1, 0.1, 0.2), "own_cost is -0.1; it must lie in [0, inf)."),
    ("opaque_sender", (0.4, 0.5, 0.1), "mean - half_width and mean + half_width must lie in [0, 1]. Lower half_width."),
    ("opaque_sender", (0.4, 0.1, 0.6), "mean + disagreement must lie below 1."),
    ("opaque_sender_peak", (0.4, 0.7), "mean + disagreement must lie below 1."),
    ("believed_opaque_sender", (0.4, 0.5, 0.1), "mean + half_width must lie in [0, 1]."),
    ("buyer_bid", (1.5, 0.5), "value is 1.5; it must lie in [0, 1]."),
    ("seller_bid", (0.5, -1), "buyer_weight is -1; it must lie in [0, 1]."),
    ("sealed_bid_trade", (2.0,), "buyer_weight is 2; it must lie in [0, 1]."),
    ("separate_nash", (0.5, 1.5), "weight_2 is 1.5; it must lie in [0, 1]."),
    ("linked_nash", (1.5, 0.5), "weight_1 is 1.5; it must lie in [0, 1]."),
    ("home_threshold_share", (-0.1,), "threshold_1 is -0.1; it must lie in [0, inf)."),
    ("uncertain_home", (0.4, 0.5, 0.1), "mean + half_width must lie in [0, 1]."),
    ("agenda_setter", (np.inf, 0.5, 0.3), "setter is inf; it must lie in (-inf, inf)."),
    ("optimal_tariff", (0.0, 0.5), "trade_elasticity is 0; it must lie in (0, inf)."),
    ("optimal_tariff", (4.0, 0.0), "foreign_own_share is 0; it must lie in (0, 1]."),
    ("symmetric_tariff", (1.0,), "substitution is 1; it must lie in (1, inf)."),
    ("threat_needed", (0.1, 0.0), "damage is 0; it must lie in (0, inf)."),
    ("dearest_compliance", (0.5, 1.5), "unpredictability is 1.5; it must lie in [0, 1]."),
    ("tolerated_reversal", (0.1, 0.0, 0.1), "cost is 0; it must lie in (0, inf)."),
    ("waiting_root", (0.04, 0.04, 0.0), "volatility is 0; it must lie in (0, inf)."),
    ("waiting_multiple", (0.04, 0.0, 0.1), "payout is 0; it must lie in (0, inf)."),
    ("waiting_target", (0.5, 0.0, 0.1, 4.0), "cost is 0; it must lie in (0, inf)."),
    ("stop_by_value", (1.0, 1.0, 1.0), "value must lie below largest_value. Lower it"),
    ("stop_by_value", (0.1, 1.0, 1.0, 0.2), "value must not lie below smallest_value. Raise it"),
    ("disaster_by_value", (1.0, 1.0, 1.0), "smallest_value must lie below largest_value."),
    ("disaster_by_value", (1.0, 0.0), "disaster_cost is 0; it must lie in (0, inf)."),
    ("stop_by_cost", (0.2, 0.2, 1.0), "cost must lie above cost_low and not above cost_high."),
    ("stop_by_cost", (1.1, 0.2, 1.0), "cost must lie above cost_low and not above cost_high."),
    ("disaster_by_cost", (1.0, 1.0), "cost_low must lie below cost_high."),
    ("polynomial_concession", (1.5, 1.0, 0.1), "time is 1.5; it must lie in [0, 1]."),
    ("exponential_concession", (0.5, 1.0, 0.0), "opening is 0; it must lie in (0, 1]."),
    ("meeting_time", (0.0, 1.0), "toughness_1 is 0; it must lie in (0, inf)."),
    ("commitment_after_silence", (0.1, 0.3, -1.0), "time is -1; it must lie in [0, inf)."),
    ("flow_share", (0.9, 1.2, 0.1, 0.2, 0.1), "discount_2 is 1.2; it must lie in (0, 1]."),
    ("flow_share", (1.0, 1.0, 0.0, 0.2, 0.1), "(1 - hazard)^2 discount_1 discount_2 must lie below 1."),
    ("fair_flow_share", (0.9, 1.5, 0.2, 0.1, 0.1, 0.0), "hazard is 1.5; it must lie in [0, 1]."),
    ("flow_limit", (0.0, 0.1, 0.0, 0.2, 0.1), "rate_i + hazard_rate must exceed 0."),
    ("flow_deadline_share", (0.9, 2.5, 0.2, 0.1), "horizon is 2.5; it must be a whole number."),
    ("threat_of_each_round", (0.9, 0.3, 0.3, -0.2, 0.1), "damage is -0.2; it must lie in [0, inf)."),
    ("flow_attrition_rate", (0.0, 0.7, 0.4, 0.2), "rate is 0; it must lie in (0, inf)."),
    ("flow_attrition_rate", (0.05, 0.4, 0.7, 0.2), "wins must exceed loses."),
    ("flow_attrition_chance", (0.05, 0.7, 0.4, 0.2, 0.0), "step is 0; it must lie in (0, inf)."),
    ("enforceable_share", (0.0, 0.6, 0.3), "rate is 0; it must lie in (0, inf)."),
    ("gain_of_a_lasting_threat", (0.1, -0.1, 0.2, 0.7, 0.9), "stress_cost is -0.1; it must lie in [0, inf)."),
    ("kept_share", (0.1, 0.3, 0.0), "horizon is 0; it must lie in (0, inf]."),
    ("share_until_lifted", (1.0, 0.1), "discount is 1; it must lie in (0, 1)."),
]


def results(found):
    """The numbers that a closed form returns, as a tuple."""
    return tuple(found) if isinstance(found, tuple) else (found,)


def test_every_closed_form_is_tried_here():
    functions = {name for name in theory.__all__ if inspect.isfunction(getattr(theory, name))}
    assert functions == set(INSIDE) | {"additive_frontier", "best_mechanism"}  # these two take other arguments
    assert functions - {"additive_frontier", "best_mechanism"} == {name for name, _, _ in OUTSIDE}


@pytest.mark.parametrize("name", INSIDE)
def test_numbers_give_floats_and_arrays_give_arrays_of_the_same_numbers(name):
    function, values = getattr(theory, name), INSIDE[name]
    single = results(function(*values))
    assert all(type(number) is float for number in single)
    column = np.full((2, 1), float(values[0]))
    rows = results(function(column, *(np.full(3, value) for value in values[1:])))
    shape = (2, 3) if len(values) > 1 else (2, 1)
    assert all(array.shape == shape and (array == number).all() for array, number in zip(rows, single, strict=True))


@pytest.mark.parametrize("name", INSIDE)
def test_what_is_given_is_left_as_it_was(name):
    values = [np.array([value, value], dtype=float) for value in INSIDE[name]]
    getattr(theory, name)(*values)
    assert all((array == value).all() for array, value in zip(values, INSIDE[name], strict=True))


@pytest.mark.parametrize(("name", "values", "said"), OUTSIDE)
def test_outside_its_domain_a_formula_says_value_bound_and_remedy(name, values, said):
    for given in (values, [np.array([inside, outside]) for inside, outside in zip(INSIDE[name], values, strict=False)]):
        with pytest.raises(ValueError) as caught:
            getattr(theory, name)(*given)
        assert said in str(caught.value)
        assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", INSIDE)
def test_what_is_not_a_number_is_refused(name):
    for place in range(len(INSIDE[name])):
        values = [np.nan if at == place else value for at, value in enumerate(INSIDE[name])]
        with pytest.raises(ValueError, match="is nan; it must lie in"):
            getattr(theory, name)(*values)


def test_the_closed_forms_load_nothing_of_the_engine():
    program = (
        "import negosim as ns, sys\n"
        "assert ns.theory.rubinstein_share(0.5, 1.0) == 0.0\n"
        "loaded = {name.split('.')[1] for name in sys.modules if name.startswith('negosim.')}\n"
        "print(sorted(loaded - {'common', 'theory'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
