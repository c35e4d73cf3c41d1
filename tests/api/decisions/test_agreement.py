"""Whatever is sent, the node and the main port say the same, and never that we erred."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.decisions.office import Office
from tests.api.decisions.ports import EVALUATION, EVALUATIONS, MainPort, NodeProcess, post

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
names = st.sampled_from(["member", "application", "draw", "modeller", "ann@atelier.example", ""])
word = st.one_of(names, names, st.text(max_size=8), anything)


def thing(fields: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.one_of(st.fixed_dictionaries({}, optional=dict.fromkeys(fields, word)), anything)


def questions(organisation: str) -> st.SearchStrategy[Any]:
    known = st.just({"organisation": organisation})
    numbers = st.one_of(st.integers(), st.integers(0, 3), st.floats(allow_nan=False), anything)
    contexts = st.fixed_dictionaries(
        {"organisation": st.just(organisation)}, optional={"at_least": numbers}
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "subject": thing(("type", "id")),
            "action": thing(("name",)),
            "resource": thing(("type", "id")),
            "context": st.one_of(known, contexts, thing(("organisation", "at_least"))),
        },
    )


def test_node_and_main_port_agree(node: NodeProcess, office: Office, key: str) -> None:
    office.give(office.member("ann@atelier.example"))
    main, asked = MainPort(), questions(office.name)
    many = st.fixed_dictionaries(
        {
            "evaluations": st.one_of(
                st.lists(st.one_of(asked, asked, anything), max_size=4), anything
            )
        },
        optional={
            "subject": thing(("type", "id")),
            "action": thing(("name",)),
            "context": st.just({"organisation": office.name}),
            "options": st.one_of(
                st.just({"evaluations_semantic": "deny_on_first_deny"}),
                thing(("evaluations_semantic",)),
            ),
        },
    )

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(asked, many, anything), st.sampled_from([EVALUATION, EVALUATIONS]))
    def agree(body: Any, path: str) -> None:
        data = json.dumps(body).encode()
        one, other = post(node, path, data, key), post(main, path, data, key)
        assert one.status == other.status
        assert one.status in {200, 404, 409, 422}
        assert one.body == other.body

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=60), st.sampled_from([EVALUATION, EVALUATIONS]))
    def agree_on_bytes(data: bytes, path: str) -> None:
        one, other = post(node, path, data, key), post(main, path, data, key)
        assert one.status == other.status == 422
        assert one.body == other.body

    agree()
    agree_on_bytes()
