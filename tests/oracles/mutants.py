"""The mutants: for each known result one rule with a fault, in plain words, that makes the result fail."""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """A fault: in which module which text is exchanged for which other, and what is wrong then."""

    module: str
    old: str
    new: str
    wrong: str


CLOCK, MENUS = "negosim.rules.clock", "negosim.rules.menus"
INDUCTION, HOLDING_OUT = "negosim.rules.solvers.induction", "negosim.rules.solvers.holding_out"
TABLES, FLOWS = "negosim.strategies.tables", "negosim.engine.flows"
BIDDING, AUCTION = "negosim.rules.solvers.bidding", "negosim.rules.solvers.auction"
TRADE = "negosim.theory.trade"
PERFECT, RISK_RETURN = "negosim.strategies.shipped.subgame_perfect", "negosim.strategies.shipped.risk_return"
TIME, EXPONENTIAL = "negosim.strategies.shipped.time_dependent", "negosim.strategies.shipped.exponential"
MICRO = "negosim.strategies.shipped.micro"
BELIEFS, MOVES, PREFERENCES = "negosim.rules.beliefs", "negosim.rules.moves", "negosim.rules.frontier.preferences"

SELFISH = Mutant(
    PERFECT, "np.array(now(own, other, public, outlook))", "np.array(now(own, other, public, outlook)[::-1])",
    "the proposer leaves the other what it would have itself by going on",
)
SHORT_SIGHTED = Mutant(
    INDUCTION, "states, expected[i].volatility,", "states, 0.2 * expected[i].volatility,",
    "levels are thought to move less than they do",
)
SLUGGISH = Mutant(
    TIME, "concession(own.reservation, own.opening, own.conceded)\n    return max(",
    "concession(own.reservation, own.opening, own.conceded**2)\n    return max(",
    "offers lag behind the path by which a side answers",
)
FORGETFUL = Mutant(
    HOLDING_OUT, "            reputation /= left\n", "            reputation /= left**2\n",
    "a reputation grows twice as fast as it should",
)
HASTY = Mutant(
    HOLDING_OUT, "gone[j] += share * (", "gone[j] += share**0.5 * (",
    "too many types give way in a turn",
)
FLATTERED = Mutant(
    BIDDING, "gain += share * (own_share * bid +", "gain += share * (2.0 * own_share * bid +",
    "the own bid is thought to count twice in the bargain",
)
FEARFUL = Mutant(
    RISK_RETURN, "+ (1.0 - accepted) * refused\n", "+ (1.0 - accepted) * 0.5 * refused\n",
    "half of what a refusal leaves is forgotten",
)
STERN = Mutant(
    RISK_RETURN, "deal >= refused - TOLERANCE", "deal >= 1.1 * refused",
    "a deal is refused that is worth up to a tenth more than a refusal",
)
TALKS_FOR_NOTHING = Mutant(
    TABLES, '(1.0 - record["discount"]) * record["talks_flow"]', '0.0 * record["talks_flow"]',
    "rounds of talks still to come are thought to pay nothing",
)
PAID_TWICE = Mutant(
    INDUCTION, "goes * (going + record.round_flow)", "goes * going + record.round_flow",
    "the round in which the talks end is thought to pay as talks do, and as what comes after them does",
)
FREE_MEANWHILE = Mutant(
    HOLDING_OUT, "- image.round_cost + now * image.round_flow +", "- image.round_cost +",
    "the round after the other has been asked is thought to pay nothing",
)
TOLD_BY_THE_LUMP = Mutant(
    FLOWS, '-np.log(sides["discount"])', '1.0 - sides["discount"]',
    "a kept settlement is discounted at another rate than all else",
)
WASTED = Mutant(TRADE, " * markup  # exactly 1 where nothing has changed", "", "tariff revenue is thrown away")

