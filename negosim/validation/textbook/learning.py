"""Learning from what does not happen: the other gives no way, and the other breaks no promise."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from negosim.common.vocabulary import Side
from negosim.engine.kernel import simulate
from negosim.engine.model import Negotiation
from negosim.engine.prepare import prepare
from negosim.scenario.scenario import Scenario
from negosim.theory import commitment_after_silence
from negosim.validation.textbook.played import special_case
from negosim.validation.textbook.result import ERRORS, WIDEST, Measured, Result, share_of

REFUSALS = 10
TRIES = 5_000
"""Runs among which one is looked for that goes the way in question."""
SPARE = 1.5
"""More runs than the spread calls for, so that a draw with fewer of the runs that count still has enough."""


def silence(seed: int, prior: float, rate: float, time: float) -> Iterator[Measured]:
    """A sender that may be committed refuses ten offers, a tenth of the time apart; its ordinary type gives way at the rate.

    The rate is entered into the game, so that Bayes' rule is tried by itself, and not the equilibrium of ``attrition``. What the
    target believes is held against the formula, and so is how often a sender that has refused ten times is committed indeed.
    """
    scenario = special_case(
        "pie",
        {"talks.rounds": REFUSALS + 2, "talks.protocol": "random-proposer", "talks.proposer_probability": 0.0,
         "sender.strategy": "attrition", "sender.commitment": prior, "target.strategy": "commitment"},
    )
    game = prepare(scenario)
    table = game.giving_way.copy()
    table[Side.SENDER, :, 0] = 1.0 - math.exp(-rate * time / REFUSALS)
    game = game._replace(giving_way=table)
    closed = float(commitment_after_silence(prior, rate, time))
    needed = SPARE * (ERRORS / WIDEST) ** 2 * closed * (1.0 - closed) * closed / prior  # prior / closed of the runs stay silent
    runs = simulate(scenario, max(1_000, int(needed)), seed, game=game).runs
    silent = runs["rounds"] > REFUSALS
    talks = Negotiation(scenario, seed, int(np.argmax(silent)))
    talks.run.game = game
    for _ in range(REFUSALS):
        talks.step()
    yield Measured("belief that the sender is committed", closed, float(talks.rounds[-1]["target_believes_sender_committed"]))
    yield share_of("share of silent senders that are committed", runs["committed"][silent, Side.SENDER], closed)


def _under_a_threat(**threat: object) -> Scenario:
    tree = special_case("pie", {}, "commitment").model_dump(exclude_unset=True, exclude={"notes"})
    return Scenario.build({**tree, "threats": [{"issue": "pie", "rate": 100.0, "damage": 0.2, **threat}]})


def promise(seed: int, trust: float, slip: float, early: float, rounds: float) -> Iterator[Measured]:
    """A pause that is kept round after round: an unreliable sender would have broken it at the rate ln((1 - slip)/(1 - early)).

    Bayes' rule is that of silence, with the reliable sender in place of the committed one, which slips at times itself.
    """
    # the threat is announced again in the round before the deadline; carried out then, it would hide that the pause was kept
    settings = {"talks.rounds": int(rounds) + 2, "target.trust": trust, "target.trust_slip": slip}
    scenario = _under_a_threat(state="paused", early_execution=early, execution=0.0).vary(settings)
    kept = simulate(scenario, TRIES, seed).runs["threats_executed"] == 0
    talks = Negotiation(scenario, seed, int(np.argmax(kept)))
    for _ in range(int(rounds)):
        talks.step()
    closed = float(commitment_after_silence(trust, math.log((1.0 - slip) / (1.0 - early)), rounds))
    yield Measured("trust in the sender", closed, float(talks.rounds[-1]["target_trust"]))


def pause(seed: int, prior: float) -> Iterator[Measured]:
    """A sender that pauses its threat as markets are under stress cannot be committed, which never pauses."""
    scenario = _under_a_threat(state="announced").vary({"markets.initial_stress": 2.0, "sender.commitment": prior})
    rational = np.flatnonzero(simulate(scenario, TRIES, seed).runs["committed"][:, Side.SENDER] == 0)
    talks = Negotiation(scenario, seed, int(rational[0]))
    talks.step()
    yield Measured("belief that the sender is committed", 0.0, float(talks.rounds[-1]["target_believes_sender_committed"]))


def _silence(rng: np.random.Generator) -> dict[str, float]:
    """Draw a prior not below 1/20, as of rarer types too few runs are left, and a rate at which not everybody has given way."""
    time = float(rng.uniform(0.1, 10.0))
    return {"prior": float(rng.uniform(0.05, 0.95)), "rate": float(rng.uniform(0.0, 4.0)) / time, "time": time}


def _promise(rng: np.random.Generator) -> dict[str, float]:
    """Draw an unreliable sender, which breaks a pause more often than a reliable one slips, and a pause that can last."""
    slip = float(rng.uniform(0.0, 0.3))
    early = slip + float(rng.uniform(0.0, 1.0)) * (0.6 - slip)
    return {"trust": float(rng.uniform(0.05, 0.95)), "slip": slip, "early": early, "rounds": float(rng.integers(1, 6))}


RESULTS = (
    Result(
        "silence", "Whoever has not given way yet is likelier to be committed", "Myerson 1991; Abreu & Gul 2000",
        tuple(
            {"prior": z, "rate": a, "time": t}
            for z, a, t in ((0.1, 0.3, 5.0), (0.3, 2.0, 1.0), (0.5, 0.1, 10.0), (0.2, 0.0, 5.0))
        ),
        _silence, silence,
    ),
    Result(
        "kept-promise", "A promise that is kept earns trust", "Bayes 1763",
        tuple(
            {"trust": z, "slip": s, "early": e, "rounds": n}
            for z, s, e, n in ((0.6, 0.05, 0.3, 1), (0.6, 0.05, 0.3, 5), (0.6, 0.0, 0.5, 3), (0.2, 0.2, 0.4, 4))
        ),
        _promise, promise,
    ),
    Result(
        "pause", "A committed side never pauses", "Bayes 1763", ({"prior": 0.2}, {"prior": 0.9}),
        lambda rng: {"prior": float(rng.uniform(0.01, 0.99))}, pause,
    ),
)
