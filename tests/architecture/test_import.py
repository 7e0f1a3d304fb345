"""Nothing happens at import: the slow libraries load when they are used."""

from __future__ import annotations

import subprocess
import sys

# Loading these is what would make `import negosim` slow. The test looks for them, not at a clock, because a
# busy machine would fail a timed test by chance.
SLOW = (
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
    "typer",
)


def loaded_after(statement: str) -> set[str]:
    """Return the slow libraries that a new Python has loaded after a statement."""
    program = f"{statement}\nimport sys; sys.stdout.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split()) & set(SLOW)


def test_importing_negosim_loads_no_slow_library() -> None:
    assert loaded_after("import negosim") == set()


def test_a_library_that_is_loaded_is_seen() -> None:
    assert "numba" in loaded_after("import numba")
