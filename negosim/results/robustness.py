"""Robustness: in how many joint draws of the assumed numbers a finding holds.

In each draw all assumed numbers of the scenario take other values from their ranges, and both points of a comparison
are played with these. A draw has fewer runs than the sweep, so each of its differences has an error of its own, which
moves the share of draws with a given sign towards one half when the differences are small. So two shares are kept: of
the draws whose difference has the sign, and of those that show it beyond their own error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy

from negosim.common.text import NOISE
from negosim.experiment.quantities import COMPARED, quantities_of
from negosim.results.intervals import difference_interval
from negosim.results.runs import Runs

if TYPE_CHECKING:
    import pandas


def robustness(results: Runs) -> pandas.DataFrame:
    """One row a comparison and quantity of COMPARED: how its difference is spread over the joint draws.

    Columns: point and against; quantity; draws; median, q05 and q95 of the differences; error (the median of the
    draws' own standard errors); the shares of draws that are higher and lower, and of those that are clearly_higher
    and clearly_lower: outside their own 95 % interval around 0. StoreError when the experiment has no joint draws.
    """
    import pandas

    frame = results.draws()
    units = {quantity.name: quantity.unit for quantity in quantities_of(results.experiment, results.columns)}
    rows = []
    for comparison in results.experiment.comparisons:
        here = frame[frame["point"] == comparison.point.number]
        for quantity in COMPARED:
            gain, error = here[f"{quantity}_gain"].to_numpy(), here[f"{quantity}_gain_error"].to_numpy()
            runs = here["runs"].to_numpy()
            low, high = difference_interval(gain, error * numpy.sqrt(runs), runs, units[quantity] == "share")
            rows.append(
                {
                    "point": comparison.point.number,
                    "against": comparison.against.number,
                    "quantity": quantity,
                    "draws": len(gain),
                    "median": numpy.median(gain),
                    "q05": numpy.quantile(gain, 0.05),
                    "q95": numpy.quantile(gain, 0.95),
                    "error": numpy.median(error),
                    "higher": numpy.mean(gain > NOISE),
                    "lower": numpy.mean(gain < -NOISE),
                    "clearly_higher": numpy.mean(low > NOISE),
                    "clearly_lower": numpy.mean(high < -NOISE),
                }
            )
    return pandas.DataFrame(rows)
