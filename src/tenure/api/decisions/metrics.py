"""What a process of the decision node counts, in the text form of Prometheus."""

from __future__ import annotations

import os

from tenure.api.decisions.asking import Desk


def metrics(desk: Desk) -> bytes:
    """The figures of this process, which each of them names by its id."""
    process = f'process="{os.getpid()}"'
    figures = [
        ("tenure_decision_statements_total", "counter", desk.statements),
        ("tenure_decision_organisations_known", "gauge", len(desk.memory)),
        ("tenure_decision_memory_bytes", "gauge", desk.memory.weight),
        ("tenure_decision_uses_pending", "gauge", len(desk.usage)),
    ]
    lines = ["# TYPE tenure_decisions_total counter"]
    for reason, count in sorted(desk.counts.items()):
        lines.append(f'tenure_decisions_total{{reason="{reason}",{process}}} {count}')
    for name, kind, value in figures:
        lines += [f"# TYPE {name} {kind}", f"{name}{{{process}}} {value}"]
    return "\n".join([*lines, ""]).encode()
