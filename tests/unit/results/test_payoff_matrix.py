"""A payoff matrix: games whose answers are known, and the order in which points become cells."""

from __future__ import annotations

import numpy as np
import pandas
import pytest

from negosim.results.payoff_matrix import Matrix, matrix_of, point_of, profiles

DILEMMA = Matrix(
    ("cooperate", "defect"), ("cooperate", "defect"), np.array([[3.0, 0.0], [5.0, 1.0]]), np.array([[3.0, 5.0], [0.0, 1.0]])
)
COINS = np.array([[1.0, -1.0], [-1.0, 1.0]])
PENNIES = Matrix(("heads", "tails"), ("heads", "tails"), COINS, -COINS)


def test_in_a_dilemma_to_defect_is_best_and_all_that_is_left() -> None:
    assert DILEMMA.best_rows() == DILEMMA.best_columns() == ("defect", "defect")
    assert DILEMMA.undominated() == (("defect",), ("defect",))
    assert DILEMMA.regret("cooperate", "cooperate") == (2.0, 2.0) and DILEMMA.regret("defect", "defect") == (0.0, 0.0)


def test_in_matching_pennies_nothing_is_dominated_and_somebody_always_regrets() -> None:
    assert PENNIES.undominated() == (PENNIES.rows, PENNIES.columns)
    assert all(max(PENNIES.regret(row, column)) == 2.0 for row in PENNIES.rows for column in PENNIES.columns)


def test_what_is_dominated_only_once_others_are_gone_goes_too() -> None:
    """Right goes first (2 > 1, 3 > 0), then down, then the second column: up and left are left."""
    game = Matrix(
        ("up", "down"), ("left", "middle", "right"),
        np.array([[3.0, 2.0, 0.0], [1.0, 1.0, 9.0]]), np.array([[3.0, 2.0, 1.0], [0.0, 3.0, -1.0]]),
    )
    assert game.undominated() == (("up",), ("left",))


def test_a_tie_dominates_nothing() -> None:
    game = Matrix(("up", "down"), ("left",), np.array([[1.0], [1.0]]), np.array([[0.0], [0.0]]))
    assert game.undominated() == (("up", "down"), ("left",))


def test_gains_are_over_the_base_against_one_column_and_against_each_best_response() -> None:
    sender, target = np.array([[1.0, 2.0], [4.0, 0.5], [0.0, 7.0]]), np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 3.0]])
    game = Matrix(("base", "bold", "mild"), ("own", "other"), sender, target)
    assert game.gains("base", "own") == {"bold": (3.0, -0.5), "mild": (-1.0, 6.0)}


def test_cells_stand_where_their_points_say() -> None:
    rows, columns = {"a": {"x": 1}, "b": {"x": 2}}, {"c": {"y": 1}, "d": {"y": 2}, "e": {"y": 3}}
    points = profiles(rows, columns)
    means = pandas.DataFrame(
        {"point": range(7), "sender_payoff": [9.0, 0, 1, 2, 3, 4, 5], "target_payoff": [9.0, 5, 4, 3, 2, 1, 0]}
    ).sample(frac=1.0, random_state=1)
    game = matrix_of(means, rows, columns)
    for r, row in enumerate(rows):
        for c, column in enumerate(columns):
            number = point_of(rows, columns, row, column)
            assert points[number - 1] == {**rows[row], **columns[column]}
            assert (game.sender[r, c], game.target[r, c]) == (number - 1, 6 - number)


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        DILEMMA.regret("hesitate", "defect")
