"""The worker knows its jobs, and each of them runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from procrastinate.contrib.django import procrastinate_app

from tenure.config import jobs

PERIODIC = {"recover", "run_due", "rescue", "forget_answers", "forget_mails", "forget_sessions"}


def test_the_worker_finds_every_job_by_the_settings() -> None:
    app = procrastinate_app.current_app
    assert list(app.import_paths) == [jobs.__name__]
    app.perform_import_paths()
    found = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert {f"{jobs.__name__}.{name}" for name in PERIODIC} <= found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(PERIODIC - {"rescue"}))
def test_each_job_runs(name: str) -> None:
    job: Callable[..., object] = getattr(jobs, name)
    job(timestamp=0)
