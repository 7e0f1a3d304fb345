"""The experiments that are programs, at a tiny size, from the command line to the findings and the figures."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas
import pytest

from negosim.results.payoff_matrix import Matrix
from negosim.store.failures import Failure, PointsFailedError
from tests.architecture.house import ROOT

FOLDER = ROOT / "experiments"
PROGRAMS = sorted(FOLDER.glob("*.py"))
PNG = b"\x89PNG\r\n\x1a\n"


PAGE = "Before.\n<!-- {0}: generated -->\nold\n<!-- end of {0} -->\nAfter.\n"


def page(folder: Path, name: str) -> Path:
    """A page with a generated part of this name, beside a folder of results."""
    path = folder.with_suffix(".md")
    path.write_text(PAGE.format(name), encoding="utf-8")
    return path


def program(name: str) -> ModuleType:
    """An experiment's program as a module, with its folder where Python looks first, as when it is run."""
    if str(FOLDER) not in sys.path:
        sys.path.insert(0, str(FOLDER))
    return importlib.import_module(name)


@pytest.fixture(scope="module")
def anatomy(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModuleType, Path]:
    """The anatomy, 60 runs at each point."""
    module, folder = program("anatomy_of_uncertainty"), tmp_path_factory.mktemp("anatomy")
    words = ["--out", str(folder), "--figures", str(folder / "figures"), "--page", str(page(folder, "anatomy"))]
    assert module.main([*words, "--runs", "60", "--draws", "2", "--draw-runs", "20"]) == 0
    return module, folder


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModuleType, Path]:
    """The matrix of best responses, 30 runs in each cell."""
    module, folder = program("best_responses"), tmp_path_factory.mktemp("matrix")
    words = ["--out", str(folder), "--page", str(page(folder, "best-responses"))]
    assert module.main([*words, "--runs", "30", "--draws", "1", "--draw-runs", "2"]) == 0
    return module, folder


def test_the_page_names_every_program_and_how_to_run_it() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(PROGRAMS) == 3 and all(f"`python experiments/{path.name}" in page for path in PROGRAMS)


def test_the_anatomy_tells_every_tactic_and_every_pair(anatomy: tuple[ModuleType, Path]) -> None:
    module, folder = anatomy
    text = (folder / "findings.md").read_text(encoding="utf-8")
    words = [name.removeprefix("sender.") for name in module.TACTICS]
    assert all(text.count(f"\n- {word.capitalize()}, ") == 1 and f"| {word}, 0 to " in text for word in words)
    pairs = re.findall(r"^\| (\w+) and (\w+) \|", text, flags=re.MULTILINE)
    assert len(pairs) == len(set(pairs)) == 15 and {word for pair in pairs for word in pair} == set(words)
    assert "nan" not in text.lower().replace("dominant", "") and "best for Japan" in text
    assert all((folder / "figures" / f"anatomy-{name}.png").read_bytes().startswith(PNG) for name in ("textbook", "case"))


def test_the_tables_of_the_findings_go_into_the_page(anatomy: tuple[ModuleType, Path], matrix: tuple[ModuleType, Path]) -> None:
    for _, folder in (anatomy, matrix):
        text = (folder.with_suffix(".md")).read_text(encoding="utf-8")
        table = [line for line in text.splitlines() if line.startswith("|")]
        assert text.startswith("Before.\n<!-- ") and text.endswith("-->\nAfter.\n") and "old" not in text and len(table) > 12
    findings = (anatomy[1] / "findings.md").read_text(encoding="utf-8")
    page = (anatomy[1].with_suffix(".md")).read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("|") and line not in findings.splitlines()] == []


