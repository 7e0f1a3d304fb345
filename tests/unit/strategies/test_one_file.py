"""A strategy is added by adding one file: everything else finds it in the folder and reads its record."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from negosim.strategies.catalogue import NAMES, strategy
from tests.architecture.house import ROOT

STRATEGY = '''"""Steady: demand the same share of what is above the reservation value in every round."""

from negosim.common.vocabulary import Response
from negosim.rules.compiled import rule
from negosim.rules.records import PROPOSE, RESPOND
from negosim.strategies.record import Strategy, Weighing

ACCEPT, REFUSE = int(Response.ACCEPT), int(Response.REFUSE)


@rule(PROPOSE)
def propose(own, other, public, belief, homes, menu, outlook, noise):
    return 0.5 * (1.0 + own.reservation)


@rule(RESPOND)
def respond(own, other, public, belief, homes, offer, outlook):
    return ACCEPT if offer[own.kept_column] >= own.reservation else REFUSE


def _weigh(own, other, public, belief, homes, offer, outlook):
    return Weighing(float(offer[own["kept_column"]]), float(own["reservation"]), "reservation")


STRATEGY = Strategy(
    propose, respond, name="rock-steady", source="Nobody 2001", sentence="asks for half of what there is to win", reads=(),
    takes_less=False, weigh=_weigh,
)
'''

PROGRAM = """
import json, sys
from negosim.strategies import shipped
shipped.__path__.append(sys.argv[1])
import negosim as ns
from negosim.app.state.dials import dial
from negosim.strategies.catalogue import NAMES, strategy
from tests.laws.playing import by_kernel, by_mesa, differences
from tests.laws.worlds import COMBINATIONS, design
from tools.documents import strategies_table

name = "rock-steady"
pie = ns.Scenario.load("pie").vary({"sender.strategy": name})
told = ns.Negotiation(pie, 7).play().transcript()
sentence, answer = "asks for half of what there is to win", "its reservation value is"
print(json.dumps({
    "catalogue": name in NAMES and strategy(name).source,
    "schema": name in json.dumps(ns.Scenario.schema()),
    "app": name in dial(pie, "target.strategy").options,
    "transcript": [sentence in told, answer in told],
    "documents": "| `rock-steady` | asks for half of what there is to win | Nobody 2001 |" in strategies_table(),
    "engines": [run for run in range(8) if differences(by_mesa(pie, 3, run), by_kernel(pie, 3, run))],
    "worlds": sum(name in design(number) for number in range(COMBINATIONS)),
    "strategies": len(NAMES),
}))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a process finds in whose folder of strategies one file more lies."""
    folder = tmp_path_factory.mktemp("shipped")
    (folder / "rock_steady.py").write_text(STRATEGY, encoding="utf-8")
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_catalogue_the_schema_the_documents_and_the_app_have_it(found: dict[str, object]) -> None:
    assert found["catalogue"] == "Nobody 2001"
    assert found["schema"] is True and found["documents"] is True and found["app"] is True


def test_the_transcript_tells_it_in_its_own_words(found: dict[str, object]) -> None:
    assert found["transcript"] == [True, True]


def test_both_engines_play_it_the_same(found: dict[str, object]) -> None:
    assert found["engines"] == []


def test_the_random_worlds_of_the_laws_hold_it_with_every_other_strategy(found: dict[str, object]) -> None:
    assert found["worlds"] == 2 * found["strategies"] - 1


def test_without_the_file_nobody_knows_it() -> None:
    program = "import negosim as ns; ns.Scenario.load('pie').vary({'sender.strategy': 'rock-steady'})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "rock-steady" in done.stderr and "Allowed: " in done.stderr


def test_a_record_has_the_name_of_its_file() -> None:
    records = list(map(strategy, NAMES))
    assert [record.name for record in records] == list(NAMES)
    assert all(record.source and record.sentence for record in records)
