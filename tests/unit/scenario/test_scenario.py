"""Scenarios: loading, notes, extending, varying, saving, fingerprints, and the case of 2025."""

from __future__ import annotations

import copy
import json
import pickle
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negosim.common.errors import ScenarioError
from negosim.common.vocabulary import Side
from negosim.scenario.scenario import Scenario
from negosim.scenario.toml import toml_text

SCENARIOS = Path(__file__).parents[3] / "negosim" / "scenario" / "shipped"
PIE = Scenario.load("pie")
TRADE = Scenario.load("logrolling")
CASE = Scenario.load("us-japan-2025")
ALL = pytest.mark.parametrize("scenario", [PIE, TRADE, CASE], ids=lambda scenario: scenario.name)


def _write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# ---- loading -----------------------------------------------------------------------------------------------


def test_the_shipped_scenarios_are_named() -> None:
    assert {"pie", "logrolling", "us-japan-2025"} <= set(Scenario.names())


@pytest.mark.parametrize("name", Scenario.names())
def test_every_shipped_scenario_loads_under_its_own_name(name: str) -> None:
    assert Scenario.load(name).name == name


@ALL
def test_saving_and_loading_gives_the_scenario_back(scenario: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "saved.toml"
    scenario.save(path)
    again = Scenario.load(path)
    assert again == scenario
    assert again.fingerprint() == scenario.fingerprint()
    assert again.notes == scenario.notes
    assert again.to_toml() == scenario.to_toml()


@pytest.mark.parametrize("text", ["two\nlines", "\nfirst", "first\n", 'three """ quotes\n', "back\\slash\n"])
def test_a_text_with_line_breaks_of_any_kind_comes_back_from_a_file(text: str, tmp_path: Path) -> None:
    scenario = Scenario.load("pie").vary({"summary": text})
    scenario.save(tmp_path / "mine.toml")
    assert Scenario.load(tmp_path / "mine.toml").summary == text


def test_what_is_left_out_and_an_edge_named_the_other_way_round_come_back_from_a_file(tmp_path: Path) -> None:
    edge = CASE.linkage[0]
    mirrored = "--".join(reversed(edge.between))
    left_out = "sender.disagreement"
    assert {f"linkage.{edge.name}.weight", left_out} <= CASE.notes.keys()
    scenario = CASE.vary({f"linkage.{mirrored}.weight": 0.1, left_out: None})
    assert f"linkage.{edge.name}.weight" in scenario.notes and left_out not in scenario.notes
    scenario.save(tmp_path / "mine.toml")
    assert Scenario.load(tmp_path / "mine.toml") == scenario


def test_lists_become_tuples_and_saliences_are_read_only() -> None:
    assert isinstance(CASE.sender.negotiators[0].portfolio, tuple)
    with pytest.raises(TypeError):
        CASE.sender.principal.salience["rice"] = 1.0  # type: ignore[index]


def test_a_path_may_be_a_text_or_a_path(tmp_path: Path) -> None:
    path = _write(tmp_path, PIE.to_toml())
    assert Scenario.load(path) == Scenario.load(str(path)) == PIE


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + PIE.to_toml().replace("\n", "\r\n").encode())
    assert Scenario.load(path) == PIE


def test_normalise_divides_a_salience_by_its_sum(tmp_path: Path) -> None:
    seller = "salience = { price = 0.8, delivery = 0.2 }"
    text = (SCENARIOS / "logrolling.toml").read_text(encoding="utf-8")
    beside = text.replace(seller, "normalise = true\nsalience = { price = 12, delivery = 3 }")
    within = text.replace(
        seller, 'salience = { values = { price = 12, delivery = 3 }, normalise = true, assumed = "a guess" }'
    )
    for version in (beside, within):
        salience = Scenario.load(_write(tmp_path, version)).sender.principal.salience
        assert dict(salience) == {"price": 0.8, "delivery": 0.2}


# ---- notes -------------------------------------------------------------------------------------------------


def test_notes_are_kept_by_dotted_name() -> None:
    damage = CASE.note("threats.car-tariff.damage")
    assert damage is not None and damage.assumed and damage.range == (0.0, 0.15)
    quota = CASE.note("issues.rice.sender_end")
    assert quota is not None and quota.source and "770,000" not in quota.source
    edge = CASE.note("linkage.rice--farm-purchases.weight")
    assert edge is not None and edge.range == (-0.5, -0.1)


