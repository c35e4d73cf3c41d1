"""``tenure staff``, as an operator at a terminal runs it."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from typer.testing import CliRunner, Result

from tenure.base.errors import NotFound, Refused
from tenure.cli.main import app
from tenure.events.models import Event
from tenure.organisations.models import StaffMember, User

pytestmark = pytest.mark.django_db(transaction=True)

ENGLISH = {"LC_ALL": "en_GB.UTF-8"}


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["staff", *words], env=ENGLISH)


def test_the_first_admin_gets_a_link_to_set_a_password() -> None:
    done = run("add", "Zoe@Vendor.example", "--role", "admin", "--name", "Zoé")
    assert done.exit_code == 0, done.stderr
    link = done.stdout.strip()
    assert "/account/reset/" in link
    assert "within a day" in done.stderr
    staff = StaffMember.objects.get()
    assert (staff.roles, staff.user.email, staff.user.name) == (
        ["admin"],
        "zoe@vendor.example",
        "Zoé",
    )
    assert Event.objects.get(type="staff.added").by == "command"
    path = link.partition("/account/")[2]
    opened = Client().get(f"/account/{path}", follow=True)
    assert opened.status_code == 200
    assert 'name="password1"' in opened.content.decode()


def test_who_has_a_password_logs_in_as_before() -> None:
    run("add", "zoe@vendor.example", "--role", "admin")
    user = User.objects.get()
    user.set_password("a long enough word")
    user.save()
    done = run("add", "zoe@vendor.example", "--role", "admin", "--role", "finance")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "as before" in done.stderr
    assert StaffMember.objects.get().roles == ["finance", "admin"]


def test_staff_are_listed_and_leave() -> None:
    run("add", "zoe@vendor.example", "--role", "admin")
    run("add", "max@vendor.example", "--role", "support", "--role", "catalogue")
    assert run("list").stdout.splitlines() == [
        "max@vendor.example  support, catalogue",
        "zoe@vendor.example  admin",
    ]
    assert json.loads(run("list", "--json").stdout)[1] == {
        "email": "zoe@vendor.example",
        "roles": ["admin"],
    }
    assert run("end", "max@vendor.example").exit_code == 0
    assert isinstance(run("end", "max@vendor.example").exception, NotFound)
    assert isinstance(run("end", "zoe@vendor.example").exception, Refused)


@pytest.mark.parametrize(
    "words",
    [
        ("add", "zoe", "--role", "admin"),
        ("add", "zoe@vendor.example", "--role", "king"),
        ("add", "zoe@vendor.example"),
    ],
)
def test_a_wrong_call(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2
