"""Bayes' rule on the public record, computed here by hand and read off the talks as they are played."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from negosim import Negotiation, Scenario
from tests.oracles.textbook import EXACT, PIE, QUIET, is_near

LOW, HIGH, CELLS = 0.3, 0.5, 16


def doubting(first: str, **changes: Any) -> Scenario:
    """Return talks of 4 rounds in which the target doubts the sender: reservation U[.3, .5], committed to .7 with chance .2."""
    settings = {
        "talks.rounds": 4, "talks.first_proposer": first, "sender.disagreement": 0.4, "sender.ambiguity": 0.1,
        "sender.commitment": 0.2, "sender.committed_demand": 0.7, "sender.ambiguity_belief_only": True,
    }
    return PIE.vary({**QUIET, **settings, **{name.replace("__", "."): value for name, value in changes.items()}})


def after(scenario: Scenario, rounds: int) -> Any:
    """Return the target's belief (cells, then the committed type) after some rounds of a run in which the sender is rational."""
    talks = Negotiation(scenario, seed=1)
    assert talks.talks.owns[0]["committed"] == 0
    for _ in range(rounds):
        talks.step()
    assert talks.running
    return talks.talks.beliefs[1][0]


def prior() -> Any:
    """Return 0.8 over 16 equal cells and 0.2 on the committed type."""
    return np.array([0.8 / CELLS] * CELLS + [0.2])


def test_the_prior_is_the_declared_one() -> None:
    assert np.allclose(after(doubting("target"), 0), prior(), rtol=0, atol=1e-15)


def refusing_share(offer: float, t: int) -> Any:
    """Return for each type its share that refuses an offer in round t of 4: all whose demand r + (1 - r)(1 - t/4) exceeds it."""
    cut = (offer - (1.0 - t / 4)) / (t / 4)
    edges = np.linspace(LOW, HIGH, CELLS + 1)
    accepted = np.clip((cut - edges[:-1]) / (edges[1:] - edges[:-1]), 0.0, 1.0)
    return np.append(1.0 - accepted, 1.0 if offer < 0.7 - EXACT else 0.0)


def updated(belief: Any, likelihood: Any) -> Any:
    """Return Bayes' rule."""
    return belief * likelihood / np.sum(belief * likelihood)


INSISTS = {"target.strategy": "commitment"}


def likelihood_of(offer: float, noise: float, t: int) -> Any:
    """Return for each type the likelihood of an offer: Normal about D_t(r) at the cell's middle, about .7 if committed.

    The offer lies above every r here and below 1, so no atom of the clipping comes in.
    """
    r = np.linspace(LOW, HIGH, 2 * CELLS + 1)[1::2]
    demand = r + (1.0 - r) * (1.0 - t / 4)
    gaps = (offer - np.append(demand, 0.7)) / noise
    return np.exp(-0.5 * gaps**2) / (noise * math.sqrt(2.0 * math.pi))


def test_refusals_and_offers_are_learnt_from_in_the_order_in_which_they_are_made() -> None:
    """The target offers .54 in rounds 1 and 3 and is refused; in round 2 the sender, at r = .4, asks for .4 + .6/2 = .7.

    In round 1 every type refuses .54, so nothing is learnt; by round 3 all with r <= (.54 - .25)/.75 would have taken it.
    """
    scenario = doubting("target").vary({**INSISTS, "target.committed_demand": 0.46})
    first = updated(prior(), refusing_share(0.54, 1))
    assert np.allclose(first, prior(), rtol=0, atol=EXACT)
    assert np.allclose(after(scenario, 1), first, rtol=0, atol=EXACT)
    second = updated(first, likelihood_of(0.7, 0.1, 2))
    assert np.allclose(after(scenario, 2), second, rtol=0, atol=EXACT)
    third = updated(second, refusing_share(0.54, 3))
    assert np.allclose(after(scenario, 3), third, rtol=0, atol=EXACT)
    assert third[-1] > second[-1] > first[-1]
    assert third[: int(CELLS * (0.386 - LOW) / (HIGH - LOW))].max() == 0.0  # the softer types are ruled out
    for wrong in (refusing_share(0.54, 2), refusing_share(0.56, 3)):
        assert not np.allclose(after(scenario, 3), updated(second, wrong), rtol=0, atol=1e-3)


