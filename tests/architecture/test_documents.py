"""The documents say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from negosim.common.vocabulary import Ending
from negosim.report.parameters import parameter_rows
from negosim.scenario.payoff import ONLY
from negosim.scenario.scenario import Scenario
from negosim.strategies.catalogue import NAMES
from tests.architecture.house import ROOT
from tools.documents import DOCUMENTS, renewed

DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "experiments" / "README.md", *sorted(DOCS.glob("*.md")))
LONGEST_README = 150


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_generated_tables_are_those_of_the_code(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "<!-- end of " in text
    assert text == renewed(text), "renew it: python -m tools.documents"


def test_a_table_that_is_out_of_date_is_noticed() -> None:
    stale = "<!-- endings: generated -->\n| old |\n<!-- end of endings -->\n"
    assert "| old |" not in renewed(stale)
    assert renewed(renewed(stale)) == renewed(stale)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_everything_that_a_page_points_to_is_there(page: Path) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if is_missing(page, target)] == []


def is_missing(page: Path, target: str) -> bool:
    """Whether a link of a page leads nowhere: to no file or folder, or to a heading that the file does not have."""
    if "://" in target:
        return False
    name, _, anchor = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    return not file.exists() or (bool(anchor) and anchor not in anchors(file))


def anchors(file: Path) -> set[str]:
    """Return the anchors of the headings of a page, as those who show Markdown make them."""
    heads = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n\n## The other half\n")
    assert not is_missing(page, "#the-other-half") and not is_missing(page, "page.md#one")
    assert is_missing(page, "#another") and is_missing(page, "none.md")


def test_the_pages_name_every_parameter_scenario_strategy_and_ending() -> None:
    names = ("parameters", "scenarios", "strategies", "model")
    texts = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in names}
    assert [row.name for row in parameter_rows() if f"`{row.name}`" not in texts["parameters"]] == []
    assert [name for name in Scenario.names() if f"`{name}`" not in texts["scenarios"]] == []
    assert [name for name in NAMES if f"`{name}`" not in texts["strategies"]] == []
    assert [ending.label for ending in Ending if ending.sentence not in texts["model"]] == []


def test_the_page_of_parameters_says_which_numbers_one_form_of_payoff_alone_reads() -> None:
    text = (DOCS / "parameters.md").read_text(encoding="utf-8")
    for form, names in ONLY.items():
        [told] = re.findall(rf"^\* with {form}: (.*?)[;.]$", text, re.DOTALL | re.MULTILINE)
        assert sorted(name.rpartition(".")[2] for name in re.findall(r"`([^`]+)`", told)) == sorted(names)


def test_the_readme_is_read_at_one_go_and_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_README
    assert [page.name for page in DOCS.glob("*.md") if f"(docs/{page.name})" not in text] == []
