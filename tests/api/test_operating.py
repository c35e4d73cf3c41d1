"""What an operator sees: lines of log with ids and without secrets, and a database that is away."""

from __future__ import annotations

import logging

import pytest
import structlog
from django.db import connection
from django.test import Client

from tests.api.cast import Cast, bought
from tests.api.talking import root

pytestmark = pytest.mark.django_db(transaction=True)


def cut_off() -> None:
    """End this thread's connection from the outside, as a restart of the database would."""
    other = connection.copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    finally:
        other.close()


def test_without_its_database_it_says_so_and_comes_back(cast: Cast) -> None:
    cut_off()
    client = Client(headers={"Authorization": f"Bearer {cast.own.key}"})
    away = client.get(f"/api/v1/organisations/{cast.org}")
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    assert away.headers["Retry-After"] == "1"
    connection.close_if_unusable_or_obsolete()
    assert cast.own.get(f"/organisations/{cast.org}").status == 200


def test_readiness_is_about_the_database(cast: Cast) -> None:
    assert root("GET", "/readyz").status == 200
    cut_off()
    away = root("GET", "/readyz")
    assert (away.status, away.code) == (503, "unavailable")
    assert root("GET", "/healthz").status == 200
    assert root("GET", "/readyz").status == 200


def test_a_request_is_one_line_without_its_secrets(cast: Cast) -> None:
    bought(cast.own, cast.org)
    invite = {"email": "bob@atelier.example", "standing": "member", "roles": ["designer"]}
    token = cast.vendor.post(f"/organisations/{cast.org}/invitations", invite).body["token"]
    with structlog.testing.capture_logs() as lines:
        cast.vendor.post(f"/invitations/{token}/accept", {}, x_request_id="seen-1")
        cast.vendor.post(f"/invitations/{token}x/accept", {})
        cast.nobody.get("/offers")
        root("GET", "/healthz")
    assert [line["status"] for line in lines] == [200, 404, 401]
    assert {line["event"] for line in lines} == {"request"}
    assert lines[0]["path"] == "/api/v1/invitations/…/accept"
    written = str(lines)
    assert token not in written
    assert str(cast.vendor.key) not in written


def test_an_error_of_ours_is_a_problem_with_the_request_s_id(cast: Cast) -> None:
    """A table that is gone is nothing that a caller can help."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE organisations_apikey RENAME TO away")
    logging.disable(logging.CRITICAL)
    try:
        reply = Client(raise_request_exception=False).get(
            "/api/v1/offers",
            headers={"Authorization": f"Bearer {cast.own.key}", "X-Request-ID": "lost-1"},
        )
    finally:
        logging.disable(logging.NOTSET)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO organisations_apikey")
    assert (reply.status_code, reply.json()["code"]) == (500, "server_error")
    assert reply.json()["request"] == "lost-1"
    assert "apikey" not in reply.content.decode()
