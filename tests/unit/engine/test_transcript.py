"""A run told in plain English: every kind of event has its sentence, in the words of its scenario."""

from __future__ import annotations

import re
from typing import Any

import pytest

from negosim import Negotiation, Scenario, strategy
from negosim.common.text import amount, apart, listed, number, person_name, with_article, with_the
from negosim.common.vocabulary import Side
from negosim.engine.transcript.names import mid_sentence
from negosim.engine.transcript.phrases import plan_of
from negosim.strategies.catalogue import NAMES
from tests.laws.worlds import world

PIE = Scenario.load("pie")
TRADE = Scenario.load("logrolling")
CALM = Scenario.load("threat")
CASE = Scenario.load("us-japan-2025")
FLOWS = Scenario.load("us-japan-2025-flows")
FIRM = CASE.vary(
    {"target.strategy": "time-dependent", "sender.toughness": 4.0, "target.toughness": 4.0, "sender.brinkmanship": 0.0}
)
SOFT = FIRM.vary({"sender.disagreement": 0.4, "target.disagreement": 0.4})


def told(scenario: Scenario, changes: dict[str, Any] | None = None, seed: int = 7) -> list[str]:
    """Return the paragraphs of a whole run."""
    return Negotiation(scenario.vary(changes or {}), seed).play().transcript().split("\n\n")


def with_words(paragraphs: list[str], words: str) -> str:
    """Return the first paragraph that has these words."""
    return next((paragraph for paragraph in paragraphs if words in paragraph), "\n\n".join(["", *paragraphs]))


