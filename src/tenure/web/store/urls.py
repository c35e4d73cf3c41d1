"""The addresses of the store up to the cart."""

from __future__ import annotations

from django.urls import path

from tenure.web.store import contact, landing, listed, offer, role

urlpatterns = [
    path("", landing.landing, name="store_landing"),
    path("store/<str:audience>", listed.without_slash),
    path("store/<str:audience>/", listed.offers, name="store_list"),
    path("store/<str:audience>/roles/<str:role>", role.role, name="store_role"),
    path("store/<str:audience>/<str:offer>", offer.offer, name="store_offer"),
    path("contact", contact.contact, name="contact"),
    path("contact/<str:number>", contact.thanks, name="contact_thanks"),
]
