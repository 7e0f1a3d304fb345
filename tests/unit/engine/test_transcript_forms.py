"""A transcript is text or Markdown; in a long run the rounds in which nothing happens are told together."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from negosim import Negotiation, Scenario

CASE = Scenario.load("us-japan-2025")
STUBBORN = {
    "talks.rounds": 40, "sender.toughness": 6.0, "target.strategy": "time-dependent", "target.toughness": 6.0,
    "sender.brinkmanship": 0.0,
}
LONG = Negotiation(CASE.vary(STUBBORN), 3).play()


def rounds_told(text: str) -> list[int]:
    """Return the numbers of the rounds that have a paragraph of their own."""
    return [int(found) for found in re.findall(r"^(?:## )?Round (\d+),", text, re.MULTILINE)]


def test_a_short_run_is_told_whole() -> None:
    talks = Negotiation(CASE, 7).play()
    assert talks.transcript() == talks.transcript(fold=False)
    assert rounds_told(talks.transcript()) == list(range(1, talks.round + 1))


def test_a_long_run_folds_its_middle_and_says_how_far_the_offers_came() -> None:
    folded, whole = LONG.transcript(), LONG.transcript(fold=False)
    assert rounds_told(whole) == list(range(1, 41))
    assert len(rounds_told(folded)) < 12
    assert len(folded) < len(whole) / 3
    (summary,) = re.findall(r"^Rounds .*", folded, re.MULTILINE)
    first, last = map(int, re.match(r"Rounds (\d+) to (\d+), 14 May to \d+ \w+ 2026: ", summary).groups())  # type: ignore[union-attr]
    assert f"{last - first + 1} offers, and none is accepted." in summary
    frame = LONG.frame().set_index("round").loc[first:last]
    mine = frame[frame["proposer"] == "sender"]["sender_value"]
    assert f"What the US offers is worth {mine.iloc[0]:.2f} at first and {mine.iloc[-1]:.2f} at last to itself" in summary
    assert f"Market stress lies between {frame['stress'].min():.2f} and {frame['stress'].max():.2f}." in summary


def test_what_is_not_a_mere_refusal_is_never_folded() -> None:
    text, threats = LONG.transcript(), ("pauses", "announces", "puts into force")
    for paragraph in LONG.transcript(fold=False).split("\n\n"):
        if paragraph.startswith("Round ") and any(f"the US {verb}" in paragraph.lower() for verb in threats):
            assert paragraph.split(":")[0] + ":" in text
    assert "It passes at home" in text and "The end, in round " in text


def test_the_first_offers_after_a_fold_are_told_in_full() -> None:
    after = LONG.transcript().split("Market stress lies between")[1].split("\n\n")[1]
    assert "(was " not in after and "It asks for: " in after


def test_markdown_has_headings_lists_and_what_folds_opens() -> None:
    text = LONG.transcript("markdown")
    kinds = [token.type for token in MarkdownIt().parse(text)]
    assert text.startswith("# United States and Japan, tariff talks of 2025\n\n## Before round 1\n\n")
    assert rounds_told(text) == list(range(1, 41))
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>Rounds 4 to ") == 1
    assert kinds.count("heading_open") == 43  # title, opening, 40 rounds, end
    assert kinds.count("bullet_list_open") > 40
    assert "\n\n## The end, in round 40, 30 September 2026: settled\n\n" in text


def test_markdown_says_the_same_words_as_the_text() -> None:
    talks = Negotiation(CASE, 7).play()
    words = re.findall(r"\w+", talks.transcript().lower())
    marked = re.findall(r"\w+", talks.transcript("markdown").lower())
    assert sorted(marked) == sorted([*words, "before", "round", "1"])


def test_markup_in_a_title_is_only_text() -> None:
    issue = CASE.vary({"title": "A *bold* <b>case</b> | [link](x)"})
    text = Negotiation(issue, 7).transcript("markdown")
    assert text.splitlines()[0] == r"# A \*bold\* \<b\>case\</b\> \| \[link\](x)"


def test_another_form_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"form = 'html' is none\. Write form = \"text\" or form = \"markdown\"\."):
        Negotiation(CASE, 7).transcript("html")


def test_the_plain_data_of_a_run_holds_its_paragraphs() -> None:
    told = LONG.story()["told"]
    assert len(told) == len(LONG.rounds) + 2
    assert told[1].startswith("Round 1, 2 April: ")
    assert told[-1].startswith("The end, in round 40, ")
