"""The package keeps the rules of the house, and each rule notices a planted fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import house

RULES = {
    "a_file_is_short": (house.long_files, "x = 1\n" * 401),
    "a_function_is_short": (house.long_functions, "def f():\n" + "    x = 1\n" * 40),
    "a_module_has_a_docstring": (house.without_docstring, "x = 1\n"),
    "a_public_function_has_a_docstring": (house.without_docstring, '"""Text."""\ndef f():\n    return 1\n'),
    "a_public_method_has_a_docstring": (
        house.without_docstring,
        '"""Text."""\nclass C:\n    """Text."""\n    def f(self):\n        return 1\n',
    ),
    "only_the_command_line_prints": (house.prints, "print(1)\n"),
    "an_except_names_its_error": (house.bare_excepts, "try:\n    x = 1\nexcept:\n    x = 2\n"),
    "nobody_imports_random": (house.global_generators, "import random\n"),
    "nobody_imports_from_random": (house.global_generators, "from random import gauss\n"),
    "nobody_seeds_numpy": (house.global_generators, "import numpy as np\nnp.random.seed(1)\n"),
    "nobody_draws_from_numpy": (house.global_generators, "import numpy\nx = numpy.random.normal()\n"),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_package_keeps_the_rule(rule: str) -> None:
    check, _ = RULES[rule]
    assert check(house.PACKAGE) == []


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_notices_a_planted_fault(rule: str, tmp_path: Path) -> None:
    check, fault = RULES[rule]
    (tmp_path / "planted.py").write_text(fault)
    assert len(check(tmp_path)) == 1


def test_a_clean_file_breaks_no_rule(tmp_path: Path) -> None:
    docstring = '"""' + "Long.\n" * 60 + '"""'
    text = f'"""Text."""\nimport numpy as np\n\n\ndef f():\n    {docstring}\n    return np.random.Philox\n'
    (tmp_path / "clean.py").write_text(text)
    assert [offence for check, _ in RULES.values() for offence in check(tmp_path)] == []


def test_the_files_of_the_package_are_short_in_the_median() -> None:
    assert house.median_length(house.PACKAGE) < house.MEDIAN_FILE


def test_the_median_notices_long_files(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("x = 1\n" * 10)
    (tmp_path / "long.py").write_text("x = 1\n" * 300)
    assert house.median_length(tmp_path) == 155


@pytest.mark.parametrize("folder", ["tests", "benchmarks", "experiments", "tools"])
def test_files_outside_the_package_are_short_too(folder: str) -> None:
    assert house.long_files(house.ROOT / folder) == []


def test_every_listed_long_function_is_still_long_and_has_a_reason() -> None:
    long = {
        f"{name}:{node.name}"
        for name, node in house.nodes(house.PACKAGE)
        if isinstance(node, house.Function) and house.function_length(node) > house.LONGEST_FUNCTION
    }
    assert set(house.LONG_FUNCTIONS) <= long
    assert all(house.LONG_FUNCTIONS.values())
