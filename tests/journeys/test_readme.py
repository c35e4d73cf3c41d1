"""The README's own lines of curl work as they are written."""

from __future__ import annotations

import json
import re
import subprocess

from tests.journeys.running import TENURE, Installation
from tests.structure.tree import ROOT

WRITTEN_FOR = "http://127.0.0.1:8000"


def test_its_last_answer_is_yes(installation: Installation) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```bash\n(.*?)```", readme, re.DOTALL)
    assert script.count("curl ") >= 7
    here = script.replace(WRITTEN_FOR, installation.url).replace(".venv/bin/tenure", TENURE)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", here],
        env=installation.environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["decision"] is True
    assert answer["context"]["reason"] == "granted"
