"""The world around the two sides, for the welfare effects of tariffs: countries, their trade, and which goods a tariff meets."""

from __future__ import annotations

from negosim.scenario.parameters import Line, Part, Slug, amount, choice, number, share


class Country(Part):
    """One country, or a group of countries taken as one."""

    name: Slug = choice(..., "short name")
    title: Line = choice(..., "name inside a sentence, such as the US")


class Flow(Part):
    """What one country sells to another in a year, or to itself."""

    seller: Slug = choice(..., "the country that sells")
    buyer: Slug = choice(..., "the country that buys")
    amount: float = number(
        ..., "value at the border before the dispute, without tariffs", "bn USD a year", ge=1e-6, le=1e9
    )

    @property
    def name(self) -> str:
        """The flow in dotted names: `japan-to-us`."""
        return f"{self.seller}-to-{self.buyer}"


class Tariff(Part):
    """An issue that is a tariff of the sender, and what it is levied on."""

    issue: Slug = choice(..., "the issue, in per cent")
    share: float = share(..., "share of the target's exports to the sender that it is levied on", "share")
    base: float = amount(..., "rate before the dispute", "%")


class Countermeasure(Part):
    """A threat of the target that is an extra tariff on part of the sender's exports."""

    threat: Slug = choice(..., "the threat, in per cent")
    share: float = share(..., "share of the sender's exports to the target that it is levied on", "share")

    @property
    def name(self) -> str:
        """The countermeasure in dotted names: that of its threat."""
        return self.threat


class Trade(Part):
    """Trade before the dispute, against which welfare is measured."""

    elasticity: float = number(
        4.0, "trade elasticity, that of substitution less 1", "elasticity", "of the order of most estimates, 3 to 8", ge=1, le=20
    )
    sender_worth: float | None = amount(None, "what one per cent of its real expenditure is worth to the sender", "utility per %")
    target_worth: float | None = amount(None, "what one per cent of its real expenditure is worth to the target", "utility per %")
    pass_through: float = share(
        1.0, "share of a tariff that is passed on to buyers in the price", "share",
        "full, as Amiti, Redding & Weinstein (2019) find for the tariffs of 2018",
    )
    base_tariff: float = amount(..., "the sender's average tariff on the target's exports before the dispute", "%")
    target_base_tariff: float = amount(
        0.0, "the target's average tariff on the sender's exports before the dispute", "%", "none, like others of the time"
    )
    sender: Slug = choice(..., "the country of the sender")
    target: Slug = choice(..., "the country of the target")
    countries: tuple[Country, ...] = choice(..., "the countries, those of both sides among them", min_length=2)
    flows: tuple[Flow, ...] = choice(..., "the trade of every country with every other, and with itself", min_length=4)
    tariffs: tuple[Tariff, ...] = choice(..., "the issues that are tariffs", min_length=1)
    countermeasures: tuple[Countermeasure, ...] = choice((), "the threats of the target that are tariffs")
