"""The indices of a sweep in sentences and a table: which factors matter, for what, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from negosim.common.errors import StoreError
from negosim.common.markdown import escaped
from negosim.common.text import capital, percent
from negosim.experiment.experiment import Experiment
from negosim.experiment.quantities import COMPARED
from negosim.report.words import parameter_title, quantity_title
from negosim.results.results import Results
from negosim.results.sensitivity import factor_names, sensitivity
from negosim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas

NAMED = 5
"""Factors that a sentence names; the table has them all."""

MOST_ROWS = 30
"""Factors that the table has."""

NEGLIGIBLE = 0.01
"""A total index that is lower, with all of its interval, is that of a factor which may be fixed without loss."""

LOUD = 0.1
"""An error of an index by noise from which on more runs are asked for."""

NOTHING = 1e-6
"""A share of noise below which no index is wrong by more than 0.001."""


def sensitivity_report(results: Results) -> tuple[pandas.DataFrame | None, str]:
    """All indices of a Saltelli or Morris design, and what is said of them; no indices, and why, where points failed."""
    try:
        frame = sensitivity(results)
    except StoreError as error:
        return None, f"## Which factors matter\n\nThere are no indices. {escaped(str(error))}"
    return frame, sensitivity_text(results, frame)


def sensitivity_text(results: Results, frame: pandas.DataFrame) -> str:
    """What is said of the indices of the quantities of COMPARED, a section a case."""
    experiment = results.experiment
    titles = {case.name: f" in {escaped(case.heading)}" for case in experiment.case}
    lines: list[str] = []
    for case, base in experiment.bases.items():
        here = frame if case is None else frame[frame["case_name"] == case]
        names = [name for name in COMPARED if name in set(here["quantity"])]
        titled = {name: escaped(factor_title(base, name)) for name in factor_names(experiment)}
        lines += [f"## Which factors matter{titles.get(case or '', '')}", "", _preface(results, len(titled)), ""]
        for name in names:
            own = here[here["quantity"] == name]
            own = own.assign(title=own["parameter"].map(titled))
            lines.append(f"- {capital(escaped(quantity_title(base, name)))}: {_told(own, experiment)}")
        lines += ["", *_table(here, base, names, titled, "total" if experiment.design == "saltelli" else "mu_star"), ""]
    return "\n".join(lines).rstrip()


def _told(own: pandas.DataFrame, experiment: Experiment) -> str:
    """What is said of the indices of one quantity."""
    if own["value"].isna().all():
        return "it is the same at all points, rounding apart, so that it has no indices."
    told = _sobol if experiment.design == "saltelli" else _morris
    return f"{told(own)} {_noise(own, experiment.luck)}"


def factor_title(scenario: Scenario, name: str) -> str:
    """A factor in words; a group goes by its name.

    >>> factor_title(Scenario.load("pie"), "tactics")
    'the group tactics'
    """
    return parameter_title(scenario, name) if "." in name else f"the group {name}"


def _preface(results: Results, factors: int) -> str:
    experiment = results.experiment
    points = len(experiment.points_of(next(iter(experiment.bases)))) - 1
    size = f"{points:,} points from {experiment.size:,}"
    if experiment.design == "saltelli":
        return (
            f"Sobol indices of the means at {size} base points of {factors} factors. The first index of a factor is the "
            "share of the variance over the design that it explains alone, the total index that in which it has a part, "
            "interactions included. Intervals are 95 %, over other base points; a first index of 0 may come out below it."
        )
    return (
        f"Elementary effects of {factors} factors on the means at {size} trajectories: how much more a quantity is per whole way "
        "through a factor's range. Their mean size says how much a factor matters, their standard deviation how much that hangs "
        "on the others, or bends along the way. Intervals are 95 %, over other trajectories."
    )


def _of(own: pandas.DataFrame, index: str) -> pandas.DataFrame:
    """The rows of one index of a quantity, the highest value first."""
    return own[own["index"] == index].sort_values("value", ascending=False, kind="stable")


def _sobol(own: pandas.DataFrame) -> str:
    """What is said of the Sobol indices of one quantity."""
    first, total = _of(own, "first"), _of(own, "total")
    leading = []
    for _, row in total.head(NAMED).iterrows():
        leading.append(f"{row['title']} {_index(row['value'])} ({_index(row['low'])} to {_index(row['high'])})")
    alone = float(first["value"].sum())
    rest = 1.0 - alone
    interplay = (
        f"The factors alone explain {percent(alone)} of the variance, and what is left, {percent(rest)}, is interaction."
        if rest > NEGLIGIBLE
        else "The factors add up: alone they explain all of the variance, as far as the sample can tell."
    )
    idle = int((total["high"] < NEGLIGIBLE).sum())
    fixed = f" {_counted(idle, len(total), 'all')} a total index below {NEGLIGIBLE:g}, all of the interval." if idle else ""
    return f"the highest total indices are {', '.join(leading)}. {interplay}{fixed}"


def _morris(own: pandas.DataFrame) -> str:
    """What is said of the elementary effects of one quantity."""
    size, spread = _of(own, "mu_star"), own[own["index"] == "sigma"].set_index("parameter")["value"]
    signed = own[own["index"] == "mu"].set_index("parameter")["value"]
    leading = []
    for _, row in size.head(NAMED).iterrows():
        way = {1: ", always up", -1: ", always down"}.get(_one_way(signed[row["parameter"]], row["value"]), "")
        leading.append(f"{row['title']} {_measured(row['value'])} ({_measured(row['low'])} to {_measured(row['high'])}{way})")
    others = size["parameter"].map(spread).to_numpy() > size["value"].to_numpy()
    idle = int((size["value"] < NEGLIGIBLE * size["value"].max()).sum())
    text = f"the largest mean effects, in {_unit(own)}, are {', '.join(leading)}."
    bent = int(others[:NAMED].sum())
    if bent:
        text += f" {_counted(bent, min(NAMED, len(size)), 'these')} a standard deviation above that."
    return f"{text} {_counted(idle, len(size), 'all')} less than a hundredth of the largest." if idle else text


def _one_way(mean: float, size: float) -> int:
    """1 or -1 where all effects have that sign, 0 where they do not, are 0, or where nobody knows (NaN, of a group)."""
    return int(math.copysign(1, mean)) if size > 0.0 and abs(abs(mean) - size) <= 1e-9 * size else 0


def _counted(number: int, of: int, which: str) -> str:
    """How many of some factors have something, up to the verb.

    >>> _counted(1, 5, "these"), _counted(12, 24, "all")
    ('One of these 5 factors has', '12 of all 24 factors have')
    """
    return f"{'One' if number == 1 else number} of {which} {of} factors {'has' if number == 1 else 'have'}"


def _noise(own: pandas.DataFrame, luck: str) -> str:
    """How far luck within the points can have moved the indices, and whether more runs are needed."""
    noise = float(own["noise"].iloc[0])
    if math.isnan(noise):
        return "With one run a point nobody can tell how much of this is luck."
    if noise < NOTHING:
        return "Hardly any of the variance between points is noise of luck."
    luck_of = f"Of the variance between points {percent(noise)} is noise of luck"
    if "mu_star" in set(own["index"]):
        return f"{luck_of}.{_more(math.sqrt(noise))}"
    if luck == "common":
        worst = math.sqrt(noise)
        return f"{luck_of}, by which no index is wrong by more than {worst:.2g}.{_more(worst)}"
    return (
        f"{luck_of}, which takes that share of each first index away and adds it to the "
        f"total index of a factor without influence.{_more(noise)}"
    )


def _more(worst: float) -> str:
    return " More replications would make that less." if worst > LOUD else ""


def _table(
    here: pandas.DataFrame, base: Scenario, names: Sequence[str], titled: dict[str, str], leading: str
) -> list[str]:
    """The leading factors, a row each, by the highest share of what the leading one has in any column; one column a quantity."""
    note = (
        "Total index, and in brackets the first index."
        if leading == "total"
        else "Mean size of the effects, and in brackets their standard deviation, in points of payoff and in percentage points."
    )
    second = "first" if leading == "total" else "sigma"
    chosen = here[here["quantity"].isin(names)]
    values = chosen.pivot(index="parameter", columns=["quantity", "index"], values="value")
    order = leading_factors(chosen, leading)
    if len(order) > MOST_ROWS:
        note += f" The leading {MOST_ROWS} of {len(order)} factors; sensitivity.csv has all."
    heads = [capital(escaped(quantity_title(base, name))) for name in names]
    lines = [note, "", f"| factor | {' | '.join(heads)} |", f"|---|{'---|' * len(names)}"]
    for factor in order[:MOST_ROWS]:
        pairs = [(values.loc[factor, (name, leading)], values.loc[factor, (name, second)]) for name in names]
        lines.append(f"| {titled[factor]} | {' | '.join(_cell(*pair, leading) for pair in pairs)} |")
    return lines


def leading_factors(frame: pandas.DataFrame, index: str) -> list[str]:
    """The factors of some quantities, those first whose index is the highest, as a share of the highest of its quantity."""
    values = frame[frame["index"] == index].pivot(index="parameter", columns="quantity", values="value")
    shares = (values / values.max()).max(axis=1).fillna(0.0)
    found: list[str] = shares.sort_values(ascending=False, kind="stable").index.tolist()
    return found


def _cell(leading: float, second: float, index: str) -> str:
    if math.isnan(leading):
        return "–"
    told = _index if index == "total" else _measured
    words = [told(value) for value in (leading, second) if not math.isnan(value)]
    return words[0] + (f" ({words[1]})" if len(words) > 1 else "")


def _index(value: float) -> str:
    """A Sobol index.

    >>> _index(0.314), _index(-0.004)
    ('0.31', '0.00')
    """
    return f"{value:.2f}".replace("-0.00", "0.00")


def _unit(own: pandas.DataFrame) -> str:
    return "percentage points" if own["unit"].iloc[0] == "share" else "points"


def _measured(value: float) -> str:
    """An effect on a payoff or a share in hundredths.

    >>> _measured(0.1234), _measured(-0.00001)
    ('12.3', '0')
    """
    text = f"{100.0 * value:.1f}"
    return "0" if float(text) == 0.0 else text