# ---- words


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (10.96, "%", "11 %"), (27.5, "%", "27.5 %"), (27.43, "%", "27 %"), (2.5, "%", "2.5 %"), (0.0, "days", "0 days"),
        (346_000.0, "t a year", "346,000 t a year"), (712_161.8, "t", "712,000 t"), (1055.0, "bn JPY", "1,055 bn JPY"),
        (0.04, "%", "0.04 %"), (-0.001, "%", "0 %"), (-3.21, "°C", "-3.2 °C"), (550.0, "", "550"),
    ],
)
def test_an_amount_is_rounded_to_what_a_reader_needs(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text


def test_two_numbers_are_told_apart_unless_they_are_the_same() -> None:
    assert apart(0.5001, 0.5004) == ("0.5001", "0.5004")
    assert apart(0.25, 0.25) == ("0.25", "0.25")
    assert number(-0.001) == "0.00"


def test_a_list_has_commas_and_an_and() -> None:
    assert [listed(items) for items in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_a_title_loses_its_capital_inside_a_sentence_but_an_abbreviation_or_a_name_keeps_it() -> None:
    titles = ["Reciprocal tariff on Japan", "US rice in the quota", "US-certified cars", "LNG", "Japan's rice", "A share"]
    assert [mid_sentence(title, CASE) for title in titles] == [
        "reciprocal tariff on Japan", "US rice in the quota", "US-certified cars", "LNG", "Japan's rice", "a share",
    ]


def test_articles_follow_the_sound() -> None:
    nouns = ["tariff", "added duty", "US tariff", "LNG duty", "EU duty"]
    assert [with_article(noun).split()[0] for noun in nouns] == ["a", "an", "a", "an", "an"]


def test_what_says_whose_it_is_has_no_article() -> None:
    owned = ["Japan's complaint", "farmers' quota"]
    assert [article(noun) for noun in owned for article in (with_article, with_the)] == [noun for noun in owned for _ in range(2)]
    assert [with_the(noun) for noun in ("quota", "gas price")] == ["the quota", "the gas price"]


def test_a_side_is_called_by_its_name_or_by_its_abbreviation_with_an_article() -> None:
    assert [CASE.delegation(side).in_a_sentence for side in Side] == ["the US", "Japan"]
    assert [PIE.delegation(side).in_a_sentence for side in Side] == ["the first player", "the second player"]
    assert (person_name("The seller's agent"), person_name("Minister Akazawa")) == ("the seller's agent", "Minister Akazawa")


# ---- rounds


def test_a_round_of_the_pie_reads_as_a_sentence() -> None:
    paragraph = told(PIE, {"sender.offer_noise": 0.0, "target.offer_noise": 0.0})[2]
    assert paragraph == (
        "Round 1: the first player (the first player's speaker) asks for the share of the pie for the sender at 90 %. "
        "The second player refuses: worth 0.10 to it; it aspires to 0.90 in this round."
    )


def test_an_offer_names_first_what_the_side_gives_and_says_what_has_changed() -> None:
    paragraphs = told(TRADE, {"sender.offer_noise": 0.0, "target.offer_noise": 0.0})
    assert "offers the price paid to the sender at 180 USD; the rest as it is today." in paragraphs[3]
    assert ("gives way and offers the time the sender has to deliver at 10 days (was 40) for the price paid to the sender"
            " at 195 USD (was 200).") in paragraphs[4]


def test_a_long_package_is_told_in_lines_of_what_is_given_and_what_is_asked() -> None:
    lines = told(FIRM)[2].splitlines()
    assert lines[0] == "Round 1, 2 April: Japan (Minister Ryosei Akazawa) tables a package."
    assert [line.split(":")[0] for line in lines[1:4]] == ["  It offers", "  It asks for", "  The US refuses"]
    assert "investment in the US directed by the US 4" in lines[1]
    assert "tariff on cars and parts" in lines[2]
    assert lines[4].startswith("  The reciprocal tariff on Japan of 24 % stays paused, 10 % in force; market stress 0.80")


def test_every_issue_is_named_in_every_first_offer() -> None:
    for paragraph in told(FIRM)[2:4]:
        assert [
            issue.title for issue in CASE.issues if mid_sentence(issue.title, CASE) not in paragraph.replace("As", "as")
        ] == []


def test_no_abbreviation_is_spoilt_and_no_sentence_begins_small() -> None:
    for scenario in (CASE, PIE, TRADE, world(95), world(3)):
        text = "\n".join(told(scenario))
        assert not any(spoilt in text for spoilt in ("uS ", "lNG", "the the", "  the US", ". the ", "a a ", "None", "nan"))


def test_the_same_offer_again_is_called_so() -> None:
    paragraphs = told(TRADE, {"target.strategy": "commitment", "sender.toughness": 9.0})
    assert "Round 4: the buyer (the buyer's agent) repeats its offer of round 2." in paragraphs[5]
    assert "Round 6: the buyer (the buyer's agent) repeats its offer of round 2." in paragraphs[7]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"target.strategy": "time-dependent"}, "to it; it aspires to"),
        ({"target.strategy": "commitment"}, "to it; it never takes less than"),
        ({"target.strategy": "tit-for-tat"}, "to it; an answer in kind asks for"),
        ({"target.strategy": "risk-return"}, "of this deal and"),
        ({"target.strategy": "veto-aware", "target.ratifiers.farm-lobby.threshold": 0.9, "target.toughness": 0.2,
          "target.disagreement": 0.1}, "it would pass at home; it asks for 50 %"),
    ],
)
def test_a_refusal_is_explained_by_what_the_strategy_compared(changes: dict[str, Any], words: str) -> None:
    lines = "\n".join(told(FIRM, changes)).splitlines()
    assert [line for line in lines if "Japan refuses: " in line and words in line]


def test_the_dates_are_a_fortnight_apart_from_the_second_of_april() -> None:
    heads = [paragraph.split(":")[0] for paragraph in told(FIRM) if paragraph.startswith("Round ")]
    assert heads[:4] == ["Round 1, 2 April", "Round 2, 16 April", "Round 3, 30 April", "Round 4, 14 May"]
    assert "Round 1 is 2 April 2025; the deadline is round 8, 9 July." in told(FIRM)[1]


# ---- threats, home, agenda, clock, beliefs


def test_the_opening_says_how_the_threats_stand() -> None:
    opening = told(CASE)[1]
    assert "A reciprocal tariff on Japan of 24 % is paused, 10 % in force." in opening
    assert "A tariff on cars and parts of 27.5 % is in force." in opening
    assert told(PIE)[1] == (
        "A package is worth 0 to a side at worst and 1 at best. The deadline is round 10."
        " The first player concedes as time runs out; the least it would take is a deal worth 0.00 to it."
        " The second player concedes as time runs out; the least it would take is a deal worth 0.00 to it."
    )


