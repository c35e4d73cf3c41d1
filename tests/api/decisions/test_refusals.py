"""What is refused instead of decided, the same on a node and on the main port."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any

import pytest
from django.db import connection

from tenure.api.decisions.node import Node
from tenure.api.wire.connection import MOST_KEPT, Listening
from tenure.events.journal import transaction
from tenure.organisations.commands.api_keys import revoke_api_key
from tenure.organisations.models import ApiKey
from tests.api.decisions.office import Office, make_key
from tests.api.decisions.ports import (
    CONFIGURATION,
    EVALUATION,
    EVALUATIONS,
    MainPort,
    NodeProcess,
    Port,
    Reply,
    post,
)
from tests.patience import PATIENCE
from tests.shop import START

MIB = 1024 * 1024
NOBODYS = "org_01h455vb4pex5vsknk084sn02q"


def refused(reply: Reply, status: int, code: str, language: str = "en") -> Any:
    assert reply.status == status, reply.content
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["content-language"] == language
    assert "Accept-Language" in reply.headers["vary"]
    problem = reply.body
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == "urn:tenure:problem:" + code
    assert problem["title"]
    assert problem["detail"]
    assert "{" not in problem["detail"]
    return problem


def wrong_fields(reply: Reply) -> dict[str, str]:
    problem = refused(reply, 422, "invalid")
    assert all(each["detail"] for each in problem["field_errors"])
    return {each["field"]: each["code"] for each in problem["field_errors"]}


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer unheard-of", "tenure_x"]
)
@pytest.mark.parametrize("path", [EVALUATION, EVALUATIONS])
def test_without_a_valid_key(
    port: Port, office: Office, authorization: str | None, path: str
) -> None:
    named = {} if authorization is None else {"authorization": authorization}
    for body in (office.question("ann@atelier.example"), b"no JSON", {}):
        reply = post(port, path, body, **named)
        refused(reply, 401, "unauthenticated")
        assert reply.headers["www-authenticate"] == "Bearer"


def test_a_key_works_from_its_making_to_its_end(port: Port, office: Office) -> None:
    for owner in (None, office):
        key = make_key(owner)
        question = office.question(office.organisation.members.get())
        assert post(port, EVALUATION, question, key).status == 200
        with transaction(now=START, by="test") as journal:
            revoke_api_key(key=ApiKey.objects.latest("id"), journal=journal)
        refused(post(port, EVALUATION, question, key), 401, "unauthenticated")


def test_the_scheme_may_be_written_in_any_case(port: Port, office: Office, key: str) -> None:
    question = office.question(office.organisation.members.get())
    assert post(port, EVALUATION, question, authorization=f"bEARER  {key} ").status == 200


def test_an_organisation_is_implied_by_its_own_key(port: Port, office: Office) -> None:
    own = make_key(office)
    question = office.question(office.organisation.members.get())
    first = post(port, EVALUATION, question, own)
    del question["context"]["organisation"]
    second = post(port, EVALUATION, question, own)
    del question["context"]
    third = post(port, EVALUATION, question, own)
    assert first.body == second.body == third.body
    assert first.body["context"]["reason"] == "no_seat"


def test_an_organisation_that_is_not_the_keys(port: Port, office: Office, key: str) -> None:
    other = Office("eve@elsewhere.example")
    question = other.question(other.organisation.members.get())
    assert post(port, EVALUATION, question, key).status == 200
    refused(post(port, EVALUATION, question, make_key(office)), 404, "not_found")


@pytest.mark.parametrize(
    "name", ["", "x", "org_", NOBODYS, NOBODYS.replace("org", "mem"), "org_é\x00"]
)
def test_an_organisation_that_does_not_exist(
    port: Port, office: Office, key: str, name: str
) -> None:
    question = office.question("ann@atelier.example") | {"context": {"organisation": name}}
    for _ in range(2):
        refused(post(port, EVALUATION, question, key), 404, "not_found")
    refused(post(port, EVALUATION, question, make_key(office)), 404, "not_found")


def test_a_vendors_key_names_the_organisation(port: Port, office: Office, key: str) -> None:
    question = office.question("ann@atelier.example")
    for context in ({}, {"at_least": 1}):
        reply = post(port, EVALUATION, question | {"context": context}, key)
        assert wrong_fields(reply) == {"context.organisation": "field_missing"}


def test_a_revision_that_was_not_reached(port: Port, office: Office, key: str) -> None:
    member = office.organisation.members.get()
    revision = office.touch()
    seen = office.question(member, at_least=revision)
    assert post(port, EVALUATION, seen, key).body["context"]["revision"] == revision
    beyond = office.question(member, at_least=revision + 1)
    problem = refused(post(port, EVALUATION, beyond, key), 409, "revision_not_reached")
    assert (problem["rule"], problem["revision"]) == ("R42", revision)
    office.touch()
    assert post(port, EVALUATION, beyond, key).body["context"]["revision"] == revision + 1


WRONG: list[tuple[object, dict[str, str]]] = [
    (b"", {"": "field_not_json"}),
    (b"{", {"": "field_not_json"}),
    (b'{"a": "\xff"}', {"": "field_not_json"}),
    (b"[" * 100_000, {"": "field_too_deep"}),
    ([], {"": "field_not_object"}),
    ("text", {"": "field_not_object"}),
    ({}, dict.fromkeys(("subject", "action", "resource"), "field_missing")),
    (
        {"subject": 1, "action": None, "resource": [], "context": "x"},
        dict.fromkeys(("subject", "action", "resource", "context"), "field_not_object"),
    ),
    (
        {"subject": {}, "action": {"name": 1}, "resource": {"type": None, "id": True}},
        {
            "subject.type": "field_missing",
            "subject.id": "field_missing",
            "action.name": "field_not_text",
            "resource.type": "field_not_text",
            "resource.id": "field_not_text",
        },
    ),
]
CONTEXTS: list[tuple[object, dict[str, str]]] = [
    (None, {"context": "field_not_object"}),
    ({"organisation": 1}, {"context.organisation": "field_not_text"}),
    ({"organisation": None}, {"context.organisation": "field_not_text"}),
    ({"at_least": "1"}, {"context.at_least": "field_not_whole_number"}),
    ({"at_least": None}, {"context.at_least": "field_not_whole_number"}),
    ({"at_least": True}, {"context.at_least": "field_not_whole_number"}),
    ({"at_least": 1.5}, {"context.at_least": "field_not_whole_number"}),
    ({"at_least": -1}, {"context.at_least": "field_too_small"}),
    ({"at_least": 2**63}, {"context.at_least": "field_too_great"}),
    ({"at_least": 1e300}, {"context.at_least": "field_too_great"}),
]


@pytest.mark.parametrize("path", [EVALUATION, EVALUATIONS])
def test_what_makes_no_question(port: Port, key: str, path: str) -> None:
    for body, wrong in WRONG:
        assert wrong_fields(post(port, path, body, key)) == wrong, body


def test_what_makes_no_context(port: Port, office: Office, key: str) -> None:
    for context, wrong in CONTEXTS:
        body = office.question("ann@atelier.example") | {"context": context}
        assert wrong_fields(post(port, EVALUATION, body, key)) == wrong, body


def test_what_is_not_looked_at_may_be_there(port: Port, office: Office, key: str) -> None:
    question = office.question(office.organisation.members.get(), time="2027", at_least=1.0)
    for part in ("subject", "action", "resource"):
        question[part]["properties"] = {"department": 5}
    assert post(port, EVALUATION, question | {"more": None}, key).status == 200


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        ("fr", "fr", "Introuvable"),
        ("fr-CA, en;q=0.5", "fr", "Introuvable"),
        ("de, en;q=0.5, fr;q=0.4", "en", "Not found"),
        ("*, en;q=0", "fr", "Introuvable"),
        ("", "en", "Not found"),
        (";;;q=,x;q=nan", "en", "Not found"),
    ],
)
def test_in_the_readers_language(
    port: Port, office: Office, key: str, accepted: str, language: str, title: str
) -> None:
    question = office.question("x") | {"context": {"organisation": "x"}}
    reply = post(port, EVALUATION, question, key, accept_language=accepted)
    assert refused(reply, 404, "not_found", language)["title"] == title


@pytest.mark.parametrize("path", [EVALUATION, EVALUATIONS])
def test_other_methods(port: Port, key: str, path: str) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
        reply = port.send(method, path, b"", {"authorization": f"Bearer {key}"})
        refused(reply, 405, "method_not_allowed")
        assert reply.headers["allow"] == "POST"


def test_the_configuration_can_only_be_read(port: Port, db: None) -> None:
    reply = port.send("POST", CONFIGURATION, b"{}", {})
    refused(reply, 405, "method_not_allowed")
    assert reply.headers["allow"] == "GET, HEAD"


def test_the_configuration(port: Port, db: None) -> None:
    reply = port.send("GET", CONFIGURATION, b"", {})
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    point = reply.body["policy_decision_point"]
    assert reply.body == {
        "policy_decision_point": point,
        "access_evaluation_endpoint": point + EVALUATION,
        "access_evaluations_endpoint": point + EVALUATIONS,
    }
    head = port.send("HEAD", CONFIGURATION, b"", {})
    assert (head.status, head.content) == (200, b"")


@pytest.mark.parametrize("path", ["/nothing", "/access", "/access/v1/evaluation/", "/access/v1/é"])
def test_nothing_else_is_there(port: Port, db: None, path: str) -> None:
    quoted = path.replace("é", "%C3%A9")
    refused(port.send("GET", quoted, b"", {}), 404, "not_found")
    refused(port.send("POST", quoted, b"{}", {}), 404, "not_found")


def test_bodies_that_are_no_json_by_their_own_word(port: Port, office: Office, key: str) -> None:
    question = office.question(office.organisation.members.get())
    refused(
        post(port, EVALUATION, question, key, content_type="text/plain"),
        415,
        "unsupported_media_type",
    )
    for kind in ("application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.a+json"):
        assert post(port, EVALUATION, question, key, content_type=kind).status == 200


def test_a_body_that_is_too_large(port: Port, office: Office, key: str) -> None:
    body = office.question("x") | {"more": "x" * MIB}
    problem = refused(post(port, EVALUATION, body, key), 413, "too_large")
    assert problem["limit"] == MIB


def test_a_body_whose_length_nobody_told(node: NodeProcess, office: Office, key: str) -> None:
    question = json.dumps(office.question(office.organisation.members.get())).encode()
    headers = {"Authorization": f"Bearer {key}", "Transfer-Encoding": "chunked"}
    for parts, status in (([question[:9], question[9:]], 200), ([b"x" * 65536] * 64, 413)):
        client = node.connect()
        try:
            client.request("POST", EVALUATION, iter(parts), headers, encode_chunked=True)
        except OSError:
            assert status == 413
        assert client.getresponse().status == status
        client.close()


def test_headers_that_are_no_text(node: NodeProcess, office: Office, key: str) -> None:
    """No header makes a 500."""
    question = json.dumps(office.question(office.organisation.members.get())).encode()
    for name in ("Authorization", "X-Request-ID", "Accept-Language", "Content-Type"):
        client = node.connect()
        client.putrequest("POST", EVALUATION)
        client.putheader("Content-Length", str(len(question)))
        if name != "Authorization":
            client.putheader("Authorization", f"Bearer {key}")
        client.putheader(name, b"\xff\xe9\x80")
        client.endheaders(question)
        reply = client.getresponse()
        assert reply.status in {200, 400, 401, 415}, name
        client.close()


def test_a_request_is_named_as_its_caller_named_it(port: Port, office: Office, key: str) -> None:
    name = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"
    question = office.question(office.organisation.members.get())
    for body in (question, {}):
        reply = post(port, EVALUATION, body, key, x_request_id=name)
        assert reply.headers["x-request-id"] == name


def test_the_main_port_is_unavailable_without_its_database(office: Office, key: str) -> None:
    question = office.question(office.organisation.members.get())
    right = dict(connection.settings_dict)
    try:
        connection.close()
        connection.settings_dict["NAME"] = "nothing_of_this_name"
        reply = post(MainPort(), EVALUATION, question, key)
    finally:
        connection.close()
        connection.settings_dict.update(right)
    refused(reply, 503, "unavailable")
    assert reply.headers["retry-after"] == "1"
    assert post(MainPort(), EVALUATION, question, key).status == 200


def test_the_node_tells_how_it_is(node: NodeProcess, db: None) -> None:
    for path, text in (("/healthz", b"ok\n"), ("/readyz", b"ready\n")):
        assert node.send("GET", path, b"", {}).content == text
    metrics = node.send("GET", "/metrics", b"", {})
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert b"tenure_decision_statements_total" in metrics.content


def test_a_request_may_come_in_pieces(node: NodeProcess, office: Office, key: str) -> None:
    """A connection that is kept serves one question after the other."""
    question = json.dumps(office.question(office.organisation.members.get())).encode()
    client = http.client.HTTPConnection("127.0.0.1", node.port, timeout=PATIENCE)
    for _ in range(3):
        client.putrequest("POST", EVALUATION)
        client.putheader("Authorization", f"Bearer {key}")
        client.putheader("Content-Length", str(len(question)))
        client.endheaders()
        client.send(question[:20])
        client.send(question[20:])
        reply = client.getresponse()
        assert (reply.status, json.loads(reply.read())["decision"]) == (200, False)
    client.close()


def test_of_more_bodies_at_once_than_are_kept_some_are_told_to_come_again() -> None:
    async def ask() -> bytes:
        loop = asyncio.get_running_loop()
        listening = Listening(Node("", "https://tenure.example", links=1), loop)
        listening.kept = MOST_KEPT  # by others
        server = await loop.create_server(listening.connection, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        head = f"POST {EVALUATION} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\n"
        writer.write(head.encode() + b"Content-Length: 3\r\nConnection: close\r\n\r\nab")
        while not any(each.head for each in listening.connections):
            await asyncio.sleep(0)
        writer.write(b"c")
        said = await reader.read()
        writer.close()
        server.close()
        return said

    head, _, body = asyncio.run(ask()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1" in head
    assert json.loads(body)["code"] == "overloaded"
