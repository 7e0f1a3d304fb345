"""A run as shown, as files: transcript, table of rounds, picture."""

from __future__ import annotations

from base64 import b64encode

from negosim.app.state.courses import Shown
from negosim.common.errors import ScenarioError

KINDS = {"transcript": "Transcript (text)", "csv": "Rounds (CSV)", "png": "Picture (PNG)"}
"""What there is to save, by kind."""

ENDS = {"transcript": ("txt", "text/plain"), "csv": ("csv", "text/csv"), "png": ("png", "image/png")}


def contents(shown: Shown, kind: str) -> bytes:
    """The bytes of a file of this kind. ScenarioError for a picture of a run of which no round is shown."""
    if kind == "transcript":
        return (shown.transcript() + "\n").encode()
    if kind == "csv":
        return shown.csv().encode()
    if shown.rounds == 0:
        raise ScenarioError("There is nothing to draw yet: no round is shown", remedy="Press Step first.")
    from negosim import plots

    return plots.png(plots.path(shown.replayed()))


def exported(shown: Shown, kind: str) -> dict[str, str]:
    """A file for the browser to save: name, kind and contents in Base64."""
    end, media = ENDS[kind]
    name = f"{shown.scenario.name}-seed-{int(shown.talks.run.seed)}-round-{shown.rounds}.{end}"
    return {"name": name, "kind": media, "content": b64encode(contents(shown, kind)).decode()}
