"""Strategies: each decides in utilities alone, in one file with its source; ``catalogue`` names them all."""
