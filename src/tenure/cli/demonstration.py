"""What ``tenure demo`` prepares, and what it says there is to try. Needs Django to be set up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tenure.cli.wording import say
from tenure.host.private_files import kept_secret
from tenure.host.settings import Settings

if TYPE_CHECKING:
    from tenure.flows.demo import Person

_ASKED: Final = ("partforge", "model")
"""An application of the sample catalogue, and a permission that its designers have."""

PASSWORD: Final = "tenure demo"  # noqa: S105 - of a sandbox, whose people are made up
"""The password of everybody who can log in to a demonstration."""


def prepare(settings: Settings) -> list[str]:
    """Make what is missing of the sandbox; the lines to print once it answers.

    The vendor's key is kept in the data directory, so that a second start shows the same one.
    """
    from tenure.base.clock import machine_now
    from tenure.base.ids import public_id
    from tenure.flows.demo import SAMPLES, STAFF, prepare_demo

    key = f"tenure_{kept_secret(settings.data_dir / 'demo-key')}"
    organisations = prepare_demo(key=key, now=machine_now())
    members = [sample.member for sample in SAMPLES if sample.member is not None]
    _give_logins([STAFF, *members, *(sample.owner for sample in SAMPLES)])
    ids = [public_id("org", organisation.id) for organisation in organisations]
    return [
        "",
        *_pages(settings.public_url),
        "",
        *_logins(settings.public_url, ids),
        "",
        *_calls(settings, key, ids[0]),
    ]


def _give_logins(people: list[Person]) -> None:
    """Whoever has no password yet gets that of the demonstration, and a confirmed address."""
    from allauth.account.models import EmailAddress

    from tenure.organisations.models import User

    emails = [person.email for person in people]
    for user in User.objects.filter(email__in=emails):
        if user.password and user.has_usable_password():
            continue
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        EmailAddress.objects.update_or_create(
            user_id=user.id, email=user.email, defaults={"verified": True, "primary": True}
        )


def _pages(url: str) -> list[str]:
    """Where to begin."""
    return [
        say("Open:", "À ouvrir\u00a0:"),
        *_columns(
            (f"{url}/", say("the store", "la boutique")),
            (f"{url}/mailbox/", say("the mails that were sent", "les courriels envoyés")),
            (f"{url}/help/", say("the questions of buyers", "les questions des acheteurs")),
            (f"{url}/design/", say("every component", "tous les composants")),
        ),
    ]


def _logins(url: str, ids: list[str]) -> list[str]:
    """Who can log in, and where that leads."""
    from tenure.flows.demo import SAMPLES, STAFF

    rows = [
        (
            sample.owner.email,
            say(f"owns {sample.name}", f"propriétaire de {sample.name}"),
            f"{url}/console/{organisation}/",
        )
        for organisation, sample in zip(ids, SAMPLES, strict=True)
    ]
    rows += [
        (
            sample.member.email,
            say(f"member of {sample.name}", f"membre de {sample.name}"),
            f"{url}/home/",
        )
        for sample in SAMPLES
        if sample.member is not None
    ]
    rows.append((STAFF.email, say("the vendor's staff", "équipe du vendeur"), f"{url}/backoffice/"))
    login = f"{url}/account/login"
    told = say(
        f"Log in at {login} with the password “{PASSWORD}” as one of:",
        f"Connectez-vous sur {login}, mot de passe «\u00a0{PASSWORD}\u00a0», en tant que\u00a0:",
    )
    return [told, *_columns(*rows)]


def _calls(settings: Settings, key: str, organisation: str) -> list[str]:
    """Calls that work as they stand, in a shell that knows the key."""
    from tenure.flows.demo import SAMPLES

    url = settings.public_url
    application, permission = _ASKED
    question = (
        f'{{"subject": {{"type": "member", "id": "{SAMPLES[0].owner.email}"}}, '
        f'"action": {{"name": "{permission}"}}, '
        f'"resource": {{"type": "application", "id": "{application}"}}, '
        f'"context": {{"organisation": "{organisation}"}}}}'
    )
    with_key = 'curl -s -H "Authorization: Bearer $KEY"'
    return [
        say("Or call it, with the vendor's key:", "Ou appelez-le, avec la clé du vendeur\u00a0:"),
        f"    export KEY={key}",
        f"    {with_key} '{url}/api/v1/offers?audience=business&country=FR&limit=3'",
        f"    {with_key} {url}/api/v1/organisations/{organisation}/subscriptions",
        f"    {with_key} -H 'Content-Type: application/json' \\",
        f"        -d '{question}' \\",
        f"        {settings.decide_url or url}/access/v1/evaluation",
        "",
        say("Everything that answers is described at:", "Tout ce qui répond est décrit à\u00a0:"),
        f"    {url}/api/v1/openapi.json",
    ]


def _columns(*rows: tuple[str, ...]) -> list[str]:
    """The rows with their columns under each other."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "    "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
