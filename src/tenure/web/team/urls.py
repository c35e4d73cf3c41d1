"""Which page of the team is at which address, below an organisation's console."""

from __future__ import annotations

from django.urls import path

from tenure.web.team import file, invitations, inviting, matrix, members, ownership, requests, roles

_MEMBERS = "console/<str:organisation>/members"
_ROLES = "console/<str:organisation>/roles"

urlpatterns = [
    path(_MEMBERS, members.members, name="team_members"),
    path(f"{_MEMBERS}/invite", inviting.invite, name="team_invite"),
    path(f"{_MEMBERS}/file", file.upload, name="team_file"),
    path(f"{_MEMBERS}/file/sample", file.sample, name="team_file_sample"),
    path(f"{_MEMBERS}/file/<str:kept>", file.preview, name="team_file_preview"),
    path(f"{_MEMBERS}/invitations", invitations.invitations, name="team_invitations"),
    path(f"{_MEMBERS}/invitations/<str:invitation>/resend", invitations.resend, name="team_resend"),
    path(
        f"{_MEMBERS}/invitations/<str:invitation>/withdraw",
        invitations.withdraw,
        name="team_withdraw",
    ),
    path(f"{_MEMBERS}/<str:member>", members.member, name="team_member"),
    path(f"{_MEMBERS}/<str:member>/seats", members.seats, name="team_seats"),
    path(f"{_MEMBERS}/<str:member>/suspend", members.suspend, name="team_suspend"),
    path(f"{_MEMBERS}/<str:member>/restore", members.restore, name="team_restore"),
    path(f"{_MEMBERS}/<str:member>/remove", members.remove, name="team_remove"),
    path(f"{_MEMBERS}/<str:member>/ownership", ownership.offer, name="team_ownership"),
    path(_ROLES, matrix.matrix, name="team_roles"),
    path(f"{_ROLES}/free/<str:member>/<str:role>", matrix.free, name="team_free_role"),
    path(f"{_ROLES}/by-role", roles.roles, name="team_by_role"),
    path(f"{_ROLES}/by-role/<str:role>", roles.role, name="team_role"),
    path(f"{_ROLES}/requests", requests.requests, name="team_requests"),
    path(f"{_ROLES}/requests/<str:wish>/grant", requests.grant, name="team_grant"),
    path(f"{_ROLES}/requests/<str:wish>/buy", requests.buy, name="team_buy"),
    path(f"{_ROLES}/requests/<str:wish>/decline", requests.decline, name="team_decline"),
]