def test_a_weight_has_the_note_of_its_salience() -> None:
    assert CASE.note("sender.principal.salience.rice") == CASE.notes["sender.principal.salience"]


def test_a_default_left_alone_has_the_note_of_its_declaration() -> None:
    note = CASE.note("sender.deadline_hazard")
    assert note is not None and note.assumed is not None and "off" in note.assumed
    assert PIE.note("sender.discount") is None


def test_every_number_of_the_case_has_a_source_or_a_reason() -> None:
    for name in CASE.sweepable():
        if CASE.get(name) in (None, 0.0) and CASE.note(name) is None:
            continue  # an optional number left out, or a weight of 0
        note = CASE.note(name)
        assert note is not None, name
        assert note.source or note.assumed, name


def test_the_assumed_ranges_contain_the_values() -> None:
    assumed = CASE.assumed()
    assert len(assumed) > 100
    for name, (low, high) in assumed.items():
        assert low <= CASE.get(name) <= high, name


def test_the_range_of_a_salience_is_a_factor_on_each_weight() -> None:
    low, high = CASE.assumed()["sender.principal.salience.rice"]
    assert (low, high) == pytest.approx((0.7 * 0.113, 1.3 * 0.113))


def test_every_assumed_number_can_be_moved_to_both_ends_of_its_range() -> None:
    for name, ends in CASE.assumed().items():
        for end in ends:
            assert CASE.vary({name: end}).get(name) == pytest.approx(end), name


# ---- extends -----------------------------------------------------------------------------------------------


def test_a_file_extends_a_shipped_scenario_by_name(tmp_path: Path) -> None:
    text = 'extends = "logrolling"\nname = "patient"\n[sender]\ndiscount = 0.99\n'
    patient = Scenario.load(_write(tmp_path, text))
    assert patient.name == "patient"
    assert patient.sender.discount == 0.99
    assert patient == TRADE.vary({"name": "patient", "sender.discount": 0.99})


