"""Nothing happens at import: the slow libraries load when they are used."""

from __future__ import annotations

import subprocess
import sys

# Loading these is what would make `import negosim` slow. The test looks for them, not at a clock, because a
# busy machine would fail a timed test by chance.
SLOW = (
    "dask",
    "distributed",
    "duckdb",
    "llvmlite",
    "matplotlib",
    "mesa",
    "networkx",
    "numba",
    "pandas",
    "pyarrow",
    "SALib",
    "scipy",
    "solara",
    "typer",
)


def loaded_after(statement: str) -> set[str]:
    """Return the slow libraries that a new Python has loaded after a statement."""
    program = f"{statement}\nimport sys; sys.stdout.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split()) & set(SLOW)


def test_importing_negosim_loads_no_slow_library() -> None:
    assert loaded_after("import negosim") == set()


def test_reading_a_scenario_loads_no_slow_library_nor_a_strategy() -> None:
    reading = "import negosim as ns; assert 'attrition' in str(ns.Scenario.schema()); ns.Scenario.load('us-japan-2025')"
    assert loaded_after(reading) == set()


def test_a_library_that_is_loaded_is_seen() -> None:
    assert "numba" in loaded_after("import numba")


def test_no_module_hides_a_public_name_once_it_is_loaded() -> None:
    program = (
        "import negosim as ns, importlib, pkgutil\n"
        "public = {name: getattr(ns, name) for name in ns.__all__}\n"
        "modules = [found.name for found in pkgutil.iter_modules(ns.__path__, 'negosim.') if found.name != 'negosim.cli']\n"
        "[importlib.import_module(name) for name in modules]\n"
        "print([name for name in ns.__all__ if getattr(ns, name) is not public[name]])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
