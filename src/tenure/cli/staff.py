"""``tenure staff``: who of the vendor's people may come into the back office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tenure.base.clock import machine_now
from tenure.cli.output import figures, remark, result
from tenure.cli.running import installation
from tenure.cli.wording import say
from tenure.organisations.rules import StaffRole
from tenure.organisations.rules.invitation_file import is_address

if TYPE_CHECKING:
    from tenure.organisations.models import User

app = typer.Typer(
    help=say("The vendor's staff.", "Le personnel du vendeur."),
    no_args_is_help=True,
)


def _address(text: str) -> str:
    address = text.strip().lower()
    if not is_address(address):
        raise typer.BadParameter(
            say("An e-mail address is needed.", "Il faut une adresse électronique.")
        )
    return address


_Email = Annotated[
    str,
    typer.Argument(
        callback=_address,
        metavar="EMAIL",
        help=say("By which address the person is known.", "L’adresse de la personne."),
    ),
]


@app.callback()
def group() -> None:
    """The vendor's staff."""


@app.command(
    help=say(
        "Make somebody one of the staff; print the link by which they set a password.",
        "Ajouter quelqu’un au personnel ; afficher le lien pour choisir un mot de passe.",
    )
)
def add(
    email: _Email,
    role: Annotated[
        list[StaffRole],
        typer.Option(
            help=say(
                "What for; may be given several times. Adding again sets the roles.",
                "À quel titre ; peut être donné plusieurs fois. Ajouter à nouveau fixe les rôles.",
            )
        ),
    ],
    name: Annotated[
        str,
        typer.Option(help=say("What they are called.", "Le nom de la personne.")),
    ] = "",
) -> None:
    """Print the link on stdout, unless they have a password already."""
    with installation():
        from tenure.cli.migrate import bring_up_to_date
        from tenure.flows.staff import add_staff
        from tenure.organisations.models import User

        bring_up_to_date()
        called = name.strip() or email.partition("@")[0]
        written = add_staff(email=email, name=called, roles=role, now=machine_now(), by="command")
        user = User.objects.get(id=written.ids[0])
        if user.has_usable_password():
            remark(say(f"{email} logs in as before.", f"{email} se connecte comme auparavant."))
            return
        result(_password_link(user))
        remark(
            say(
                "Open it within a day to set a password; ask for another at the login page.",
                "Ouvrez-le sous un jour pour choisir un mot de passe ; la page de connexion en "
                "envoie un autre.",
            )
        )


@app.command(
    name="list",
    help=say("Print the staff and their roles.", "Afficher le personnel et ses rôles."),
)
def list_staff(
    json: Annotated[
        bool, typer.Option("--json", help=say("Print JSON.", "Afficher en JSON."))
    ] = False,
) -> None:
    """One line each: the address, then the roles."""
    with installation():
        from tenure.organisations.queries import present_staff

        rows = [(staff.user.email, list(staff.roles)) for staff in present_staff()]
    if json:
        figures([{"email": email, "roles": roles} for email, roles in rows])
        return
    for email, roles in rows:
        result(f"{email}  {', '.join(roles)}")


@app.command(
    help=say("Somebody leaves the staff.", "Quelqu’un quitte le personnel."),
)
def end(email: _Email) -> None:
    """Exit 1 if nobody of the staff has that address, or if it is the last admin."""
    with installation():
        from tenure.base.errors import NotFound
        from tenure.flows.staff import end_staff
        from tenure.organisations.queries import present_staff

        ids = [staff.user_id for staff in present_staff() if staff.user.email == email]
        if not ids:
            raise NotFound
        end_staff(user=ids[0], now=machine_now(), by="command")
        remark(
            say(f"{email} is no longer of the staff.", f"{email} ne fait plus partie du personnel.")
        )


def _password_link(user: User) -> str:
    """The same link as in the mail by which a password is reset."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str
    from django.conf import settings
    from django.urls import reverse

    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    return f"{settings.PUBLIC_URL}{path}"
