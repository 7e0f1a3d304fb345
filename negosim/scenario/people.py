"""The people of a side: its principal, its negotiators and their voices, those who ratify, and the delegation that they make."""

from __future__ import annotations

from collections.abc import Sequence

from negosim.scenario.parameters import MOST, OFF, Line, Part, Slug, StrategyName, amount, choice, number, share
from negosim.scenario.salience import Salience


class Person(Part):
    """The principal of a side: decides how much, and whether to accept."""

    name: Slug = choice(..., "short name")
    title: Line = choice(..., "name and office")
    salience: Salience = number(..., "weights over issues", "weight")


class Negotiator(Part):
    """Speaks for a side on a portfolio of issues."""

    name: Slug = choice(..., "short name")
    title: Line = choice(..., "name and office")
    portfolio: tuple[Slug, ...] = choice((), "issues this person leads on; empty = all")
    salience: Salience | None = number(
        None, "weights over issues; none = the principal's", "weight", "speaks for the principal"
    )
    weight: float = number(
        1.0, "relative chance that the principal shares this person's priorities, and of leading", "weight", "equal turns",
        ge=0.001, le=1000,
    )


class Ratifier(Part):
    """A group at home without whose consent a deal fails."""

    name: Slug = choice(..., "short name")
    title: Line = choice(..., "name for people")
    salience: Salience = number(..., "weights over issues", "weight")
    threshold: float = share(..., "utility of a deal from which the group consents", "utility")
    half_width: float = amount(0.0, "half-width of the doubt about the threshold", "utility")


class Party(Part):
    """The people of a side, how it bargains, and what the talks cost it."""

    name: Line = choice(..., "name of the side, such as the United States")
    short: Line = choice(..., "short name, such as US")
    principal: Person = choice(..., "the principal")
    negotiators: tuple[Negotiator, ...] = choice(..., "the negotiators, one at least", min_length=1)
    ratifiers: tuple[Ratifier, ...] = choice((), "the groups at home that must consent")

    strategy: StrategyName = choice(
        "time-dependent",
        "how the side decides how much to demand",
        "the standard reference strategy (Faratin, Sierra & Jennings 1998)",
    )
    toughness: float = number(
        1.0,
        "exponent of the aspiration path in elapsed time: above 1 Boulware, below 1 conceder",
        "exponent",
        "linear concession",
        gt=0,
        le=MOST,
    )
    opening: float = share(1.0, "own utility first demanded", "utility", "opens with its ideal")
    offer_noise: float = amount(
        0.02,
        "standard deviation of the utility demanded in an offer",
        "utility",
        "small, yet an offer does not give the type away",
    )
    believed_noise: float = number(
        0.1,
        "how loosely the side believes the other's offers to follow the concession path",
        "utility, standard deviation",
        "wide enough that one odd offer does not settle what the other is",
        ge=0.0001,
        le=MOST,
    )
    discount: float = number(1.0, "discount factor, which is 1 less the rate of discounting", "per round", OFF, ge=0.2, le=1)
    risk_aversion: float = number(
        0.0, "curvature a of the attitude to risk, U = u^(1-a)", "exponent", OFF, ge=0, lt=1
    )
    curvature: float = number(
        1.0,
        "exponent c of an issue's worth, phi(s) = s^c",
        "exponent",
        "linear, the additive case of the literature",
        gt=0,
        le=1,
    )
    linkage: float = amount(0.0, "weight of the linkage graph in the utility", "factor")
    disagreement: float | None = share(
        None,
        "utility if the talks never end; none = that of the status quo",
        "utility",
        "the status quo holds",
    )
    inside_option: float | None = share(
        None, "utility of a round without a deal, before costs; none = that of the status quo", "utility", "the status quo holds"
    )
    outside_option: float | None = share(
        None, "utility of leaving the talks; none = cannot leave", "utility", "no side can leave"
    )
    outside_option_trend: float = number(0.0, "drift of the outside option", "utility per round", ge=-1, le=1)
    candour: float = share(
        0.5,
        "probability that the lead is the voice whose priorities the principal shares",
        "probability",
        "as likely as not",
    )
    audience_cost: float = share(
        0.0, "cost of retreating from a public demand", "utility per unit of retreat"
    )
    tariff_pain: float = amount(0.0, "cost of the tariffs in force", "utility per round and unit of damage")
    stress_cost: float = amount(0.0, "cost of market stress", "utility per round and unit of stress")
    precedent_pressure: float = amount(
        0.0, "cost of a concession that others will ask for too", "utility per unit of weight"
    )
    security_stake: float = amount(0.0, "worth of the guarantee's credibility", "utility")
    trust: float = share(1.0, "trust in the other side's promises", "probability", OFF)
    trust_slip: float = number(
        0.05,
        "chance that even a reliable holder of threats breaks a pause",
        "probability",
        "small: breaking a pause is bad news",
        ge=0,
        lt=1,
    )
    reversal_cost: float = amount(0.0, "cost of taking back what was settled", "utility")

    @property
    def in_a_sentence(self) -> str:
        """The side's name inside a sentence: "the" and its short name where that is an abbreviation (the US), else its name."""
        return f"the {self.short}" if self.name.lower().startswith("the ") and self.short.isupper() else self.name


