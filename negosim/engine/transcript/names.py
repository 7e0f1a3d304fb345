"""Titles as they stand inside a sentence, and those of threats."""

from __future__ import annotations

import re

from negosim.common.text import capital
from negosim.common.vocabulary import Side
from negosim.scenario.parameters import Threat
from negosim.scenario.scenario import Scenario


def threat_title(threat: Threat, scenario: Scenario) -> str:
    """Return what a threat is called: its own name in words or, where it has none, the title of its issue."""
    return scenario.issue(threat.issue).title if threat.name is None else capital(threat.name.replace("-", " "))


def mid_sentence(title: str, scenario: Scenario) -> str:
    """Return a title as it stands inside a sentence: without its capital, unless it begins with an abbreviation or a name.

    A name is a word that the scenario writes with a capital inside a sentence or in the name of a side.
    """
    first = re.split(r"[\s'-]", title, maxsplit=1)[0]
    texts = [scenario.summary, *(issue.title for issue in scenario.issues), *(edge.reason for edge in scenario.linkage)]
    names = {word for text in texts for word in re.findall(r"(?<=[a-z,;:(] )[A-Z][a-z]+|(?<=[a-z] \()[A-Z][a-z]+", text)}
    names |= {word for side in Side for word in re.findall(r"[A-Z][a-z]+", scenario.delegation(side).name)}
    is_plain = first[:1].isupper() and (first[1:].islower() or len(first) == 1) and first not in names
    return title[:1].lower() + title[1:] if is_plain else title