def test_a_file_extends_another_by_relative_path_and_they_may_form_a_chain(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    _write(tmp_path, 'extends = "pie"\nname = "middle"\n[talks]\nrounds = 4\n', "middle.toml")
    path = _write(tmp_path / "deep", 'extends = "../middle.toml"\nname = "top"\n', "top.toml")
    assert Scenario.load(path).talks.rounds == 4


def test_lists_of_named_things_merge_by_name(tmp_path: Path) -> None:
    text = """
        extends = "us-japan-2025"
        name = "wider"
        [[issues]]
        name = "rice"
        precedent = { value = 0.4, assumed = "a test", range = [0, 1] }
        [[threats]]
        issue = "car-tariff"
        damage = { value = 0.08, assumed = "a test", range = [0, 1] }
        [[linkage]]
        between = ["farm-purchases", "rice"]
        weight = { value = 0.1, assumed = "a test", range = [0, 1] }
        [[target.ratifiers]]
        name = "farm-lobby"
        threshold = { value = 0.6, assumed = "a test", range = [0, 1] }
        [[issues]]
        name = "rare-earths"
        title = "Rare earths"
        unit = "%"
        target_end = { value = 0, source = "a test" }
        sender_end = { value = 100, source = "a test" }
        status_quo = { value = 0, source = "a test" }
    """
    wider = Scenario.load(_write(tmp_path, text))
    assert [issue.name for issue in wider.issues] == [*(issue.name for issue in CASE.issues), "rare-earths"]
    assert wider.issue("rice").precedent == 0.4
    assert wider.issue("rice").sender_end == CASE.issue("rice").sender_end
    assert wider.get("threats.car-tariff.damage") == 0.08
    assert len(wider.threats) == len(CASE.threats)
    assert wider.get("linkage.rice--farm-purchases.weight") == 0.1
    assert len(wider.linkage) == len(CASE.linkage)
    assert wider.get("target.ratifiers.farm-lobby.threshold") == 0.6
    assert wider.note("issues.rice.precedent").assumed == "a test"  # type: ignore[union-attr]


def test_a_salience_is_replaced_as_a_whole(tmp_path: Path) -> None:
    text = 'extends = "logrolling"\n[sender.principal]\nsalience = { price = 1 }\n'
    assert dict(Scenario.load(_write(tmp_path, text)).sender.principal.salience) == {"price": 1.0}


# ---- names, fingerprints, equality -------------------------------------------------------------------------


@ALL
def test_every_sweepable_name_can_be_read_and_no_word_is_among_them(scenario: Scenario) -> None:
    names = scenario.sweepable()
    assert len(names) == len(set(names))
    for name in names:
        assert scenario.get(name) is None or isinstance(scenario.get(name), (int, float)), name
    assert "sender.strategy" not in names and "talks.rounds" in names


def test_sweepable_names_follow_the_contract_of_dotted_names() -> None:
    assert {
        "sender.ambiguity",
        "talks.rounds",
        "markets.persistence",
        "issues.rice.status_quo",
        "threats.car-tariff.damage",
        "linkage.rice--farm-purchases.weight",
        "sender.principal.salience.rice",
        "target.ratifiers.farm-lobby.threshold",
        "sender.negotiators.bessent.salience.rice",
    } <= set(CASE.sweepable())


def test_the_fingerprint_depends_on_values_and_not_on_notes_or_on_how_a_default_was_said() -> None:
    assert len(CASE.fingerprint()) == 64
    assert CASE.vary({"sender.ambiguity": 0.06}).fingerprint() != CASE.fingerprint()
    assert CASE.vary({"sender.ambiguity": 0.05}).fingerprint() == CASE.fingerprint()
    assert PIE.vary({"sender.ambiguity": 0.0}).fingerprint() == PIE.fingerprint()


def test_the_fingerprint_stays_the_same_from_one_process_to_another() -> None:
    # Writing it down catches a change of the canonical form, which would orphan results on disk.
    canonical = json.dumps(PIE.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    assert '"disagreement":0.0' in canonical and "notes" not in canonical


def test_scenarios_are_hashable_and_survive_copying_and_pickling() -> None:
    assert len({CASE, CASE.vary({"sender.ambiguity": 0.05}), CASE.vary({"sender.ambiguity": 0.06})}) == 3
    for twin in (pickle.loads(pickle.dumps(CASE)), copy.deepcopy(CASE)):
        assert twin == CASE and hash(twin) == hash(CASE)
    assert PIE != "pie"


# ---- positions, dates, sides, schema -----------------------------------------------------------------------


@given(st.floats(0.0, 1.0))
def test_positions_and_real_values_are_inverse(x: float) -> None:
    for issue in CASE.issues:
        assert CASE.position(issue.name, CASE.real(issue.name, x)) == pytest.approx(x, abs=1e-9)


def test_the_ends_of_an_issue_are_at_zero_and_one() -> None:
    assert CASE.position("security-guarantee", 100.0) == 0.0
    assert CASE.position("security-guarantee", 0.0) == 1.0
    assert CASE.real("car-tariff", 0.5) == 15.0
    with pytest.raises(ScenarioError, match="rice"):
        CASE.position("ryce", 3.0)


def test_the_calendar_gives_the_rounds_their_dates() -> None:
    assert [str(CASE.date(number)) for number in (1, 8, 9, 10)] == [
        "2025-04-02",
        "2025-07-09",
        "2025-07-23",
        "2025-08-06",
    ]
    assert PIE.date(1) is None


def test_the_delegations_are_found_by_side() -> None:
    assert CASE.delegation(Side.SENDER).short == "US"
    assert CASE.delegation(Side.TARGET).name == "Japan"


def test_the_schema_is_plain_json_and_knows_notes_extends_and_without() -> None:
    schema = json.loads(json.dumps(Scenario.schema()))
    assert schema["properties"]["without"]["items"] == {"type": "string"}
    assert "extends" in schema["properties"] and "notes" not in schema["properties"]
    rounds = schema["$defs"]["Talks"]["properties"]["rounds"]
    assert rounds["unit"] == "rounds" and rounds["default"] == 10
    bare, noted = rounds["anyOf"]
    assert bare["maximum"] == 2000 and set(noted["properties"]) == {"value", "source", "assumed", "range"}
    assert "values" in schema["$defs"]["Person"]["properties"]["salience"]["anyOf"][1]["properties"]


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=5),
        st.one_of(
            st.text(st.characters(codec="utf-8")),
            st.integers(-(2**60), 2**60),
            st.floats(allow_nan=False, allow_infinity=False),
            st.booleans(),
            st.dates(),
            st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=3),
        ),
        max_size=4,
    )
)
def test_toml_text_says_what_tomllib_reads(table: dict[str, object]) -> None:
    tables = {"name": "any", "inner": table, "items": [table, {"below": table}]}
    read = tomllib.loads(toml_text(tables))
    assert read == {**tables, "inner": table}
