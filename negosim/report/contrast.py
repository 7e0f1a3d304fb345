"""A contrast in words: what changed, what followed and how sure that is, in Markdown; and its numbers for another program."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from negosim.common.display import markdown
from negosim.common.markdown import escaped
from negosim.common.text import MINUS, NOISE, capital, number, percent, signed
from negosim.common.vocabulary import CHANNEL_NAMES, Ending, Side
from negosim.engine.outcomes import settled_column
from negosim.experiment.design import shown
from negosim.experiment.quantities import COMPARED, ending_quantity
from negosim.report.words import in_a_sentence, quantity_title
from negosim.results.contrast import Contrast

if TYPE_CHECKING:
    import pandas

MOST_CHANGES, MOST_POINTS = 40, 40
"""Rows of a table that are told; the frames have them all."""

PAIRED_COUNTS = ("runs of A", "of B", "of both", "in both", "95 % of it")
"""Columns about a quantity that only some runs have; the last two are of runs with the same luck."""

PLURALS = {"point": "points", "quantity": "quantities"}

SCALE = (".target_end", ".sender_end", ".levels", ".sender_ideal", ".target_ideal", ".curvature", ".linkage", ".risk_aversion")
"""Ends of the names of what a payoff is measured by, beside the issues, the linkages and the principals' salience."""


@markdown.register
def contrast_text(contrast: Contrast) -> str:
    """The contrast as a text in Markdown."""
    names = [scenario.name for scenario in contrast.scenarios]
    who = {side.label: _side(contrast, side) for side in Side}
    here = contrast.at()
    title = f"{names[0]} (A) and {names[1]} (B)" if names[0] != names[1] else f"{names[0]}: two versions, A and B"
    lines = [f"# {title}", "", _preface(contrast, here), ""]
    lines += ["## What changed", "", *_changes(contrast), "", "## What followed", ""]
    lines += [f"- {_payoff(here.loc[f'{name}_payoff'], subject)}" for name, subject in {**who, "joint": "both together"}.items()]
    lines += [f"- {_no_deal(here.loc['no_deal'])}", ""]
    known = here[(here["runs_a"] > 0) | (here["runs_b"] > 0)]
    if not ((known["difference"].abs() > NOISE) | (known["error"] > NOISE)).any():
        lines += ["Every quantity is the same in both.", ""]
    else:
        lines += _tables(contrast, here, who)
    if contrast.differences["point_a"].nunique() > 1:
        lines += ["## At each point", "", *_points(contrast, who), ""]
    if len(contrast.unmatched):
        lines += ["## What cannot be compared", "", *_unmatched(contrast.unmatched)]
    return "\n".join(lines).rstrip() + "\n"


def _side(contrast: Contrast, side: Side) -> str:
    """What a side is called, in a sentence."""
    a, b = (escaped(in_a_sentence(scenario, side)) for scenario in contrast.scenarios)
    return a if a == b else f"the {side.label} ({a} in A, {b} in B)"


# ---- what is compared ----


def _preface(contrast: Contrast, here: pandas.DataFrame) -> str:
    row = here.loc["sender_payoff"]
    if row["luck"] == "common":
        text = f"{row['pairs']:,} runs of each, compared run for run: with seed {contrast.seeds[0]} both have the same luck."
        left_out = max(contrast.runs) - row["pairs"]
        if left_out:
            text += f" {left_out:,} runs that only one has are left out."
    else:
        text = (
            f"{row['runs_a']:,} runs of A with seed {contrast.seeds[0]} and {row['runs_b']:,} of B with seed "
            f"{contrast.seeds[1]}: their luck has nothing in common, so they are compared as independent samples."
        )
    if not contrast.same_rules:
        text += " The two were played by different rules, those of two versions: what follows may come from that alone."
    return (
        f"{text} Differences are B less A; intervals are 95 %. A payoff is 1 at a side's ideal and 0 at its worst package, less "
        "its costs; a point is a hundredth of that way. Each side has a scale of its own: the sum of both payoffs weighs the two "
        "scales alike, which is a choice."
    )


