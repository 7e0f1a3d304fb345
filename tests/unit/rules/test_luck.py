from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from negosim.rules.luck import _open_unit, normal, normal_cdf, philox, seed_word, uniform, uniform_block

LAST = 2**64 - 1
FALSE_ALARM = 1e-6  # of a statistical test as a whole
WORDS = st.integers(0, LAST)


def raw_block(key: tuple[int, ...], counter: tuple[int, ...]) -> list[int]:
    """The block as NumPy has it; it increments its counter, whose first word is the lowest, before the first block."""
    number = sum(word << (64 * place) for place, word in enumerate(counter))
    generator = np.random.Philox(key=key[0] + (key[1] << 64), counter=(number - 1) % 2**256)
    return [int(word) for word in generator.random_raw(4)]


def block(key: tuple[int, ...], counter: tuple[int, ...]) -> list[int]:
    return [int(word) for word in philox(*(np.uint64(word) for word in (*key, *counter)))]


@given(st.tuples(WORDS, WORDS), st.tuples(WORDS, WORDS, WORDS, WORDS))
def test_a_block_is_the_raw_stream_of_numpy(key, counter):
    assert block(key, counter) == raw_block(key, counter)


@pytest.mark.parametrize("key", list(itertools.product((0, 1, 2**63, LAST), repeat=2)))
def test_a_block_is_the_raw_stream_of_numpy_at_the_ends_of_the_words(key):
    for counter in itertools.product((0, LAST), repeat=4):
        assert block(key, counter) == raw_block(key, counter)


def test_successive_blocks_are_the_stream_of_numpy_number_for_number():
    stream = np.random.Philox(key=7, counter=0).random_raw(4000)
    assert [word for c in range(1, 1001) for word in block((7, 0), (c, 0, 0, 0))] == stream.tolist()


def test_a_seed_may_be_any_whole_number_of_64_bits():
    assert [int(seed_word(seed)) for seed in (0, 1, 2**63, LAST)] == [0, 1, 2**63, LAST]
    assert seed_word(np.int64(5)) == 5 and type(seed_word(5)) is np.uint64
    draws = {uniform(seed_word(seed), 0, 0, 0, 0) for seed in (0, 1, 2**63, LAST)}
    assert len(draws) == 4


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, "7", None, True, np.float64(3)])
def test_a_seed_that_is_no_whole_number_of_64_bits_is_refused(seed):
    with pytest.raises(ValueError, match="whole number from 0 to"):
        seed_word(seed)


def test_the_draws_farthest_out_stay_inside_the_open_interval():
    lowest, highest = _open_unit(np.uint64(0)), _open_unit(np.uint64(LAST))
    assert (lowest, highest) == (2.0**-53, 1.0 - 2.0**-53)
    assert np.isfinite([normal(lowest), normal(highest)]).all() and normal(highest) == -normal(lowest)


@given(WORDS, *[st.integers(0, 2**31)] * 4)
def test_a_draw_is_its_lane_of_its_block_and_lies_strictly_between_0_and_1(seed, replication, round_number, who, purpose):
    draw = uniform(seed_word(seed), replication, round_number, who, purpose)
    assert 0.0 < draw < 1.0
    assert draw == uniform_block(seed_word(seed), replication, round_number, who, purpose // 4)[purpose % 4]


def test_different_addresses_have_different_draws():
    # 7^5 draws of 52 bits: two would be equal by chance with probability 3e-8
    draws = {uniform(np.uint64(seed), *address) for seed, *address in itertools.product(range(7), repeat=5)}
    assert len(draws) == 7**5


ALONG = {
    "seeds": lambda i: (i, 0, 1, 0, 0),
    "replications": lambda i: (7, i, 1, 0, 0),
    "rounds": lambda i: (7, 0, i, 0, 0),
    "persons": lambda i: (7, 0, 1, i, 0),
    "purposes": lambda i: (7, 0, 1, 0, i),
}


@pytest.mark.parametrize("along", ALONG)
def test_draws_along_every_part_of_the_address_are_uniform_and_independent_of_the_one_before(along):
    """Kolmogorov-Smirnov and the serial correlation, each at a tenth of the false-alarm rate: ten tests in all."""
    addresses = [ALONG[along](i) for i in range(20_000)]
    draws = np.array([uniform(np.uint64(seed), *rest) for seed, *rest in addresses])
    assert stats.kstest(draws, "uniform").pvalue > FALSE_ALARM / 10
    correlation = np.corrcoef(draws[:-1], draws[1:])[0, 1]
    assert abs(correlation) * np.sqrt(len(draws)) < stats.norm.isf(FALSE_ALARM / 20)


def test_the_normal_quantile_is_right_to_fourteen_digits_out_to_the_smallest_number():
    tails = 10.0 ** np.linspace(-307.0, -1.0, 3001)
    points = np.concatenate([tails, 1.0 - tails[tails > 2.0**-53], np.linspace(0.001, 0.999, 3001), 0.5 + tails[tails > 1e-16]])
    ours = np.array([normal(u) for u in points])
    np.testing.assert_allclose(ours, stats.norm.ppf(points), rtol=1e-14, atol=0.0)
    np.testing.assert_allclose(normal(5e-324), special.ndtri(5e-324), rtol=1e-14)


@given(st.integers(1, 2**53 - 1))
def test_the_normal_quantile_is_odd(cell):
    u = cell * 2.0**-53
    assert normal(1.0 - u) == -normal(u)


def test_the_normal_distribution_function_keeps_its_digits_in_the_left_tail():
    points = np.linspace(-37.0, 9.0, 4001)
    np.testing.assert_allclose([normal_cdf(x) for x in points], stats.norm.cdf(points), rtol=4e-13, atol=0.0)


@given(st.floats(1e-300, 0.999))
def test_quantile_and_distribution_function_undo_each_other(u):
    # a relative error of one rounding in x is one of x**2 in the tail: 1400 at u = 1e-300
    assert normal_cdf(normal(u)) == pytest.approx(u, rel=1e-12)
