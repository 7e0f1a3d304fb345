"""The voices of a side: what each negotiator says the side cares about."""

from __future__ import annotations

from collections.abc import Sequence

from negosim.parameters import Delegation


def voices(delegation: Delegation, issues: Sequence[str], spread: float) -> tuple[tuple[float, ...], ...]:
    """The salience of each negotiator as a voice of the side: (negotiators, issues), rows sum to 1.

    Voice v is S + k (s_v - m), with S the principal's salience, k = `spread` in [0, 1], s_v the negotiator's
    own salience and m the mean of the s_v weighted by the negotiators' weights: spreading the voices leaves
    their mean at S, so that unclear priorities are not mistaken for other priorities.
    """
    principal = delegation.principal.salience.vector(issues)
    stated = [
        (member.salience or delegation.principal.salience).vector(issues) for member in delegation.negotiators
    ]
    weights = [member.weight for member in delegation.negotiators]
    total = sum(weights)
    mean = [
        sum(weight * row[k] for weight, row in zip(weights, stated, strict=True)) / total
        for k in range(len(issues))
    ]
    return tuple(
        tuple(principal[k] + spread * (row[k] - mean[k]) for k in range(len(issues))) for row in stated
    )