class Delegation(Party):
    """One side: a party with its dials of uncertainty, each a mean-preserving spread or a hazard."""

    ambiguity: float = number(
        0.0, "half-width of the private reservation value as the other side sees it", "utility", ge=0, le=0.5
    )
    ambiguity_tilt: float = number(
        1.0, "odds by which it leans to the top of its spread, the mean being kept; 1 = uniform", "odds ratio",
        "no value is likelier than another", ge=0.001, le=1000,
    )
    ambiguity_belief_only: bool = choice(
        False, "the other side is in doubt, but the true type does not spread", OFF
    )
    ambiguous_voices: float = share(0.0, "how far the negotiators' priorities spread around their mean", "share")
    ambiguous_voices_belief_only: bool = choice(
        False, "the other side is in doubt about the priorities, but they do not spread", OFF
    )
    commitment: float = number(
        0.0, "prior that the side never takes less than its demand", "probability", ge=0, lt=1
    )
    committed_demand: float = share(
        0.7,
        "utility that a committed side demands; never less than the highest reservation value it may have",
        "utility",
        "more than an even split",
    )
    unpredictability: float = share(
        0.0,
        "noise in carrying out threats: a refusal is punished with 1 - u/2, a deal with u/2",
        "probability",
    )
    volatility: float = number(
        0.0, "log standard deviation of the announced tariff level", "per round", ge=0, le=2
    )
    reversal: float = share(0.0, "hazard that the side takes back what it can revoke", "per round")
    brinkmanship: float = number(0.0, "hazard that the talks break down", "per round", ge=0, lt=1)
    deadline_hazard: float = number(0.0, "hazard of a sudden deadline", "per round", ge=0, lt=1)


def voices(delegation: Delegation, issues: Sequence[str], spread: float) -> tuple[tuple[float, ...], ...]:
    """The salience of each negotiator as a voice of the side: (negotiators, issues), rows sum to 1.

    Voice v is S + k (s_v - m), with S the principal's salience, k = `spread` in [0, 1], s_v the negotiator's
    own salience and m the mean of the s_v weighted by the negotiators' weights: spreading the voices leaves
    their mean at S, so that unclear priorities are not mistaken for other priorities.
    """
    principal = delegation.principal.salience.vector(issues)
    stated = [
        (member.salience or delegation.principal.salience).vector(issues) for member in delegation.negotiators
    ]
    weights = [member.weight for member in delegation.negotiators]
    total = sum(weights)
    mean = [
        sum(weight * row[k] for weight, row in zip(weights, stated, strict=True)) / total
        for k in range(len(issues))
    ]
    return tuple(
        tuple(principal[k] + spread * (row[k] - mean[k]) for k in range(len(issues))) for row in stated
    )