def test_the_opening_says_how_each_side_decides_and_what_it_would_take_although_the_other_cannot_know() -> None:
    opening = told(CASE)[1]
    sender = "The US concedes as time runs out; the least it would take is a deal worth 0.80 to it, which Japan cannot know."
    assert sender in opening
    assert "Japan weighs what an offer brings against the chance that it is taken; an end without a deal is worth" in opening
    firm = told(CASE, {"sender.commitment": 0.99})[1]
    assert "The US never takes less than a deal worth " in firm and " to it, which Japan cannot know." in firm
    assert "(from 1 on the US pauses what it may)" in opening
    assert len({plan_of(name)[0] for name in (*NAMES, "own-rule", "person")}) == len(NAMES) + 2


def test_with_flows_the_opening_tells_no_deal_apart_from_the_least_that_would_be_taken() -> None:
    talks = Negotiation(FLOWS, 7)
    owns, gaps = talks.talks.owns["reservation"], talks.game.sides["gap"]
    no_deal = [f"an end without a deal is worth {number(float(own - gap))} to it" for own, gap in zip(owns, gaps, strict=True)]
    opening = talks.transcript().split("\n\n")[1]
    assert f"the least it would take is a deal worth {number(float(owns[0]))} to it, and {no_deal[0]}" in opening
    assert f"chance that it is taken; {no_deal[1]}" in opening and (gaps > 0.1).any()


def test_with_flows_the_end_tells_that_a_deal_lapses_and_what_a_payoff_is() -> None:
    sure = {"sender.reversal": 0.02, "sender.brinkmanship": 0.0, "sender.commitment": 0.0}
    end = with_words(told(FLOWS, sure), "The end, in round")
    assert "takes the settlement back" in end
    assert "From then on both sides have what no deal pays, and 50 % of the investment in the US directed by the US stays" in end
    assert "Payoffs are means over all rounds" in end


def test_an_acceptance_that_is_not_worth_signing_is_explained_by_no_deal() -> None:
    def propose(own: Any, other: Any, public: Any, belief: Any, homes: Any, menu: Any, outlook: Any, noise: Any) -> float:
        return 1.0

    def respond(own: Any, other: Any, public: Any, belief: Any, homes: Any, offer: Any, outlook: Any) -> int:
        return 1  # Response.ACCEPT

    yielding = strategy(propose, respond)
    for scenario, words in ((FLOWS, "of this deal and"), (FIRM, "its reservation value is")):
        talks = Negotiation(scenario, 7, strategies={"target": yielding}).play()
        rows = [row for row in talks.rounds if row["answer"] == "refuse" and row["proposer"] == "sender"]
        assert rows and {row["answer_basis"] for row in rows} == {"no-deal" if scenario is FLOWS else "reservation"}
        assert all(row["answer_worth"] < row["answer_needed"] for row in rows)
        refusal = with_words([line for text in talks.transcript().split("\n\n") for line in text.splitlines()], "Japan refuses")
        assert words in refusal and ("of no deal." in refusal) == (scenario is FLOWS)


def test_a_threat_that_moves_is_told_before_the_offer_and_one_that_stays_after_it() -> None:
    calm = told(FIRM, {"markets.resume_threshold": 1.0})
    paragraph = with_words(calm, "announces again")
    assert paragraph.startswith("Round 7, 25 June: the US announces again the reciprocal tariff on Japan of ")
    assert "10 % in force. Japan (Minister Ryosei Akazawa) " in paragraph
    assert "The reciprocal tariff on Japan of " in with_words(calm, "stays announced, 10 % in force")
    nervous = {"markets.initial_stress": 1.2, "threats.reciprocal-tariff.state": "announced"}
    assert "Round 1, 2 April: the US pauses the reciprocal tariff on Japan of 24 %, 10 % in force." in told(FIRM, nervous)[2]
    late = {"threats.reciprocal-tariff.state": "none", "threats.reciprocal-tariff.announce_round": 2}
    assert "Round 2, 16 April: the US announces the reciprocal tariff on Japan of 24 %" in told(FIRM, late)[3]


def test_a_threat_carried_out_before_the_deadline_is_told_with_the_trust_that_it_costs() -> None:
    sure = {"threats.reciprocal-tariff.early_execution": 1.0, "sender.unpredictability": 0.0}
    paragraph = told(FIRM, sure)[2]
    assert "The US does not wait and puts into force the reciprocal tariff on Japan of 24 %." in paragraph
    assert "trust in the US 0." in paragraph


