"""A strategy of the user's own is compiled and played, and a function that cannot be one is refused in a sentence."""

from __future__ import annotations

import inspect
import random
import re
from collections.abc import Callable
from pathlib import Path
from random import uniform
from typing import Any

import numba
import numpy as np
import pytest

import negosim as ns
from negosim import Negotiation, Response, Scenario, Side, StrategyError, simulate, strategy
from negosim.rules.records import OWN, PUBLIC

CASE = Scenario.load("us-japan-2025")


def propose(own, other, public, belief, homes, menu, outlook, noise):
    return max(own.reservation, own.opening - 0.05 * public.round)


def respond(own, other, public, belief, homes, offer, outlook):
    if offer[own.kept_column] >= own.reservation:
        return Response.ACCEPT
    return Response.REFUSE


def helper(demand):
    return demand


def takes_less(own, other):
    return 1.0


def in_another_order(other, own, public, belief, homes, menu, outlook, noise):
    return own.reservation


def takes_any(*everything):
    return 1.0


def with_a_default(own, other, public, belief, homes, menu, outlook, noise=0.0):
    return own.reservation


def calls_a_helper(own, other, public, belief, homes, menu, outlook, noise):
    return helper(own.reservation)


def reads_a_typo(own, other, public, belief, homes, menu, outlook, noise):
    return own.reservatoin


def reads_an_unknown_name(own, other, public, belief, homes, menu, outlook, noise):
    return oops  # noqa: F821


def opens_a_file(own, other, public, belief, homes, menu, outlook, noise):
    with open("x") as file:
        return len(file.read())


def returns_a_word(own, other, public, belief, homes, menu, outlook, noise):
    return "much"


def forgets_to_return(own, other, public, belief, homes, menu, outlook, noise):
    own.reservation  # noqa: B018


def may_forget_to_return(own, other, public, belief, homes, menu, outlook, noise):
    if public.round > 1:
        return own.reservation


def yields(own, other, public, belief, homes, menu, outlook, noise):
    yield own.reservation


def writes(own, other, public, belief, homes, menu, outlook, noise):
    own.reservation = 0.0
    return 1.0


def draws_like_python(own, other, public, belief, homes, menu, outlook, noise):
    return random.random()


def draws_by_name(own, other, public, belief, homes, menu, outlook, noise):
    return uniform(0.5, 1.0)


def draws_like_numpy(own, other, public, belief, homes, menu, outlook, noise):
    return np.random.rand()


asked_before = 0
steps = [0.9, 0.8]
by_round = {1: 0.9}


def counts(own, other, public, belief, homes, menu, outlook, noise):
    global asked_before
    asked_before += 1
    return 0.9


def reads_a_list(own, other, public, belief, homes, menu, outlook, noise):
    return steps[0]


def reads_a_dictionary(own, other, public, belief, homes, menu, outlook, noise):
    return by_round[1]


def imports(own, other, public, belief, homes, menu, outlook, noise):
    import math

    return math.sqrt(own.reservation)


