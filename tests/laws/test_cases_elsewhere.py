"""No country, issue, person or date is wired in: a case moved elsewhere is the same game, told in the words of its own file."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

from negosim import Negotiation, Scenario, simulate
from negosim.experiment.experiment import Experiment
from negosim.plots.gallery import FIGURES
from negosim.report.findings import findings_text
from negosim.report.sensitivity import sensitivity_text
from negosim.results.findings import findings_of
from negosim.sweeps.runner import sweep
from tests.laws.playing import differences

pytestmark = pytest.mark.slow

CASES = [name for name in Scenario.names() if Scenario.load(name).kind == "case"]
OF_GRIDS = ("heat-maps", "main-effects")
OF_SAMPLES = {"sobol-indices": "saltelli", "morris-plane": "morris"}
TEXTS = ("title", "summary", "reason", "source", "assumed")
SIDES = {
    "sender": {"name": "the Northern Union", "short": "NU"},
    "target": {"name": "Southland", "short": "South"},
}


def elsewhere(case: Scenario) -> Scenario:
    """Return a case with every name, text and date of its file replaced, and every number as it is."""
    tree = tomllib.loads(case.to_toml())
    numbers = {slug: number for number, slug in enumerate(slugs(case))}
    moved: dict[str, Any] = renamed(tree, numbers)
    moved |= {"name": "elsewhere", "title": "Talks elsewhere"}
    moved["calendar"] |= {"first_round": datetime.date(2031, 5, 5)}
    for side, names in SIDES.items():
        moved[side] |= names
    return Scenario.build(moved)


def slugs(case: Scenario) -> list[str]:
    """Return the short names of the issues, the people and the countries of a case, each once."""
    people = [p for side in (case.sender, case.target) for p in (side.principal, *side.negotiators, *side.ratifiers)]
    countries = case.trade.countries if case.trade is not None else ()
    return list(dict.fromkeys(each.name for each in (*case.issues, *people, *countries)))


def renamed(tree: Any, numbers: dict[str, int], key: str = "") -> Any:
    """Return a tree with its short names, as keys and as values, and its texts replaced by numbered ones."""
    if isinstance(tree, list):
        return [renamed(item, numbers, key) for item in tree]
    if isinstance(tree, str) and key in TEXTS:
        return f"Text {len(tree)}"
    if isinstance(tree, str):
        return f"thing-{numbers[tree]}" if tree in numbers else tree
    if not isinstance(tree, dict):
        return tree
    moved = {(f"thing-{numbers[k]}" if k in numbers else k): renamed(item, numbers, k) for k, item in tree.items()}
    return moved | {"title": f"Matter {numbers[tree['name']]}"} if tree.get("name") in numbers else moved


def words_of(case: Scenario) -> re.Pattern[str]:
    """Return a pattern of the words by which one knows a case: its year, its sides, its people and its issues."""
    assert case.calendar is not None
    words = [str(case.calendar.first_round.year), *slugs(case), *(issue.title for issue in case.issues)]
    for side in (case.sender, case.target):
        words += [side.short, *re.findall(r"[A-Z][a-z]+", side.name)]
        words += [person.title.split()[-1] for person in (side.principal, *side.negotiators)]
    generic = {"rest"}  # the rest of the world, and the rest of an offer
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words if word not in generic), re.IGNORECASE)


def foreign(case: Scenario, text: str) -> list[str]:
    """Return the lines of a text that have a word of this case."""
    return [line for line in text.splitlines() if words_of(case).search(line)]


@pytest.mark.parametrize("name", CASES)
def test_a_case_elsewhere_is_the_same_game(name: str) -> None:
    case = Scenario.load(name)
    ours, theirs = simulate(case, 200, seed=1), simulate(elsewhere(case), 200, seed=1)
    assert differences(ours, theirs) == []


@pytest.mark.parametrize("name", CASES)
def test_runs_elsewhere_are_told_without_a_word_of_the_case(name: str) -> None:
    case = Scenario.load(name)
    play = partial(Negotiation, elsewhere(case), 7)
    told = "\n".join(play(replication).play().transcript() for replication in range(8))
    assert "Southland" in told and "May 2031" in told
    assert foreign(case, told) == []
    assert foreign(case, Negotiation(case, 7).play().transcript()) != []


@pytest.mark.parametrize("name", CASES)
def test_findings_and_figures_elsewhere_have_no_word_of_the_case(name: str, tmp_path: Path) -> None:
    case = Scenario.load(name)
    moved = elsewhere(case)
    vary = [{"parameter": "sender.ambiguity", "values": [0.0, 0.1, 0.2], "headline": [0.0, 0.2]}]
    experiment = Experiment(
        name="moved", title="Moved", question="Is it?", scenario=moved, vary=vary, replications=60, seed=3, assumed_draws=2,
        draw_replications=20, reported={moved.issues[0].name: moved.issues[0].status_quo},
    )
    results = sweep(experiment, tmp_path / "moved", workers=1)
    assert foreign(case, findings_text(findings_of(results, results.summary()), moved)) == []
    both = [{"parameter": name, "values": [0.0, 0.2]} for name in ("sender.ambiguity", "sender.commitment")]
    grid = Experiment(name="grid", title="Grid", question="Is it?", scenario=moved, vary=both, replications=60, seed=3)
    own = dict.fromkeys(OF_GRIDS, sweep(grid, tmp_path / "grid", workers=1))
    ranges = [{"parameter": name, "range": [0.0, 0.2]} for name in ("sender.ambiguity", "sender.commitment")]
    for title, design in OF_SAMPLES.items():
        asked = {"name": design, "title": "Indices", "question": "Is it?", "scenario": moved, "vary": ranges, "size": 2}
        own[title] = sweep(Experiment(**asked, design=design, replications=60, seed=3), tmp_path / design, workers=1)
        assert foreign(case, sensitivity_text(own[title], own[title].sensitivity())) == []
    for title, drawing in FIGURES.items():
        drawn = drawing(own.get(title, results))
        assert foreign(case, written(drawn)) == []


def written(drawn: Axes | Sequence[Axes]) -> str:
    """Return all words of the figure that some axes are in, a line each."""
    owner = (drawn if isinstance(drawn, Axes) else drawn[0]).figure
    return "\n".join(text.get_text() for text in owner.findobj(Text))
