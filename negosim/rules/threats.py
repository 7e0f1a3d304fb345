"""Threats: announced, paused, carried out; the market stress they cause; the guarantee they erode.

The sender's punishment follows the answer: a refusal is punished with e_t (1 - u/2), a deal with u/2, in every live state
(the noise of an unpredictable sender; Schelling 1966 on assurance). Disagreement then costs the target damage x level.
"""

from __future__ import annotations

import math

from negosim.rules.compiled import rule

NONE, ANNOUNCED, PAUSED, IMPOSED = 0, 1, 2, 3

LEAST_LEVEL = 1e-300
"""A level that falls for a thousand rounds comes to no less: at 0 its relative change would not be a number."""


@rule(lean=True)
def moved_level(level, volatility, shock):
    """Return the announced level after one round: level exp(v z - v^2 / 2), a martingale in levels."""
    return max(LEAST_LEVEL, level * math.exp(volatility * shock - 0.5 * volatility * volatility))


@rule(lean=True)
def stress_input(state, level, change, weight, world):
    """Return what one threat adds to market stress: its level as far as it is in force or priced in, and its moves."""
    if state == NONE:
        return 0.0
    in_force = 1.0 if state == IMPOSED else (world.anticipation if state == ANNOUNCED else 0.0)
    return weight * level * (world.level_effect * in_force + world.volatility_effect * change)


@rule(lean=True)
def next_stress(stress, inputs, persistence):
    """Return market stress after one round: persistence x stress + the inputs of all threats."""
    return persistence * stress + inputs


@rule(lean=True)
def next_state(threat, state, round_number, deadline, stress, world):
    """Return the state the principal gives a threat at the start of a round.

    It is announced in its round; paused once stress has reached the threshold, if it can be paused; and announced again
    in the last round but one before the deadline if the markets have calmed down.
    """
    if state == NONE:
        return ANNOUNCED if round_number >= threat.announce_round else NONE
    if state != PAUSED and threat.pausable == 1 and stress >= world.pause_threshold:
        return PAUSED
    if state == PAUSED and round_number == deadline - 1 and stress < world.resume_threshold:
        return ANNOUNCED
    return state


@rule(lean=True)
def punishes_refusal(propensity, unpredictability):
    """Return the chance that a refusal is punished: e_t (1 - u/2)."""
    return propensity * (1.0 - 0.5 * unpredictability)


@rule(lean=True)
def punishes_deal(unpredictability):
    """Return the chance that a deal is punished all the same: u/2."""
    return 0.5 * unpredictability


@rule(lean=True)
def next_credibility(credibility, news, shock, erosion, moves):
    """Return the credibility of the security guarantee, in [0, 1]: shaken by news, eroded by each threatening move.

    News is reflected at 0 and 1 rather than cut off, and has mean zero inside the interval.
    """
    value = abs(credibility + news * shock)
    if value > 1.0:
        value = 2.0 - value
    return max(0.0, value - erosion * moves)
