"""The teller of a run: from its events alone, one paragraph a round."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import Any

from negosim.common.text import (
    amount,
    apart,
    capital,
    counted,
    day_of,
    listed,
    number,
    percent,
    person_name,
    with_article,
    with_the,
)
from negosim.common.vocabulary import CHANNEL_NAMES, Ending, Side
from negosim.engine.events import Event, column
from negosim.engine.transcript.names import mid_sentence, threat_title
from negosim.engine.transcript.phrases import GIVEN_WAY, PAYOFFS, WEIGHED, distance, lapsed, plan_of
from negosim.scenario.parameters import Issue, Threat
from negosim.scenario.scenario import Scenario

Facts = dict[str, Any]

IN_A_SENTENCE = 4
"""An offer that names more terms than this is told in lines, one for each kind of term."""
FORESEEN = 10
"""Years after which nobody says any more when a settlement is taken back."""


class Narrator:
    """Tells the events of one run in turn, and remembers what it has told, so that it can say what is new."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.names = {side: scenario.delegation(side).in_a_sentence for side in Side}
        self.titles = {issue.name: mid_sentence(issue.title, scenario) for issue in scenario.issues}
        self.threats = {t.key: mid_sentence(threat_title(t, scenario), scenario) for t in scenario.threats}
        self.last: Facts = {}
        self.offers: dict[Side, Facts] = {}

    def tell(self, event: Event) -> str:
        """Return the text of the next event."""
        tellers = {"opening": self._opening, "round": self._round, "fork": self._fork, "end": self._end}
        text = tellers[event.kind](event.facts)
        self.last = event.facts
        return text

    def forget_offers(self) -> None:
        """Tell the next offer of each side in full, against today: for readers who have not seen the ones before."""
        self.offers.clear()

    def _day(self, date: datetime.date | None, year: bool = False) -> str:
        if date is None:
            return ""
        return f", {day_of(date, None if year else self.scenario.date(1))}"

    def _opening(self, facts: Facts) -> str:
        sentences = ["A package is worth 0 to a side at worst and 1 at best."]
        deadline = int(facts["deadline"])
        first = self._day(self.scenario.date(1), year=True).replace(",", " is", 1)
        start = f"Round 1{first}; the" if first else "The"
        sentences.append(f"{start} deadline is round {deadline}{self._day(self.scenario.date(deadline))}.")
        sentences += [self._plan(side, facts) for side in Side]
        state = [self._at_first(threat, facts) for threat in self.scenario.threats] + self._world(facts)
        sentences += [f"{capital(text)}." for text in state if text]
        return " ".join([*sentences, *self._beliefs(facts)])

    def _plan(self, side: Side, facts: Facts) -> str:
        """Say how a side decides in this run, and what it would take; the other side does not know where that is in doubt."""
        delegation, label, name = self.scenario.delegation(side), side.label, capital(self.names[side])
        hidden = f", which {self.names[side.other]} cannot know"
        if facts[f"{label}_strategy"] is None:
            return f"How {self.names[side]} decides and what it would take is not known to {self.names[side.other]}."
        if facts[f"{label}_committed"]:
            return f"{name} never takes less than a deal worth {number(facts[f'{label}_demands'])} to it{hidden}."
        secret = hidden if delegation.ambiguity > 0.0 else ""
        plays, takes_less = plan_of(facts[f"{label}_strategy"])
        least = f"the least it would take is a deal worth {number(facts[f'{label}_reservation'])} to it"
        without = f"an end without a deal is worth {number(facts[f'{label}_no_deal'])} to it, threats and costs aside"
        if self.scenario.threats and takes_less:
            least = without
        elif self.scenario.talks.payoff == "flows":
            least += f", and {without}"
        return f"{name} {plays}; {least}{secret}."

    def _round(self, facts: Facts) -> str:
        proposer = Side[facts["proposer"].upper()]
        lines = self._offer(facts, proposer)
        moves = self._threat_moves(facts)
        part = f", part {facts['part']} of {facts['parts']} of the agenda" if facts["parts"] > 1 else ""
        head = f"Round {facts['round']}{self._day(facts['date'])}{part}:"
        lines[0] = " ".join([head, *moves, capital(lines[0]) if moves else lines[0]])
        after = [self._answer(facts, proposer.other), *self._punishments(facts), *self._home(facts), *self._agenda(facts)]
        state = [text for threat in self.scenario.threats if (text := self._standing(threat, facts))]
        state += self._world(facts)
        after += [capital("; ".join(state)) + "."] if state else []
        after += [*self._clock(facts), *self._beliefs(facts)]
        if len(lines) == 1:
            return " ".join([*lines, *after])
        return "\n  ".join([*lines, after[0], *([" ".join(after[1:])] if after[1:] else [])])

    # ---- offers and answers

    def _offer(self, facts: Facts, side: Side) -> list[str]:
        """Return the offer as one sentence or, if it names many terms, as lines."""
        lead = next(p for p in self.scenario.delegation(side).negotiators if p.name == facts["lead"])
        speaker = f"{self.names[side]} ({person_name(lead.title)})"
        before = self.offers.get(side)
        before = before if before is not None and before["part"] == facts["part"] else None
        gives, asks, rest = self._terms(facts, side, before)
        as_before = f"as in round {before['round']}" if before is not None else "as it is today"
        move = self._move(facts, side, before)
        if not gives and not asks:
            same = f"repeats its offer of round {before['round']}" if before is not None else "offers to leave all as it is"
            return [f"{speaker} {same}."]
        self.offers[side] = facts
        if len(gives) + len(asks) <= IN_A_SENTENCE:
            offer = " for ".join(filter(None, [self._phrase(gives, facts, before), self._phrase(asks, facts, before)]))
            verb = "offers" if gives else "asks for"
            return [f"{speaker} {move}{verb} {offer}{f'; the rest {as_before}' if rest else ''}."]
        lines = [f"{speaker} {move}tables a package."]
        lines += [f"It offers: {self._items(gives, facts, before)}."] if gives else []
        lines += [f"It asks for: {self._items(asks, facts, before)}."] if asks else []
        lines += [f"{capital(as_before)}: {'; '.join(self.titles[issue.name] for issue in rest)}."] if rest else []
        return lines

    def _move(self, facts: Facts, side: Side, before: Facts | None) -> str:
        if before is None:
            return ""
        change = facts[f"{side.label}_value"] - before[f"{side.label}_value"]
        return "gives way and " if change < -0.005 else "raises its demand and " if change > 0.005 else ""

    def _terms(self, facts: Facts, side: Side, before: Facts | None) -> tuple[list[Issue], list[Issue], list[Issue]]:
        """Return the issues on the table on which a side gives, those on which it asks, both against today, and the rest.

        The rest is what stays as it is today or, where the side has offered before, what reads as it did then.
        """
        gives: list[Issue] = []
        asks: list[Issue] = []
        rest: list[Issue] = []
        for issue in self._on_the_table(facts):
            real = facts[column("offer", issue.name)]
            told = issue.status_quo if before is None else before[column("offer", issue.name)]
            if amount(real, issue.unit) == amount(told, issue.unit):
                rest.append(issue)
            else:
                (asks if distance(real, issue, side) < distance(issue.status_quo, issue, side) else gives).append(issue)
        return gives, asks, rest

    def _on_the_table(self, facts: Facts) -> list[Issue]:
        names = facts["on_the_table"].split()
        return [issue for issue in self.scenario.issues if issue.name in names]

    def _value(self, issue: Issue, facts: Facts, before: Facts | None) -> str:
        text = amount(facts[column("offer", issue.name)], issue.unit)
        if before is None:
            return text
        was = amount(before[column("offer", issue.name)], "%" if issue.unit == "%" else "")
        return f"{text} (was {was})"

    def _items(self, issues: list[Issue], facts: Facts, before: Facts | None) -> str:
        return "; ".join(f"{self.titles[issue.name]} {self._value(issue, facts, before)}" for issue in issues)

    def _phrase(self, issues: list[Issue], facts: Facts, before: Facts | None) -> str:
        threatened = {threat.issue for threat in self._held(Side.SENDER)}
        phrases = []
        for issue in issues:
            title, value = self.titles[issue.name], self._value(issue, facts, before)
            phrases.append(f"{with_article(title)} of {value}" if issue.name in threatened else f"{with_the(title)} at {value}")
        return listed(phrases)

    def _answer(self, facts: Facts, side: Side) -> str:
        pair = facts["answer_worth"], facts["answer_needed"]
        worth, needed = (percent(value, 0) for value in pair) if facts["answer_basis"] == "home" else apart(*pair)
        verb = {"accept": "accepts", "refuse": "refuses", "walk-out": "leaves the talks"}[facts["answer"]]
        weighed = GIVEN_WAY if verb == "accepts" and facts["answer_basis"] == "chance" else WEIGHED[facts["answer_basis"]]
        reason = weighed.format(worth=worth, needed=needed)
        reason += self._who_would_refuse(facts) if facts["answer_basis"] == "no-home" else ""
        text = f"{capital(self.names[side])} {verb}: {reason}."
        if facts["answer"] == "accept" and not facts["signed"]:
            text += f" {capital(self.names[side.other])} does not sign, as no deal is worth more to it."
        return text

    def _who_would_refuse(self, facts: Facts) -> str:
        """Name the ratifiers that are known to ask for more than an offer brings them."""
        told = []
        for side in Side:
            for person in self.scenario.delegation(side).ratifiers:
                names = (column(f"home_{side.label}_{which}", person.name) for which in ("worth", "needed", "least"))
                worth, needed, least = (facts[name] for name in names)
                if worth <= least and worth < needed:
                    brings, asks = apart(worth, least)
                    told.append(f"worth {brings} to {person.title} ({self.names[side]}), which asks for {asks} at least")
        return f", as it is {', and '.join(told)}" if told else ""

    # ---- threats, home, agenda, clock

    def _held(self, side: Side) -> list[Threat]:
        return [threat for threat in self.scenario.threats if threat.holder == side.label]

    def _threat(self, threat: Threat, facts: Facts, article: Callable[[str], str] = with_the) -> str:
        rate = amount(facts[column("threatened", threat.key)], self.scenario.unit_of(threat))
        return f"{article(self.threats[threat.key])} of {rate}"

    def _in_force(self, threat: Threat, rate: float) -> str:
        return f"{amount(rate, self.scenario.unit_of(threat))} in force"

    def _at_first(self, threat: Threat, facts: Facts) -> str:
        """Say where a threat stands before round 1."""
        state, told = facts[column("threat", threat.key)], capital(self._threat(threat, facts, with_article))
        if state == "none":
            return ""
        rate = facts[column("in_force", threat.key)]
        return f"{told} is in force" if state == "imposed" else f"{told} is {state}, {self._in_force(threat, rate)}"

    def _standing(self, threat: Threat, facts: Facts) -> str:
        """Say where a threat stands, unless it has moved in this round or has been in force for long."""
        state = facts[column("threat", threat.key)]
        if state != self.last[column("threat", threat.key)] or state in ("none", "imposed"):
            return ""
        return f"{self._threat(threat, facts)} stays {state}, {self._in_force(threat, facts[column('in_force', threat.key)])}"

    def _threat_moves(self, facts: Facts) -> list[str]:
        """Say what each side did with its threats before the offer was made; all but the first sentence begin with a capital."""
        told: list[str] = []
        for side in Side:
            moves = []
            for each in self._held(side):
                before, state = self.last[column("threat", each.key)], facts[column("before_answer", each.key)]
                if state != before:
                    verb = "pauses" if state == "paused" else "announces again" if before == "paused" else "announces"
                    in_force = self._in_force(each, self.scenario.without(each))
                    moves.append(f"{verb} {self._threat(each, facts)}, {in_force}")
            if moves:
                name = capital(self.names[side]) if told else self.names[side]
                told.append(f"{name} {listed(moves)}.")
        return told

    def _punishments(self, facts: Facts) -> list[str]:
        """Say which threats each side carried out because of a refusal."""
        told = []
        for side in Side:
            moved = [t for t in self._held(side) if facts[column("threat", t.key)] != facts[column("before_answer", t.key)]]
            carried_out = [self._threat(threat, facts) for threat in moved]
            if carried_out:
                told.append(f"{capital(self.names[side])} does not wait and puts into force {listed(carried_out)}.")
        return told

    def _home(self, facts: Facts) -> list[str]:
        """Say how the homes voted, if a deal was put to them."""
        refusing, voted = [], False
        for side in Side:
            for person in self.scenario.delegation(side).ratifiers:
                vote = facts[column(f"vote_{side.label}", person.name)]
                voted = voted or vote is not None
                if vote is False:
                    names = (column(f"home_{side.label}_{which}", person.name) for which in ("worth", "needed"))
                    worth, needed = apart(*(facts[name] for name in names))
                    refusing.append(f"worth {worth} to {person.title} ({self.names[side]}), which asks for {needed}")
        if not voted:
            return []
        return [f"It fails at home: {'; '.join(refusing)}."] if refusing else ["It passes at home."]

    def _agenda(self, facts: Facts) -> list[str]:
        """Say which part of the agenda was settled, or that all parts are open again."""
        if any(value is False for name, value in facts.items() if name.startswith("vote_")):
            return ["Everything is open again."] if self.scenario.talks.failed_ratification == "setback" else []
        if facts["parts_settled"] in (self.last["parts_settled"], facts["parts"]):
            return []
        titles = listed(self.titles[issue.name] for issue in self._on_the_table(facts))
        return [f"Part {facts['part']} of {facts['parts']} of the agenda is settled: {titles}."]

    def _clock(self, facts: Facts) -> list[str]:
        if facts["deadline"] == self.last["deadline"]:
            return []
        date = self._day(self.scenario.date(facts["deadline"]))
        return [f"The deadline is moved from round {self.last['deadline']} to round {facts['deadline']}{date}."]

    # ---- the world and what is believed

    def _news(self, name: str, facts: Facts, share: bool = False) -> str:
        """Return a number, or a share in per cent, if it does not read as it did before."""
        now, before = (percent(f[name], 0) if share else number(f[name]) for f in (facts, self.last or {name: math.inf}))
        return now if now != before else ""

    def _world(self, facts: Facts) -> list[str]:
        """Return market stress where there can be any, and what has changed in the guarantee and in trust."""
        told = [f"market stress {number(facts['stress'])}"] if self.scenario.has_market_stress else []
        pausing = [self.names[side] for side in Side if any(threat.pausable for threat in self._held(side))]
        if told and not self.last and pausing:
            pauses = "pauses what it may" if len(pausing) == 1 else "pause what they may"
            told[0] += f" (from {self.scenario.markets.pause_threshold:g} on {listed(pausing)} {pauses})"
        at_stake = any(self.scenario.delegation(side).security_stake for side in Side)
        if at_stake and (value := self._news("credibility", facts)):
            told.append(f"credibility of the security guarantee {value}")
        for side in Side:
            name = f"{side.label}_trust"
            if (value := self._news(name, facts)) and (self.last or facts[name] < 1.0):
                told.append(f"trust in {'' if self.last else 'the promises of '}{self.names[side.other]} {value}")
        return told

    def _beliefs(self, facts: Facts) -> list[str]:
        """Say what each side believes about the other, as far as that is in doubt and new."""
        sentences = []
        for side in Side:
            prefix, other, told = f"{side.label}_believes_{side.other.label}", self.scenario.delegation(side.other), []
            if other.ambiguity > 0.0 and (value := self._news(f"{prefix}_reservation", facts)):
                told.append(f"the least it would take is a deal worth {value} to it")
            if other.commitment > 0.0 and (value := self._news(f"{prefix}_committed", facts, share=True)):
                told.append(f"its demand is final with a chance of {value}")
            if other.ambiguous_voices > 0.0 and len(other.negotiators) > 1:
                voice = max(other.negotiators, key=lambda person: float(facts[column(f"{prefix}_is", person.name)]))
                if value := self._news(column(f"{prefix}_is", voice.name), facts, share=True):
                    told.append(f"{person_name(voice.title)} speaks its mind with a chance of {value}")
            if told:
                verb = "now believes" if self.last else "believes"
                sentences.append(f"{capital(self.names[side])} {verb} of {self.names[side.other]}: {'; '.join(told)}.")
        return sentences

    # ---- forks and the end

    def _fork(self, facts: Facts) -> str:
        changes = "; ".join(f"{name} = {value}" for name, value in facts["changes"].items())
        return f"Here the talks take another course, with the same luck: {changes}."

    def _end(self, facts: Facts) -> str:
        ending = next(ending for ending in Ending if ending.label == facts["ending"])
        day = self._day(facts["date"])
        lines = [f"The end, in round {facts['rounds']}{day}: {ending.words}. {ending.sentence}"]
        if home := self._home(facts):
            lines.append(f"What had been settled by then is put to the homes. {home[0]}")
        if facts["agreed"]:
            lines += ["Settled:", *(f"  {self._term(issue, facts)}" for issue in self.scenario.issues)]
        lines += self._last_threats(facts)
        if facts["reversed_after"] is not None and math.isfinite(facts["reversed_after"]):
            lines.append(self._reversal(facts))
        lines.append(PAYOFFS[self.scenario.talks.payoff])
        known = [side for side in Side if facts[f"{side.label}_payoff"] is not None]  # one side alone may be telling
        return "\n".join(lines + [self._payoff(facts, side) for side in known] + self._welfare(facts))

    def _term(self, issue: Issue, facts: Facts) -> str:
        before, after = (amount(v, issue.unit) for v in (issue.status_quo, facts[column("settled", issue.name)]))
        return f"{issue.title}: {f'stays at {after}' if before == after else f'{after}, from {before}'}"

    def _last_threats(self, facts: Facts) -> list[str]:
        """Say what became of the threats at the end."""
        sentences: list[str] = []
        for side in Side:
            punishes = any(facts[column("punished", each.key)] for each in self._held(side))
            if facts["ending"] == Ending.SETTLED.label and punishes:
                sentences.append(f"{capital(self.names[side])} punishes {self.names[side.other]} in spite of the deal.")
        for each in self.scenario.threats:
            state, before = facts[column("threat", each.key)], self.last[column("threat", each.key)]
            threat = capital(self._threat(each, facts))
            if state != before:
                sentences.append(f"{threat} comes into force.")
            elif state in ("announced", "paused"):
                sentences.append(f"{threat} is not carried out.")
            elif state == "imposed" and not facts[column("lifted", each.key)]:
                sentences.append(f"{threat} stays in force.")
        return [" ".join(sentences)] if sentences else []

    def _reversal(self, facts: Facts) -> str:
        rounds = round(facts["reversed_after"])
        date = self._day(facts["taken_back"], year=True).replace(",", ", on", 1)
        able = " or ".join(self.names[side] for side in Side if self.scenario.delegation(side).reversal > 0.0)
        calendar = self.scenario.calendar
        if calendar is not None and rounds * calendar.days_per_round > 365 * FORESEEN:
            return f"The settlement is not taken back within {FORESEEN} years, though {able} could."
        text = f"After {counted(rounds, 'round')} {able} takes the settlement back{date}."
        if self.scenario.talks.payoff == "lumps":
            return text
        sunk = [issue for issue in self.scenario.issues if issue.sunk]
        return f"{text} {lapsed([f'{percent(each.sunk, 0)} of {with_the(self.titles[each.name])}' for each in sunk])}"

    def _payoff(self, facts: Facts, side: Side) -> str:
        entries = []
        for channel, name in CHANNEL_NAMES.items():
            value = facts[f"{side.label}_{channel}"]
            if abs(value) >= 0.0005:
                entries.append(f"{name} {value:+.3f}")
        total = number(facts[f"{side.label}_payoff"], 3)
        return f"Payoff of {self.names[side]}: {total} ({', '.join(entries) or 'nothing gained or lost'})."

    def _welfare(self, facts: Facts) -> list[str]:
        """Say what the tariffs in force do to each country, against the world before the dispute."""
        if self.scenario.trade is None:
            return []
        countries = self.scenario.trade.countries
        changes = [(country.title, round(facts[column("welfare", country.name)], 2) or 0.0) for country in countries]
        told = ", ".join(f"{title} {change:+.2f} %" for title, change in changes)
        return [f"Welfare (real expenditure, against the time before the dispute): {told}."]
