"""Common or independent luck: which runs a point plays, and that differences stay what they are, with wider intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest

import negosim.sweeps.play
from negosim.common.errors import ExperimentError
from negosim.engine.kernel import simulate
from negosim.report.write import write_report
from negosim.results.interactions import interactions
from negosim.results.intervals import half_width
from negosim.results.paired import paired
from negosim.results.results import Results
from negosim.store.plan import planned_chunks
from negosim.sweeps.runner import sweep
from tests.unit import pretend
from tests.unit.pretend import assuming, experiment

RUNS = 400


def played(tmp_path: Path, luck: str, **changes: Any) -> Results:
    made = experiment(scenario="us-japan-2025", luck=luck, replications=RUNS, chunk=150, **changes)
    return sweep(made, tmp_path / luck, workers=1)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    """A real case with either luck."""
    folder = tmp_path_factory.mktemp("luck")
    return {luck: played(folder, luck) for luck in ("common", "independent")}


def payoffs(results: Results, point: int) -> numpy.ndarray:
    frame = results.frame(["point", "sender_payoff"])
    return frame.loc[frame["point"] == point, "sender_payoff"].to_numpy()


def test_with_independent_luck_a_point_plays_runs_that_no_other_point_plays() -> None:
    made = experiment(luck="independent")
    assert [(c.point.number, c.first, c.runs) for part in planned_chunks(made) for c in part.chunks] == [
        (0, 0, 4), (0, 4, 4), (0, 8, 2), (1, 10, 4), (1, 14, 4), (1, 18, 2), (2, 20, 4), (2, 24, 4), (2, 28, 2)
    ]


def test_the_runs_of_a_point_are_those_of_their_numbers(both: dict[str, Results]) -> None:
    results = both["independent"]
    scenario = results.experiment.scenario_at(results.experiment.design_points[2])
    alone = simulate(scenario, replications=RUNS, seed=7, first=2 * RUNS).frame()["sender_payoff"].to_numpy()
    assert (payoffs(results, 2) == alone).all()
    assert (payoffs(both["common"], 0) == payoffs(results, 0)).all()
    assert not (payoffs(both["common"], 2) == payoffs(results, 2)).any()


def test_runs_are_paired_by_their_number_within_their_point(both: dict[str, Results]) -> None:
    for results in both.values():
        row = paired(results, point=2).set_index("quantity").loc["sender_payoff"]
        differences = payoffs(results, 2) - payoffs(results, 0)
        assert row["difference"] == pytest.approx(differences.mean(), abs=1e-12) and row["pairs"] == RUNS
        assert row["high"] - row["low"] == pytest.approx(2 * half_width(differences.std(ddof=1), RUNS), abs=1e-12)
        asked = results.query("select point, min(run) as low, max(run) as high from runs group by point order by point")
        assert asked["low"].tolist() == [0] * 3 and asked["high"].tolist() == [RUNS - 1] * 3


def test_independent_luck_gives_the_same_mean_with_a_wider_interval(both: dict[str, Results]) -> None:
    """The two estimates differ by at most four standard errors: a false alarm in 16,000 seeds, and this seed is fixed."""
    common, independent = (paired(results, point=2).set_index("quantity").loc["sender_payoff"] for results in both.values())
    error = float(numpy.hypot(common["error"], independent["error"]))
    assert abs(common["difference"] - independent["difference"]) < 4 * error
    assert independent["error"] > 1.2 * common["error"]
    apart = numpy.sqrt(sum(payoffs(both["independent"], point).var(ddof=1) for point in (0, 2)) / RUNS)
    assert independent["error"] == pytest.approx(apart, rel=0.15)


def test_the_findings_say_which_luck(both: dict[str, Results]) -> None:
    texts = {luck: write_report(results)[1] for luck, results in both.items()}
    assert "from runs paired by the same luck." in texts["common"]
    assert "from runs each with luck of its own, paired as they come." in texts["independent"]


def test_interactions_pair_runs_within_their_points_too(tmp_path: Path) -> None:
    points = [{"sender.ambiguity": 0.2}, {"sender.reversal": 0.05}, {"sender.ambiguity": 0.2, "sender.reversal": 0.05}]
    results = played(tmp_path, "independent", vary=[], points=points)
    sums = payoffs(results, 3) - payoffs(results, 1) - payoffs(results, 2) + payoffs(results, 0)
    row = interactions(results).set_index("quantity").loc["sender_payoff"]
    assert row["difference"] == pytest.approx(sums.mean(), abs=1e-12) and row["pairs"] == RUNS


def test_each_point_of_a_joint_draw_has_luck_of_its_own_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def simulate(scenario: Any, replications: int, seed: int = 0, first: int = 0, between: Any = None) -> Any:
        calls.append(first)
        return pretend.simulate(scenario, replications, seed, first)

    monkeypatch.setattr(negosim.sweeps.play, "simulate", simulate)
    made = experiment(scenario=assuming(), luck="independent", replications=4, assumed_draws=3, draw_replications=5)
    sweep(made, tmp_path / "runs", workers=1)
    assert calls == [0, 4, 8, *range(0, 45, 5)]


def test_another_luck_is_refused() -> None:
    with pytest.raises(ExperimentError, match=r"luck = 'good' is not one of the words .*Allowed: common, independent"):
        experiment(luck="good")
