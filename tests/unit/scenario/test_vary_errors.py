"""What vary refuses, in the words a file would get; and the error itself."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negosim.common.errors import ScenarioError, nearest
from negosim.scenario.scenario import Scenario

PIE = Scenario.load("pie")
CASE = Scenario.load("us-japan-2025")


# ---- vary --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sender.ambiguty": 0.1}, 'nearest known name is "sender.ambiguity"'),
        ({"issues.rise.status_quo": 1.0}, 'nearest known name is "issues.rice.status_quo"'),
        ({"threats.rice.damage": 0.1}, "unknown"),
        ({"sender.principal.salience.ryce": 0.1}, 'nearest known name is "sender.principal.salience.rice"'),
        ({"target.negotiators.akazawa.salience.rice": 0.1}, "unknown"),
        ({"": 0.1}, "unknown"),
        ({"sender..ambiguity": 0.1}, "unknown"),
        ({"sender.ambiguity.deep": 0.1}, "unknown"),
        ({"sender.ambiguity": 0.9}, "sender.ambiguity = 0.9 is out of range. It must be between 0 and 0.5"),
        ({"sender.ambiguity": float("nan")}, "finite"),
        ({"sender.ambiguity": "much"}, "wrong type"),
        ({"talks.rounds": 2.5}, "a whole number"),
        ({"talks.rounds": None}, "wrong type"),
        ({"issues.rice.status_quo": 1.0}, "between 346000 and 770000 t a year"),
        ({"threats.car-tariff.damage": -1.0}, "threats.car-tariff.damage = -1.0 is out of range"),
        ({"linkage.rice--farm-purchases.weight": 2.0}, "linkage.rice--farm-purchases.weight = 2.0 is out of"),
        ({"sender.principal.salience.rice": 1.5}, "between 0 and 1"),
        ({"sender.principal.salience.rice": "all"}, "must be a number"),
        ({"sender.principal.salience.rice": float("nan")}, "sender.principal.salience"),
        ({"sender.principal.salience.rice": 0.7, "sender.principal.salience.energy": 0.7}, "1.4 in all"),
        ({"sender.principal.salience": {"rice": 0.5}}, "sums to 0.5"),
        ({"sender.principal.salience": {"rice": 1}, "sender.principal.salience.rice": 1.0}, "in part"),
        ({"sender.principal": 3}, "group of values"),
        ({"issues": ()}, "group of values"),
        ({"issues.rice.name": "ryce"}, "no issue of this scenario"),
        ({"sender.strategy": "poker"}, "Allowed: attrition"),
        ({"kind": "story"}, "Allowed: case, teaching"),
    ],
)
def test_vary_refuses_what_a_file_may_not_say(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        CASE.vary(changes)
    assert words in str(caught.value)


def test_a_weight_that_leaves_nothing_to_rescale_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no other issue with a weight"):
        PIE.vary({"sender.principal.salience.pie": 0.5})


@given(
    st.sampled_from(CASE.sweepable()), st.one_of(st.floats(), st.integers(), st.text(max_size=3), st.none())
)
def test_vary_either_works_or_raises_a_scenario_error(name: str, value: object) -> None:
    try:
        varied = CASE.vary({name: value})
    except ScenarioError as error:
        assert error.field is not None
    else:
        assert varied.get(name) == pytest.approx(value) if value is not None else varied.get(name) is None


# ---- the error itself --------------------------------------------------------------------------------------


def test_the_error_is_a_value_error_and_survives_pickling() -> None:
    error = ScenarioError("is wrong", file="a.toml", field="x.y", value=3, remedy="Mend it.")
    twin = pickle.loads(pickle.dumps(error))
    assert isinstance(error, ValueError)
    assert str(twin) == str(error) == "a.toml: x.y = 3 is wrong. Mend it."


def test_a_long_value_is_shortened_to_one_line() -> None:
    text = str(ScenarioError("is wrong", field="title", value="a\n" * 500))
    assert len(text) < 100 and "\n" not in text


def test_the_nearest_name_is_given_or_else_all_of_them() -> None:
    assert nearest("ambiguty", ["ambiguity", "candour"]) == 'The nearest known name is "ambiguity".'
    assert nearest("zzz", ["one", "two"]) == "Known names: one, two."
    assert nearest("zzz", []) == "No name is known here."


def test_a_name_without_its_group_is_answered_with_all_that_end_so() -> None:
    with pytest.raises(ScenarioError, match=r"ambiguity is unknown\. Write sender\.ambiguity or target\.ambiguity\.$"):
        CASE.vary({"ambiguity": 0.2})
    with pytest.raises(ScenarioError, match=r"rounds is unknown\. Write talks\.rounds\.$"):
        CASE.vary({"rounds": 3})


def test_changes_that_are_no_dictionary_are_refused_with_one_to_copy() -> None:
    with pytest.raises(TypeError, match=r"changes = 'sender\.ambiguity' is no dictionary\. Write vary"):
        CASE.vary("sender.ambiguity")  # type: ignore[arg-type]
