"""What ``tenure demo`` prepares, and what it says there is to try. Needs Django to be set up."""

from __future__ import annotations

from tenure.cli.wording import say
from tenure.host.private_files import kept_secret
from tenure.host.settings import Settings

_ASKED = ("partforge", "model")
"""An application of the sample catalogue, and a permission that its designers have."""


def prepare(settings: Settings) -> list[str]:
    """Make what is missing of the sandbox; the lines to print once it answers.

    The vendor's key is kept in the data directory, so that a second start shows the same one.
    """
    from tenure.base.clock import machine_now
    from tenure.base.ids import public_id
    from tenure.flows.demo import SAMPLES, prepare_demo

    key = f"tenure_{kept_secret(settings.data_dir / 'demo-key')}"
    organisations = prepare_demo(key=key, now=machine_now())
    ids = [public_id("org", organisation.id) for organisation in organisations]
    lines = ["", say("The vendor's key:", "La clé du vendeur\u00a0:"), f"    export KEY={key}", ""]
    lines.append(say("Sample organisations:", "Les organisations d'exemple\u00a0:"))
    lines += [
        f"    {name}  {sample.name} ({sample.audience.value}), {sample.owner[0]}"
        for name, sample in zip(ids, SAMPLES, strict=True)
    ]
    lines += ["", say("Try:", "À essayer\u00a0:")]
    return lines + _to_try(settings, ids[0], SAMPLES[0].owner[0])


def _to_try(settings: Settings, organisation: str, member: str) -> list[str]:
    """Calls that work as they stand, in a shell that knows the key."""
    url = settings.public_url
    application, permission = _ASKED
    question = (
        f'{{"subject": {{"type": "member", "id": "{member}"}}, '
        f'"action": {{"name": "{permission}"}}, '
        f'"resource": {{"type": "application", "id": "{application}"}}, '
        f'"context": {{"organisation": "{organisation}"}}}}'
    )
    with_key = 'curl -s -H "Authorization: Bearer $KEY"'
    return [
        f"    {with_key} '{url}/api/v1/offers?audience=business&country=FR&limit=3'",
        f"    {with_key} {url}/api/v1/organisations/{organisation}/subscriptions",
        f"    {with_key} -H 'Content-Type: application/json' \\",
        f"        -d '{question}' \\",
        f"        {settings.decide_url or url}/access/v1/evaluation",
        "",
        say("Everything that answers is described at:", "Tout ce qui répond est décrit à\u00a0:"),
        f"    {url}/api/v1/openapi.json",
    ]
