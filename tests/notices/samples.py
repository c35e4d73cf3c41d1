"""A letter of each kind, in the language now active."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils import translation

from tenure.notices.letters import (
    cancellations,
    data,
    orders,
    people,
    quotes,
    renewals,
    renewing,
    service,
    subscriptions,
    webhooks,
)
from tenure.notices.letters.accounts import AccountMail, Change, account_letter
from tenure.notices.letters.letter import Letter
from tenure.notices.letters.orders import Begun, Ordered, OrderedLine, Paper, Transfer
from tenure.notices.letters.quotes import Quoted

URL = "https://shop.atelier-vendor.test/orders/ord_01h455vb4pex5vsknk084sn02q"

FACTS = {
    "code": "714 209",
    "minutes": "15",
    "url": URL,
    "reset_url": "https://shop.atelier-vendor.test/account/password/reset/",
    "what": Change.PASSKEY_ADDED.value,
}

BEGUN = Begun(
    starts_on=date(2027, 3, 1),
    last_day=date(2028, 2, 29),
    renews_on=date(2028, 3, 1),
    opt_out_on=date(2028, 2, 25),
    cancellable_until=date(2027, 3, 16),
)

TRANSFER = Transfer(
    holder="Atelier",
    iban="FR7630006000011234567890189",
    bic="AGRIFRPPXXX",
    reference="RF1108QQD8HN9Y5F",
    missing=414720,
    until=date(2027, 3, 31),
)


def ordered(*, is_consumer: bool = False, term: str = "year", reverse: bool = False) -> Ordered:
    """Two lines, 3 456 € without tax."""
    free = term == "trial"
    tax = 0 if reverse or free else 69120
    return Ordered(
        id="ord_01h455vb4pex5vsknk084sn02q",
        organisation="Atelier Lumière",
        lines=[
            OrderedLine("Mechanical designer", 2, term, 30, 0 if free else 240000, 288000),
            OrderedLine("Drafter + Reviewer", 1, term, 30, 0 if free else 105600, 126720),
        ],
        currency="EUR",
        net=0 if free else 345600,
        tax=tax,
        total=0 if free else 345600 + tax,
        tax_percent=Decimal("0") if reverse else Decimal("20.000"),
        reverse_charge=reverse,
        is_consumer=is_consumer,
    )


QUOTED = Quoted("QUO-2027-000001", ordered(), date(2027, 3, 31), "PO 7", URL)


def letters(language: str) -> dict[str, Letter]:
    """Every kind of letter, in ``language``."""
    with translation.override(language):
        return {
            **{kind.value: account_letter(kind, FACTS) for kind in AccountMail},
            **_about_people(language),
            **_about_orders(language),
            **_about_subscriptions(language),
            **_about_renewals(language),
            **_about_service(),
            **_about_cancellations(language),
            **_about_data(language),
        }


COMING = renewals.Coming(
    offer="Mechanical designer",
    quantity=3,
    term="year",
    renews_on=date(2028, 3, 1),
    deadline=date(2028, 2, 25),
    net=360000,
    gross=432000,
    currency="EUR",
    by_transfer=False,
    charged_on=date(2028, 2, 26),
)
"""A renewal to come, for which everything is there."""


def _about_renewals(language: str) -> dict[str, Letter]:
    organisation, offer, on = "Atelier Lumière", COMING.offer, COMING.renews_on
    here = {"url": URL, "language": language}
    names = ["Camille Martin", "Tom Weber"]

    def reminder(*coming: renewals.Coming, consumer: bool = False) -> Letter:
        gone = [renewals.NotRenewed("Drafter", on)]
        about = renewals.Reminder(
            organisation, consumer, coming, [] if consumer else gone, URL, URL
        )
        return renewals.reminder(about, language=language)

    missing = replace(COMING, needs=("proof", "card", "expires"), seats_lost=3, losers=names)
    other = replace(COMING, offer="Reviewer", currency="USD", by_transfer=True)
    later = replace(COMING, renews_on=date(2028, 4, 1), seats_lost=1, losers=names[:1])
    seats = {"organisation": organisation, "offer": offer, "on": on, **here}
    begun = {"url": URL, "language": language, "invoice": Paper("REN-2028-000001", URL)}
    attempt = renewing.Attempt(date(2028, 2, 27), date(2028, 3, 15))
    gone = renewing.Lapsed(offer, on, date(2028, 3, 15))
    paid = [renewing.Paid(offer, [("one year", "1 200 €"), ("three months", "360 €")])]
    ends = (organisation, offer, date(2027, 3, 30))
    return {
        "subscription_renewed": renewing.renewed(ordered(), BEGUN, again=False, **begun),
        "subscription_reinstated": renewing.renewed(ordered(), BEGUN, again=True, **begun),
        "renewal_declined": renewing.declined(ordered(), attempt, **here),
        "renewal_last_declined": renewing.declined(
            ordered(is_consumer=True), replace(attempt, next_on=None), **here
        ),
        "renewal_wants_step": renewing.authentication_required(ordered(), attempt, **here),
        "renewal_invoiced": renewing.invoiced(ordered(), TRANSFER, on, **begun),
        "subscription_lapsed": renewing.lapsed(organisation, [gone], **here),
        "subscriptions_lapsed": renewing.lapsed(organisation, [gone, gone], **here),
        "trial_ending": renewing.trial_ending(*ends, paid, is_consumer=False, **here),
        "trial_ending_without_offer": renewing.trial_ending(*ends, [], is_consumer=True, **here),
        "renewal_reminded": reminder(COMING, consumer=True),
        "renewals_reminded": reminder(missing, other),
        "renewals_of_several_days": reminder(COMING, later),
        "renewal_withdrawn": reminder(),
        "seats_go": renewals.seats_go(names=names, count=2, **seats),
        "seat_goes": renewals.seat_goes(name=names[0], **seats),
    }


def _about_people(language: str) -> dict[str, Letter]:
    name, organisation = "Hugo Bernard", "Atelier Lumière"
    invitation = people.invitation(
        organisation=organisation,
        name=name,
        roles=["Mechanical designer", "Reviewer"],
        standing="administrator",
        last_day=date(2027, 3, 15),
        url=URL,
        again=False,
        language=language,
    )
    return {
        "invitation": invitation,
        "member_provisioned": people.provisioned(
            organisation=organisation, name=name, email="hugo@lumiere.example", url=URL
        ),
        "member_suspended": people.suspended(organisation=organisation, name=name),
        "member_restored": people.restored(organisation=organisation, name=name, url=URL),
        "member_removed": people.removed(organisation=organisation, name=name),
        "role_asked": people.role_asked(
            organisation=organisation,
            member=name,
            role="Reviewer",
            word="I check the drawings of the Lyon team <from Monday on> & need to comment.",
            url=URL,
        ),
        "role_granted": people.role_granted(
            organisation=organisation, name=name, role="Reviewer", url=URL
        ),
        "role_declined": people.role_declined(
            organisation=organisation, name=name, role="Reviewer", word="Next quarter."
        ),
        "ownership_offered": people.ownership_offered(
            organisation=organisation, name=name, giver="Claire Fontaine", url=URL
        ),
    }


def _about_orders(language: str) -> dict[str, Letter]:
    url = {"url": URL, "language": language}
    return {
        "order_paid": orders.paid(ordered(), BEGUN, **url, invoice=Paper("INV-2027-000001", URL)),
        "quote_sent": quotes.sent(QUOTED, **url),
        "quote_accepted": quotes.accepted(QUOTED, **url),
        "quote_declined": quotes.declined(QUOTED, because="Too dear for us.", **url),
        "order_paid_by_a_consumer": orders.paid(ordered(is_consumer=True), BEGUN, **url),
        "order_paid_across_a_border": orders.paid(ordered(reverse=True), BEGUN, **url),
        "order_tried": orders.paid(ordered(term="trial"), BEGUN, **url),
        "order_declined": orders.declined(ordered(), **url),
        "order_authentication_required": orders.authentication_required(ordered(), **url),
        "order_awaits_proof": orders.awaiting_verification(
            ordered(is_consumer=True), until=date(2027, 3, 15), **url
        ),
        "order_awaits_transfer": orders.awaiting_transfer(ordered(), TRANSFER, **url),
        "order_tax_corrected": orders.tax_corrected(ordered(), "DE136695976", **url),
        "order_transfer_reminded": orders.transfer_reminder(ordered(), TRANSFER, **url),
        "proof_accepted": orders.proof_accepted(organisation="Sam", name="Sam Rivera", url=URL),
        "proof_declined": orders.proof_declined(
            organisation="Sam", name="Sam Rivera", because="The card has run out.", url=URL
        ),
    }


def _about_subscriptions(language: str) -> dict[str, Letter]:
    def facts(quantity: int) -> dict[str, object]:
        return {
            "organisation": "Atelier Lumière",
            "offer": "Mechanical designer",
            "quantity": quantity,
            "url": URL,
            "language": language,
        }

    renews, last = date(2028, 3, 1), date(2028, 2, 29)
    return {
        "renewal_on": subscriptions.renewal_on(
            **facts(2),  # type: ignore[arg-type]
            renews_on=renews,
            opt_out_on=date(2028, 2, 25),
        ),
        "renewal_off": subscriptions.renewal_off(**facts(1), last_day=last),  # type: ignore[arg-type]
        "renewal_off_later": subscriptions.renewal_off_later(
            **facts(2),  # type: ignore[arg-type]
            renews_on=renews,
            last_day=date(2029, 2, 28),
        ),
    }


def _about_data(language: str) -> dict[str, Letter]:
    return {
        "retention_warned": data.retention_warned(
            organisation="Atelier Lumière",
            days_left=7,
            until=date(2027, 12, 7),
            url=URL,
            data_url=URL,
            language=language,
        ),
        "export_made": data.export_made(organisation="Atelier Lumière", url=URL),
    }


def _about_service() -> dict[str, Letter]:
    word = "We would like the bench for twelve people.\nIs there a price for schools?"
    return {
        "webhook_disabled": webhooks.disabled(
            name="Claire",
            address="https://erp.lumiere.test/hooks",
            answer=webhooks.answer_of("failing"),
            url=URL,
        ),
        "webhook_gone": webhooks.disabled(
            name="", address="https://erp.lumiere.test/", answer=webhooks.answer_of("gone"), url=URL
        ),
        "acting_begun": service.acting_begun(
            organisation="Atelier Lumière",
            name="Claire Fontaine",
            staff="Nora Petit",
            reason="Ticket 4711: seats could not be assigned",
            url=URL,
        ),
        "owner_recovered": service.owner_recovered(
            organisation="Atelier Lumière", name="Claire", member="Hugo Bernard", url=URL
        ),
        "request_made": service.request_received(
            kind="sales",
            about="12 × Bench",
            word=word,
            who="Ada Lovelace",
            email="ada@school.test",
            url=URL,
        ),
        "request_acknowledged": service.request_acknowledged(
            name="Ada Lovelace", word=word, about="12 × Bench"
        ),
        "request_answered": service.request_answered(
            name="Ada Lovelace",
            answer="Yes, there is.\n\nWe send you a quote today.",
            word=word,
            about="12 × Bench",
        ),
    }


def _about_cancellations(language: str) -> dict[str, Letter]:
    asked = cancellations.Asked(
        "Ada", "ord_01h455vb4pex5vsknk084sn02q", "No longer needed.", "2 March 2027, 10:30", URL
    )
    back = cancellations.MoneyBack
    cases = {
        "card": back("€1,440.00", "card"),
        "transfer": back("€1,440.00", "bank_transfer", "3000"),
        "approval": back("€1,440.00", "bank_transfer", "3000", waits=True),
        "unknown": back("€1,440.00", "bank_transfer", waits=True),
        "nothing": back(""),
    }
    return {
        **{
            f"cancellation_granted_{name}": cancellations.granted(
                asked,
                case,
                kept_until=None if name == "nothing" else date(2027, 3, 30),
                language=language,
            )
            for name, case in cases.items()
        },
        "cancellation_declined": cancellations.declined(asked, answer="It is too late."),
        "cancellation_received": cancellations.received(asked),
        "cancellation_to_confirm": cancellations.to_confirm(asked, url=URL, days=30),
    }