def test_those_who_refuse_at_home_are_named_with_their_side() -> None:
    changes = {"target.ratifiers.farm-lobby.threshold": 0.9, "sender.ratifiers.congress.threshold": 0.95}
    paragraph = with_words(told(SOFT, changes), "It fails at home")
    refusal = (
        r"It fails at home: worth 0\.\d\d to Congress and markets \(the US\), which asks for 0\.\d\d;"
        r" worth 0\.\d\d to Farm lobby \(Japan\), which asks for 0\.\d\d\. Everything is open again\."
    )
    assert re.search(refusal, paragraph)
    pairs = re.findall(r"worth (0\.\d+) to [^,]*, which asks for (0\.\d+)", paragraph)
    assert all(float(worth) < float(needed) for worth, needed in pairs)
    ended = told(SOFT, changes | {"talks.failed_ratification": "ends"})
    assert "open again" not in ended[-2] and "It fails at home: worth" in ended[-2]
    assert "ratification failed. The negotiators agreed, but the deal failed at home." in ended[-1]
    assert "It passes at home." in told(SOFT)[-2]


def test_the_parts_of_a_linked_agenda_are_told_as_they_are_settled() -> None:
    soft = {"talks.agenda": "linked", "sender.toughness": 0.4, "target.toughness": 0.4}
    paragraphs = told(SOFT, soft)
    assert paragraphs[3].startswith("Round 2, 16 April, part 2 of 5 of the agenda: ")
    assert "Part 1 of 5 of the agenda is settled: reciprocal tariff on Japan, tariff on cars and parts," in paragraphs[2]
    assert "rice" not in paragraphs[2]


def test_what_is_settled_in_part_is_told_with_the_vote_and_with_what_stays() -> None:
    changes = {"talks.agenda": "linked", "talks.linkage_threshold": 0.5, "talks.extension_rounds": 0,
               **{f"{side}.ratifiers.{r.name}.{field}": 0.0 for side in ("sender", "target")
                  for r in getattr(CASE, side).ratifiers for field in ("threshold", "half_width")}}
    end = told(SOFT, changes)[-1]
    assert "settled in part. Some parts of the agenda were settled; the other issues stay at the status quo." in end
    assert "What had been settled by then is put to the homes. It passes at home." in end
    assert "  US rice in the minimum-access quota: stays at 346,000 t a year" in end


def test_a_deadline_that_moves_is_told_with_its_date() -> None:
    moved = with_words(told(FIRM, {"talks.extension_probability": 1.0}), "The deadline is moved")
    assert moved.startswith("Round 8, 9 July:")
    assert "The deadline is moved from round 8 to round 10, 6 August." in moved


def test_beliefs_are_told_where_there_is_doubt_and_something_new() -> None:
    paragraphs = told(FIRM)
    assert ("Japan believes of the US: the least it would take is a deal worth 0.76 to it; its demand is final with a "
            "chance of 5 %; Treasury Secretary Scott Bessent speaks its mind with a chance of 50 %."
            ) in paragraphs[1]
    assert any("Japan now believes of the US: its demand is final with a chance of " in paragraph for paragraph in paragraphs[2:])
    assert not any("believes" in paragraph for paragraph in told(TRADE))


def test_the_state_of_the_world_is_told_when_it_moves() -> None:
    still = {"security.news": 0.0, "security.erosion": 0.0}
    assert sum("credibility of the security guarantee" in paragraph for paragraph in told(FIRM, still)[2:]) == 0
    assert sum("credibility of the security guarantee" in paragraph for paragraph in told(FIRM)[2:]) > 3
    assert all("market stress" in paragraph.lower() for paragraph in told(FIRM)[1:-1])
    assert not any("market stress" in paragraph.lower() for paragraph in [*told(PIE), *told(CALM)])


# ---- ends and forks


def test_a_deal_is_told_in_its_terms_against_today() -> None:
    end = told(SOFT)[-1]
    assert re.match(r"The end, in round \d+, \d+ (June|July|August): settled\. ", end)
    assert "\n  Tariff on cars and parts: " in end and " %, from 27.5 %\n" in end
    assert "\nPayoff of the US: 0." in end and "(worth of the ending +0." in end and "delay -0." in end


