"""What a reader is told in place of the project's short names: strategies, channels of the ledger, endings."""

from __future__ import annotations

from negosim.vocabulary import Ending
from negosim.weighing import OWN_RULE

PLAYS = {
    "time-dependent": "concedes as time runs out",
    "exponential": "concedes as time runs out, on an exponential path",
    "tit-for-tat": "gives way by as much as the other side did",
    "relative-tit-for-tat": "gives way in the proportion in which the other side did",
    "random-tit-for-tat": "gives way by about as much as the other side did",
    "averaged-tit-for-tat": "gives way in the proportion in which the other side did over all its offers",
    "micro": "gives way one step whenever the other side has",
    "commitment": "never takes less than its demand",
    "bluff": "looks committed until the last round",
    "attrition": "looks committed to its demand, and gives way by chance",
    "brinkmanship": "holds out while the talks may break down, up to the risk that it is ready to run",
    "risk-return": "weighs what an offer brings against the chance that it is taken",
    "subgame-perfect": "works out from the end what each offer leads to",
    "shaded-bid": "shades its bids",
    "veto-aware": "concedes as time runs out, within what the homes would probably pass",
    OWN_RULE: "decides by a rule of its own",
    "person": "is played by you",
}
"""How a side decides, by the name of its strategy."""

AGAINST_NO_DEAL = ("risk-return", "bluff", "subgame-perfect", "attrition", "brinkmanship", OWN_RULE, "person")
"""Those that may take less than the reservation value where threats and costs make an end without a deal worth less."""

CHANNEL_NAMES = {
    "value": "settlement", "waste": "missed trades", "precedent": "precedent", "delay": "delay", "tariff_pain": "tariff pain",
    "market_stress": "market stress", "audience": "retreat from public demands", "reversal": "reversal",
    "threat_damage": "tariffs left in force", "security": "doubts about the guarantee",
}  # fmt: skip
"""The channels of the ledger as a reader knows them."""

NAMES = {ending: ending.label.replace("-", " ") for ending in Ending} | {Ending.WALK_OUT: "walk-out"}
"""The endings in words."""

WEIGHED = {
    "commitment": "worth {worth} to it; it never takes less than {needed}",
    "aspiration": "worth {worth} to it; it aspires to {needed} in this round",
    "reciprocity": "worth {worth} to it; an answer in kind asks for {needed}",
    "reservation": "worth {worth} to it; its reservation value is {needed}",
    "home": "with a chance of {worth} it would pass at home; it asks for {needed}",
    "no-home": "this would surely fail at home",
    "going-on": "it expects {worth} of this deal and {needed} of going on",
    "outside-option": "it expects {worth} of this deal and has {needed} by leaving",
    "rung": "worth {worth} to it; its own next proposal asks for {needed}",
    "bid": "worth {worth} to it; its own bid asks for {needed}",
    "out-of-reach": "worth {worth} to it; its own bid asks for more than there is",
    "chance": "it holds out, with a chance of {worth} to give way in this round",
    "risk": "the risk run so far makes sides give way whose reservation value is {worth} at most; its own is {needed}",
    "last-chance": "it expects {worth} of this deal and {needed} of an end without one",
    "own-rule": "worth {worth} to it; it decides by a rule of its own",
    "": "worth {worth} to it",
    "unsaid": "it does not say why",
}
"""What an offer was weighed against, by the basis of the answer."""

GIVEN_WAY = "it gives way, which in this round had a chance of {worth}"
"""The same where the chance of giving way came up."""
