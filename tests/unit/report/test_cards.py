"""What a notebook shows of a scenario, a run, a batch and a sweep: compact, whole, and from this machine alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from negosim import Negotiation, Results, Scenario, simulate, strategy
from negosim.common.html import card, line, table
from negosim.common.text import MINUS, number
from negosim.engine.no_talks import no_talks
from tests.unit.plotted import small_sweep

CASE = Scenario.load("us-japan-2025")
FLOWS = Scenario.load("us-japan-2025-flows")


class Balanced(HTMLParser):
    """Notes tags that are not closed in order, and what is asked for from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.wrong += [name for name, value in attrs if name in ("src", "href") or "url(" in (value or "")]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def faults(html: str) -> list[str]:
    """Return what is wrong with a piece of HTML."""
    parser = Balanced()
    parser.feed(html)
    return [*parser.wrong, *parser.open, *re.findall(r"<script|<link|@import", html)]


def cells(html: str) -> list[str]:
    """Return the texts of all cells of all tables."""
    return re.findall(r"<td[^>]*>(.*?)</td>", html)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return small_sweep(tmp_path_factory.mktemp("small") / "runs")


def test_a_scenario_with_flows_shows_how_no_deal_comes_to_what_it_is_worth() -> None:
    html = FLOWS._repr_html_()
    assert faults(html) == []
    assert "What no deal is worth before round 1:" in html and "What no deal is worth" not in CASE._repr_html_()
    refused = no_talks(FLOWS)
    for values in (refused.base, -refused.stress, -refused.threats, -refused.doubt, refused.value, refused.least):
        assert {number(float(value), 3, MINUS) for value in values} <= set(cells(html))


def test_a_scenario_shows_its_issues_in_their_units_and_what_is_uncertain() -> None:
    html = CASE._repr_html_()
    assert faults(html) == []
    for issue in CASE.issues:
        assert issue.title in cells(html)
    assert "346,000" in cells(html) and "t a year" in cells(html)
    assert "uncertain: ambiguity 0.05" in html and "risk-return" in html
    assert "uncertain: nothing" in Scenario.load("pie")._repr_html_()


def test_a_run_shows_its_offers_its_issues_and_its_transcript_to_open() -> None:
    talks = Negotiation(CASE, 7)
    assert "no round played yet" in talks._repr_html_()
    talks.step()
    html = talks._repr_html_()
    assert faults(html) == []
    assert "1 round played, the deadline is round 8." in html
    assert "refused" in cells(html) and "settled" not in html.split("<details>")[0]
    html = talks.play()._repr_html_()
    assert "settled in round 8" in html and "Payoffs, all costs counted: US 0.625, Japan 0.295." in html
    assert cells(html).count("accepted") == 1
    assert "<details><summary>Transcript</summary>" in html and "The end, in round 8" in html


def test_a_long_run_shows_both_ends() -> None:
    talks = Negotiation(Scenario.load("pie").vary({"talks.rounds": 60, "sender.toughness": 20.0, "target.toughness": 20.0}), 7)
    html = talks.play()._repr_html_()
    assert faults(html) == []
    assert cells(html).count("refused") < 14 and "…" in cells(html)


def test_a_run_says_who_plays_a_strategy_of_the_users_own() -> None:
    def propose(own, other, public, belief, homes, menu, outlook, noise):
        return 1.0

    def respond(own, other, public, belief, homes, offer, outlook):
        return 0

    mine = {"target": strategy(propose, respond)}
    assert "Japan by a strategy of the user&#x27;s own." in Negotiation(CASE, 7, strategies=mine)._repr_html_()


def test_a_deal_that_fails_at_home_is_shown_so() -> None:
    changes = {"target.strategy": "time-dependent", "sender.disagreement": 0.6, "target.disagreement": 0.4,
               "talks.failed_ratification": "ends", "target.ratifiers.farm-lobby.threshold": 0.9}
    html = Negotiation(CASE.vary(changes), 4).play()._repr_html_()
    assert "accepted, fails at home" in cells(html)


def test_a_batch_shows_how_its_runs_end_and_what_they_pay() -> None:
    outcomes = simulate(CASE, 400, 7)
    html = outcomes._repr_html_()
    assert faults(html) == []
    assert f"{outcomes.runs['payoff'][:, 0].mean():.3f}" in cells(html)
    assert "400 runs" in html and "settled 8" in html
    assert "No runs." in simulate(CASE, 0, 7)._repr_html_()


def test_a_sweep_shows_its_points(results: Results) -> None:
    html = results._repr_html_()
    assert faults(html) == []
    mean = results.query("select avg(sender_payoff) as mean from runs where point = 2")["mean"][0]
    assert f"{mean:.3f}" in cells(html)
    assert "Two tactics (small)" in html
    assert "7 points of 120 runs each, in runs; it varies sender.ambiguity, sender.brinkmanship." in html


def test_a_short_line_stands_for_a_run_and_for_a_sweep(results: Results) -> None:
    talks = Negotiation(CASE, 7)
    talks.step()
    assert repr(talks) == "<Negotiation us-japan-2025, seed 7: 1 round played, the deadline is round 8>"
    assert repr(talks.play()) == "<Negotiation us-japan-2025, seed 7: settled in round 8>"
    assert repr(results) == f"<Results of small: 7 points of 120 runs in {Path(results.out)}>"


def test_no_text_becomes_markup() -> None:
    html = card("<b>", line("<i>"), table(["<u>"], [["<s>"]]))
    assert faults(html) == []
    assert not re.search(r"<[bius]>", html)
