"""Markdown, HTML and CSV with a user's texts in them show these texts as they are."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ElementTree
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from negosim import Negotiation, simulate
from negosim.app.panels.issues import linkage_panel
from negosim.app.panels.offers import map_panel
from negosim.app.panels.rounds import threat_panel
from negosim.common.html import NO_MATH
from negosim.experiment.experiment import Experiment
from negosim.report.write import INDICES_FILE, write_report
from negosim.results.results import Results
from negosim.scenario.scenario import Scenario
from negosim.sweeps.compare import compare
from negosim.sweeps.runner import sweep
from tests.unit.hostile import NAMES, TEXTS, hostile

pytestmark = pytest.mark.slow

CASE = hostile()
SHAPES = ("circle", "rect", "line", "polyline", "polygon", "path")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A sweep of two cases with a design that has indices, and a precision that is told."""
    experiment = Experiment(
        name="small", title=TEXTS[0], question=f"- {TEXTS[1]}\n    {TEXTS[2]}", scenario=CASE, replications=50, seed=5,
        case=[{"name": "one", "title": TEXTS[3]}, {"name": "two", "title": TEXTS[4]}], design="saltelli", size=2,
        vary=[{"parameter": f"sender.{name}", "range": [0.0, 0.2]} for name in ("ambiguity", "brinkmanship")],
        precision={"quantity": "settled_rice", "half_width": 1.0, "most": 100}, chunk=50,
    )
    return sweep(experiment, tmp_path_factory.mktemp("markup") / "runs", workers=1)


def read(text: str) -> tuple[str, list[Token]]:
    """The words of a text in Markdown, blanks made one, and all that is in it."""
    blocks = MarkdownIt("commonmark").enable("table").parse(text)
    tokens = [token for block in blocks for token in (block, *(block.children or []))]
    words = "".join(token.content if token.type in ("text", "code_inline") else " " for token in tokens if token.type != "inline")
    return " ".join(words.split()), tokens


def check(text: str, wanted: list[str]) -> None:
    """The words are there as they are, and nothing in the text is HTML, mathematics, a link or an entity."""
    words, tokens = read(text)
    assert [each for each in wanted if " ".join(each.split()) not in words] == []
    kinds = {token.type for token in tokens}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_block", "fence", "entity", "ordered_list_open"}
    assert not re.search(r"(?<!\\)(\\\\)*\$", text)
    assert not {"now", "all", "bold"} & {token.content for token in tokens if token.type == "code_inline"}


def issues(case: Scenario) -> list[str]:
    return [text for issue in case.issues for text in (issue.title, issue.unit)]


def test_the_findings_have_the_words_of_the_experiment_and_of_its_scenario(results: Results) -> None:
    _, text = write_report(results)
    check(text, [*TEXTS, *issues(CASE), *(name for pair in NAMES.values() for name in pair)])
    assert text == (results.out / "findings.md").read_text(encoding="utf-8")


def test_a_comparison_has_the_words_of_both_scenarios() -> None:
    """Items that only one has are named by their titles, and a quantity in another unit by both units."""
    found = compare(CASE, hostile("logrolling"), 30)
    check(str(found), [*(name for name, _ in NAMES.values()), *(issue.title for issue in CASE.issues)])
    check(str(compare(CASE, Scenario.load("us-japan-2025"), 30)), [issue.unit for issue in CASE.issues])
    shown = found._repr_markdown_()
    assert shown.startswith(f'<div class="{NO_MATH}">\n\n# ') and shown.endswith("\n\n</div>")


def test_a_transcript_in_markdown_has_the_words_of_the_scenario() -> None:
    text = Negotiation(CASE, 7).play().transcript("markdown", fold=False)
    check(text, [CASE.title, *(name for name, _ in NAMES.values())])


def test_what_is_folded_in_a_transcript_is_summed_up_in_html() -> None:
    talks = Negotiation(CASE.vary({"talks.rounds": 40, "sender.toughness": 9.0}), 7).play()
    summaries = re.findall(r"<summary>(.*)</summary>", talks.transcript("markdown"))
    assert summaries and all("<" not in summary for summary in summaries)
    assert all(unescape(summary) in talks.transcript("text") for summary in summaries)


class Read(HTMLParser):
    """The words and the tags of a piece of HTML, and the classes of what is around it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.classes: list[Any] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.classes.append(dict(attrs).get("class"))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_card_has_the_words_as_they_are_and_a_notebook_takes_none_for_mathematics(results: Results) -> None:
    for shown in (CASE, Negotiation(CASE, 7).play(), simulate(CASE, 20), results):
        page = Read(shown._repr_html_())
        assert (TEXTS[0] if shown is results else CASE.title) in "".join(page.words)
        assert page.classes[0] == NO_MATH and not {"script", "b", "i"} & set(page.tags)


def test_a_picture_of_the_browser_app_has_the_words_as_they_are() -> None:
    talks = Negotiation(CASE, 7).play()
    opening, offers = talks.events[0].facts, talks.rounds
    for picture in (linkage_panel(CASE, offers), map_panel(CASE, offers), threat_panel(CASE, opening, offers, 8)):
        tree = ElementTree.fromstring(picture)
        assert {each.tag.rpartition("}")[2] for each in tree.iter()} <= {"svg", "g", "title", "text", *SHAPES}
        told = " ".join([*tree.itertext(), tree.get("aria-label", "")])
        assert any(text in told for text in (CASE.issues[0].title, CASE.sender.short, CASE.sender.name))


def test_no_text_in_a_csv_file_is_a_formula_to_a_spreadsheet_and_numbers_stay_numbers(results: Results) -> None:
    write_report(results)
    for name in ("summary.csv", INDICES_FILE):
        rows = list(csv.DictReader((results.out / name).read_text(encoding="utf-8").splitlines()))
        assert any(float(row["mean"] if "mean" in row else row["value"] or 0) < 0.0 for row in rows if row.get("mean") != "")
        for cell in (cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")):
            float(cell)
    units = results.summary()["unit"]
    assert units.str.startswith("=").any()
    assert f"'{next(unit for unit in units if unit.startswith('='))}" in (results.out / "summary.csv").read_text(encoding="utf-8")
