"""Sessions as Django keeps them in the database, read by a statement that is made once."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session

from tenure.base.clock import machine_now
from tenure.events.rows import read_rows


class SessionStore(DatabaseSessions):
    """Every page of somebody who is logged in begins with it."""

    def _get_session_from_db(self) -> Session | None:
        """The session's row; where there is none, Django says what to make of that."""
        found = read_rows(
            Session,
            "WHERE session_key = %s AND expire_date > %s",
            [self.session_key, machine_now()],
        )
        return found[0] if found else super()._get_session_from_db()  # type: ignore[misc]  # the stubs leave it out
