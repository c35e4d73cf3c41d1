"""The lines of bash in the papers work as they are written, one block after the other."""

from __future__ import annotations

import json
import re
import subprocess

from tests.journeys.running import TENURE, Installation
from tests.patience import PATIENCE
from tests.structure.tree import ROOT

WRITTEN_FOR = "http://127.0.0.1:8000"


def prints(installation: Installation, paper: str) -> list[str]:
    """What the blocks of bash in a paper print, line by line."""
    text = (ROOT / paper).read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```bash\n(.*?)```", text, re.DOTALL))
    here = script.replace(WRITTEN_FOR, installation.url).replace(".venv/bin/tenure", TENURE)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", here],
        env=installation.environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_the_readmes_last_answer_is_yes(installation: Installation) -> None:
    answer = json.loads(prints(installation, "README.md")[-1])
    assert answer["decision"] is True
    assert answer["context"]["reason"] == "granted"


def test_the_page_about_the_api_shows_what_it_says(installation: Installation) -> None:
    said = prints(installation, "docs/api.md")
    for words in ("Studio Kumo", "paid", "stale", "order.placed", "no_role_with_permission"):
        assert words in said
    assert "organisation.clock_advanced" in said[-1]
    problem = "\n".join(said[said.index("{") : said.index("}") + 1])
    assert json.loads(problem)["field_errors"][0]["code"] == "field_unknown"
    paper = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    shown = re.findall(r"```json\n(.*?)```", paper, re.DOTALL)[0]
    assert json.loads(shown) == json.loads(problem)