def test_the_numbers_of_the_anatomy_are_those_of_its_sweeps(anatomy: tuple[ModuleType, Path]) -> None:
    """The US's gain from ambiguity, and the interaction of the first pair, by hand from the runs."""
    _, folder = anatomy
    text = (folder / "findings.md").read_text(encoding="utf-8")
    parts = pandas.concat(pandas.read_parquet(path) for path in sorted((folder / "pairs" / "parts").glob("point*.parquet")))
    means = 100 * parts.groupby("point")[["sender_payoff", "target_payoff"]].mean()
    both = means.loc[7] - means.loc[0]
    (line,) = re.findall(r"^\| ambiguity and commitment \|(.*)\|$", text, flags=re.MULTILINE)
    told = [cell.strip() for cell in line.replace("\N{MINUS SIGN}", "-").split("|")]
    assert [float(told[0]), float(told[2])] == pytest.approx([round(both.iloc[0], 1), round(both.iloc[1], 1)], abs=0.051)
    beyond = means.loc[7] - means.loc[1] - means.loc[2] + means.loc[0]
    for cell, value in zip((told[1], told[3]), beyond, strict=True):
        assert cell == "–" or float(cell.split()[0]) == pytest.approx(value, abs=0.051)


def test_the_other_tactics_are_off_where_one_is_looked_at(anatomy: tuple[ModuleType, Path]) -> None:
    module, _ = anatomy
    scenario = module.ns.Scenario.load(module.SCENARIO)
    for experiment in (module.alone(scenario, 2), module.pairs(scenario, 2, 0, 2)):
        assert all(experiment.base.get(name) == 0.0 for name in module.TACTICS)
    plausible = scenario.assumed()
    assert module.much(scenario) == {name: plausible[name][1] for name in module.TACTICS}


def test_the_matrix_answers_for_every_tactic(matrix: tuple[ModuleType, Path]) -> None:
    module, folder = matrix
    text = (folder / "findings.md").read_text(encoding="utf-8")
    scenario = module.ns.Scenario.load(module.SCENARIO)
    rows, columns = module.sender_choices(scenario), module.target_choices()
    assert all(f"- **{row}**: " in text for row in rows if row != module.BASE)
    assert all(f"\n| {name} | " in text for name in (*rows, *columns)) and "nashpy finds" in text
    table = pandas.read_csv(folder / "matrix.csv")
    assert len(table) == len(rows) * len(columns) and not table.isna().any(axis=None)
    assert (folder / "best-responses.png").read_bytes().startswith(PNG)


def test_the_pair_as_it_stands_is_the_baseline_run_for_run(matrix: tuple[ModuleType, Path]) -> None:
    module, folder = matrix
    results = module.Results(folder / "sweep")
    scenario = results.experiment.base
    rows, columns = module.sender_choices(scenario), module.target_choices()
    own = module.point_of(rows, columns, module.BASE, scenario.target.strategy)
    frame = results.frame(["point", "replication", "sender_payoff", "target_payoff"])
    here, base = (frame[frame["point"] == number].drop(columns="point").to_numpy() for number in (own, 0))
    assert np.array_equal(here, base)


def test_a_sweep_that_is_there_is_not_played_again(matrix: tuple[ModuleType, Path], capsys: pytest.CaptureFixture[str]) -> None:
    module, folder = matrix
    before = (folder / "findings.md").read_text(encoding="utf-8")
    stamps = {path: path.stat().st_mtime_ns for path in (folder / "sweep" / "parts").iterdir()}
    assert module.main(["--out", str(folder), "--runs", "30", "--draws", "1", "--draw-runs", "2"]) == 0
    assert {path: path.stat().st_mtime_ns for path in (folder / "sweep" / "parts").iterdir()} == stamps
    assert (folder / "findings.md").read_text(encoding="utf-8") == before and before in capsys.readouterr().out


@pytest.mark.parametrize("name", [path.stem for path in PROGRAMS])
def test_stopping_it_by_hand_ends_it_with_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = program(name)

    def stop(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module.ns, "sweep", stop)
    monkeypatch.setattr(module, "textbook", stop, raising=False)
    assert module.main(["--out", str(tmp_path)]) == 130
    assert "The same command goes on" in capsys.readouterr().err


