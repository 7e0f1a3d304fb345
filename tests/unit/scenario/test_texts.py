"""What a scenario's texts may hold: nothing that a terminal obeys, one line where people read one, and dates that exist."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from negosim.common.errors import ScenarioError
from negosim.scenario.scenario import Scenario

PIE = Scenario.load("pie")
Load = Callable[[str], ScenarioError]


def _over(base: str, text: str) -> str:
    return f'extends = "{base}"\n{text}'


@pytest.mark.parametrize("sign", ["\\u001B[31m", "\\u202E", "\\u2066", "\\u009B", "\\u0007", "\\u0000"])
@pytest.mark.parametrize(
    "field", ["title", "summary", "sender.name", "sender.short", "issues.pie.title", "issues.pie.unit", "sender.principal.title"]
)
def test_a_text_with_a_control_character_is_refused(refused: Load, field: str, sign: str) -> None:
    head, _, last = field.rpartition(".")
    table = '[[issues]]\nname = "pie"' if head == "issues.pie" else f"[{head}]" if head else ""
    error = refused(_over("pie", f'{table}\n{last} = "a{sign}b"'))
    assert error.field == field and f"contains the control character U+{sign[2:6]}. Write plain text." in str(error)
    assert str(error).isprintable()


@pytest.mark.parametrize("field", ["title", "sender.name", "issues.pie.unit"])
def test_what_people_read_in_one_line_has_no_line_break_and_a_summary_may(refused: Load, field: str) -> None:
    head, _, last = field.rpartition(".")
    table = '[[issues]]\nname = "pie"' if head == "issues.pie" else f"[{head}]" if head else ""
    assert "contains a line break" in str(refused(_over("pie", f'{table}\n{last} = "one\\ntwo"')))
    assert PIE.vary({"summary": "one\n\ttwo"}).summary == "one\n\ttwo"


def test_a_note_and_a_change_are_held_to_the_same_rule(refused: Load) -> None:
    error = refused(_over("pie", '[talks]\nrounds = {value = 5, assumed = "a\\u001Bb", range = [3, 9]}'))
    assert error.field == "talks.rounds.assumed" and "U+001B" in str(error)
    with pytest.raises(ScenarioError, match=r"sender\.name = 'a\\x1bb' contains"):
        PIE.vary({"sender.name": "a\x1bb"})


def test_an_unknown_key_is_told_without_its_control_characters(refused: Load) -> None:
    assert "a\\x1bb = 3 is an unknown key" in str(refused(_over("pie", '"a\\u001Bb" = 3')))


@pytest.mark.parametrize("key", ["note", "notes"])
def test_what_a_file_cannot_set_is_not_offered_as_a_name(refused: Load, key: str) -> None:
    error = str(refused(_over("pie", f"{key} = 3")))
    assert "is an unknown key" in error and "nearest" not in error
    for using in (PIE.get, lambda name: PIE.vary({name: 3})):
        with pytest.raises(ScenarioError, match=f"^{key} is unknown") as caught:
            using(key)
        assert "notes" not in caught.value.remedy


def test_the_rounds_end_before_the_calendar_does() -> None:
    case = Scenario.load("us-japan-2025")
    days = (case.talks.rounds + case.talks.extension_rounds) * case.calendar.days_per_round  # type: ignore[union-attr]
    last = datetime.date.max - datetime.timedelta(days=days)
    assert case.vary({"calendar.first_round": last}).date(1) == last
    with pytest.raises(ScenarioError, match=r"calendar\.first_round = .* leaves no dates for all rounds"):
        case.vary({"calendar.first_round": last + datetime.timedelta(days=1)})
    with pytest.raises(ScenarioError, match="leaves no dates for all rounds"):
        case.vary({"calendar.first_round": last, "talks.rounds": case.talks.rounds + 1})
