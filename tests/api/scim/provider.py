"""An identity provider that talks SCIM with the key of an organisation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.test import Client

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SCIM = "application/scim+json"


@dataclass(frozen=True)
class Said:
    """An answer: its status, its body as JSON (None if it has none), its headers."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def detail(self) -> str:
        """What an error says."""
        return str(self.body["detail"])


class IdentityProvider:
    """Calls SCIM as the holder of ``key`` (None: nobody); every answer is held to the RFC."""

    def __init__(self, key: str | None) -> None:
        self._named = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._client = Client(raise_request_exception=True)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Said:
        """Any call; a body as bytes goes as it is."""
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self._client.generic(
            method, f"/scim/v2{path}", sent, content_type=SCIM, headers=self._named | named
        )
        assert response.status_code < 500 or response.status_code == 501, response.content
        body = json.loads(response.content) if response.content else None
        said = Said(response.status_code, body, dict(response.headers))
        if body is not None:
            assert said.headers["Content-Type"] == SCIM
        if said.status >= 400:
            assert body["schemas"] == [ERROR]
            assert body["status"] == str(said.status)
        elif method != "GET" and not path.endswith(".search"):
            assert int(said.headers["Tenure-Revision"]) > 0
        return said

    def decide(self, asked: Any) -> Any:
        """What a decision says that is asked with the same key."""
        response = self._client.post(
            "/access/v1/evaluation", asked, content_type="application/json", headers=self._named
        )
        assert response.status_code == 200, response.content
        return response.json()

    def get(self, path: str, **asked: object) -> Said:
        """GET with query parameters."""
        return self.send("GET", f"{path}?{urlencode(asked)}" if asked else path)

    def found(self, path: str = "/Users", **asked: object) -> list[str]:
        """The names of what a search finds, in its order."""
        said = self.get(path, **asked)
        assert said.status == 200, said.body
        return [each.get("userName") or each["displayName"] for each in said.body["Resources"]]

    def create(self, email: str, **more: Any) -> Said:
        """A user as providers create one."""
        return self.send("POST", "/Users", {"schemas": [USER], "userName": email, **more})

    def user(self, email: str, **more: Any) -> str:
        """The identifier of a new user."""
        said = self.create(email, **more)
        assert said.status == 201, said.body
        return str(said.body["id"])

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> Said:
        """Operations, all or nothing."""
        body = {"schemas": [PATCH], "Operations": list(operations)}
        return self.send("PATCH", path, body, **headers)
