"""The declarations of the parameters: complete, bounded, and listed for people."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from negosim.report.parameters import PLACES, parameter_rows, parameter_table
from negosim.scenario.parameters import Edge, Issue, Markets, Talks, Threat
from negosim.scenario.people import Delegation

PARTS = [part for _, part in PLACES]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_field_says_what_it_means(part: type[BaseModel]) -> None:
    for name, declared in part.model_fields.items():
        assert declared.description, f"{part.__name__}.{name}"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_number_has_a_unit_and_every_default_a_reason(part: type[BaseModel]) -> None:
    for name, declared in part.model_fields.items():
        extra = declared.json_schema_extra
        assert isinstance(extra, dict) and "unit" in extra, f"{part.__name__}.{name}"
        if extra["sweepable"]:
            assert extra["unit"], f"{part.__name__}.{name}"
            assert declared.is_required() or extra["assumed"], f"{part.__name__}.{name}"


def test_the_tactics_of_uncertainty_are_off_by_default() -> None:
    fields = Delegation.model_fields
    for tactic in ("ambiguity", "ambiguous_voices", "commitment", "unpredictability", "volatility"):
        assert fields[tactic].default == 0.0
    for hazard in ("reversal", "brinkmanship", "deadline_hazard"):
        assert fields[hazard].default == 0.0


def test_the_table_lists_every_number_once_with_its_range_and_default() -> None:
    rows = {row.name: row for row in parameter_rows()}
    assert len(rows) == len(parameter_rows())
    assert rows["<side>.ambiguity"].range == "between 0 and 0.5"
    assert rows["<side>.toughness"].range == "above 0 and at most 100,000"
    assert rows["markets.persistence"][3:5] == ("at least 0 and below 1", "0.7")
    assert rows["issues.<issue>.status_quo"].default == "required"
    assert rows["<side>.outside_option"].default == "none"
    assert "<side>.strategy" not in rows


def test_every_number_has_a_range_with_two_ends() -> None:
    for row in parameter_rows():
        has_ends = row.range.startswith("between ") or (" and " in row.range and ("at most" in row.range or "below" in row.range))
        assert has_ends or row.range == "at least 0, sum 1", f"{row.name}: {row.range}"


def test_the_table_is_markdown_with_one_line_a_number() -> None:
    lines = parameter_table().splitlines()
    assert len(lines) == len(parameter_rows()) + 2
    assert {line.count("|") for line in lines} == {7}


def test_parts_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Talks().rounds = 3  # type: ignore[misc]


def test_a_whole_number_is_taken_for_a_real_one_but_a_text_or_a_flag_is_not() -> None:
    assert Markets(persistence=0).persistence == 0.0
    for wrong in ("0.5", True, None):
        with pytest.raises(ValidationError):
            Markets(persistence=wrong)  # type: ignore[arg-type]


def test_a_resume_threshold_above_the_pause_threshold_is_refused() -> None:
    with pytest.raises(ValidationError, match="pause_threshold = 1"):
        Markets(pause_threshold=1.0, resume_threshold=1.5)


def _issue(**changes: object) -> Issue:
    values = dict(name="rice", title="Rice", unit="t", target_end=10.0, sender_end=2.0, status_quo=4.0)
    return Issue.model_validate({**values, **changes})


def test_an_issue_may_run_downwards() -> None:
    assert _issue(status_quo=2.0).status_quo == 2.0


@pytest.mark.parametrize("field", ["status_quo", "sender_ideal", "target_ideal"])
def test_a_position_outside_the_ends_is_refused(field: str) -> None:
    with pytest.raises(ValidationError, match="outside the two ends"):
        _issue(**{field: 11.0})


def test_an_issue_whose_ends_coincide_is_refused() -> None:
    with pytest.raises(ValidationError, match="equals target_end"):
        _issue(sender_end=10.0)


@pytest.mark.parametrize("name", ["Rice", "rice quota", "rice--quota", "-rice", "rice.quota", ""])
def test_a_name_that_would_confuse_dotted_names_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        _issue(name=name)


def test_an_edge_and_a_threat_are_known_by_their_issues() -> None:
    assert Edge(between=("cars", "rice"), weight=0.1, reason="a reason").name == "cars--rice"
    assert Threat(issue="cars", rate=25.0, damage=0.1).issue == "cars"
