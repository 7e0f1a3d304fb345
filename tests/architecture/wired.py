"""Names of the shipped cases that stand in the code: the rule that nothing but scenarios and data knows one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from negosim.scenario.scenario import Scenario
from tests.architecture.house import files

ALLOWED = {
    "validation/record/facts.py": "the record beside us-japan-2025",
    "validation/record/data.py": "reads that record",
    "validation/record/counterpart.py": "measures its counterpart in that case",
    "validation/record/verdicts.py": "names that case",
    "validation/textbook/tariffs.py": "a textbook world of three countries, with its numbers",
    "scenario/parameters.py": "examples of a name, and defaults taken from a case that say so",
    "scenario/people.py": "examples of a name, and defaults taken from a case that say so",
    "scenario/trade.py": "an example of a name",
    "scenario/diagnosis.py": "an example of a name",
}
"""Files that may name a case, a country or an issue, and why."""

CITATION = re.compile(r"\b(?!(?:January|February|March|April|May|June|July|August|September|October|November|December) )"
                      r"[A-Z][a-z]+ (19|20)\d\d\b")
"""An author and a year, such as Fearon 1995: no date."""


def names_of_cases() -> set[str]:
    """Return the names, years, sides, people and issues of all shipped cases, as a file has them."""
    names: set[str] = set()
    for case in map(Scenario.load, Scenario.names()):
        if case.kind != "case" or case.calendar is None:
            continue
        names |= {case.name, str(case.calendar.first_round.year), *(issue.name for issue in case.issues)}
        for side in (case.sender, case.target):
            names |= {side.short, *re.findall(r"[A-Z][a-z]+", side.name), *(each.name for each in side.ratifiers)}
            people = (side.principal, *side.negotiators)
            names |= {person.name for person in people} | {person.title.split()[-1] for person in people}
    return names


def wired(folder: Path, names: Iterable[str]) -> list[str]:
    """Return the lines of code below a folder that have one of the names, in a text or as a variable, docstrings left out."""
    forms = {form for name in names for form in (name, name.replace("-", "_"))}
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, sorted(forms)))})(?![\w-])")
    offences = []
    for path in files(folder, ".py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        offences += [
            f"{path.relative_to(folder).as_posix()}:{line} {found[0]}"
            for line, text in _said(tree)
            if (found := pattern.search(CITATION.sub("", text)))
        ]
    return offences


def _said(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the constants and identifiers of a module with their lines; a docstring is neither."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node.lineno, str(node.value)
        elif isinstance(node, ast.Name | ast.Attribute | ast.FunctionDef | ast.arg):
            yield node.lineno, _identifier(node)


def _identifier(node: ast.Name | ast.Attribute | ast.FunctionDef | ast.arg) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.name if isinstance(node, ast.FunctionDef) else node.arg