def test_the_posterior_of_the_committed_type_after_a_refusal_is_bayes_rule() -> None:
    """z' = z/(z + (1 - z)(1 - F(y))): in the first of one round and more, at full concession, y = .4 is refused by half.

    With z = .2: .2/(.2 + .8/2) = 1/3.
    """
    scenario = doubting("target", sender__toughness=1e-12).vary({**INSISTS, "target.committed_demand": 0.6})
    belief = after(scenario.vary({"sender.disagreement": 0.4 + EXACT}), 1)
    assert is_near(float(belief[-1]), 1 / 3, 1e-6)
    assert not is_near(float(belief[-1]), 0.2 / (0.2 + 0.8 * 0.6), 0.01)


def normal(x: float) -> float:
    """Return the standard normal distribution function."""
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@pytest.mark.parametrize("noise", (0.02, 0.1, 0.3))
def test_an_offer_makes_the_types_likelier_whose_path_it_lies_on(noise: float) -> None:
    """The sender, at r = .4, offers .4 + .6 x .75 = .85 in round 1; each type is weighed by the Normal density of that."""
    belief = after(doubting("sender", target__believed_noise=noise, **{"target__strategy": "commitment"}), 1)
    assert np.allclose(belief, updated(prior(), likelihood_of(0.85, noise, 1)), rtol=0, atol=1e-9)
    assert not np.allclose(belief, updated(prior(), likelihood_of(0.80, noise, 1)), rtol=0, atol=1e-3)
    assert belief[-1] < 0.2  # .85 lies nearer to the paths than to .7


def test_the_ideal_demanded_is_the_mass_of_all_that_would_demand_more() -> None:
    """An offer of 1 is min(1, D + noise): each type by P(D + noise >= 1), the committed one by P(.7 + noise >= 1)."""
    scenario = doubting("sender", sender__toughness=30.0, target__strategy="commitment")
    r = np.linspace(LOW, HIGH, 2 * CELLS + 1)[1::2]
    demand = r + (1.0 - r) * (1.0 - 0.25**30)
    tail = [normal((d - 1.0) / 0.1) for d in [*demand, 0.7]]
    assert np.allclose(after(scenario, 1), updated(prior(), np.array(tail)), rtol=0, atol=1e-9)


def test_a_side_that_sees_nothing_but_refusals_grows_surer_of_the_committed_type() -> None:
    """Round after round the posterior of the type that never takes less rises, as in Myerson (1991) and Abreu & Gul (2000)."""
    scenario = doubting("target").vary({**INSISTS, "target.committed_demand": 0.45, "talks.rounds": 12, "sender.toughness": 3.0})
    talks, masses = Negotiation(scenario.vary({"sender.strategy": "commitment"}), seed=1), []
    for _ in range(11):
        talks.step()
        masses.append(float(talks.talks.beliefs[1][0][-1]))
    assert masses == sorted(masses)
    assert masses[-1] > 0.99


def test_a_pause_is_a_move_that_a_committed_sender_never_makes() -> None:
    """Market stress above the threshold makes a rational sender pause: the committed type is ruled out at once."""
    tree = doubting("sender").model_dump(exclude_unset=True, exclude={"notes"})
    tree["threats"] = [{"issue": "pie", "rate": 100.0, "state": "announced", "damage": 0.2}]
    tree["markets"] = {"initial_stress": 2.0}
    scenario = Scenario.build(tree).vary({"target.strategy": "commitment"})
    assert after(scenario, 1)[-1] == 0.0
    calm = scenario.vary({"markets.initial_stress": 0.0})
    assert after(calm, 1)[-1] > 0.0


@pytest.mark.parametrize(("slip", "early"), [(0.05, 0.3), (0.0, 0.5), (0.2, 0.4)])
def test_a_pause_that_is_kept_earns_trust_by_bayes_rule(slip: float, early: float) -> None:
    """trust' = trust (1 - slip)/(trust (1 - slip) + (1 - trust)(1 - e)), broken: trust slip/(trust slip + (1 - trust) e)."""
    tree = PIE.model_dump(exclude_unset=True, exclude={"notes"})
    tree["threats"] = [{"issue": "pie", "rate": 100.0, "state": "paused", "damage": 0.2, "early_execution": early}]
    settings = {"target.trust": 0.6, "target.trust_slip": slip, "talks.rounds": 5, "target.strategy": "commitment"}
    scenario = Scenario.build(tree).vary({**QUIET, **settings})
    kept = 0.6 * (1 - slip) / (0.6 * (1 - slip) + 0.4 * (1 - early))
    broken = 0.6 * slip / (0.6 * slip + 0.4 * early)
    seen = set()
    for seed in range(12):
        talks = Negotiation(scenario, seed=seed)
        talks.step()
        was_kept = int(talks.talks.public[0]["executions"]) == 0
        assert is_near(float(talks.talks.owns[1]["trust"]), kept if was_kept else broken, EXACT)
        seen.add(was_kept)
    assert seen == {True, False}