REFUSED: dict[str, tuple[Callable[..., Any], str]] = {
    "too few arguments": (
        takes_less,
        "propose takes (own, other). Write def propose(own, other, public, belief, homes, menu, outlook, noise):",
    ),
    "another order": (in_another_order, "propose takes (other, own, public, belief, homes, menu, outlook, noise). Write def"),
    "any arguments": (takes_any, "propose takes (*everything). Write def"),
    "a default": (with_a_default, "noise=0.0). Write def"),
    "a plain helper": (calls_a_helper, "propose calls helper, a plain function. Write @numba.njit above def helper."),
    "a field misspelt": (reads_a_typo, "propose cannot be compiled: it reads .reservatoin, which no record has. See docs"),
    "an unknown name": (reads_an_unknown_name, "propose cannot be compiled: NameError: name 'oops' is not defined. See docs"),
    "a file": (opens_a_file, "propose cannot be compiled: The 'with (context manager) as (variable):' construct is not"),
    "a word": (returns_a_word, "propose returns Literal[str](much). It must return a number, the own utility demanded."),
    "nothing": (forgets_to_return, "propose returns nothing in some case. It must return a number"),
    "nothing in one branch": (may_forget_to_return, "propose returns nothing in some case. It must return a number"),
    "a generator": (yields, "propose yields or awaits. It must return a number"),
    "writing into a record": (writes, "propose sets .reservation of a record. A strategy reads what it is given"),
    "luck of its own": (draws_like_python, "propose draws luck of its own, with which no run could be played again. Take"),
    "luck by its name": (draws_by_name, "propose draws luck of its own"),
    "luck of NumPy": (draws_like_numpy, "propose draws luck of its own"),
    "a count kept outside": (counts, "propose changes asked_before, which stands outside it. A strategy reads what it is given"),
    "a list": (reads_a_list, "propose reads steps, a list, which cannot be compiled. Write steps = numpy.array(steps) above it."),
    "a dictionary": (reads_a_dictionary, "propose reads by_round, a dict, which cannot be compiled. Read numbers or an array."),
    "an import": (imports, "propose imports math. Import it above the function; math, NumPy and negosim.rules can be used."),
    "no function": (3, "propose = '3' is no plain Python function. Write def"),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_a_function_that_cannot_propose_is_refused_in_one_sentence_that_says_why(wrong: str) -> None:
    function, said = REFUSED[wrong]
    with pytest.raises(StrategyError) as refusal:
        strategy(function, respond)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 300


def test_an_answer_that_is_a_utility_is_refused() -> None:
    def answers_with_a_number(own, other, public, belief, homes, offer, outlook):
        return own.reservation

    with pytest.raises(StrategyError, match=r"respond returns float64\. It must return Response\.ACCEPT, Response\.REFUSE"):
        strategy(propose, answers_with_a_number)


@pytest.mark.parametrize("accepts", [True, 1, Response.ACCEPT])
def test_an_answer_may_be_a_response_its_number_or_a_truth_value(accepts: Any) -> None:
    def agrees(own, other, public, belief, homes, offer, outlook):
        return accepts

    case = Scenario.load("pie").vary({"talks.first_proposer": "target"})
    runs = simulate(case, 1, 0, strategies={"sender": strategy(propose, agrees)}).runs
    assert runs["rounds"].tolist() == [1]


def assert_both_engines_stop(mine: dict[str, Any], error: type[Exception], said: str) -> None:
    """Both engines raise this error, with words that match."""
    with pytest.raises(error, match=said):
        simulate(CASE, 1, 7, strategies=mine)
    with pytest.raises(error, match=said):
        Negotiation(CASE, 7, strategies=mine).play()


def test_a_demand_that_is_no_number_stops_both_engines_with_a_sentence() -> None:
    def lost(own, other, public, belief, homes, menu, outlook, noise):
        return np.nan

    mine = {"target": strategy(lost, respond)}
    assert_both_engines_stop(mine, ValueError, r"propose returned nan\. It must return a number")


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        (np.inf, "propose returned infinity"), (-np.inf, "propose returned infinity"),
        (1.5, "propose demanded less than 0 or more than 1"), (-1e300, "propose demanded less than 0 or more than 1"),
        (1.5, r"Return min\(1\.0, max\(0\.0, demand\)\).* The function is beyond\."), (7, "propose demanded less than 0 or more"),
    ],
)
def test_a_demand_that_no_side_can_have_or_want_stops_both_engines_with_a_sentence(demand: float, said: str) -> None:
    def beyond(own, other, public, belief, homes, menu, outlook, noise):
        return demand

    assert_both_engines_stop({"target": strategy(beyond, respond)}, ValueError, said)


@pytest.mark.parametrize("bound", ["reservation", "committed_demand", "ended"])
def test_a_demand_may_be_what_a_side_has_or_wants_beyond_the_pie_and_the_noise_of_it(bound: str) -> None:
    """Doubts, damage and wide spreads take a side's own numbers below 0 or above 1."""
    fields = {"reservation": lambda own: own.reservation, "committed_demand": lambda own: own.committed_demand,
              "ended": lambda own: own.ended}
    read = numba.njit(fields[bound])

    def to_the_end(own, other, public, belief, homes, menu, outlook, noise):
        return read(own) + noise

    wide = {"target.ambiguity": 0.5, "target.disagreement": 0.9 if bound != "ended" else 0.1, "target.offer_noise": 0.3}
    simulate(CASE.vary(wide), 50, 7, strategies={"target": strategy(to_the_end, respond)})


def test_an_answer_that_there_is_not_stops_both_engines_with_a_sentence() -> None:
    def beyond(own, other, public, belief, homes, offer, outlook):
        return 3

    mine = {"sender": strategy(propose, beyond)}
    assert_both_engines_stop(mine, ValueError, "respond returned no Response")


