"""The tariffs in force at the end of a run, and what they do to welfare: by hand, in both engines, and in the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import negosim.engine.welfare
from negosim import Negotiation, Scenario, simulate
from negosim.common.errors import ScenarioError
from negosim.common.vocabulary import Ending
from negosim.engine.outcomes import welfare_column
from negosim.engine.welfare import ACCURACY, average_answer, average_tariff, solved, welfare
from negosim.experiment.quantities import quantities
from negosim.theory.trade import Economy, equilibrium

CASE = Scenario.load("us-japan-2025")
assert CASE.trade is not None
TRADE = CASE.trade
ISSUES = [issue.name for issue in CASE.issues]
WELFARE = ["welfare_us", "welfare_japan", "welfare_rest"]
NO_DEAL = np.full((1, len(ISSUES)), np.nan)


def deal(**real: float) -> np.ndarray:
    """Return one settlement: these values, the status quo elsewhere."""
    values = {issue.name: issue.status_quo for issue in CASE.issues} | {name.replace("_", "-"): v for name, v in real.items()}
    return np.array([[CASE.position(name, value) for name, value in values.items()]])


def in_force(**levels: float) -> np.ndarray:
    """Return the levels of threats in force at the end, 0 where none is said."""
    return np.array([[levels.get(threat.issue.replace("-", "_"), 0.0) for threat in CASE.threats]])


@pytest.mark.parametrize(
    ("settlement", "threats", "expected"),
    [
        (NO_DEAL, in_force(), 1.51 + 0.532 * 10 + 0.344 * 25 + 0.02 * 50),
        (NO_DEAL, in_force(car_tariff=1.0, steel_tariff=1.0), 1.51 + 0.532 * 10 + 0.344 * 25 + 0.02 * 50),
        (NO_DEAL, in_force(reciprocal_tariff=1.04), 1.51 + 0.532 * 24 * 1.04 + 0.344 * 25 + 0.02 * 50),
        (deal(reciprocal_tariff=15.0, car_tariff=15.0), in_force(), 1.51 + 0.532 * 15 + 0.344 * 12.5 + 0.02 * 50),
        (deal(reciprocal_tariff=15.0, car_tariff=15.0), in_force(car_tariff=1.0), 1.51 + 0.532 * 15 + 0.344 * 25 + 0.02 * 50),
        (deal(reciprocal_tariff=0.0, car_tariff=2.5, steel_tariff=0.0), in_force(), 1.51),
    ],
    ids=["no deal", "kept in force", "carried out", "the deal reported", "punished all the same", "before the dispute"],
)
def test_the_average_tariff_is_that_of_the_tariffs_in_force(settlement: Any, threats: Any, expected: float) -> None:
    assert average_tariff(CASE, settlement, threats)[0] == pytest.approx(expected, abs=1e-12)


def test_the_average_tariff_comes_near_what_was_measured() -> None:
    """Added to that of 2024 (effective_tariff_japan.csv): 16.5 points from 3 June 2025; 14.3 from 14 November, after the deal."""
    added = average_tariff(CASE, np.vstack([NO_DEAL, deal(reciprocal_tariff=15.0, car_tariff=15.0)]), np.zeros((2, 3))) - 1.51
    assert added == pytest.approx([16.53, 14.33], abs=1.7)


def test_the_tariffs_before_the_dispute_leave_welfare_as_it_was() -> None:
    assert welfare(TRADE, np.array([TRADE.base_tariff])) == pytest.approx(np.zeros((1, 3)), abs=ACCURACY)


def test_the_world_is_that_of_the_flows_as_they_are_named_and_the_tariff_that_of_the_us_on_japan() -> None:
    flows = np.array([[24620.0, 80.8, 2199.0], [149.6, 3518.0, 580.0], [2170.0, 609.0, 71413.0]])
    before, after = np.zeros((2, 3, 3))
    before[1, 0], after[1, 0] = 0.0151, 0.2
    expected = equilibrium(Economy(flows, 4.0, before), after).welfare
    assert solved(TRADE, np.array([20.0]))[0] == pytest.approx(100.0 * (expected - 1.0), abs=1e-10)


def test_a_higher_tariff_costs_the_target_more_and_the_sender_gains_as_far_as_its_market_power_goes() -> None:
    us, japan, rest = welfare(TRADE, np.array([1.51, 10.0, 20.0, 40.0, 80.0, 1000.0])).T
    assert (np.diff(japan) < 0.0).all() and (np.diff(rest) > 0.0).all()
    assert us[1] > us[0] and us[-1] < us[-2] < us[1]


@pytest.mark.parametrize("elasticity", [1.0, 1.01, 2.5, 4.0, 8.0, 20.0])
def test_interpolation_is_as_exact_as_it_says(elasticity: float) -> None:
    trade = CASE.vary({"trade.elasticity": elasticity}).trade
    assert trade is not None
    tariff = np.concatenate([np.linspace(0.0, 60.0, 601), np.logspace(-3.0, 6.0, 91)])
    assert np.abs(welfare(trade, tariff) - solved(trade, tariff)).max() <= ACCURACY


@pytest.mark.parametrize("elasticity", [1.0, 2.5, 4.0, 8.0, 20.0])
def test_interpolation_over_the_tariffs_of_both_sides_is_as_exact_as_it_says(elasticity: float) -> None:
    trade = CASE.vary({"trade.elasticity": elasticity}).trade
    assert trade is not None
    rng = np.random.default_rng(1)
    tariff, answer = np.hstack([rng.uniform(0.0, 60.0, (2, 800)), 10.0 ** rng.uniform(-3.0, 6.0, (2, 400))])
    assert np.abs(welfare(trade, tariff, answer) - solved(trade, tariff, answer)).max() <= ACCURACY


def test_the_targets_tariff_is_that_of_japan_on_the_us() -> None:
    flows = np.array([[24620.0, 80.8, 2199.0], [149.6, 3518.0, 580.0], [2170.0, 609.0, 71413.0]])
    before, after = np.zeros((2, 3, 3))
    before[1, 0], after[1, 0] = 0.0151, 0.2
    before[0, 1], after[0, 1] = 0.03, 0.12
    expected = 100.0 * (equilibrium(Economy(flows, 4.0, before), after).welfare - 1.0)
    trade = CASE.vary({"trade.target_base_tariff": 3.0}).trade
    assert trade is not None
    assert solved(trade, np.array([20.0]), np.array([12.0]))[0] == pytest.approx(expected, abs=1e-10)
    assert welfare(trade, np.array([20.0]), np.array([12.0]))[0] == pytest.approx(expected, abs=2 * ACCURACY)
    assert welfare(trade, np.array([1.51])) == pytest.approx(np.zeros((1, 3)), abs=ACCURACY)
    assert solved(trade, np.array([20.0])).tolist() == solved(trade, np.array([20.0]), np.array([3.0])).tolist()


def test_an_answer_costs_the_sender_and_beyond_what_the_targets_market_power_gives_the_target_too() -> None:
    answer = np.array([0.0, 5.0, 10.0, 15.0, 25.0, 50.0, 500.0])
    us, japan, rest = welfare(TRADE, np.full(7, 16.4), answer).T
    assert (np.diff(us) < 0.0).all() and (np.diff(rest) > 0.0).all()
    assert (np.diff(japan[:3]) > 0.0).all() and (np.diff(japan[3:]) < 0.0).all() and japan[-1] < japan[0]


def test_without_an_answer_welfare_is_that_of_the_senders_tariff_alone_bit_for_bit() -> None:
    tariff, answer = np.linspace(0.0, 60.0, 500), np.zeros(500)
    assert np.array_equal(welfare(TRADE, tariff, answer), welfare(TRADE, tariff))
    answer[::3] = 12.0
    assert np.array_equal(welfare(TRADE, tariff, answer)[answer == 0.0], welfare(TRADE, tariff)[answer == 0.0])


def test_an_interpolation_that_is_not_exact_enough_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(negosim.engine.welfare, "NODES", (4,))
    trade = CASE.vary({"trade.elasticity": 7.77}).trade
    assert trade is not None
    with pytest.raises(ScenarioError, match=r"with 4 nodes it is still .* Use a trade.elasticity nearer to 4 than 7.77"):
        welfare(trade, np.array([10.0]))


@pytest.mark.parametrize("amount", [1e4, 1e9])
def test_trade_that_cannot_be_solved_is_an_error_of_the_scenario(amount: float) -> None:
    scenario = CASE.vary({"trade.flows.japan-to-us.amount": amount})
    with pytest.raises(ScenarioError, match=r"^trade cannot be solved: no wages clear the markets .* smaller deficits\.$"):
        simulate(scenario, 2).frame()


def test_welfare_does_not_depend_on_the_batch() -> None:
    tariff = np.random.default_rng(1).uniform(0.0, 60.0, 1001)
    together = welfare(TRADE, tariff)
    answer = np.where(tariff > 10.0, 0.4 * tariff, 0.0)
    both = welfare(TRADE, tariff, answer)
    for number in (0, 1, 500, 511, 512, 999, 1000):
        one = slice(number, number + 1)
        assert np.array_equal(together[one], welfare(TRADE, tariff[one]))
        assert np.array_equal(both[one], welfare(TRADE, tariff[one], answer[one]))


def test_the_targets_average_tariff_is_that_before_and_what_its_countermeasures_add() -> None:
    scenario = Scenario.load("us-japan-2025-countermeasure").vary({"trade.target_base_tariff": 1.2})
    levels = np.array([[0.0, 1.0, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 1.5]])
    assert average_answer(scenario, levels) == pytest.approx([1.2, 1.2 + 0.5 * 24, 1.2 + 0.5 * 24 * 1.5], abs=1e-12)
    assert average_answer(CASE, np.ones((2, 3))).tolist() == [0.0, 0.0]


def test_the_senders_average_tariff_does_not_hear_of_a_countermeasure_about_the_same_issue() -> None:
    scenario = Scenario.load("us-japan-2025-countermeasure")
    levels = np.array([[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 1.0]])
    no_deal = np.repeat(NO_DEAL, 3, axis=0)
    assert average_tariff(scenario, no_deal, levels).tolist() == average_tariff(CASE, no_deal, levels[:, :3]).tolist()


# ---- in the tables ----


def test_every_run_of_a_scenario_with_trade_has_welfare_and_no_other_has() -> None:
    frame = simulate(CASE.vary({"sender.brinkmanship": 0.1, "talks.agenda": "linked"}), 300, seed=1).frame()
    assert frame["ending"].nunique() >= 3
    assert np.isfinite(frame[WELFARE]).all(axis=None)
    assert not [name for name in simulate(Scenario.load("pie"), 3, seed=1).columns() if name.startswith("welfare")]


def test_welfare_follows_from_what_was_settled_or_from_what_was_carried_out() -> None:
    outcomes = simulate(CASE.vary({"sender.brinkmanship": 0.1, "sender.unpredictability": 0.0}), 300, seed=4)
    frame = outcomes.frame()
    settled = frame["ending"] == Ending.SETTLED.label
    rates = [frame[f"settled_{name}"].where(settled, CASE.issue(name.replace("_", "-")).status_quo).to_numpy(copy=True)
             for name in ("reciprocal_tariff", "car_tariff", "steel_tariff")]
    carried_out = (outcomes.in_force[:, 0] > 0.0) & ~settled
    assert carried_out.any() and (settled | ~carried_out).any()
    rates[0][carried_out] = 24.0 * outcomes.in_force[carried_out, 0]
    rates[1][~settled], rates[2][~settled] = 27.5 * outcomes.in_force[~settled, 1], 50.0 * outcomes.in_force[~settled, 2]
    average = 1.51 + 0.532 * rates[0] + 0.344 * (rates[1] - 2.5) + 0.02 * rates[2]
    assert frame[WELFARE].to_numpy() == pytest.approx(solved(TRADE, average), abs=2 * ACCURACY)


def test_a_countermeasure_that_is_in_force_is_in_the_welfare_of_the_run() -> None:
    changes = {"threats.countermeasure.execution": 1.0, "sender.brinkmanship": 0.3}
    outcomes = simulate(Scenario.load("us-japan-2025-countermeasure").vary(changes), 300, seed=4)
    frame, answered = outcomes.frame(), outcomes.in_force[:, 3] > 0.0
    assert 0 < answered.sum() < 300
    tariff = average_tariff(outcomes.scenario, outcomes.settlements, outcomes.in_force)
    expected = solved(TRADE, tariff, np.where(answered, 12.0, 0.0))
    assert frame[WELFARE].to_numpy() == pytest.approx(expected, abs=2 * ACCURACY)
    assert (frame["welfare_us"][answered] < solved(TRADE, tariff)[answered, 0]).all()


def test_welfare_is_summed_up_beside_the_payoffs() -> None:
    columns = list(simulate(CASE, 2, seed=1).columns())
    names = {quantity.name: quantity for quantity in quantities(CASE, columns)}
    assert set(WELFARE) <= set(names) and all(names[name].everywhere for name in WELFARE)
    assert names["welfare_us"].unit == "% of real expenditure"
    assert not set(WELFARE) & {quantity.name for quantity in quantities(Scenario.load("pie"), columns)}


def test_the_model_tells_the_welfare_that_the_table_has() -> None:
    talks = Negotiation(CASE, seed=7).play()
    assert talks.outcome is not None
    row = talks.outcome.frame().iloc[0]
    assert row[WELFARE].tolist() == simulate(CASE, 1, seed=7).frame().iloc[0][WELFARE].tolist()
    told = f": the US {row['welfare_us']:+.2f} %, Japan {row['welfare_japan']:+.2f} %, the rest of the world +0.00 %."
    assert talks.transcript().endswith(told)
    assert talks.story()["outcome"]["welfare_japan"] == row["welfare_japan"]


def test_a_fork_with_another_elasticity_has_another_welfare_and_the_same_course() -> None:
    talks = Negotiation(CASE, seed=7)
    talks.step()
    ours, theirs = (model.play().outcome for model in (talks.fork(), talks.fork({"trade.elasticity": 8.0})))
    assert ours is not None and theirs is not None
    one, other = ours.frame().iloc[0], theirs.frame().iloc[0]
    assert one.drop(WELFARE).equals(other.drop(WELFARE))
    assert one["welfare_japan"] < other["welfare_japan"] < 0.0


def test_there_may_be_any_number_of_countries() -> None:
    tree = CASE.model_dump(exclude_unset=True, exclude={"notes"}) | {"kind": "teaching"}
    there = [country["name"] for country in tree["trade"]["countries"]]
    tree["trade"]["countries"] = [*tree["trade"]["countries"], {"name": "south-korea", "title": "South Korea"}]
    new = [(a, b) for name in there for a, b in ((name, "south-korea"), ("south-korea", name))] + [("south-korea", "south-korea")]
    tree["trade"]["flows"] = [*tree["trade"]["flows"], *({"seller": a, "buyer": b, "amount": 100.0} for a, b in new)]
    frame = simulate(Scenario.build(tree), 20, seed=1).frame()
    assert welfare_column("south-korea") == "welfare_south_korea"
    assert (frame["welfare_south_korea"] > 0.0).all()


# ---- the scenario ----


def test_the_numbers_of_trade_have_dotted_names() -> None:
    names = {"trade.elasticity", "trade.base_tariff", "trade.flows.japan-to-us.amount", "trade.tariffs.car-tariff.share"}
    assert names <= set(CASE.sweepable())
    changed = CASE.vary({"trade.flows.us-to-japan.amount": 126.6, "trade.elasticity": 3})
    assert (changed.get("trade.flows.us-to-japan.amount"), changed.get("trade.flows.japan-to-us.amount")) == (126.6, 149.6)


def test_a_file_changes_one_flow_of_another_and_can_be_saved(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    flow = '[[trade.flows]]\nseller = "us"\nbuyer = "japan"\namount = {value = 126.6, source = "BEA"}\n'
    path.write_text(f'extends = "us-japan-2025"\nname = "other"\n{flow}', encoding="utf-8")
    other = Scenario.load(path)
    assert other.get("trade.flows.us-to-japan.amount") == 126.6 and len(other.trade.flows) == 9  # type: ignore[union-attr]
    other.save(tmp_path / "saved.toml")
    assert Scenario.load(tmp_path / "saved.toml") == other


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"trade.sender": "france"}, "trade.sender = 'france' is no country of this scenario"),
        ({"trade.target": "us"}, "trade.target = 'us' is the sender's country"),
        ({"trade.flows.us-to-japan.buyer": "rest"}, 'trade.flows has "us-to-rest" twice'),
        ({"trade.flows.us-to-japan.amount": 0.0}, "trade.flows.us-to-japan.amount = 0.0 is out of range"),
        ({"trade.countries.rest.name": "world"}, "trade.flows.us-to-rest.buyer = 'rest' is no country"),
        ({"trade.tariffs.car-tariff.issue": "rice"}, "is in t a year, not in %"),
        ({"trade.tariffs.car-tariff.issue": "cars"}, "is no issue of this scenario"),
        ({"trade.tariffs.car-tariff.issue": "steel-tariff"}, 'has "steel-tariff" twice'),
        ({"trade.tariffs.car-tariff.share": 0.5}, "trade.tariffs cover 1.05 of the exports"),
        ({"trade.base_tariff": 0.5}, "trade.base_tariff = 0.5 is less than the 0.86 %"),
        ({"issues.car-tariff.target_end": -5.0}, "can be -5 %"),
        ({"trade.elasticity": 0.5}, "It must be between 1 and 20"),
        ({"trade.elasticty": 4.0}, 'The nearest known name is "trade.elasticity"'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_trade_that_does_not_fit_together_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        CASE.vary(changes)
    assert said in str(refused.value)


def test_a_missing_flow_is_named() -> None:
    tree = CASE.model_dump(exclude_unset=True, exclude={"notes"}) | {"kind": "teaching"}
    tree["trade"]["flows"] = tree["trade"]["flows"][:-1]
    with pytest.raises(ScenarioError, match=r"trade.flows lacks rest-to-rest\. Every country needs a flow to every country"):
        Scenario.build(tree)
