"""The command line: what it prints, and one clear line with status 2 for everything that a user can get wrong."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas
import pytest
from typer.testing import CliRunner, Result

import negosim
import negosim.sweeps.play
from negosim import cli
from negosim.cli import progress
from negosim.plots import path, png
from negosim.scenario.scenario import Scenario
from tests.unit import pretend

COMMANDS = ("scenarios", "play", "schema", "sweep", "plot", "compare", "status", "merge", "reproduce", "facts", "check", "view")


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def refusal(*arguments: Any) -> str:
    """The last line of the error stream of a command that fails with status 2, without a traceback."""
    result = run(*arguments)
    assert result.exit_code == 2 and "Traceback" not in result.output, result.output
    return result.stderr.strip().splitlines()[-1]


def swept(file: Path) -> Path:
    """The folder of a finished sweep."""
    out = file.parent / "runs"
    assert run("sweep", file, "--out", out).exit_code == 0
    return out


# ---- what it prints ----


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0 and f"Example: negosim {command}" in result.stdout


def test_the_help_names_every_command() -> None:
    assert all(f"\n  {command} " in run("--help").stdout for command in COMMANDS)


def test_the_scenarios_are_listed() -> None:
    lines = run("scenarios").stdout.splitlines()
    assert [line.split()[0] for line in lines] == Scenario.names()
    told = json.loads(run("scenarios", "--json").stdout)
    assert [each["name"] for each in told] == Scenario.names() and all(each["title"] for each in told)


def test_the_schema_is_that_of_a_scenario_file() -> None:
    assert json.loads(run("schema").stdout) == Scenario.schema()


def test_the_schema_of_an_experiments_file_is_printed_on_demand() -> None:
    assert json.loads(run("schema", "--experiment").stdout) == negosim.Experiment.schema()


def test_a_run_is_told_as_the_model_tells_it() -> None:
    talks = negosim.Negotiation(Scenario.load("pie").vary(**{"talks.rounds": 4}), 7, 2).play()
    result = run("play", "pie", "--seed", 7, "--replication", 2, "--set", "talks.rounds=4")
    assert result.exit_code == 0 and result.stdout == talks.transcript() + "\n"


def test_a_run_is_told_and_drawn_into_a_file(tmp_path: Path) -> None:
    result = run("play", "pie", "--seed", 7, "--figure", tmp_path / "run.png")
    assert result.exit_code == 0 and result.stdout == run("play", "pie", "--seed", 7).stdout
    assert (tmp_path / "run.png").read_bytes() == png(path(negosim.Negotiation(Scenario.load("pie"), 7).play()))


def test_a_run_as_json_has_its_outcome_and_every_round() -> None:
    told = json.loads(run("play", "us-japan-2025", "--seed", 3, "--set", "sender.strategy=commitment", "--json").stdout)
    assert (told["scenario"], told["seed"], told["changes"]) == ("us-japan-2025", 3, {"sender.strategy": "commitment"})
    case = Scenario.load("us-japan-2025").vary(**{"sender.strategy": "commitment"})
    row = negosim.simulate(case, replications=1, seed=3).frame().iloc[0]
    assert told["outcome"]["sender_payoff"] == row["sender_payoff"] and told["outcome"]["ending"] == row["ending"]
    assert len(told["rounds"]) == told["outcome"]["rounds"] == row["rounds"]


def test_a_scenario_can_be_a_file(tmp_path: Path) -> None:
    Scenario.load("pie").save(tmp_path / "mine.toml")
    assert run("play", tmp_path / "mine.toml", "--seed", 1).stdout == run("play", "pie", "--seed", 1).stdout


def test_a_comparison_is_told_or_given_as_json(file: Path) -> None:
    Scenario.load("pie").vary(**{"sender.ambiguity": 0.2}).save(file.parent / "mine.toml")
    told = run("compare", "pie", file.parent / "mine.toml", "--runs", 40, "--seed", 3)
    assert told.exit_code == 0 and "40 runs of each" in told.stdout and "20.0 points more (20.0 to 20.0)" in told.stdout
    given = json.loads(run("compare", "pie", file.parent / "mine.toml", "--runs", 40, "--seed", 3, "--json").stdout)
    assert given["b"] == {"scenario": "pie", "runs": 40, "seed": 3}
    assert [row["name"] for row in given["changes"]] == ["sender.ambiguity"]
    results = run("compare", swept(file), "pie", "--json")
    assert results.exit_code == 0 and json.loads(results.stdout)["a"]["runs"] == 10


def test_a_sweep_prints_its_findings_and_writes_them(file: Path) -> None:
    out = file.parent / "runs"
    result = run("sweep", file, "--out", out, "--workers", 2)
    assert result.exit_code == 0
    assert "# A small experiment" in result.stdout and "20.0 points more (20.0 to 20.0)" in result.stdout
    assert (out / "findings.md").read_text(encoding="utf-8") == result.stdout.removesuffix("\n")
    assert {path.name for path in out.iterdir()} >= {"findings.json", "summary.parquet", "summary.csv", "parts"}
    assert "A small experiment: 40 runs at 4 points" in result.stderr and "40 of 40 runs" in result.stderr
    assert run("sweep", file, "--out", out).stdout == result.stdout


def test_a_sweep_with_another_seed_is_another_experiment(file: Path) -> None:
    out = swept(file)
    assert "holds runs of another experiment" in refusal("sweep", file, "--out", out, "--seed", 8)
    assert run("sweep", file, "--out", file.parent / "eight", "--seed", 8).exit_code == 0
    assert json.loads((file.parent / "eight" / "manifest.json").read_text())["experiment"]["seed"] == 8


def test_a_dry_run_shows_the_design_and_an_estimate_and_writes_nothing(file: Path) -> None:
    for more in ((), ("--out", file.parent / "runs")):
        result = run("sweep", file, "--dry-run", "--workers", 2, "--seed", 3, *more)
        assert result.exit_code == 0 and "design    grid: the baseline and 3 points, 4 in all" in result.stdout
        assert "luck      common, seed 3" in result.stdout and "runs      40: 10 at each point" in result.stdout
        assert "estimate  about 1 s on 2 threads" in result.stdout
    assert os.listdir(file.parent) == ["small.toml"]


def test_a_dry_run_names_the_point_whose_trade_cannot_be_solved(tmp_path: Path) -> None:
    text = 'name = "a"\ntitle = "A"\nquestion = "?"\nscenario = "us-japan-2025"\nreplications = 4\nseed = 1\n[[vary]]\n'
    file = tmp_path / "trade.toml"
    file.write_text(f'{text}parameter = "trade.flows.japan-to-us.amount"\nvalues = [150.0, 10000.0]\n', encoding="utf-8")
    assert "point 2: trade cannot be solved: no wages clear the markets" in refusal("sweep", file, "--dry-run")


def test_a_dry_run_refuses_what_a_sweep_would_refuse(file: Path) -> None:
    file.write_text(pretend.EXPERIMENT.replace("0.2]\nheadline", "0.9]\nheadline"), encoding="utf-8")
    assert "small.toml: point 3: sender.ambiguity = 0.9 is out of range" in refusal("sweep", file, "--dry-run")


def test_the_figures_are_drawn_into_the_folder_of_the_results(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw_all(results: Any, folder: Path) -> list[Path]:
        assert len(results.frame(["point"])) == 40
        return [folder / "one.png"]

    from negosim import plots

    monkeypatch.setattr(plots, "draw_all", draw_all)
    out = swept(file)
    assert run("plot", out).stdout.splitlines() == [str(out / "figures" / "one.png")]
    assert run("plot", out, "--out", file.parent / "mine").stdout.splitlines() == [str(file.parent / "mine" / "one.png")]


def test_the_facts_are_told_with_record_model_and_verdict_whatever_the_verdict() -> None:
    result = run("facts", "--only", "letters", "--only", "ambiguity", "--runs", 40)
    assert result.exit_code == 0 and max(map(len, result.stdout.splitlines())) <= 130
    assert [line.split(":")[0] for line in result.stdout.splitlines() if line.startswith(("letters:", "ambiguity:"))] == [
        "ambiguity", "letters"
    ]
    assert "specific: 68.3 % (n 186 of 253), ambiguous: 31.2 % (n 80 of 184)" in result.stdout
    assert "verdict  no mark: in sample; one sender on one day; only 14 cases" in result.stdout


def test_the_facts_as_json_hold_the_numbers() -> None:
    told = json.loads(run("facts", "--only", "letters", "--runs", 40, "--seed", 5, "--json").stdout)
    assert (told["scenario"], told["runs"], told["seed"]) == ("us-japan-2025", 40, 5)
    (row,) = told["facts"]
    assert row.keys() == {"name", "statement", "kind", "unit", "record", "model", "sample", "verdict"}
    assert row["record"]["value"]["value"] == 0.5 and row["record"]["levels"][0]["n"] == 14
    executed = negosim.simulate(Scenario.load("us-japan-2025"), replications=40, seed=5).frame()["threats_executed"] > 0
    assert row["model"]["value"]["value"] == pytest.approx(executed.mean()) and row["sample"]["status"] == "in sample"


def test_a_damaged_record_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from negosim.validation.record import verdicts

    monkeypatch.setattr(verdicts, "compare", functools.partial(verdicts.compare, folder=tmp_path))
    said = refusal("facts", "--only", "ambiguity")
    assert said == "ties_threat_success_rates.csv: cannot be read: No such file or directory. Restore the file from the package."


def test_progress_is_told_in_lines_where_no_terminal_is(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    clock = iter([0.0, 1.0, 6.0, 6.5])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    tell = progress.lines_of_progress()
    for done in (0, 10, 20, 30):
        tell(done, 30, 2.0, 100.0 - done)
    assert capsys.readouterr().err.splitlines() == [
        "0 of 30 runs, 2 a second, 1:40 left",
        "20 of 30 runs, 2 a second, 1:20 left",
        "30 of 30 runs, 2 a second, 1:10 left",
    ]


# ---- what a user can get wrong ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["play", "us-japan"], ['no scenario named "us-japan"', '"us-japan-2025"']),
        (["play", "nowhere.toml"], ["nowhere.toml", "no such file"]),
        (["play", "pie", "--set", "sender.ambigity=0.1"], ["sender.ambigity is unknown", '"sender.ambiguity"']),
        (["play", "pie", "--set", "sender.ambiguity=0.9"], ["sender.ambiguity = 0.9", "between 0 and 0.5"]),
        (["play", "pie", "--set", "sender.ambiguity=much"], ["sender.ambiguity = 'much'", "a number belongs here"]),
        (["play", "pie", "--set", "sender.ambiguity=nan"], ["sender.ambiguity = nan", "finite"]),
        (["play", "pie", "--set", "sender.ambiguity=[1]"], ["sender.ambiguity", "a number belongs here"]),
        (["play", "pie", "--set", "sender.strategy=poker"], ["sender.strategy = 'poker'", "time-dependent"]),
        (["play", "pie", "--set", "talks.rounds=2.5"], ["talks.rounds = 2.5", "whole number"]),
        (["play", "pie", "--set", "talks=3"], ["talks is a group of values"]),
        (["play", "pie", "--set", "talks.rounds"], ["--set = 'talks.rounds' is not NAME=VALUE"]),
        (["play", "pie", "--set", "=3"], ["--set = '=3' is not NAME=VALUE"]),
        (["play", "pie", "--set", "talks.rounds=3", "--set", "talks.rounds=4"], ["talks.rounds is set twice"]),
        (["play", "pie", "--figure", "run.pdf"], ["--figure = 'run.pdf' does not end in .png"]),
        (["play", "pie", "--figure", "no/where/run.png"], ["--figure = 'no/where/run.png'", "no folder 'no/where'"]),
        (["play", "pie", "--seed", "x"], ["'--seed'", "'x' is not a whole number"]),
        (["play", "pie", "--seed", "-1"], ["'--seed'", "-1 is out of range. It must be at least 0."]),
        (["play", "pie", "--replication", str(2**63)], ["'--replication'", f"{2**63} is out of range", str(2**63 - 1)]),
        (["sweep", "nowhere.toml", "--out", "x"], ["nowhere.toml: cannot be read: No such file", "Name the TOML file"]),
        (["sweep", "{file}", "--out", "x", "--workers", "0"], ["'--workers'", "0 is out of range", "at least 1"]),
        (["sweep", "{file}"], ["Missing option '--out'"]),
        (["facts", "--only", "ambiguty"], ['no fact named "ambiguty"', 'The nearest known name is "ambiguity".']),
        (["facts", "--runs", "1"], ["'--runs'", "1 is out of range. It must be at least 2."]),
        (["facts", "--runs", "300000"], ["runs = 300000 is out of range", "between 2 and 200000"]),
        (["plot", "nowhere"], ["nowhere holds no results", "Name the folder that a sweep wrote"]),
        (["plot", "{file}"], ["small.toml", "cannot be read: Not a directory"]),
        (["compare", "pie", "us-japan"], ['no scenario named "us-japan"', '"us-japan-2025"']),
        (["compare", "nowhere.toml", "pie"], ["nowhere.toml", "no such file"]),
        (["compare", "pie", "."], [". holds no results", "Name the folder that a sweep wrote"]),
        (["compare", "pie", "pie", "--runs", "1"], ["'--runs'", "1 is out of range. It must be at least 2."]),
        (["compare", "pie"], ["Missing argument 'B'"]),
        (["bogus"], ["No such command 'bogus'"]),
    ],
)
def test_what_is_wrong_is_one_line_that_names_it_and_the_remedy(
    file: Path, arguments: list[str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    said = refusal(*(argument.format(file=file) for argument in arguments))
    assert all(word in said for word in words), said
    assert sorted(os.listdir(file.parent)) == ["small.toml"]


def test_a_mistake_in_the_file_is_named_with_the_file(file: Path) -> None:
    file.write_text(pretend.EXPERIMENT.replace("replications = 10", "replications = -1"), encoding="utf-8")
    assert "small.toml: replications = -1 is out of range" in refusal("sweep", file, "--out", file.parent / "runs")
    file.write_text(pretend.EXPERIMENT.replace("0.2]\nheadline", "0.9]\nheadline"), encoding="utf-8")
    assert "point 3: sender.ambiguity = 0.9 is out of range" in refusal("sweep", file, "--out", file.parent / "runs")
    file.write_bytes(b"")
    assert "small.toml: is empty" in refusal("sweep", file, "--out", file.parent / "runs")
    assert not (file.parent / "runs").exists()


def test_a_folder_that_cannot_take_the_results_is_left_as_it_is(file: Path) -> None:
    assert "small.toml is a file. Choose another folder" in refusal("sweep", file, "--out", file)
    out = swept(file)
    before = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    file.write_text(pretend.EXPERIMENT.replace("seed = 7", "seed = 8"), encoding="utf-8")
    said = refusal("sweep", file, "--out", out)
    assert "holds runs of another experiment" in said and "experiment.seed: 7 there, 8 here" in said
    assert {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()} == before


def test_results_that_are_damaged_are_not_drawn(file: Path) -> None:
    out = swept(file)
    part = out / "parts" / "point-0001-chunk-0002.parquet"
    whole = part.read_bytes()
    part.write_bytes(whole[:-10])
    assert "point-0001-chunk-0002.parquet is damaged" in refusal("plot", out)
    assert "point-0001-chunk-0002.parquet is damaged" in refusal("compare", "pie", out)
    part.unlink()
    assert "lacks 1 of 12 parts" in refusal("plot", out)
    (out / "manifest.json").write_text("{}")
    assert "manifest.json is damaged" in refusal("plot", out)
    assert not (out / "figures").exists()


PROGRAM = """
import sys, threading
import negosim.sweeps.play
from negosim import cli
from negosim.cli import progress
from tests.unit import pretend

begun = threading.Event()

def simulate(scenario, replications, seed=0, first=0, between=None):
    if first >= 4:
        print("playing", flush=True)
        begun.wait(1.0)
    return pretend.simulate(scenario, replications, seed, first)

negosim.sweeps.play.simulate = simulate
cli.app()
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT")
@pytest.mark.slow
def test_an_interrupted_sweep_says_how_to_go_on_and_goes_on(file: Path) -> None:
    out = file.parent / "runs"
    command = [sys.executable, "-c", PROGRAM, "sweep", str(file), "--out", str(out), "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "playing\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in said
    assert "of 40 runs, which are kept in" in said and "Run the same sweep into the same folder to go on." in said
    assert 1 <= len(list(out.glob("parts/*.parquet"))) < 12 and not (out / "findings.md").exists()
    assert run("sweep", file, "--out", out).exit_code == 0
    whole = file.parent / "whole"
    assert run("sweep", file, "--out", whole).exit_code == 0
    for name in ("findings.md", "summary.csv"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()
    assert len(pandas.read_csv(out / "summary.csv")) > 0
