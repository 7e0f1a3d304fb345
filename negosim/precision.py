"""How precise the results of an experiment have to be, so that a sweep knows when its runs are enough."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from negosim.overrides import each_once, listed
from negosim.parameters import Part


def _alone_or_listed(names: Any) -> Any:
    return (names,) if isinstance(names, str) else listed(names)


class Precision(Part):
    """Replications are added until the 95 % intervals of some quantities are narrow enough, at every point."""

    quantity: Annotated[
        tuple[str, ...],
        Field(min_length=1),
        BeforeValidator(_alone_or_listed),
        AfterValidator(each_once),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
    ] = Field(("sender_payoff", "target_payoff"), description="quantities of the summary whose intervals count")
    half_width: float = Field(gt=0.0, description="half of the widest interval that will do, in the unit of the quantities")
    of: Literal["means", "differences"] = Field(
        "means", description="whether the means at the points count, or the paired differences that the findings are about"
    )
    most: int = Field(1_000_000, ge=1, description="most runs at each point")
