"""The addresses of the store up to the cart."""

from __future__ import annotations

from django.urls import path

from tenure.web.store import contact, ending, landing, listed, offer, role

urlpatterns = [
    path("", landing.landing, name="store_landing"),
    path("store/<str:audience>", listed.without_slash),
    path("store/<str:audience>/", listed.offers, name="store_list"),
    path("store/<str:audience>/roles/<str:role>", role.role, name="store_role"),
    path("store/<str:audience>/<str:offer>", offer.offer, name="store_offer"),
    path("contract/end", ending.end, name="end_contract"),
    path("contract/end/sent/<str:number>", ending.sent, name="contract_end_sent"),
    path("contract/end/<str:token>", ending.confirm, name="confirm_withdrawal"),
    path("contact", contact.contact, name="contact"),
    path("contact/<str:number>", contact.thanks, name="contact_thanks"),
]
