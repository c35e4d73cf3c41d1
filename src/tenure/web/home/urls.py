"""Which page of the member's home is at which address."""

from __future__ import annotations

from django.urls import path

from tenure.web.home import asking, leaving, ownership, roles

urlpatterns = [
    path("", roles.home, name="home"),
    path("requests", asking.requests, name="home_requests"),
    path("<str:organisation>/ask", asking.choose, name="home_ask"),
    path("<str:organisation>/ask/<str:role>", asking.ask, name="home_ask_role"),
    path(
        "<str:organisation>/requests/<str:wish>/withdraw",
        asking.withdraw,
        name="home_withdraw",
    ),
    path("<str:organisation>/leave", leaving.leave, name="home_leave"),
    path("<str:organisation>/ownership/<str:offer>", ownership.answer, name="home_ownership"),
]
