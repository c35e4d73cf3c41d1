"""What a command knows of what runs on the data directory."""

from __future__ import annotations

from pathlib import Path

from tenure.cli.running import public_address
from tenure.host.installation import Hold
from tenure.host.settings import read_settings

NAME = "TENURE_PUBLIC_URL"


def test_links_lead_to_where_what_runs_is_reached(tmp_path: Path) -> None:
    settings = read_settings({"TENURE_DATA_DIR": str(tmp_path / "data")})
    environ: dict[str, str] = {}
    with public_address(settings, environ):
        assert environ == {}
    with Hold(tmp_path / "data", "serve") as held:
        assert held.take()
        held.tell(database_url="postgresql://here", public_url="http://here:4321")
        with public_address(settings, environ):
            assert environ == {NAME: "http://here:4321"}
        assert environ == {}
        environ[NAME] = "https://shop.example"
        with public_address(settings, environ):
            assert environ[NAME] == "https://shop.example"