def _changes(contrast: Contrast) -> list[str]:
    """A table of the values that differ, and a line a kind of item that only one has."""
    frame = contrast.changes
    if frame.empty:
        same = contrast.scenarios[0].fingerprint() == contrast.scenarios[1].fingerprint()
        return ["Nothing." if same else "Words, or the order of a list, and no value."]
    values, items = frame[frame["only_in"] == ""], frame[frame["only_in"] != ""]
    lines = []
    if len(values):
        lines += ["| what | meaning | A | B | unit |", "|---|---|--:|--:|---|"]
        lines += [
            f"| `{row['name']}` | {row['meaning']} | {_shown(row['a'])} | {_shown(row['b'])} | {escaped(row['unit'])} |"
            for row in values.head(MOST_CHANGES).to_dict("records")
        ]
        lines += [""] + [f"And {len(values) - MOST_CHANGES} more: `changes` has them all.\n"] * (len(values) > MOST_CHANGES)
    owners = items["name"].map(lambda name: name.rpartition(".")[0] or name)
    for (owner, only_in), rows in items.groupby([owners, "only_in"], sort=False):
        titles = "" if owner in set(rows["name"]) else f": {escaped(', '.join(rows[only_in.lower()]))}"
        lines.append(f"- Of {only_in} alone, `{owner}`{titles}.")
    measures = [name for name in frame["name"] if _is_of_the_scale(name)]
    if measures:
        more = f" and {len(measures) - 1} more" if len(measures) > 1 else ""
        lines += [
            "",
            f"What a package is worth is measured otherwise in A and in B (`{measures[0]}`{more}): a difference of payoffs is "
            "not only one of what happened.",
        ]
    return lines


def _is_of_the_scale(name: str) -> bool:
    """Whether a change moves the scale of the payoffs itself."""
    is_item = name.startswith("issues.") and name.count(".") == 1
    return is_item or name.startswith("linkage.") or ".principal.salience" in name or name.endswith(SCALE)


def _shown(value: Any) -> str:
    """A value in a table."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return escaped(", ".join(map(str, value))) or "all"
    return escaped(shown(value))


# ---- what followed ----


def _payoff(row: Mapping[str, Any], subject: str) -> str:
    return f"{capital(subject)}: {_told(row, 'points')}."


def _no_deal(row: Mapping[str, Any]) -> str:
    shares = f"{percent(row['mean_b'])} in place of {percent(row['mean_a'])}"
    return f"Runs without a deal: {shares}, {_told(row, 'percentage points', shares=False)}."


def _told(row: Mapping[str, Any], unit: str, shares: bool = True) -> str:
    """A difference in hundredths with its interval, or that the runs can tell none."""
    low, high = 100 * row["low"], 100 * row["high"]
    if row["higher"] == row["lower"] == 0.0:
        return "no difference in any run"
    if max(abs(low), abs(high)) <= NOISE:
        return "no difference"
    if math.isnan(low):
        return "too few runs to tell"
    if low <= NOISE and high >= -NOISE:
        return f"no difference that the runs can tell ({signed(low, None)} to {signed(high, None)} {unit})"
    more, ends = ("more", (low, high)) if low > 0.0 else ("less", (-high, -low))
    text = f"{abs(100 * row['difference']):.1f} {unit} {more} ({ends[0]:.1f} to {ends[1]:.1f})"
    if shares and row["luck"] == "common":
        text += f"; higher in {percent(row['higher'])} of the runs and lower in {percent(row['lower'])}"
    return text


def _tables(contrast: Contrast, here: pandas.DataFrame, who: Mapping[str, str]) -> Iterator[str]:
    """The endings, both ledgers, the terms, and all else, a table each."""
    scenario = contrast.scenarios[1]
    endings = {ending_quantity(ending): ending.words for ending in Ending}
    yield from _table("How the talks end, % of runs", here, endings, 100.0)
    told = {*endings, *COMPARED, "agreed"}
    for side in Side:
        ledger = {f"{side.label}_{channel}": name for channel, name in CHANNEL_NAMES.items()}
        ledger[f"{side.label}_payoff"] = "payoff"
        yield from _table(f"The ledger of {who[side.label]}, points", here, ledger, 100.0)
        told |= ledger.keys()
    terms = {settled_column(issue.name): f"{issue.title} ({issue.unit})" for issue in scenario.issues}
    others = {
        name: f"{quantity_title(scenario, name)} ({here.loc[name, 'unit']})"
        for name in here.index
        if name not in told and name not in terms
    }
    of_some = {name: others.pop(name) for name in list(others) if _is_of_some(here.loc[name], here)}
    yield from _of_some(here, {"The terms of the deals": terms, "What else only some runs have": of_some})
    yield from _table("All else", here, others)


def _is_of_some(row: Mapping[str, Any], here: pandas.DataFrame) -> bool:
    """Whether only some of the runs have a quantity, in A or in B."""
    return any(row[runs] < here.loc["sender_payoff", runs] for runs in ("runs_a", "runs_b"))


def _of_some(here: pandas.DataFrame, tables: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Tables of what only some runs have: how many, and between runs with the same luck also the difference over those of both.

    A mean over all of them is over other runs in A than in B: part of a difference of such means comes from that alone.
    """
    rows = [here.loc[name] for names in tables.values() for name in names if name in here.index]
    more: Sequence[str] = ()
    if any(_is_of_some(row, here) and not _is_nothing(row) for row in rows):
        is_paired = rows[0]["luck"] == "common"
        more = PAIRED_COUNTS if is_paired else PAIRED_COUNTS[:2]
        text = (
            "The means in what follows are over the runs that have the number, and these are not the same in A and in B: part of "
            "a difference may come from which runs they are."
        )
        in_both = " *In both* is the mean difference over the runs that have it in both, with its own interval."
        yield text + (in_both if is_paired else "")
        yield ""
    for title, names in tables.items():
        yield from _table(title, here, names, more=more)


