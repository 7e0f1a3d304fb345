"""Write the kept transcripts anew: python -m tools.transcripts, from the root of the repository. Then read what changed."""

from __future__ import annotations

from tests.transcripts.cases import CASES, FOLDER, file_of

if __name__ == "__main__":
    for file in FOLDER.glob("*.txt"):
        file.unlink()
    for name, case in CASES.items():
        file_of(name).write_text(case.play().transcript() + "\n", encoding="utf-8", newline="\n")
