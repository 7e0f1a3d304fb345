"""Stepping through a run: by slider, button and play, and as text where there are no widgets."""

from __future__ import annotations

import sys

import pytest

from negosim import Negotiation, Scenario, stepper

CASE = Scenario.load("us-japan-2025")


def test_a_stepper_goes_from_the_opening_to_the_end_and_leaves_the_talks_as_they_are() -> None:
    talks = Negotiation(CASE, 7)
    talks.step()
    steps = stepper(talks)
    assert talks.round == 1 and talks.running
    assert len(steps) == 10  # the opening, eight rounds, the end
    assert steps.text(0).startswith("A package is worth 0")
    assert steps.text(3).startswith("Round 3, 30 April:")
    assert steps.text(9).startswith("The end, in round 8")
    assert str(steps) == Negotiation(CASE, 7).play().transcript(fold=False)


def test_the_two_offers_of_a_round_are_one_step() -> None:
    talks = Negotiation(Scenario.load("attrition"), 3).play()
    steps = stepper(talks)
    assert len(steps) == talks.round + 2
    assert steps.text(1).count("Round 1:") == 2


def test_the_widget_shows_what_the_slider_says() -> None:
    steps = stepper(Negotiation(CASE, 7))
    controls, shown = steps.widget.children
    play, back, on, slider = controls.children
    told, picture = shown.children
    assert "A package is worth 0" in told.value and slider.max == play.max == 9
    slider.value = 2
    assert "Round 2, 16 April" in told.value
    assert picture.value == steps.picture(2) != steps.picture(1)
    on.click()
    assert slider.value == 3 and "Round 3, 30 April" in told.value
    back.click(), back.click(), back.click(), back.click()
    assert slider.value == 0


def test_a_stepper_is_shown_as_a_widget_with_its_text_beside_it() -> None:
    bundle = stepper(Negotiation(CASE, 7))._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"].startswith("United States and Japan, tariff talks of 2025\n\nA package")


def test_without_widgets_a_stepper_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("negosim.app.stepper.find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    steps = stepper(Negotiation(CASE, 7))
    assert list(steps._repr_mimebundle_()) == ["text/plain"]
    assert "The end, in round 8" in repr(steps)