def test_an_index_beyond_what_is_given_stops_both_engines_and_reads_nothing_else() -> None:
    def beyond(own, other, public, belief, homes, menu, outlook, noise):
        return menu[10**6, 0]

    mine = {"target": strategy(beyond, respond)}
    assert_both_engines_stop(mine, IndexError, "index is out of bounds")


def test_a_count_of_an_enclosing_function_cannot_be_changed_and_a_field_may_be_called_as_a_list_outside() -> None:
    count = 0

    def counts_within(own, other, public, belief, homes, menu, outlook, noise):
        nonlocal count
        count += 1
        return 0.9

    with pytest.raises(StrategyError, match="propose changes count, which stands outside it"):
        strategy(counts_within, respond)
    scope: dict[str, Any] = {"round": [1, 2], "Response": Response}
    exec("def propose(own, other, public, belief, homes, menu, outlook, noise):\n    return 1.0 - 0.01 * public.round", scope)
    simulate(CASE, 1, 7, strategies={"target": strategy(scope["propose"], respond)})


@pytest.mark.parametrize("play", [simulate, Negotiation])
def test_strategies_of_no_side_or_of_no_kind_are_refused(play: Callable[..., Any]) -> None:
    mine = strategy(propose, respond)
    with pytest.raises(ValueError, match=r"strategies\['targe'\] is of no side\. The nearest known name is \"target\"\."):
        play(CASE, strategies={"targe": mine})
    with pytest.raises(ValueError, match=r"strategies\[2\] is of no side\. Known names: sender, target\."):
        play(CASE, strategies={2: mine})
    with pytest.raises(TypeError, match=r"strategies\['target'\] = 'micro' is no strategy\. Write ns\.strategy\(propose"):
        play(CASE, strategies={"target": "micro"})
    with pytest.raises(TypeError, match="strategies is no dictionary"):
        play(CASE, strategies=mine)


def test_a_side_is_named_by_its_word_or_by_its_enum() -> None:
    mine = strategy(propose, respond)
    by_word = simulate(CASE, 50, 7, strategies={"target": mine})
    by_enum = simulate(CASE, 50, 7, strategies={Side.TARGET: mine})
    assert by_word.runs.tobytes() == by_enum.runs.tobytes()
    assert by_word.runs.tobytes() != simulate(CASE, 50, 7).runs.tobytes()


def test_a_strategy_of_ones_own_leaves_no_trace_behind() -> None:
    before = simulate(CASE, 50, 7)
    simulate(CASE, 50, 7, strategies={"target": strategy(propose, respond)})
    assert simulate(CASE, 50, 7).runs.tobytes() == before.runs.tobytes()


def test_a_fork_keeps_the_strategy_and_refuses_to_name_another_for_that_side() -> None:
    talks = Negotiation(CASE, 7, strategies={"target": strategy(propose, respond)})
    straight = Negotiation(CASE, 7, strategies=talks.run.own_strategies).play()
    talks.step()
    assert talks.fork().play().transcript() == straight.transcript()
    with pytest.raises(ns.ScenarioError, match=r"target\.strategy = 'micro' cannot be changed in a fork: the side plays"):
        talks.fork({"target.strategy": "micro"})
    assert talks.fork({"sender.strategy": "micro"}).run.own_strategies == talks.run.own_strategies


def test_the_story_says_who_plays_a_strategy_of_the_users_own() -> None:
    talks = Negotiation(CASE, 7, strategies={"target": strategy(propose, respond)}).play()
    assert talks.story()["own_strategies"] == ["target"]
    assert "it decides by a rule of its own" in talks.transcript()
    assert Negotiation(CASE, 7).story()["own_strategies"] == []


PAGE = Path(__file__).resolve().parents[3] / "docs" / "strategies.md"


def test_the_page_names_every_argument_and_every_field_that_a_strategy_is_given() -> None:
    own = PAGE.read_text().partition("## A strategy of your own")[2]
    firsts = re.findall(r"^\| (`[^|]*) \|", own, re.MULTILINE)
    told = {name for cells in firsts for name in re.findall(r"`(\w+)`", cells)}
    given = {*OWN.names, *PUBLIC.names, *inspect.signature(propose).parameters, *inspect.signature(respond).parameters}
    assert told == given


def test_the_example_of_the_page_is_played(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    exec(compile(example, "<example>", "exec"), {})
    told = capsys.readouterr().out
    assert "it decides by a rule of its own" in told
    assert "10000.0" in told