def test_a_reversal_is_told_with_its_author_and_its_day() -> None:
    end = told(SOFT, {"sender.reversal": 0.9})[-1]
    assert re.search(r"\nAfter (1 round|\d+ rounds) the US takes the settlement back, on \d+ \w+ 2025\.\n", end)
    assert "takes the settlement back" not in told(SOFT, {"sender.reversal": 0.0})[-1]


def test_nobody_says_that_a_settlement_is_taken_back_decades_later() -> None:
    end = told(SOFT, {"sender.reversal": 1e-6})[-1]
    assert "\nThe settlement is not taken back within 10 years, though the US could.\n" in end


def test_a_breakdown_an_impasse_and_a_walk_out_are_told_with_what_becomes_of_the_threats() -> None:
    breakdown = told(FIRM, {"sender.brinkmanship": 0.999999})
    assert breakdown[-1].startswith("The end, in round 1, 2 April: breakdown. The talks broke down in a crisis")
    assert "The tariff on cars and parts of 27.5 % stays in force." in breakdown[-1]
    impasse = told(FIRM, {"sender.disagreement": 0.9, "talks.extension_rounds": 0, "sender.unpredictability": 0.0,
                          "threats.reciprocal-tariff.execution": 1.0})
    assert "impasse. The deadline passed without a deal." in impasse[-1] and " comes into force." in impasse[-1]
    spared = told(FIRM, {"sender.brinkmanship": 0.999999, "threats.reciprocal-tariff.execution": 0.0})
    assert "The reciprocal tariff on Japan of 24 % is not carried out." in spared[-1]
    left = told(FIRM, {"target.strategy": "risk-return", "target.outside_option": 0.99})
    assert "Japan leaves the talks: it expects 0." in left[-2] and "has 0.99 by leaving." in left[-2]
    assert "walk-out. One side left the talks for its outside option." in left[-1]


def test_a_deal_that_is_punished_all_the_same_is_told_so() -> None:
    end = told(SOFT, {"sender.unpredictability": 1.0, "talks.rounds": 4, "talks.extension_rounds": 0}, seed=1)[-1]
    assert "The US punishes Japan in spite of the deal." in end
    assert (
        "in spite of the deal"
        not in told(SOFT, {"sender.unpredictability": 0.0, "talks.rounds": 4, "talks.extension_rounds": 0}, seed=1)[-1]
    )


def test_a_fork_is_told_where_it_leaves_the_original() -> None:
    talks = Negotiation(FIRM, 7)
    talks.step()
    text = talks.fork({"sender.unpredictability": 0.6, "target.strategy": "risk-return"}).transcript()
    assert text.endswith("with the same luck: sender.unpredictability = 0.6; target.strategy = risk-return.")
    assert text.startswith(talks.transcript())


def test_a_run_can_be_told_at_any_point() -> None:
    talks = Negotiation(FIRM, 7)
    text = talks.transcript()
    while talks.running:
        talks.step()
        assert talks.transcript().startswith(text)
        text = talks.transcript()


@pytest.mark.parametrize("number", range(0, 300, 3))
def test_every_random_world_can_be_told(number: int) -> None:
    talks = Negotiation(world(number), number).play()
    paragraphs = talks.transcript(fold=False).split("\n\n")
    assert len(paragraphs) == len(talks.rounds) + 3
    assert [paragraph.rstrip() for paragraph in paragraphs[1:]] == [told.rstrip() for told in talks.story()["told"]]
    assert all(paragraph.rstrip().endswith(".") for paragraph in paragraphs[1:])


def test_a_refusal_for_the_homes_names_who_would_refuse_and_what_is_asked_for() -> None:
    text = told(CASE)[3]
    assert (
        "Japan refuses: this would surely fail at home, as it is worth 0.18 to Car makers (Japan), which asks for 0.30 at least,"
        " and worth 0.13 to Farm lobby (Japan), which asks for 0.25 at least."
    ) in text
    thresholds = {f"target.ratifiers.{person.name}.threshold": 0.0 for person in CASE.target.ratifiers}
    assert "fail at home" not in told(CASE, thresholds)[3]
