"""Addressed luck: every draw is a function of (seed, replication, round, who, purpose), never of what was drawn before.

The generator is Philox 4x64-10 of Salmon, Moraes, Dror & Shaw (2011, "Parallel random numbers: as easy as 1, 2, 3"),
equal to NumPy's on the raw stream. Chunks, workers and order cannot change a draw, because none is consumed.
The normal quantile is algorithm AS 241 of Wichura (1988, Applied Statistics 37, 477-484), routine PPND16.
The addresses, who draws and for what purpose, stand at the end of the file.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from negosim.rules.compiled import rule

MULTIPLIER_0 = np.uint64(0xD2E7470EE14C6C93)
MULTIPLIER_1 = np.uint64(0xCA5A826395121157)
WEYL_0 = np.uint64(0x9E3779B97F4A7C15)  # the golden ratio
WEYL_1 = np.uint64(0xBB67AE8584CAA73B)  # the square root of three, less one
ROUNDS = 10
LANES = 4
CELL = 2.0**-52


def seed_word(seed: int) -> np.uint64:
    """Return a seed in the form in which rules take it; Numba takes a bare Python integer only below 2**63.

    Raises ValueError unless 0 <= seed < 2**64. Zero is a seed like any other.
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**64:
        raise ValueError(f"seed is {seed!r}; it must be a whole number from 0 to 2**64 - 1 = {2**64 - 1}.")
    return np.uint64(seed)


@intrinsic
def _high_product(typing_context: Any, left: Any, right: Any) -> Any:
    """Return the upper 64 bits of the 128-bit product of two unsigned 64-bit numbers."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


@rule
def philox(key0: int, key1: int, c0: int, c1: int, c2: int, c3: int) -> Any:
    """Return block (c0, c1, c2, c3) of Philox 4x64-10 under a key: four unsigned 64-bit numbers.

    numpy.random.Philox(key, counter) increments its counter before the first block, so its first four raw numbers are
    the block at counter + 1. All arguments are taken modulo 2**64.

    >>> [hex(word) for word in philox(0, 0, 0, 0, 0, 0)]  # the known answer of the Random123 library
    ['0x16554d9eca36314c', '0xdb20fe9d672d0fdc', '0xd7e772cee186176b', '0x7e68b68aec7ba23b']
    """
    k0, k1 = np.uint64(key0), np.uint64(key1)
    w0, w1, w2, w3 = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    for _ in range(ROUNDS):
        high0, low0 = _high_product(MULTIPLIER_0, w0), MULTIPLIER_0 * w0
        high1, low1 = _high_product(MULTIPLIER_1, w2), MULTIPLIER_1 * w2
        w0, w1, w2, w3 = high1 ^ w1 ^ k0, low1, high0 ^ w3 ^ k1, low0
        k0, k1 = k0 + WEYL_0, k1 + WEYL_1
    return w0, w1, w2, w3


@rule
def _open_unit(raw: int) -> float:
    """Return the middle of one of 2**52 equal cells of (0, 1); with 2**53 cells the last middle would round to 1."""
    return (float(raw >> np.uint64(12)) + 0.5) * CELL


@rule
def uniform_block(
    seed: int, replication: int, round_number: int, who: int, block: int
) -> tuple[float, float, float, float]:
    """Return the four draws of one block, each uniform on the open interval (0, 1).

    ``seed`` comes from seed_word. Draw number p of a person is lane p % 4 of block p // 4.
    """
    w0, w1, w2, w3 = philox(seed, 0, block, who, round_number, replication)
    return _open_unit(w0), _open_unit(w1), _open_unit(w2), _open_unit(w3)


@rule
def uniform(seed: int, replication: int, round_number: int, who: int, purpose: int) -> float:
    """Return the draw of one address, uniform on the open interval (0, 1).

    >>> uniform(7, 0, 1, 0, 2) == uniform_block(7, 0, 1, 0, 0)[2]
    True
    """
    lane = purpose % LANES
    u0, u1, u2, u3 = uniform_block(seed, replication, round_number, who, purpose // LANES)
    if lane < 2:
        return u0 if lane == 0 else u1
    return u2 if lane == 2 else u3


@rule
def _central_quantile(q: float) -> float:
    """Return the normal quantile of 1/2 + q for |q| <= 0.425."""
    r = 0.180625 - q * q
    top = (
        ((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r
            + 4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
         + 1.3314166789178437745e2) * r + 3.3871328727963666080e0
    )
    bottom = (
        ((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r
            + 2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
         + 4.2313330701600911252e1) * r + 1.0
    )
    return q * top / bottom


@rule
def _near_tail_quantile(depth: float) -> float:
    """Return the upper quantile of the tail exp(-depth**2) for depth <= 5."""
    r = depth - 1.6
    top = (
        ((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r
            + 1.27045825245236838258e0) * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
         + 4.63033784615654529590e0) * r + 1.42343711074968357734e0
    )
    bottom = (
        ((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r
            + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
         + 2.05319162663775882187e0) * r + 1.0
    )
    return top / bottom


@rule
def _far_tail_quantile(depth: float) -> float:
    """Return the upper quantile of the tail exp(-depth**2) for depth > 5."""
    r = depth - 5.0
    top = (
        ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r
            + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
         + 5.46378491116411436990e0) * r + 6.65790464350110377720e0
    )
    bottom = (
        ((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
            + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
         + 5.99832206555887937690e-1) * r + 1.0
    )
    return top / bottom


@rule
def normal(u: float) -> float:
    """Return the standard normal quantile of 0 < u < 1, to about 16 digits (AS 241, PPND16).

    >>> round(normal(0.975), 12), normal(0.5)
    (1.95996398454, 0.0)
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        return _central_quantile(q)
    depth = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    tail = _near_tail_quantile(depth) if depth <= 5.0 else _far_tail_quantile(depth)
    return -tail if q < 0.0 else tail


@rule
def normal_cdf(x: float) -> float:
    """Return the standard normal distribution function, erfc(-x / sqrt 2) / 2, which keeps its digits in the left tail.

    >>> round(normal_cdf(1.96), 6), normal_cdf(0.0)
    (0.975002, 0.5)
    """
    return 0.5 * math.erfc(-x * 0.7071067811865476)


# ---- the addresses -------------------------------------------------------------------------------------------------------

WORLD = 2
THREATS, RATIFIERS = 16, 64
"""Who: 0 and 1 are the sides; threats and ratifiers count up from their own bases."""

RESERVATION, PROFILE, COMMITTED, LEAD, NOISE, ANSWER = 0, 1, 2, 3, 4, 5
NEWS, PROPOSER, BREAKDOWN, SUDDEN_DEADLINE, EXTENSION, REVERSAL, REVERSER, STANDING = 0, 1, 2, 3, 4, 5, 6, 7
LEVEL, REFUSAL, CLOSING = 0, 1, 2
THRESHOLD = 0


@rule(lean=True)
def chance(seed, replication, round_number, who, purpose):
    """Return the addressed uniform draw in (0, 1)."""
    return uniform(seed, replication, round_number, who, purpose)


@rule(lean=True)
def shock(seed, replication, round_number, who, purpose):
    """Return the addressed standard normal draw."""
    return normal(uniform(seed, replication, round_number, who, purpose))
