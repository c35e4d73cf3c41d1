"""What ran out is forgotten; what still holds stays."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection

from tenure.base.clock import machine_now
from tenure.web.accounts.forgetting import forget_sessions
from tests.web.people import PASSWORD, Company, browser


def attempts() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM web_cache")
        return int(cursor.fetchone()[0])


def test_sessions_are_forgotten_when_they_ran_out(company: Company) -> None:
    client = browser()
    client.post("/account/login", {"login": company.owner.email, "password": PASSWORD})
    client.post("/account/login", {"login": company.owner.email, "password": "wrong one!"})
    now = machine_now()
    forget_sessions(now=now)
    assert client.get("/account/").status_code == 200
    forget_sessions(now=now + timedelta(days=400))
    assert client.get("/account/").status_code == 302
    assert (Session.objects.count(), UserSession.objects.count(), attempts()) == (0, 0, 0)