MUTANTS: dict[str, Mutant] = {
    "rubinstein": SELFISH,
    "nash": SELFISH,
    "asymmetric-nash": SELFISH,
    "linking": SELFISH,
    "tied-hands": SELFISH,
    "bundle": SELFISH,
    "veto": SELFISH,
    "no-delay": Mutant(
        PERFECT, "deal >= need - TOLERANCE", "deal > need + 1e-3", "an offer that is as good as going on is refused"
    ),
    "stahl": Mutant(INDUCTION, "in range(last, 1, -1)", "in range(last - 1, 1, -1)", "the last round is not played"),
    "breakdown": Mutant(
        INDUCTION, "(1.0 - goes) * record.ended +", "0.0 * record.ended +", "talks that break down are thought to pay nothing"
    ),
    "outside-option": Mutant(
        INDUCTION, "(record.outside_option if leaves", "(record.outside_option + refused if leaves",
        "leaving is added to what going on is worth, where it stands beside it",
    ),
    "random-proposer": Mutant(
        CLOCK, "        return proposer_probability\n", "        return 0.9 * proposer_probability + 0.05\n",
        "the coin that names the proposer is thought to be fairer than it is",
    ),
    "random-deadline": Mutant(
        CLOCK, "* (1.0 - world.end_hazard)", "* (1.0 - 0.9 * world.end_hazard)",
        "a sudden deadline is thought to be rarer than it is",
    ),
    "waiting": SHORT_SIGHTED,
    "delay": SHORT_SIGHTED,
    "reputation": FORGETFUL,
    "reputation-clock": FORGETFUL,
    "brinkmanship": HASTY,
    "brinkmanship-values": HASTY,
    "brinkmanship-types": HASTY,
    "sealed-bids": FLATTERED,
    "sealed-trade": FLATTERED,
    "best-mechanism": FLATTERED,
    "risk-return": FEARFUL,
    "opaque-sender": FEARFUL,
    "opaque-belief": FEARFUL,
    "opaque-peak": FEARFUL,
    "doubtful-home": Mutant(
        RISK_RETURN, "node, share) + (1.0 - passes) * failed", "node, share) + (1.0 - passes)",
        "a failure at home is thought to pay as much as the whole pie",
    ),
    "threat-left-to-chance": STERN,
    "assurance": STERN,
    "promise": STERN,
    "polynomial": SLUGGISH,
    "meeting": SLUGGISH,
    "kalai-smorodinsky": SLUGGISH,
    "egalitarian": SLUGGISH,
    "exponential": Mutant(
        EXPONENTIAL, "math.exp(left * math.log(first))", "math.exp(left**2 * math.log(first))", "time runs twice as fast"
    ),
    "micro": Mutant(MICRO, ">= needed - TOLERANCE", ">= 0.5 * needed", "offers are taken well before the rung is reached"),
    "log-rolling": Mutant(
        MENUS, "row[kept_column(first, profile)] = package_utility(game, side, profile, package)",
        "row[kept_column(first, profile)] = package_utility(game, side, profile, package) ** (1.0 + 0.1 * side)",
        "packages are worth less to the target than their issues",
    ),
    "silence": Mutant(
        BELIEFS, "belief[p, c] * (share if accepted else 1.0 - share)", "belief[p, c] * (share if accepted else 1.0)",
        "a refusal says nothing about ordinary types",
    ),
    "kept-promise": Mutant(
        BELIEFS, "trust * (1.0 - slip), (1.0 - trust) * (1.0 - unreliable)", "trust, (1.0 - trust) * (1.0 - unreliable)",
        "a reliable side is thought never to slip",
    ),
    "pause": Mutant(
        MOVES, "talks.weights, 1.0, 0.0, not committed)", "talks.weights, 1.0, 0.5, not committed)",
        "a committed side is thought to pause half of the time",
    ),
    "inside-options": TALKS_FOR_NOTHING,
    "short-rounds": TALKS_FOR_NOTHING,
    "breakdown-flows": PAID_TWICE,
    "deadline-flows": PAID_TWICE,
    "brinkmanship-flows": PAID_TWICE,
    "resumption": PAID_TWICE,
    "strike": Mutant(
        FLOWS, 'threats["pain"] = lost * value.weight', 'threats["pain"] = 0.5 * lost * value.weight',
        "a threat in force costs half as much in a round of talks as in any other",
    ),
    "holding-out": FREE_MEANWHILE,
    "enforcement": FREE_MEANWHILE,
    "lapsing-promise": TOLD_BY_THE_LUMP,
    "kept-share": TOLD_BY_THE_LUMP,
    "lifted-threat": Mutant(FLOWS, "weight / (1.0 - x)", "weight / (1.0 - discount)", "threats are never lifted"),
    "own-pause": Mutant(
        FLOWS, "left * discount / weight", "left / weight", "stress that is kept up for good is felt a round early"
    ),
    "optimal-tariff": WASTED,
    "tariff-war": WASTED,
    "three-countries": WASTED,
    "best-of-the-us": WASTED,
    "zone-of-agreement": WASTED,
}
"""Result -> its mutant; one mutant may serve several results."""


class Batch(NamedTuple):
    """Mutants that are compiled together: none of them touches what the results of the others need.

    ``compiled_anew`` are the modules that have the mutated rules built in, in the order of their imports, mutated ones included.
    """

    compiled_anew: tuple[str, ...]
    results: tuple[str, ...]


BATCHES: dict[str, Batch] = {
    "offers of subgame-perfect sides": Batch(
        (PERFECT,), ("rubinstein", "nash", "asymmetric-nash", "linking", "tied-hands", "bundle", "veto")
    ),
    "answers of subgame-perfect sides": Batch((PERFECT,), ("no-delay",)),
    "backward induction": Batch(
        (CLOCK, INDUCTION),
        ("stahl", "breakdown", "outside-option", "random-proposer", "random-deadline"),
    ),
    "levels that move": Batch((INDUCTION,), ("waiting", "delay")),
    "holding out": Batch(
        (HOLDING_OUT,),
        (
            "reputation", "reputation-clock", "brinkmanship", "brinkmanship-values", "brinkmanship-types", "holding-out",
            "enforcement",
        ),
    ),
    "talks that pay": Batch((TABLES,), ("inside-options", "short-rounds")),
    "the round in which talks end": Batch(
        (INDUCTION,), ("breakdown-flows", "deadline-flows", "brinkmanship-flows", "resumption")
    ),
    "threats in force": Batch((FLOWS,), ("strike",)),
    "present values": Batch((FLOWS,), ("lapsing-promise", "kept-share", "lifted-threat", "own-pause")),
    "sealed bids": Batch((BIDDING, AUCTION), ("sealed-bids", "sealed-trade", "best-mechanism")),
    "offers under doubt": Batch(
        (RISK_RETURN,), ("risk-return", "opaque-sender", "opaque-belief", "opaque-peak", "doubtful-home")
    ),
    "answers under doubt": Batch((RISK_RETURN,), ("threat-left-to-chance", "assurance", "promise")),
    "concession": Batch((TIME, EXPONENTIAL), ("polynomial", "exponential", "meeting", "kalai-smorodinsky", "egalitarian")),
    "ladders": Batch((MICRO,), ("micro",)),
    "packages": Batch((MENUS, PREFERENCES), ("log-rolling",)),
    "learning": Batch((BELIEFS, MOVES), ("silence", "kept-promise", "pause")),
    "tariffs": Batch((TRADE,), ("optimal-tariff", "tariff-war", "three-countries", "best-of-the-us", "zone-of-agreement")),
}
