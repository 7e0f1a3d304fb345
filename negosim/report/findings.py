"""The findings in sentences: each follows from the numbers, and says how sure they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from negosim.common.markdown import escaped
from negosim.common.text import MINUS, NOISE, amount, capital, in_points, listed, number, percent
from negosim.common.vocabulary import CHANNEL_NAMES, Ending, Side
from negosim.experiment.design import shown
from negosim.report.no_talks import derived
from negosim.report.words import in_a_sentence, quantity_title
from negosim.results.findings import Baseline, Best, Difference, Finding, Findings, Robustness, Settled
from negosim.scenario import dotted_names
from negosim.scenario.scenario import Scenario
from negosim.store.precision import Reached

PAYOFFS = ("sender_payoff", "target_payoff", "joint_payoff")

FIRM = 0.95
"""Share of the joint draws from which on a sign is called firm."""

SMALL = 0.0005
"""A mean channel of a ledger below this is not told: it would read as 0.0 points."""


def findings_text(
    findings: Findings, scenario: Scenario, cases: Mapping[str, tuple[str, Scenario]] | None = None, indices: str = ""
) -> str:
    """The findings as a text in Markdown.

    scenario : that of the baseline, from which the names come
    cases : the title and the scenario of each case, by its name, if there are cases
    indices : what is said of the indices of a Saltelli or Morris design, see `negosim.report.sensitivity`
    """
    titles = {name: escaped(title) for name, (title, _) in (cases or {}).items()}
    scenarios = {name: other for name, (_, other) in (cases or {}).items()}
    who = _names(scenario)
    if any(_names(other) != who for other in scenarios.values()):
        who = {**who, **{side.label: f"the {side.label}" for side in Side}}
    lines = [f"# {escaped(findings.title)}", "", escaped(findings.question), ""]
    lines += [_preface(findings, scenario, who, list(titles.values())), ""]
    if findings.findings:
        lines += ["## In short", "", *_in_short(findings, who), ""]
    if indices:
        lines += [indices, ""]
    for baseline in (findings.baseline, *findings.other_baselines):
        here = scenarios.get(baseline.case or "", scenario)
        heading = f"## The baseline{f' of {titles[baseline.case]}' if baseline.case else ''}"
        lines += [heading, "", *_baseline(baseline, here, _names(here)), ""]
    for finding in findings.findings:
        here = scenarios.get(finding.case or "", scenario)
        case = f"{titles[finding.case]}: " if finding.case and finding.parameter and finding.start is not None else ""
        lines += [f"## {case}{_heading(finding, here, _names(here))}", "", *_finding(finding, _names(here)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _names(scenario: Scenario) -> dict[str, str]:
    """What the sentences call each side, and both."""
    return {**{side.label: escaped(in_a_sentence(scenario, side)) for side in Side}, "joint": "both together"}


def _until(reached: Reached, scenario: Scenario) -> str:
    """How many runs were enough, or how precise the most that were allowed are."""
    what = "the mean at every point" if reached.of == "means" else "every difference"
    names = listed([escaped(quantity_title(scenario, each.quantity)) for each in reached.widest])
    text = f"Runs were added until the 95 % interval of {what} was no wider than ±{reached.wanted:g}, for {names}"
    if reached.is_enough:
        return f" {text}: {reached.runs:,} runs at each point."
    worst = max(reached.widest, key=lambda each: each.half_width)
    return (
        f" {text}; {reached.runs:,} runs at each point were the most allowed, and **not enough**: ±{worst.half_width:.2g} remain "
        f"for {escaped(quantity_title(scenario, worst.quantity))} at point {worst.point}."
    )


def _preface(findings: Findings, scenario: Scenario, who: Mapping[str, str], cases: Sequence[str]) -> str:
    what = f"{len(cases)} cases ({', '.join(cases)})" if cases else findings.scenario
    pairs = "paired by the same luck" if findings.common_luck else "each with luck of its own, paired as they come"
    text = (
        f"{findings.runs:,} runs of {what}, seed {findings.seed}. A payoff is 1 at a side's ideal and 0 at "
        f"its worst package, less its costs; a point is a hundredth of that way. The payoffs of {who['sender']} and "
        f"{who['target']} are on scales of their own: their sum, both together, weighs the two scales alike, which is a choice. "
        f"Intervals are 95 %, from runs {pairs}."
    )
    if not findings.told:
        text += (
            " The points of this design are too many to be told one by one: the summary has how each is spread, and how it "
            "differs from the baseline."
        )
    if findings.draws:
        text += (
            f" Besides, {findings.draws:,} joint draws of the numbers that the scenario assumes, from the ranges that "
            f"stand beside them, were played with runs of their own ({findings.draw_runs:,}). A draw shows a sign clearly "
            "if its own 95 % interval leaves out 0."
        )
    if findings.reached is not None:
        text += _until(findings.reached, scenario)
    if findings.platforms:
        text += f" The runs were played on several platforms, whose last digits may differ: {'; '.join(findings.platforms)}."
    if findings.left_out:
        text += f"\n\n**Something failed.** {escaped(findings.left_out)} The numbers below are without it."
    return text


def _in_short(findings: Findings, who: Mapping[str, str]) -> list[str]:
    """A table with one row a comparison; a dash where the runs can tell no difference."""
    note = "Differences in points, of runs without a deal in percentage points; – where the runs can tell none."
    if findings.draws:
        note += " In brackets the share of the joint draws in which the sign holds."
    names = [capital(who[name]) for name in ("sender", "target", "joint")]
    lines = [note, "", f"| | {' | '.join(names)} | Without a deal |", "|---|---|---|---|---|"]
    for finding in findings.findings:
        cells = [_cell(difference) for difference in finding.differences]
        lines.append(f"| {escaped(finding.label)} | {' | '.join(cells)} |")
    return lines


def _cell(difference: Difference) -> str:
    if difference.sign == 0:
        return "–"
    text, robust = in_points(difference.difference), difference.robustness
    if robust is None:
        return text
    return f"{text} ({percent(robust.higher if difference.sign > 0 else robust.lower)})"


# ---- the baseline ----


def _baseline(baseline: Baseline, scenario: Scenario, who: Mapping[str, str]) -> list[str]:
    words = {ending.label: ending.words for ending in Ending}
    endings = sorted(baseline.endings.items(), key=lambda item: -item[1])
    told = [f"{percent(share)} {words[name]}" for name, share in endings if share > 0.0]
    lines = [f"Of {baseline.runs:,} runs: {', '.join(told)}. {_rounds(baseline, scenario)}".rstrip(), ""]
    if baseline.settled and sum(baseline.endings[name] for name in ("settled", "settled-in-part")) > 0.0:
        lines += [f"- {_settled(settled)}" for settled in baseline.settled]
        if any(settled.reported is not None for settled in baseline.settled):
            lines += ["", _in_sample(baseline.settled)]
        lines.append("")
    means = baseline.means
    lines.append(
        f"On average {who['sender']} has {number(100 * means['sender_payoff'], 1, MINUS)} points and {who['target']} "
        f"{number(100 * means['target_payoff'], 1, MINUS)}.{_ledgers(means, who)}"
    )
    if (refused := derived(scenario)) is not None:
        worth = [f"{number(100 * float(refused.value[side]), 1, MINUS)} points to {who[side.label]}" for side in Side]
        lines.append(f"Talks refused before round 1 would be worth {listed(worth)}.")
    if all(math.isfinite(means.get(name, math.nan)) for name in ("frontier_distance", "nash_distance")):
        lines.append(
            f"A settlement lies {number(100 * means['frontier_distance'], 2)} points of utility from the Pareto frontier and "
            f"{number(100 * means['nash_distance'], 1)} from the Nash solution, on average."
        )
    return lines


def _rounds(baseline: Baseline, scenario: Scenario) -> str:
    low, median, high = baseline.rounds
    if median != median:
        return ""
    talks = scenario.talks
    extension = f", and may be put off by {talks.extension_rounds}" if talks.extension_probability > 0.0 else ""
    date = scenario.date(round(median))
    day = f" ({date.day} {date:%B %Y})" if date is not None else ""
    half = f"the middle half in rounds {low:g} to {high:g}" if low < high else "as does the whole middle half"
    return (
        f"The median agreement comes in round {median:g}{day}, {half}; the deadline is round {talks.rounds}{extension}."
    )


def _settled(settled: Settled) -> str:
    text = (
        f"{escaped(settled.title)}: the middle half of the settlements is {amount(settled.low, fine=True)} to "
        f"{amount(settled.high, escaped(settled.unit), fine=True)}, "
        f"the median {amount(settled.median, fine=True)}; the status quo is {amount(settled.status_quo, fine=True)}"
    )
    if settled.stays >= SMALL:
        text += f", from which {percent(settled.stays)} are less than a fiftieth of the scale away"
    if settled.reported is not None:
        where = "inside" if settled.holds_reported else "outside"
        text += f". Reported: {amount(settled.reported, fine=True)}, {where} that half"
    return text + "."


def _in_sample(settled: Iterable[Settled]) -> str:
    reported = [issue for issue in settled if issue.reported is not None]
    held = sum(issue.holds_reported for issue in reported)
    return (
        f"{held} of {len(reported)} reported values lie inside the middle half. This comparison is in sample: the reported "
        "values were known when the assumed numbers were chosen, so it can show that the reported deal can be reached, "
        "not that the numbers are the true ones."
    )


def _ledgers(means: Mapping[str, float], who: Mapping[str, str]) -> str:
    text = ""
    for side in Side:
        prefix = f"{side.label}_"
        channels = {
            name.removeprefix(prefix): mean
            for name, mean in means.items()
            if name.startswith(prefix) and not name.endswith("_payoff")
        }
        if channels:
            text += f" The ledger of {who[side.label]}: {_channels(channels)}."
    return text


def _channels(channels: Mapping[str, float], most: int | None = None) -> str:
    """The channels of a ledger in points, the largest first."""
    ordered = sorted(channels.items(), key=lambda item: -abs(item[1]))[:most]
    told = [f"{CHANNEL_NAMES[name]} {in_points(mean)}" for name, mean in ordered if abs(mean) >= SMALL]
    return ", ".join(told) or "nothing to speak of"


# ---- the comparisons ----


def _heading(finding: Finding, scenario: Scenario, who: Mapping[str, str]) -> str:
    if finding.parameter is None or finding.start is None:
        return escaped(finding.label)
    owner, _, name = finding.parameter.partition(".")
    words = name.replace("_", " ").replace(".", ", ")
    side = f" of {who[owner]}" if owner in ("sender", "target") else f" ({owner})"
    meaning = next(
        (leaf.declared.description for leaf in dotted_names.leaves(scenario) if leaf.name == finding.parameter), None
    )
    explained = f": {meaning}" if meaning else ""
    return f"{capital(words)}{side}, from {shown(finding.start)} to {shown(finding.end)}{explained}"


def _finding(finding: Finding, who: Mapping[str, str]) -> list[str]:
    by_name = {difference.quantity: difference for difference in finding.differences}
    lines = [_verdict(by_name, who), ""]
    lines += [f"- {_gain(by_name[name], who)}" for name in PAYOFFS]
    lines.append(f"- {_no_deal(by_name['no_deal'], finding.no_deal)}")
    told = [
        f"{who[side]} {_channels(channels, most=3)}" for side, channels in finding.channels.items() if channels
    ]
    if told:
        lines.append(f"- Through the ledger, in points: {'; '.join(told)}.")
    lines += [f"- {_best(best, who)}" for best in finding.best]
    return lines


def _verdict(by_name: Mapping[str, Difference], who: Mapping[str, str]) -> str:
    """For whom it pays, in one sentence."""

    def those(sign: int) -> str:
        return listed([who[name.removesuffix("_payoff")] for name in PAYOFFS if by_name[name].sign == sign])

    clauses = [f"{word} {those(sign)}" for sign, word in ((1, "helps"), (-1, "hurts")) if those(sign)]
    text = f"It {' and '.join(clauses)}." if clauses else ""
    if those(0):
        text += f" For {those(0)} the runs can tell no difference."
    return f"{text.strip()}{_firmness(by_name, who)}"


def _firmness(by_name: Mapping[str, Difference], who: Mapping[str, str]) -> str:
    """For whom the sign depends on the assumed numbers."""
    told = {
        who[name.removesuffix("_payoff")]: (robust.higher if by_name[name].sign > 0 else robust.lower)
        for name in PAYOFFS
        if by_name[name].sign != 0 and (robust := by_name[name].robustness) is not None
    }
    firm = [name for name, share in told.items() if share >= FIRM]
    turned = [name for name, share in told.items() if share < 0.5]
    text = f" The sign is firm, in {percent(FIRM, 0)} of the joint draws or more, for {listed(firm)}." if firm else ""
    if turned:
        text += f" For {listed(turned)} the sign holds in fewer than half of the joint draws: it hangs on the assumed numbers."
    return text


def _gain(difference: Difference, who: Mapping[str, str]) -> str:
    name = who[difference.quantity.removesuffix("_payoff")]
    return f"{capital(name)}: {_measured(difference)}.{_held(difference)}"


def _measured(difference: Difference, unit: str = "points") -> str:
    """A difference with its interval, or that there is none that can be told."""
    interval = f"{in_points(difference.low)} to {in_points(difference.high)}"
    if max(abs(difference.low), abs(difference.high)) <= NOISE:
        return f"no difference in any of {difference.pairs:,} paired runs"
    if difference.sign == 0:
        return f"no difference that {difference.pairs:,} paired runs can tell ({interval} {unit})"
    more = "more" if difference.sign > 0 else "less"
    ends = sorted((abs(100 * difference.low), abs(100 * difference.high)))
    return f"{abs(100 * difference.difference):.1f} {unit} {more} ({ends[0]:.1f} to {ends[1]:.1f})"


def _held(difference: Difference) -> str:
    """In how many joint draws the sign holds."""
    robust = difference.robustness
    if robust is None:
        return ""
    error = f"a draw's own standard error is {number(100 * robust.error, 1)} points"
    if difference.sign == 0:
        return f" It is more in {percent(robust.higher)} and less in {percent(robust.lower)} {_of(robust)}; {error}."
    up = difference.sign > 0
    holds, clear = (robust.higher, robust.clearly_higher) if up else (robust.lower, robust.clearly_lower)
    opposite = robust.clearly_lower if up else robust.clearly_higher
    return (
        f" The sign holds in {percent(holds)} {_of(robust)}, clearly in {percent(clear)}, and is clearly the opposite in "
        f"{percent(opposite)}; {error}."
    )


def _of(robust: Robustness) -> str:
    return f"of the {robust.draws:,} joint draws"


def _no_deal(difference: Difference, shares: tuple[float, float]) -> str:
    before, after = (percent(share) for share in shares)
    return (
        f"Runs without a deal: {after} in place of {before}, {_measured(difference, 'percentage points')}."
        f"{_held(difference)}"
    )


def _best(best: Best, who: Mapping[str, str]) -> str:
    """Where along its levels a parameter serves a side best, and what that costs."""
    name, lowest, highest = who[best.quantity.removesuffix("_payoff")], shown(best.lowest), shown(best.highest)
    level, tried = shown(best.level), f"Of the levels tried, {lowest} to {highest}"
    text = f"{tried}, {level} is best for {name}"
    if best.over_lowest is None:
        assert best.over_highest is not None
        if best.over_highest.sign <= 0:
            return (
                f"{tried}, the runs can tell none better for {name} than both "
                f"ends: {_measured(best.over_highest)} between these."
            )
        return f"{text}, the lowest: {_measured(best.over_highest)} against {highest}."
    if best.over_lowest.sign <= 0:
        return (
            f"{tried}, none is better for {name} than {lowest} as "
            f"far as the runs can tell; the mean is highest at {level}: {_measured(best.over_lowest)}."
        )
    text += f": {_measured(best.over_lowest)} against {lowest}"
    if best.over_highest is None:
        text += "; it is the highest, so the best may lie beyond it"
    else:
        text += f", {_measured(best.over_highest)} against {highest}"
        if best.over_highest.sign > 0:
            text += ": the gain rises to a peak and falls again"
    others = [item for item in best.there if item.quantity in PAYOFFS and item.quantity != best.quantity]
    there = "; ".join(f"{who[item.quantity.removesuffix('_payoff')]} {_measured(item)}" for item in others)
    return f"{text}. There, against {lowest}: {there}."
