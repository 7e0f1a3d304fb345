"""Panels: pure functions from the records of a run to pictures in SVG, in the colours of `negosim.plots.style`."""