@pytest.mark.parametrize("name", [path.stem for path in PROGRAMS])
@pytest.mark.parametrize(("option", "value"), [("--draws", "0"), ("--runs", "0"), ("--draw-runs", "many")])
def test_a_number_that_cannot_be_played_is_refused(
    name: str, option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        program(name).main(["--out", str(tmp_path / "new"), option, value])
    told = capsys.readouterr().err.splitlines()[-1]
    assert ended.value.code == 2 and f"argument {option}: " in told and value in told
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", [path.stem for path in PROGRAMS])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "mine"], "mine holds files of something else, such as thesis.md. Choose another folder."),
        (["--out", "mine/thesis.md"], "mine/thesis.md is a file. Choose a folder."),
        (["--out", "new", "--page", "none.md"], "none.md cannot be read: No such file or directory. Choose another page"),
        (["--out", "new", "--page", "mine/thesis.md"], "mine/thesis.md cannot be renewed: the page has 0 generated parts named"),
        (["--out", "new", "--figures", "mine/thesis.md/figures"], "mine/thesis.md/figures cannot be made: Not a directory."),
    ],
)
def test_what_would_fail_at_the_end_is_refused_at_the_start(
    name: str, words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.md").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert program(name).main(words) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "thesis.md"]
    assert (tmp_path / "mine" / "thesis.md").read_text(encoding="utf-8") == "mine"


def test_a_sweep_of_something_else_in_the_folder_is_refused(
    matrix: tuple[ModuleType, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    module, folder = matrix
    assert module.main(["--out", str(folder), "--runs", "31", "--draws", "1", "--draw-runs", "2"]) == 2
    assert "holds runs of another experiment, scenario or version: experiment.replications" in capsys.readouterr().err


def test_parts_that_failed_end_it_with_their_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = program("best_responses")

    def fail(*given: object, **named: object) -> None:
        raise PointsFailedError(tmp_path, [Failure("point-0000", "point 0", "ArithmeticError", "no wages")], 3)

    monkeypatch.setattr(module.ns, "sweep", fail)
    assert module.main(["--out", str(tmp_path / "new")]) == 3
    assert "1 of 3 parts failed" in capsys.readouterr().err


GAMES = {
    "pennies": ([[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]], [({"a": 0.5, "b": 0.5}, {"c": 0.5, "d": 0.5})]),
    "dilemma": ([[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]], [({"b": 1.0}, {"d": 1.0})]),
    "sexes": (
        [[2.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 2.0]],
        [({"a": 1.0}, {"c": 1.0}), ({"b": 1.0}, {"d": 1.0}), ({"a": 2 / 3, "b": 1 / 3}, {"c": 1 / 3, "d": 2 / 3})],
    ),
}
"""Matching pennies, the prisoners' dilemma and the battle of the sexes, with all their equilibria."""


@pytest.mark.parametrize("name", GAMES)
def test_the_equilibria_of_known_games_are_found(name: str) -> None:
    sender, target, expected = GAMES[name]
    found, whole = program("best_responses").equilibria(Matrix(("a", "b"), ("c", "d"), np.array(sender), np.array(target)))
    assert whole and len(found) == len(expected)
    for shares in expected:
        assert any(one.sender == pytest.approx(shares[0]) and one.target == pytest.approx(shares[1]) for one in found)


@pytest.mark.parametrize(
    ("own", "best", "said"),
    [
        ((-0.02, -0.03, -0.01), (0.01, 0.0, 0.02), "nothing to undo"),
        ((0.001, -0.01, 0.012), (0.01, 0.0, 0.02), "The runs cannot tell whether it pays"),
        ((0.02, 0.01, 0.03), (-0.02, -0.03, -0.01), "turns it against the sender"),
        ((0.02, 0.01, 0.03), (0.001, -0.01, 0.01), "undoes the tactic."),
        ((0.02, 0.01, 0.03), (0.01, 0.005, 0.015), "leaves 50 % of the gain"),
        ((0.02, 0.01, 0.03), (0.03, 0.02, 0.04), "takes nothing of it away"),
    ],
)
def test_a_verdict_says_what_is_left_of_the_gain(own: tuple[float, ...], best: tuple[float, ...], said: str) -> None:
    module = program("best_responses")
    assert said in module.verdict("bluff", module.Gain(*own, 0.9), module.Gain(*best, 0.9), "micro")
