"""The rules of the game, each written once and compiled by Numba; the Mesa model and the kernel call the same ones."""
