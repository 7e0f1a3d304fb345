"""What a wrong scenario says: the file, the field, the value and the remedy, and nothing of pydantic's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from negosim.common.errors import ScenarioError
from negosim.scenario.scenario import Scenario

PIE = Scenario.load("pie")
TRADE = Scenario.load("logrolling")
CASE = Scenario.load("us-japan-2025")
Load = Callable[[str], ScenarioError]


def _over(base: str, text: str) -> str:
    return f'extends = "{base}"\n{text}'


# ---- fields ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ('[talks]\nrounds = "ten"', "talks.rounds", "a whole number"),
        ("[talks]\nrounds = 2.5", "talks.rounds", "a whole number"),
        ("[sender]\ndiscount = true", "sender.discount", "a number"),
        ("[sender]\nname = 3", "sender.name", "a text in quotes"),
        ("[sender]\nambiguity_belief_only = 1", "sender.ambiguity_belief_only", "true or false"),
        ('[calendar]\nfirst_round = "2025-04-02"', "calendar.first_round", "a date"),
        ("talks = 3", "talks", "a table"),
        ('issues = "pie"', "issues", "a list"),
        ("[sender.principal]\nsalience = 1", "sender.principal.salience", "a table of weights"),
        ('[sender.principal]\nsalience = { pie = "all" }', "sender.principal.salience.pie", "a number"),
        ("[sender]\nambiguity = { source = 'no value' }", "sender.ambiguity", "a number"),
        ("[sender]\ndiscount = 1979-05-27", "sender.discount", "a number"),
    ],
)
def test_a_wrong_type_names_the_field_and_the_type_it_should_have(
    refused: Load, text: str, field: str, words: str
) -> None:
    error = refused(_over("pie", text))
    assert error.field == field
    assert words in str(error) and "wrong type" in str(error)


@pytest.mark.parametrize(
    ("text", "field", "near"),
    [
        ("[sender]\nambiguty = 0.1", "sender.ambiguty", "ambiguity"),
        ("tals = 3", "tals", "talks"),
        ('[[issues]]\nname = "pie"\nunits = "%"', "issues.pie.units", "unit"),
        (
            '[[sender.negotiators]]\nname = "first-speaker"\nwieght = 2',
            "sender.negotiators.first-speaker.wieght",
            "weight",
        ),
        ('[sender]\ndiscount = { value = 0.9, sourc = "a" }', "sender.discount.sourc", "source"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest_known_one(
    refused: Load, text: str, field: str, near: str
) -> None:
    error = refused(_over("pie", text))
    assert error.field == field
    assert "unknown" in error.problem and f'"{near}"' in error.remedy


def test_notes_cannot_be_written_as_a_table_of_their_own(refused: Load) -> None:
    assert refused(_over("pie", "[notes]\n")).field == "notes"


THREAT = '[[threats]]\nissue = "pie"\nrate = 50\n'


@pytest.mark.parametrize(
    ("text", "field", "bounds"),
    [
        ("[sender]\nambiguity = 0.9", "sender.ambiguity", "between 0 and 0.5"),
        ("[sender]\ntoughness = 0", "sender.toughness", "above 0"),
        ("[sender]\ndiscount = 0", "sender.discount", "between 0.2 and 1"),
        ("[sender]\ndiscount = 0.02", "sender.discount", "between 0.2 and 1"),
        ("[target]\ndiscount = 0.19", "target.discount", "between 0.2 and 1"),
        ("[talks]\nflow_discount = 1e-9", "talks.flow_discount", "between 0.001 and 1"),
        ("[markets]\npersistence = 1", "markets.persistence", "at least 0 and below 1"),
        ("[talks]\nrounds = 0", "talks.rounds", "between 1 and 200"),
        ("[sender.principal]\nsalience = { pie = -1 }", "sender.principal.salience.pie", "equal to 0"),
        ("[markets]\nresume_threshold = 2", "markets.resume_threshold", "pause_threshold"),
        ('[[issues]]\nname = "pie"\nstatus_quo = 101', "issues.pie.status_quo", "between 0 and 100 %"),
        (THREAT + "damage = 1e308", "threats.pie.damage", "between 0 and 100,000"),
        (THREAT + "damage = 0.1\nlevel = 1e200", "threats.pie.level", "between 1e-06 and 100,000"),
        (THREAT + "damage = 0.1\nescalation = 1e300", "threats.pie.escalation", "between 0 and 100,000"),
        (THREAT + "damage = 0.1\nannounce_round = 1" + 80 * "0", "threats.pie.announce_round", "between 1 and 100,000"),
        ("[target]\ntariff_pain = 1e308", "target.tariff_pain", "between 0 and 100,000"),
        ("[markets]\ninitial_stress = 1e308", "markets.initial_stress", "between 0 and 100,000"),
        ("[markets]\nvolatility_effect = 1e308", "markets.volatility_effect", "between 0 and 100,000"),
        ('[[issues]]\nname = "pie"\nsender_end = 1e308', "issues.pie.sender_end", "between -1e+15 and 1e+15"),
    ],
)
def test_a_value_out_of_range_is_answered_with_the_range(
    refused: Load, text: str, field: str, bounds: str
) -> None:
    error = refused(_over("pie", text))
    assert error.field == field
    assert error.value is not None and bounds in str(error)


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "+nan", "1e999"])
@pytest.mark.parametrize("field", ["sender.discount", "sender.offer_noise", "issues.pie.sender_end"])
def test_all_numbers_must_be_finite(refused: Load, number: str, field: str) -> None:
    head, _, last = field.rpartition(".")
    table = '[[issues]]\nname = "pie"' if head == "issues.pie" else f"[{head}]"
    error = refused(_over("pie", f"{table}\n{last} = {number}"))
    assert error.field == field
    assert "finite" in str(error)


def test_a_weight_must_be_finite(refused: Load) -> None:
    error = refused(_over("pie", "[sender.principal]\nsalience = { pie = nan }"))
    assert error.field == "sender.principal.salience.pie" and "finite" in str(error)


def test_a_number_too_large_for_a_float_is_refused(refused: Load) -> None:
    assert refused(_over("pie", f"[sender]\ndiscount = 1{'0' * 400}")).field == "sender.discount"


def test_a_word_that_is_not_allowed_is_answered_with_the_allowed_ones(refused: Load) -> None:
    error = refused(_over("pie", '[sender]\nstrategy = "time-dependant"'))
    assert error.field == "sender.strategy"
    assert 'The nearest is "time-dependent"' in str(error) and "veto-aware" in str(error)
    assert "sender, target" in str(refused(_over("pie", '[[issues]]\nname = "pie"\nrevocable_by = "both"')))


def test_a_missing_key_says_what_it_would_mean(refused: Load) -> None:
    text = PIE.to_toml().replace("status_quo = 0\n", "")
    error = refused(text)
    assert error.field == "issues.pie.status_quo"
    assert "is missing" in str(error) and "never settled" in str(error)


def test_one_mistake_in_the_only_item_of_a_list_is_counted_once(refused: Load) -> None:
    assert "more to mend" not in str(refused(_over("pie", '[[issues]]\nname = "pie"\nstatus_quo = 101')))


def test_several_mistakes_are_counted(refused: Load) -> None:
    error = refused(_over("pie", "[sender]\nambiguity = 2\ntoughness = -1\n[talks]\nrounds = 0"))
    assert "2 more" in str(error)


# ---- saliences, names, references --------------------------------------------------------------------------


def test_a_salience_that_does_not_sum_to_one_says_its_sum_and_the_remedy(refused: Load) -> None:
    error = refused(_over("logrolling", "[sender.principal]\nsalience = { price = 0.8, delivery = 0.5 }"))
    assert error.field == "sender.principal.salience"
    assert "sums to 1.3; it must sum to 1. Divide by the sum, or write normalise = true" in str(error)


@pytest.mark.parametrize("weights", ["{}", "{ price = 0 }"])
def test_a_salience_without_any_weight_is_refused(refused: Load, weights: str) -> None:
    assert "sums to 0" in str(refused(_over("logrolling", f"[sender.principal]\nsalience = {weights}")))
    error = refused(_over("logrolling", f"[sender.principal]\nnormalise = true\nsalience = {weights}"))
    assert error.field == "sender.principal.salience" and "cannot be normalised" in str(error)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[sender.principal]\nsalience = { prise = 1 }", "sender.principal.salience.prise"),
        ('[[linkage]]\nbetween = ["prise", "delivery"]\nweight = 0.1\nreason = "a"',
         "linkage.prise--delivery.between"),
        ('[[threats]]\nissue = "prise"\nrate = 3\ndamage = 0.1', "threats.prise.issue"),
        ('[[sender.negotiators]]\nname = "seller-speaker"\nportfolio = ["prise"]',
         "sender.negotiators.seller-speaker.portfolio"),
        ('[[target.ratifiers]]\nname = "r"\ntitle = "R"\nthreshold = 0.1\nsalience = { prise = 1 }',
         "target.ratifiers.r.salience.prise"),
        ('[[sender.negotiators]]\nname = "seller-speaker"\nsalience = { prise = 1 }',
         "sender.negotiators.seller-speaker.salience.prise"),
    ],
)
def test_a_reference_to_an_unknown_issue_is_answered_with_the_nearest_issue(
    refused: Load, text: str, field: str
) -> None:
    error = refused(_over("logrolling", text))
    assert error.field == field
    assert "no issue of this scenario" in str(error) and '"price"' in error.remedy


def test_an_edge_needs_two_different_issues(refused: Load) -> None:
    text = '[[linkage]]\nbetween = ["price", "price"]\nweight = 0.1\nreason = "a"'
    assert "links an issue to itself" in str(refused(_over("logrolling", text)))
    assert refused(_over("logrolling", text.replace('["price", "price"]', '["price"]'))).field is not None


EDGE = '\n[[linkage]]\nbetween = ["price", "delivery"]\nweight = 0.1\nreason = "a"\n'
TWICE = '\n[[threats]]\nissue = "price"\nrate = 150\ndamage = 0.1\n'
RATIFIER = '\n[[target.ratifiers]]\nname = "r"\ntitle = "R"\nthreshold = 0.1\nsalience = { price = 1 }\n'
ISSUE = (
    '\n[[issues]]\nname = "price"\ntitle = "P"\nunit = "%"\ntarget_end = 0\nsender_end = 1\nstatus_quo = 0\n'
)
SPEAKER = '\n[[sender.negotiators]]\nname = "seller-speaker"\ntitle = "S"\n'


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (EDGE + EDGE, "linkage"),
        (EDGE + EDGE.replace('"price", "delivery"', '"delivery", "price"'), "linkage"),
        (TWICE + TWICE, "threats"),
        (RATIFIER + RATIFIER, "target.ratifiers"),
        (ISSUE, "issues"),
        (SPEAKER, "sender.negotiators"),
    ],
)
def test_a_name_that_stands_there_twice_is_refused(refused: Load, text: str, field: str) -> None:
    error = refused(TRADE.to_toml() + text)
    assert error.field == field
    assert "twice" in str(error)


@pytest.mark.parametrize(("rate", "held"), [(100.0, True), (0.0, True), (100.5, False), (-1.0, False)])
def test_a_threat_stays_between_the_two_ends_of_its_issue(rate: float, held: bool) -> None:
    threat = Scenario.load("threat")
    if held:
        assert threat.vary({"threats.pie.rate": rate}).threats[0].rate == rate
        return
    with pytest.raises(ScenarioError, match=r"threats\.pie\.rate = .* is outside the two ends.* between 0 and 100 %"):
        threat.vary({"threats.pie.rate": rate})


def test_an_issue_is_not_narrowed_below_the_threat_on_it() -> None:
    with pytest.raises(ScenarioError, match=r"threats\.pie\.rate = 100\.0 is outside"):
        Scenario.load("threat").vary({"issues.pie.sender_end": 90.0})


def test_a_delegation_without_negotiators_is_refused(refused: Load) -> None:
    error = refused(_over("pie", "[sender]\nnegotiators = []"))
    assert error.field == "sender.negotiators"
    assert "is empty" in str(error)
    text = PIE.to_toml()
    start, end = text.index("[[sender.negotiators]]"), text.index("[target]")
    assert refused(text[:start] + text[end:]).field == "sender.negotiators"


def test_a_scenario_without_issues_is_refused(refused: Load) -> None:
    assert refused(_over("pie", "issues = []")).field == "issues"


def test_voices_that_would_weigh_an_issue_negatively_are_refused(refused: Load) -> None:
    text = """
        [[sender.negotiators]]
        name = "seller-speaker"
        salience = { price = 1 }
        [[sender.negotiators]]
        name = "other-speaker"
        title = "O"
        salience = { delivery = 1 }
    """
    error = refused(_over("logrolling", text))
    assert error.field == "sender.negotiators.seller-speaker.salience"
    assert "delivery at -0.3" in str(error)


@pytest.mark.parametrize("weights", ["{ price = 1e308, delivery = 1e308 }", "{ price = 0.5, delivery = 1" + 400 * "0" + " }"])
def test_weights_whose_sum_no_number_can_hold_cannot_be_normalised(refused: Load, weights: str) -> None:
    error = refused(_over("logrolling", f"[sender.principal]\nnormalise = true\nsalience = {weights}"))
    assert error.field == "sender.principal.salience" and "cannot be normalised" in str(error)


# ---- notes -------------------------------------------------------------------------------------------------


def test_a_number_without_a_note_is_refused_in_a_case(refused: Load) -> None:
    error = refused(_over("us-japan-2025", "[sender]\nambiguity = 0.1\ncandour = 0.4"))
    assert error.field == "sender.ambiguity" or error.field == "sender.candour"
    assert "needs a note" in str(error) and "So do 1 more" in str(error) and "assumed" in error.remedy


def test_a_salience_without_a_note_is_refused_in_a_case(refused: Load) -> None:
    error = refused(_over("us-japan-2025", "[target.principal]\nsalience = { rice = 1 }"))
    assert error.field == "target.principal.salience" and "needs a note" in str(error)


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ('source = "a", assumed = "b", range = [0, 1]', "needs one note"),
        ("range = [0, 1]", "needs one note"),
        ('source = " "', "needs one note"),
        ("source = 3", "needs one note"),
        ('assumed = "a", range = [0.3, 0.1]', "range"),
        ('assumed = "a", range = [0]', "range"),
        ('assumed = "a", range = [0, nan]', "range"),
        ('assumed = "a", range = ["low", "high"]', "range"),
        ('assumed = "a", range = 1', "range"),
        ('assumed = "a", range = [0.2, 0.3]', "leaves out 0.1"),
        ('assumed = "a"', "assumed without a range"),
    ],
)
def test_a_note_that_says_too_little_or_too_much_is_refused(refused: Load, note: str, words: str) -> None:
    error = refused(_over("us-japan-2025", f"[sender]\nambiguity = {{ value = 0.1, {note} }}"))
    assert error.field == "sender.ambiguity"
    assert words in str(error)


def test_the_range_of_a_salience_must_contain_the_factor_one(refused: Load) -> None:
    text = '[target.principal]\nsalience = { values = { rice = 1 }, assumed = "a", range = [1.5, 2] }'
    assert "leaves out 1" in str(refused(_over("us-japan-2025", text)))


def test_what_is_neither_a_name_nor_a_path_is_refused() -> None:
    with pytest.raises(TypeError, match=r"name_or_path = 7 is neither a name nor a path\. Write Scenario\.load"):
        Scenario.load(7)  # type: ignore[arg-type]


def test_a_scenario_that_is_made_of_its_name_is_told_to_be_loaded() -> None:
    with pytest.raises(TypeError, match=r"loaded by its name or path\. Write Scenario\.load\('pie'\)\."):
        Scenario("pie")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('[[issues]]\nname = { value = "price", source = "a" }\ntitle = "P"\nunit = "%"\ntarget_end = 0\nsender_end = 1\n'
         "status_quo = 0", "issues.3.name"),
        ('[sender.principal]\nsalience = { price = { value = 0.5, source = "a" }, delivery = 0.5 }',
         "sender.principal.salience.price"),
        ('[talks]\nvalue = { rounds = 3 }\nsource = "a"', "talks"),
    ],
)
def test_a_note_that_would_be_lost_when_the_scenario_is_saved_is_refused(refused: Load, text: str, field: str) -> None:
    error = refused(_over("logrolling", text).replace('name = { value = "price"', 'name = { value = "quality"'))
    assert error.field == field and "cannot have a note. A note belongs beside a number" in str(error)


@pytest.mark.parametrize("ends", ["[0, 1e308]", "[-1e300, 1]", "[0, 1" + 400 * "0" + "]", "[nan, 1]"])
def test_the_ends_of_a_range_are_numbers_that_a_parameter_may_have(refused: Load, ends: str) -> None:
    error = refused(_over("pie", f'[sender]\ndiscount = {{ value = 0.9, assumed = "a", range = {ends} }}'))
    assert error.field == "sender.discount" and "has a range that is not [low, high]" in str(error)


@pytest.mark.parametrize("name", ["talks.rounds", "sender.discount", "sender.principal.salience.pie", "issues.pie.levels"])
@pytest.mark.parametrize("value", [10**80, -(10**80), 10**400, 10**5000, 1e300], ids=["80", "-80", "400", "5000", "float"])
def test_a_number_of_eighty_digits_is_refused_where_a_value_is_varied(name: str, value: float) -> None:
    with pytest.raises(ScenarioError) as caught:
        PIE.vary({name: value})
    assert str(caught.value).startswith(name.removesuffix(".pie"))


@pytest.mark.parametrize("levels", [1, 1001, 10**80])
def test_levels_have_a_bound(refused: Load, levels: int) -> None:
    said = str(refused(f'extends = "pie"\n[[issues]]\nname = "pie"\nlevels = {levels}'))
    assert said.startswith("mine.toml: issues.pie.levels = 1") and "between 2 and 1000" in said


def test_linked_issues_may_have_so_many_levels_that_their_frontier_is_found_in_seconds() -> None:
    names = [issue.name for issue in CASE.issues]
    few = {f"issues.{name}.levels": 20 for name in names}
    with pytest.raises(ScenarioError, match=r"levels = 60 makes 198,000 pairs of levels of linked issues, and 100,000 can be"):
        CASE.vary({**few, **{f"issues.{name}.levels": 60 for name in names}})
    assert CASE.vary(few).issues[0].levels == 20
    unlinked = {"sender.linkage": 0.0, "target.linkage": 0.0}
    assert CASE.vary({**{f"issues.{name}.levels": 60 for name in names}, **unlinked}).issues[0].levels == 60
    assert CASE.vary({f"issues.{names[0]}.levels": 1000}).issues[0].levels == 1000
