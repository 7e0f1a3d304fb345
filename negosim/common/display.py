"""How things are shown: a class of any floor asks here for its HTML or its Markdown, and `negosim.report` has the words.

The words about a thing read more than the thing itself knows, so they stand on a higher floor. This file is the one place where
the ground reaches up: the first thing that is shown loads two files of `negosim.report`, by name, which enter their functions
here.
"""

from __future__ import annotations

from functools import singledispatch
from importlib import import_module


@singledispatch
def html(thing: object) -> str:
    """Return a thing as a notebook shows it. TypeError for what has no such form."""
    _load_words()
    return str(_function_for(html, thing)(thing))


@singledispatch
def markdown(thing: object) -> str:
    """Return a thing as a text in Markdown. TypeError for what has no such form."""
    _load_words()
    return str(_function_for(markdown, thing)(thing))


def _load_words() -> None:
    for name in ("negosim.report.cards", "negosim.report.contrast"):
        import_module(name)


def _function_for(form, thing: object):  # type: ignore[no-untyped-def]
    function = form.dispatch(type(thing))
    if function is form.dispatch(object):
        raise TypeError(f"{type(thing).__name__} has no {form.__name__} form.")
    return function
