"""Which page is at which address: the areas, put together."""

from __future__ import annotations

from django.urls import include, path

from tenure.web.console.forecast import feed
from tenure.web.edge.appearance import choose_theme
from tenure.web.edge.robots import list_in_sitemap
from tenure.web.help.pages import paths as help_paths
from tenure.web.store.paths import paths as store_paths

list_in_sitemap(store_paths)
list_in_sitemap(help_paths)

urlpatterns = [
    path("appearance", choose_theme, name="appearance"),
    path("calendar/<str:token>.ics", feed, name="calendar"),
    path("backoffice/", include("tenure.web.backoffice.urls")),
    path("", include("tenure.web.checkout.urls")),
    path("console/<str:organisation>/", include("tenure.web.console.urls")),
    path("design/", include("tenure.web.design.urls")),
    path("help/", include("tenure.web.help.urls")),
    path("mailbox/", include("tenure.web.mailbox.urls")),
    path("", include("tenure.web.edge.urls")),
    path("", include("tenure.web.accounts.urls")),
    path("", include("tenure.web.store.urls")),
    path("", include("tenure.web.team.urls")),
    path("home/", include("tenure.web.home.urls")),
]