def _table(
    title: str, here: pandas.DataFrame, names: Mapping[str, str], factor: float = 1.0, more: Sequence[str] = ()
) -> Iterator[str]:
    """Means, difference and interval of some quantities; what is 0 in both is left out, and a table without rows.

    more : further columns, between the interval and the shares: those of `_cells`
    """
    rows = [(words, here.loc[name]) for name, words in names.items() if name in here.index]
    told = [(words, row) for words, row in rows if not _is_nothing(row)]
    if told:
        heads = [title, "A", "B", "B less A", "95 % interval", *more, "higher in", "lower in"]
        yield f"| {' | '.join(heads)} |"
        yield f"|---|{'--:|' * (len(heads) - 1)}"
        yield from (f"| {' | '.join([escaped(words), *_cells(row, factor, more)])} |" for words, row in told)
        yield ""


def _cells(row: Mapping[str, Any], factor: float, more: Sequence[str]) -> list[str]:
    """One row of a table, after its words."""
    a, b, difference, low, high = (factor * row[key] for key in ("mean_a", "mean_b", "difference", "low", "high"))
    digits = _digits(high - low)
    means = [number(value, digits, MINUS) for value in (a, b)]
    shares = ["–" if math.isnan(row[key]) else percent(row[key]) for key in ("higher", "lower")]
    further = {
        "runs of A": f"{row['runs_a']:,}", "of B": f"{row['runs_b']:,}", "of both": f"{row['pairs']:,}",
        "in both": signed(factor * row["in_both"], digits),
        "95 % of it": _interval(factor * row["in_both_low"], factor * row["in_both_high"], digits),
    }
    return [*means, signed(difference, digits), _interval(low, high, digits), *(further[head] for head in more), *shares]


def _interval(low: float, high: float, digits: int | None) -> str:
    return "–" if math.isnan(low) else f"{signed(low, digits)} to {signed(high, digits)}"


def _digits(width: float) -> int | None:
    """The decimals that half the width of an interval needs for its first digit; None = as they come, for one without width."""
    return max(0, -math.floor(math.log10(width / 2))) if width > NOISE else None


def _is_nothing(row: Mapping[str, Any]) -> bool:
    """Whether a quantity is 0 in every run of both, rounding apart, or of no run."""
    is_zero = all(abs(row[key]) <= NOISE for key in ("mean_a", "mean_b", "error"))
    return is_zero or row["runs_a"] == row["runs_b"] == 0


def _points(contrast: Contrast, who: Mapping[str, str]) -> Iterator[str]:
    """The differences of COMPARED at every point, in points; a dash where the runs can tell none."""
    heads = [capital(who[side.label]) for side in Side]
    yield f"| B less A, in points | {' | '.join(heads)} | Both together | Without a deal |"
    yield "|---|--:|--:|--:|--:|"
    by_point = list(contrast.differences.groupby("point_a", sort=False))
    for _, rows in by_point[:MOST_POINTS]:
        here = rows.set_index("quantity")
        cells = [_difference(here.loc[name]) for name in COMPARED]
        yield f"| {escaped(rows['label'].iloc[0])} | {' | '.join(cells)} |"
    if len(by_point) > MOST_POINTS:
        yield f"\nAnd {len(by_point) - MOST_POINTS} more points: `differences` has them all."


def _difference(row: Mapping[str, Any]) -> str:
    """A difference in hundredths; a dash where its interval does not leave out 0."""
    low, high = 100 * row["low"], 100 * row["high"]
    return signed(100 * row["difference"], _digits(high - low)) if low > NOISE or high < -NOISE else "–"


def _unmatched(frame: pandas.DataFrame) -> Iterator[str]:
    """What only one has, or both in different units: a line a kind."""
    for (what, only_in, why), rows in frame.groupby(["what", "only_in", "why"], sort=False):
        names, which = list(rows["name"]), escaped(why) or f"of {only_in} alone"
        more = f" and {len(names) - MOST_POINTS} more" if len(names) > MOST_POINTS else ""
        yield f"- {capital(PLURALS[what])} {which}: {escaped(', '.join(names[:MOST_POINTS]))}{more}."
