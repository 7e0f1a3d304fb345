"""Scenario files that cannot be read or found, and files that extend one another in a wrong way."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negosim.common.errors import ScenarioError
from negosim.scenario.scenario import Scenario

PIE = Scenario.load("pie")
CASE = Scenario.load("us-japan-2025")
Load = Callable[[str], ScenarioError]


# ---- files -------------------------------------------------------------------------------------------------


def test_an_unknown_scenario_is_answered_with_the_known_names() -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.load("us-japan-2052")
    assert 'nearest known name is "us-japan-2025". A path must end in .toml.' in str(caught.value)


def test_a_name_like_no_other_is_answered_with_all_names_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.load("zzz")
    assert all(str(caught.value).count(name) == 1 for name in ("logrolling", "sealed-bids"))


def test_a_missing_file_is_answered_with_the_known_names(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(tmp_path / "none.toml")
    assert "none.toml" in str(caught.value) and "us-japan-2025" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('<utility_space number_of_issues="2"/>', "is written in XML, not in TOML"),
        ('{"issues": []}', "is written in JSON, not in TOML"),
        ('[{"name": "pie"}]', "is written in JSON, not in TOML"),
        ("name: sale\ntalks:\n  rounds: 3\n", "is written in YAML, not in TOML"),
        ("# a sale\n---\n- rounds: 3\n", "is written in YAML, not in TOML"),
        ("name = pie", "is not valid TOML"),
    ],
)
@pytest.mark.parametrize("name", ["sale.toml", "sale.yaml"])
def test_a_file_in_another_format_is_called_by_its_format(tmp_path: Path, content: str, words: str, name: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(str(tmp_path / name))
    assert f"{name}: {words}" in str(caught.value)


@pytest.mark.parametrize("name", ["a" * 1000, "a" * 1000 + ".toml", "a/" * 5000])
def test_a_name_of_a_thousand_letters_is_refused_in_a_sentence(refused: Load, name: str) -> None:
    for load in (lambda: Scenario.load(name), lambda: Scenario.load(Path(name))):
        with pytest.raises(ScenarioError, match=r"File name too long|no such file|no scenario named"):
            load()
    error = refused(f'extends = "{name}"')
    assert error.field == "extends" and "cannot be followed" in str(error)


@pytest.mark.parametrize("name", ["sale.xml", "sale.json", "sale.YAML"])
def test_a_name_that_ends_as_a_file_does_is_a_path(name: str) -> None:
    with pytest.raises(ScenarioError, match=f"{name}: there is no such file"):
        Scenario.load(name)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="is a folder"):
        Scenario.load(tmp_path)


@pytest.mark.parametrize("text", ["", "   \n\n\t"])
def test_an_empty_file_is_refused(refused: Load, text: str) -> None:
    assert "is empty" in str(refused(text))


def test_a_file_of_comments_only_lacks_everything(refused: Load) -> None:
    assert "is missing" in str(refused("# to be written\n"))


def test_a_file_in_another_encoding_names_the_byte_and_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "pie"\ntitle = "Käse"\n'.encode("latin-1"))
    with pytest.raises(ScenarioError) as caught:
        Scenario.load(path)
    assert "not UTF-8: byte 0xe4 in line 2" in str(caught.value) and "latin.toml" in str(caught.value)
    path.write_bytes(PIE.to_toml().encode("utf-16"))
    with pytest.raises(ScenarioError, match="UTF-8"):
        Scenario.load(path)


@pytest.mark.parametrize(
    "text",
    [
        'name = "pie',
        "name = ",
        "[sender",
        "name = 1\nname = 2",
        "= 3",
        "x = [" * 5000,
        "\x00",
        "a = 1979-13-45",
    ],
)
def test_what_is_no_toml_says_so_with_the_place(refused: Load, text: str) -> None:
    assert "not valid TOML" in str(refused(text))


@given(st.integers(0, len(CASE.to_toml()) - 1))
def test_a_file_cut_short_anywhere_loads_or_says_what_is_wrong(cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut.toml"
        path.write_text(CASE.to_toml()[:cut], encoding="utf-8")
        try:
            Scenario.load(path)
        except ScenarioError as error:
            assert error.file is not None and "cut.toml" in error.file


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(),
    st.text(max_size=4),
    st.dates(),
    st.lists(st.integers(0, 2), max_size=3),
    st.dictionaries(
        st.sampled_from(["value", "values", "name", "source", "range"]), st.integers(), max_size=2
    ),
)


@pytest.mark.slow
@settings(max_examples=300)
@given(st.data(), junk)
def test_junk_anywhere_in_a_file_is_refused_with_a_scenario_error(data: st.DataObject, wrong: object) -> None:
    tree = tomllib.loads(CASE.to_toml())
    here: Any = tree
    while True:
        step = data.draw(st.sampled_from(list(here) if isinstance(here, dict) else range(len(here))))
        if not isinstance(here[step], (dict, list)) or not here[step] or data.draw(st.integers(0, 3)) == 0:
            break
        here = here[step]
    here[step] = wrong
    try:
        Scenario.build(tree, file="junk.toml")
    except ScenarioError as error:
        assert error.file == "junk.toml" and str(error).startswith("junk.toml: ")


# ---- extends -----------------------------------------------------------------------------------------------


def test_extending_an_unknown_scenario_names_the_file_and_the_nearest(refused: Load) -> None:
    error = refused('extends = "logroling"')
    assert error.field == "extends" and '"logrolling"' in str(error)
    assert refused('extends = "../nowhere.toml"').field == "extends"
    assert refused("extends = 3").field == "extends"


def test_a_circle_of_extends_is_shown(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('extends = "two.toml"', encoding="utf-8")
    (tmp_path / "two.toml").write_text('extends = "./one.toml"', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"one\.toml -> two\.toml -> one\.toml"):
        Scenario.load(tmp_path / "one.toml")


def test_a_file_that_extends_itself_is_refused(refused: Load) -> None:
    assert "makes a circle" in str(refused('extends = "mine.toml"'))


# ---- without -----------------------------------------------------------------------------------------------------


def test_what_a_file_leaves_out_has_its_default_and_no_note(tmp_path: Path) -> None:
    left_out = ["sender.disagreement", "issues.rice.precedent", "linkage.farm-purchases--rice", "threats.steel-tariff"]
    path = tmp_path / "mine.toml"
    path.write_text(f'extends = "us-japan-2025"\nwithout = {left_out}\n', encoding="utf-8")
    found = Scenario.load(path)
    assert found.sender.disagreement is None and found.issue("rice").precedent == 0.0
    assert not {"sender.disagreement", "issues.rice.precedent"} & set(found.notes)
    assert {"rice--farm-purchases"} == {edge.name for edge in CASE.linkage} - {edge.name for edge in found.linkage}
    assert [threat.issue for threat in found.threats] == ["reciprocal-tariff", "car-tariff"]
    assert CASE.sender.disagreement is not None and found.vary({"sender.disagreement": 0.5}).sender.disagreement == 0.5


def test_what_is_left_out_may_be_set_anew_and_files_in_a_chain_leave_out_more_and_more(tmp_path: Path) -> None:
    middle = 'extends = "us-japan-2025"\nwithout = ["sender.disagreement"]\n'
    top = 'extends = "middle.toml"\nwithout = ["target.tariff_pain", "sender.ambiguity"]\n[sender]\n'
    (tmp_path / "middle.toml").write_text(middle, encoding="utf-8")
    (tmp_path / "top.toml").write_text(top + 'ambiguity = { value = 0.1, source = "a test" }', encoding="utf-8")
    found = Scenario.load(tmp_path / "top.toml")
    assert (found.sender.disagreement, found.target.tariff_pain, found.sender.ambiguity) == (None, 0.0, 0.1)
    note = found.note("sender.ambiguity")
    assert note is not None and (note.source, note.range) == ("a test", None)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("sender.disagrement", '"disagreement"'),
        ("sendr.disagreement", '"sender"'),
        ("target.disagreement", "Known names"),  # it has a default, which the case leaves as it is
        ("threats.steel-tarif.damage", '"steel-tariff"'),
        ("linkage.rice--farm", '"rice--farm-purchases"'),
        ("sender.disagreement.range", "No name"),
        ("sender.principal.salience.rice", "No name"),
        ("name.first", "No name"),
        ("", "Known names"),
    ],
)
def test_leaving_out_what_is_not_there_names_it_and_the_nearest(refused: Load, name: str, near: str) -> None:
    error = refused(f'extends = "us-japan-2025"\nwithout = ["{name}"]')
    assert (error.field, error.value) == ("without", name)
    assert "is not set in what the file extends" in str(error) and near in str(error)


def test_leaving_the_same_out_twice_is_refused(refused: Load) -> None:
    assert refused('extends = "us-japan-2025"\nwithout = ["trade", "trade"]').value == "trade"


@pytest.mark.parametrize("wrong", ['"sender.disagreement"', "3", "[3]", '{ sender = "disagreement" }', '[["sender"]]'])
def test_what_is_left_out_is_a_list_of_names(refused: Load, wrong: str) -> None:
    error = refused(f'extends = "us-japan-2025"\nwithout = {wrong}')
    assert error.field == "without" and "has the wrong type" in str(error) and '["sender.disagreement"]' in str(error)


@pytest.mark.parametrize("names", ["[]", '["talks.rounds"]', "0"])
def test_nothing_can_be_left_out_where_nothing_is_extended(refused: Load, names: str) -> None:
    error = refused(f'without = {names}\nname = "mine"')
    assert error.field == "without" and "without extends" in str(error)


def test_leaving_out_what_must_be_there_says_that_it_is_missing(refused: Load) -> None:
    assert "is missing" in str(refused('extends = "us-japan-2025"\nwithout = ["threats.steel-tariff.rate"]'))


# ---- paths -------------------------------------------------------------------------------------------------------


def test_a_path_may_begin_at_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    PIE.save("~/mine.toml")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "other.toml").write_text('extends = "~/mine.toml"\n', encoding="utf-8")
    assert Scenario.load("~/mine.toml") == Scenario.load(tmp_path / "sub" / "other.toml") == PIE


def test_an_address_is_refused_to_read_to_extend_and_to_write(refused: Load) -> None:
    for using in (Scenario.load, PIE.save):
        with pytest.raises(ScenarioError, match=r"'s3://bucket/pie\.toml' is an address, not a path"):
            using("s3://bucket/pie.toml")
    assert "is an address, not a path" in str(refused('extends = "https://host/pie.toml"\n'))


def test_a_pipe_is_refused_to_read_and_to_extend(refused: Load, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(ScenarioError, match="it is a pipe, not an ordinary file"):
        Scenario.load(tmp_path / "pipe.toml")
    (tmp_path / "mine.toml").write_text('extends = "pipe.toml"\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match="it is a pipe, not an ordinary file"):
        Scenario.load(tmp_path / "mine.toml")


def test_a_file_that_cannot_be_written_or_looked_at_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ScenarioError, match=r"none/x\.toml: cannot be written: No such file or directory\. Choose a folder"):
        PIE.save(tmp_path / "none" / "x.toml")

    def forbidden(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", forbidden)
    with pytest.raises(ScenarioError, match=r"x\.toml: cannot be read: Permission denied"):
        Scenario.load(tmp_path / "x.toml")
