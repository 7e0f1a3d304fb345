"""What a figure was measured on: the processor, the versions that decide machine code, and how busy the machine was."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import llvmlite
import numba
import numpy


def processor() -> str:
    """Return the name of the processor, where the system tells it."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())


def load() -> str:
    """Return how many processes wanted to run over the last minute, on average; a figure means little where it is high."""
    return f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"


def machine() -> str:
    """Return one line on the machine, as it is now."""
    libraries = f"NumPy {numpy.__version__}, Numba {numba.__version__}, llvmlite {llvmlite.__version__}"
    return f"{processor()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, {libraries}; {load()}"
