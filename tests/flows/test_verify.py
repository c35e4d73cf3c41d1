"""What ``verify`` finds: nothing in a clean world, and each wrong row by its name."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from django.db import InternalError, connection, transaction

from tenure.base.clock import machine_now
from tenure.base.ids import new_id
from tenure.billing.models import SandboxCharge
from tenure.flows.verify.checks import MOST_SHOWN, Check, Tally
from tenure.flows.verify.decisions import MOST_ASKED, decisions
from tenure.flows.verify.run import verify
from tenure.flows.verify.table import CHECKS
from tenure.organisations.models import Organisation
from tests.flows.worlds import make_world

pytestmark = pytest.mark.django_db(transaction=True)

BY_NAME = {check.name: check for check in CHECKS}


@dataclass(frozen=True)
class Breakage:
    """Statements that break a clean world, and what each check they concern must find."""

    statements: Sequence[str]
    finds: dict[str, str]


def breaks(*statements: str, **finds: str) -> Breakage:
    """A breakage: the checks by name, with the word that they must say."""
    return Breakage(statements, finds)


ROWS = {
    ":DESIGNERS": "(SELECT id FROM subscriptions_subscription WHERE quantity = 5)",
    ":BOB": "(SELECT id FROM organisations_member WHERE email LIKE 'bob@%')",
    ":EVE": "(SELECT id FROM organisations_member WHERE email LIKE 'eve@%')",
    ":LEFT": "(SELECT id FROM orders_order WHERE status = 'cancelled')",
    ":OTHERS": "(SELECT id FROM organisations_organisation WHERE audience = 'creator')",
    ":PAID": "(SELECT order_id FROM orders_orderline WHERE quantity = 5)",
    ":PARTED": "(SELECT id FROM organisations_organisation WHERE purged_at IS NOT NULL)",
    ":FREE_SEAT": "(SELECT id FROM access_seat WHERE subscription_id IN "
    "(SELECT id FROM subscriptions_subscription WHERE quantity = 5) "
    "AND member_id IS NULL AND invitation_id IS NULL ORDER BY number LIMIT 1)",
}
"""Rows of the world, by the names that the statements below give them."""

UNBOOKED = "ALTER TABLE billing_entry DISABLE TRIGGER USER"

UNPROTECTED = "ALTER TABLE events_event DISABLE TRIGGER USER"
UNPROTECTED_STREAMS = "ALTER TABLE events_stream DISABLE TRIGGER USER"

UNSEALED = "ALTER TABLE billing_document DISABLE TRIGGER USER"
COPY = """INSERT INTO billing_document SELECT (json_populate_record(paper, json_build_object(
    'id', gen_random_uuid(), 'sequence', 999, 'number', 'X'%s))).*
    FROM billing_document AS paper WHERE order_id = :PAID AND kind = 'invoice'"""

BREAKAGES = (
    # R46: papers
    breaks(
        UNSEALED,
        "DELETE FROM billing_document WHERE order_id = :PAID",
        orders_invoiced="paid_and_not_invoiced",
        documents_numbered="numbers_broken",
        documents_told="document.issued:told_and_not_so",
    ),
    breaks(
        COPY % "",
        orders_invoiced="invoiced_twice",
        documents_told="document.issued:not_told",
    ),
    breaks(
        COPY % ", 'kind', 'credit_note', 'corrects_id', id, 'total', total + 1, "
        "'total_net', total_net + 1",
        orders_invoiced="credited_beyond_its_invoice",
    ),
    breaks(
        UNSEALED,
        "UPDATE billing_document SET total = total - 1, total_net = total_net - 1",
        orders_invoiced="invoice_is_not_its_order",
        documents_say_so="says_other_than_its_row",
    ),
    breaks(
        UNSEALED,
        "UPDATE billing_document SET organisation_id = :OTHERS WHERE order_id = :PAID",
        orders_invoiced="of_another_organisation",
        documents_told="document.issued:told_of_another_organisation",
    ),
    breaks(
        UNSEALED,
        "UPDATE billing_document SET order_id = "
        "(SELECT id FROM orders_order WHERE status = 'declined' LIMIT 1) WHERE order_id = :PAID",
        orders_invoiced="invoiced_and_not_paid",
    ),
    breaks(
        UNSEALED,
        "UPDATE billing_document SET number = 'Y' WHERE order_id = :PAID AND kind = 'invoice'",
        documents_numbered="number_is_not_its_sequence",
    ),
    breaks(
        "UPDATE billing_documentseries SET last_sha256 = ''",
        documents_numbered="series_is_not_at_its_last",
    ),
    breaks(
        "DELETE FROM billing_documentseries",
        documents_numbered="documents_without_series",
    ),
    breaks(
        UNSEALED,
        "UPDATE billing_document SET content = content || ' '",
        documents_chained="content_is_not_its_hash",
        documents_say_so="not_canonical",
    ),
    breaks(
        UNSEALED,
        "UPDATE billing_document SET content = 'x'",
        documents_say_so="cannot_be_read",
    ),
    breaks(
        UNSEALED,
        """UPDATE billing_document SET content =
            replace(content, '"rate":2000,"reference"', '"rate":1000,"reference"')""",
        documents_say_so="does_not_add_up",
    ),
    breaks(
        UNSEALED,
        "UPDATE billing_document SET previous_sha256 = repeat('0', 64)",
        documents_chained="chain_broken",
    ),
    breaks(
        "ALTER TABLE billing_documentfile DISABLE TRIGGER USER",
        "UPDATE billing_documentfile SET data = 'x'",
        files_unchanged="file_is_not_its_hash",
    ),
    # R15: money that came by transfer
    breaks(
        "UPDATE billing_bankline SET open = open - 1 WHERE open > 0",
        lines_placed="does_not_add_up",
    ),
    breaks(
        "UPDATE billing_bankline SET matched_at = NULL",
        "UPDATE billing_bankimport SET imported_at = imported_at - interval '1 hour'",
        lines_placed="nobody_looked_at_it",
    ),
    breaks(
        """UPDATE billing_bankallocation SET undone_at = at WHERE payment_id IN (
            SELECT id FROM billing_payment WHERE status = 'captured')""",
        transfers_captured="captured_without_its_money",
        lines_placed="does_not_add_up",
        payments_told="transfer.released:not_told",
    ),
    breaks(
        "UPDATE billing_bankallocation SET undone_at = NULL WHERE undone_at IS NOT NULL",
        transfers_captured="money_for_what_is_closed",
        transfers_booked="booked_by_another_amount",
    ),
    # R29, R34, R40: what people ask
    breaks(
        "UPDATE access_rolerequest SET status = 'withdrawn' WHERE status = 'declined'",
        requests_told="role_request.withdrawn:not_told",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET type = 'request.unmade' WHERE type = 'request.made'",
        requests_told="request.made:not_told",
    ),
    breaks(
        "UPDATE organisations_ownershipoffer SET status = 'accepted'",
        staff_told="ownership.accepted:not_told",
    ),
    breaks(
        "UPDATE organisations_intervention SET ended_at = NULL",
        staff_told="acting.ended:told_and_not_so",
    ),
    # R1: the chain
    breaks(
        "DELETE FROM subscriptions_period WHERE subscription_id = :DESIGNERS",
        periods_follow_anchor="no_period",
    ),
    breaks(
        "UPDATE subscriptions_period SET number = 2 WHERE subscription_id = :DESIGNERS",
        periods_follow_anchor="numbers_broken",
    ),
    breaks(
        """UPDATE subscriptions_period SET ends_on = ends_on + 1
            WHERE subscription_id = :DESIGNERS""",
        periods_follow_anchor="off_the_anchor",
    ),
    breaks(
        """UPDATE subscriptions_period SET ends_at = ends_at + interval '1 second'
            WHERE subscription_id = :DESIGNERS""",
        periods_follow_anchor="not_at_midnight",
    ),
    breaks(
        "UPDATE subscriptions_period SET kind = 'renewal' WHERE subscription_id = :DESIGNERS",
        periods_follow_anchor="wrong_kind",
    ),
    breaks(
        """UPDATE subscriptions_period SET opt_out_on = opt_out_on - 1
            WHERE subscription_id = :DESIGNERS""",
        periods_follow_anchor="wrong_deadline",
    ),
    breaks(
        """UPDATE subscriptions_period SET data_until_on = data_until_on - 1
            WHERE subscription_id = :DESIGNERS""",
        periods_follow_anchor="wrong_data_days",
    ),
    breaks(
        "UPDATE orders_order SET paid_on = paid_on - 1 WHERE id = :PAID",
        periods_follow_anchor="not_from_the_day_of_payment",
    ),
    breaks(
        "UPDATE subscriptions_subscription SET zone = 'Europe/Nowhere' WHERE id = :DESIGNERS",
        periods_follow_anchor="zone_or_policy_unreadable",
    ),
    breaks(
        """ALTER TABLE subscriptions_subscription
           DROP CONSTRAINT subscription_trial_never_renews""",
        "UPDATE subscriptions_subscription SET trial_days = NULL WHERE term = 'trial'",
        periods_follow_anchor="trial_renewed",
        orders_fulfilled="subscription_is_not_its_line",
    ),
    breaks(
        "UPDATE subscriptions_period SET order_id = NULL WHERE subscription_id = :DESIGNERS",
        periods_paid="period_without_order",
    ),
    breaks(
        """UPDATE subscriptions_period
            SET order_id = (SELECT id FROM orders_order WHERE status = 'declined')
            WHERE subscription_id = :DESIGNERS""",
        periods_paid="period_unpaid",
    ),
    breaks(
        """UPDATE subscriptions_period SET organisation_id = :OTHERS
            WHERE subscription_id = :DESIGNERS""",
        periods_paid="of_another_organisation",
    ),
    # R36 to R38: seats
    breaks(
        "DELETE FROM access_seat WHERE id = :FREE_SEAT",
        seats_as_paid="seats_are_not_the_quantity",
    ),
    breaks(
        "UPDATE access_seat SET number = 9 WHERE id = :FREE_SEAT",
        seats_as_paid="numbers_broken",
    ),
    breaks(
        "DROP INDEX seat_one_per_member",
        """UPDATE access_seat SET member_id = :BOB, assigned_at = '2027-03-01'
            WHERE id = :FREE_SEAT""",
        seats_once="member_holds_two",
        seats_told="last_told:seat.freed",
    ),
    breaks(
        "UPDATE organisations_member SET status = 'removed' WHERE id = :BOB",
        seat_holders="held_by_removed",
        members_told="last_told:member.joined",
    ),
    breaks(
        """UPDATE access_seat SET member_id = :EVE, assigned_at = '2027-03-01'
            WHERE id = :FREE_SEAT""",
        seat_holders="held_by_invited",
    ),
    breaks(
        "ALTER TABLE access_seat DROP CONSTRAINT seat_assigned_or_reserved",
        """UPDATE access_seat SET invitation_id = (
                SELECT id FROM organisations_invitation WHERE status = 'withdrawn')
            WHERE member_id = :BOB""",
        seat_holders="assigned_and_reserved",
        reservations="reserved_by_closed_invitation",
    ),
    breaks(
        "UPDATE access_seat SET assigned_at = NULL WHERE member_id = :BOB",
        seat_holders="assigned_at_no_time",
    ),
    breaks(
        "UPDATE access_seat SET organisation_id = :OTHERS WHERE member_id = :BOB",
        seat_holders="of_another_organisation",
        seats_told="last_told:seat.assigned",
    ),
    breaks(
        "UPDATE organisations_invitation SET organisation_id = :OTHERS WHERE member_id = :EVE",
        reservations="of_another_organisation",
        invitations="of_another_organisation",
        people_told="member.invited:told_of_another_organisation",
    ),
    breaks(
        """UPDATE access_seat SET invitation_id = (
                SELECT id FROM organisations_invitation WHERE status = 'pending'
                AND member_id = :EVE) WHERE id = :FREE_SEAT""",
        reservations="reserved_twice",
    ),
    # R41: what the facts of decisions take for the member's own, and plain rows do not
    breaks(
        "UPDATE subscriptions_subscription SET organisation_id = :OTHERS WHERE id = :DESIGNERS",
        decisions="solver:run@2027-02-28T23:00:00+00:00 no_role_with_permission<>no_seat",
    ),
    # R48: the books
    breaks(
        UNBOOKED,
        "DELETE FROM billing_entry WHERE order_id = :PAID AND cause = 'invoice'",
        papers_booked="not_booked",
        customers_even="owed_and_paid_differ",
    ),
    breaks(
        UNBOOKED,
        """UPDATE billing_entry SET amount = amount + 1
            WHERE order_id = :PAID AND cause = 'invoice' AND credit = 'tax_due'""",
        papers_booked="booked_by_another_amount",
        customers_even="owed_and_paid_differ",
    ),
    breaks(
        UNBOOKED,
        """UPDATE billing_entry SET posting = gen_random_uuid()
            WHERE order_id = :PAID AND cause = 'invoice'""",
        papers_booked="booked_twice",
    ),
    breaks(
        UNBOOKED,
        "UPDATE billing_entry SET organisation_id = :OTHERS WHERE order_id = :PAID",
        papers_booked="of_another_customer",
    ),
    breaks(
        UNBOOKED,
        "DELETE FROM billing_entry WHERE order_id = :PAID AND cause = 'card_payment'",
        cards_booked="not_booked",
        customers_even="owed_and_paid_differ",
    ),
    breaks(
        UNBOOKED,
        "UPDATE billing_entry SET currency = 'USD' WHERE cause = 'card_payment'",
        cards_booked="booked_by_another_amount",
    ),
    breaks(
        UNBOOKED,
        """UPDATE billing_entry SET source = gen_random_uuid()
            WHERE order_id = :PAID AND cause = 'card_payment'""",
        cards_booked="booked_for_nothing",
    ),
    breaks(
        "UPDATE billing_recognition SET earned = 1 WHERE order_id = :PAID",
        revenue_earned="posted_by_another_amount",
    ),
    breaks(
        "UPDATE billing_recognition SET next_on = NULL WHERE order_id = :PAID",
        revenue_earned="finished_with_a_rest",
    ),
    # R16, R17, R13: money
    breaks(
        """DELETE FROM billing_sandboxcharge WHERE key IN (
                SELECT id FROM billing_payment WHERE order_id = :PAID)""",
        gateway_agrees="captured_uncharged",
    ),
    breaks(
        """UPDATE billing_sandboxcharge SET amount = amount - 1 WHERE key IN (
                SELECT id FROM billing_payment WHERE order_id = :PAID)""",
        gateway_agrees="another_amount",
    ),
    breaks(
        """INSERT INTO billing_sandboxcharge
           VALUES (gen_random_uuid(), 'tok_ok', 100, 'EUR', 'captured', '')""",
        gateway_agrees="charged_for_nothing",
    ),
    breaks(
        """UPDATE billing_sandboxcharge SET status = 'captured'
           WHERE key IN (SELECT id FROM billing_payment
                         WHERE status = 'authentication_required')""",
        gateway_agrees="charged_and_forgotten",
    ),
    breaks(
        "DROP INDEX payment_one_open_or_captured_per_order",
        """UPDATE billing_payment SET order_id = :PAID
            WHERE status = 'captured' AND order_id <> :PAID
              AND organisation_id = (SELECT organisation_id FROM orders_order WHERE id = :PAID)""",
        charged_once="charged_twice",
        orders_paid="paid_without_its_amount",
    ),
    breaks(
        "UPDATE billing_payment SET amount = amount - 1 WHERE order_id = :PAID",
        orders_paid="paid_without_its_amount",
        gateway_agrees="another_amount",
    ),
    breaks(
        """UPDATE orders_order SET status = 'declined', paid_at = NULL, paid_on = NULL
            WHERE id = :PAID""",
        orders_paid="captured_and_unpaid",
        orders_fulfilled="seats_without_payment",
        orders_told="order.paid:told_and_not_so",
        periods_paid="period_unpaid",
    ),
    breaks(
        "UPDATE orders_order SET status = 'payment_unknown' WHERE status = 'declined'",
        orders_paid="not_where_its_payment_is",
    ),
    breaks(
        "UPDATE billing_payment SET organisation_id = :OTHERS WHERE order_id = :PAID",
        orders_paid="of_another_organisation",
        payments_told="payment.captured:told_of_another_organisation",
    ),
    # R30: what was taken back
    breaks(
        "ALTER TABLE orders_order DROP CONSTRAINT order_paid_has_its_day",
        "UPDATE orders_order SET paid_at = NULL WHERE id = :LEFT",
        orders_cancelled="cancelled_and_never_paid",
    ),
    breaks(
        "UPDATE subscriptions_subscription SET cancelled_at = NULL WHERE cancelled_at IS NOT NULL",
        orders_cancelled="nothing_ended",
        subscriptions_told="subscription.cancelled:told_and_not_so",
    ),
    breaks(
        UNSEALED,
        "DELETE FROM support_request WHERE order_id = :LEFT",
        "DELETE FROM billing_document WHERE order_id = :LEFT AND kind = 'credit_note'",
        orders_cancelled="not_credited",
    ),
    breaks(
        "DELETE FROM billing_refund WHERE order_id = :LEFT",
        orders_cancelled="not_paid_back",
    ),
    breaks(
        "DELETE FROM support_request WHERE order_id = :LEFT",
        "UPDATE orders_order SET status = 'paid' WHERE id = :LEFT",
        subscriptions_cancelled="ended_without_its_order",
        orders_told="order.cancelled:told_and_not_so",
    ),
    breaks(
        """UPDATE access_seat SET invitation_id =
               (SELECT max(id::text) FROM organisations_invitation)::uuid
           WHERE number = 3 AND subscription_id IN
           (SELECT id FROM subscriptions_subscription WHERE cancelled_at IS NOT NULL)""",
        subscriptions_cancelled="seats_still_reserved",
    ),
    # R30, R48: what went back
    breaks(
        "UPDATE billing_refund SET amount = 10000000",
        refunds_within_payments="more_than_paid",
        refunds_agree="another_amount",
    ),
    breaks(
        "UPDATE billing_refund SET currency = 'USD'",
        refunds_within_payments="not_as_it_was_paid",
    ),
    breaks(
        """UPDATE billing_refund SET payment_id =
           (SELECT id FROM billing_payment WHERE status = 'declined' LIMIT 1)
           WHERE amount = 1000""",
        refunds_within_payments="never_paid",
    ),
    breaks(
        "UPDATE billing_refund SET status = 'failed'",
        refunds_agree="given_back_and_forgotten",
        refunds_told="refund.failed:not_told",
    ),
    breaks(
        "UPDATE billing_sandboxrefund SET status = 'failed'",
        refunds_agree="never_given_back",
    ),
    breaks(
        UNPROTECTED,
        "DELETE FROM billing_refund",
        refunds_agree="given_back_for_nothing",
        refunds_told="refund.intended:told_and_not_so",
    ),
    breaks(
        "UPDATE organisations_organisation SET test_clock = NULL",
        "UPDATE billing_refund SET status = 'unknown', settled_at = NULL, "
        "called_at = called_at - interval '1 hour'",
        refunds_settled="unsettled",
    ),
    # R24, R35: cards on file
    breaks(
        "UPDATE billing_paymentmethod SET is_default = false",
        cards_default="no_default",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET type = 'payment_method.other' WHERE type = 'payment_method.added'",
        cards_told="payment_method.added:not_told",
    ),
    # R44, R16, R19, R32: orders
    breaks(
        "DELETE FROM orders_orderline WHERE order_id = :PAID",
        order_totals="no_line",
    ),
    breaks(
        "UPDATE orders_orderline SET position = 3 WHERE order_id = :PAID",
        order_totals="positions_broken",
    ),
    breaks(
        "UPDATE orders_orderline SET organisation_id = :OTHERS WHERE order_id = :PAID",
        order_totals="of_another_organisation",
    ),
    breaks(
        "UPDATE orders_orderline SET unit_amount = unit_amount + 1 WHERE order_id = :PAID",
        order_totals="line_off_its_price",
    ),
    breaks(
        """UPDATE orders_order SET total_net = total_net + 1, total = total + 1
            WHERE id = :PAID""",
        order_totals="total_is_not_the_lines",
    ),
    breaks(
        "UPDATE orders_order SET tax_percent = tax_percent + 1 WHERE id = :PAID",
        order_tax="tax_is_not_its_rate",
    ),
    breaks(
        """UPDATE orders_order SET vat_number = 'DE136695976', tax_corrected_at = paid_at
            WHERE id = :PAID""",
        tax_corrected="corrected_and_not_credited",
    ),
    breaks(
        """UPDATE subscriptions_subscription SET order_line_id = NULL WHERE id = :DESIGNERS""",
        orders_fulfilled="paid_and_forgotten",
    ),
    breaks(
        "UPDATE subscriptions_subscription SET currency = 'USD' WHERE id = :DESIGNERS",
        orders_fulfilled="subscription_is_not_its_line",
    ),
    breaks(
        "ALTER TABLE orders_order DROP CONSTRAINT orders_order_cart_id_key",
        """UPDATE orders_order SET cart_id = (SELECT cart_id FROM orders_order WHERE id = :PAID)
            WHERE status = 'declined'""",
        carts_ordered_once="ordered_twice",
    ),
    breaks(
        """UPDATE orders_cart SET organisation_id = :OTHERS
            WHERE id = (SELECT cart_id FROM orders_order WHERE id = :PAID)""",
        carts_ordered_once="of_another_organisation",
    ),
    breaks(
        "UPDATE orders_policyversion SET source = source || ' '",
        policies="changed_since_applied",
    ),
    breaks(
        """UPDATE orders_policyversion SET source = 'nonsense = 1',
           sha256 = encode(sha256('nonsense = 1'), 'hex')""",
        policies="cannot_be_read",
    ),
    # R34, R36: people
    breaks(
        "UPDATE organisations_member SET status = 'suspended' WHERE standing = 'owner'",
        owners="no_active_owner",
        members_told="last_told:organisation.created",
    ),
    breaks(
        "UPDATE organisations_member SET status = 'active' WHERE id = :EVE",
        invitations="invitation_of_one_not_invited",
        members_told="last_told:member.invited",
    ),
    breaks(
        "UPDATE organisations_invitation SET status = 'expired' WHERE member_id = :EVE",
        invitations="invited_without_invitation",
        reservations="reserved_by_closed_invitation",
        people_told="invitation.expired:not_told",
    ),
    breaks(
        "DROP INDEX invitation_one_pending_per_member",
        """INSERT INTO organisations_invitation
                (id, organisation_id, member_id, email, standing, roles, status, created_at,
                 sent_at, expires_at)
            SELECT gen_random_uuid(), organisation_id, member_id, email, standing, roles, status,
                   created_at, sent_at, expires_at
            FROM organisations_invitation WHERE member_id = :EVE""",
        invitations="invited_twice",
        people_told="member.invited:not_told",
    ),
    # R20, R24, R26: renewals
    breaks(
        "UPDATE subscriptions_renewal SET closed_at = NULL", renewals_once="paid_and_still_owed"
    ),
    breaks(
        "UPDATE subscriptions_renewal SET quantity = quantity + 1",
        renewals_once="line_is_not_as_owed",
    ),
    breaks(
        "DELETE FROM subscriptions_period WHERE kind = 'renewal'",
        renewals_once="paid_and_not_renewed",
    ),
    breaks("DELETE FROM subscriptions_renewal", renewals_ordered="paid_for_nothing"),
    breaks(
        "UPDATE subscriptions_renewal SET order_id = NULL, order_line_id = NULL",
        renewals_ordered="period_without_renewal",
    ),
    # R25: reminders
    breaks(
        "UPDATE subscriptions_renewal SET unit_amount = unit_amount + 1",
        reminders_sent="another_price_than_charged",
    ),
    breaks(
        UNPROTECTED,
        "DELETE FROM events_event WHERE type = 'subscription.renewal_reminded'",
        reminders_sent="not_reminded",
    ),
    breaks(
        UNPROTECTED,
        "INSERT INTO events_event SELECT (json_populate_record(event, json_build_object("
        "'id', gen_random_uuid(), 'sequence', 900 + sequence))).* "
        "FROM events_event AS event WHERE type = 'subscription.renewal_reminded'",
        reminders_sent="reminded_twice",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET at = at - interval '1 second' "
        "WHERE type = 'subscription.renewal_reminded'",
        reminders_sent="reminded_too_early",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET at = at + interval '4 days' "
        "WHERE type = 'subscription.renewal_reminded'",
        reminders_sent="reminded_too_late",
    ),
    breaks("DELETE FROM subscriptions_period", reminders_sent="reminded_of_nothing"),
    breaks(
        "UPDATE subscriptions_period SET quantity = 7 WHERE subscription_id = :DESIGNERS",
        periods_begun="not_the_quantity_of_its_period",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET data = jsonb_set(data, '{next_quantity}', '7') "
        "WHERE type = 'subscription.next_quantity_chosen'",
        boundaries_as_chosen="another_quantity_than_chosen",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET data = jsonb_set(data, '{quantity}', '1') "
        "WHERE type = 'subscription.seats_reduced'",
        boundaries_as_chosen="another_quantity_than_paid",
    ),
    breaks(
        UNPROTECTED,
        """UPDATE events_event SET data = jsonb_set(data, '{members}', (
               SELECT jsonb_agg(data->'member') FROM events_event
               WHERE type = 'seat.assigned' AND data->'member' NOT IN (
                   SELECT data->'members'->0 FROM events_event WHERE type = 'seat.losses_chosen')
               AND data->'subscription' IN (
                   SELECT data->'subscription' FROM events_event WHERE type = 'seat.losses_chosen')
           )) WHERE type = 'seat.losses_chosen'""",
        boundaries_as_chosen="others_lost_than_chosen",
    ),
    # R27: seats in mid-period
    breaks("DELETE FROM subscriptions_seatchange", seats_added="line_adds_nothing"),
    breaks(
        "UPDATE subscriptions_seatchange SET quantity = quantity + 1",
        seats_added="added_to_something_else",
    ),
    breaks(
        "UPDATE subscriptions_seatchange SET starts_on = NULL", seats_added="paid_and_forgotten"
    ),
    breaks(
        "UPDATE orders_order SET status = 'declined', paid_at = NULL WHERE kind = 'seats'",
        seats_added="seats_without_payment",
    ),
    breaks(
        "UPDATE subscriptions_seatchange SET ends_on = ends_on + 1",
        seats_added="not_days_of_its_period",
    ),
    # the journal
    breaks(
        UNPROTECTED,
        "DELETE FROM events_event WHERE type = 'organisation.created'",
        streams="numbers_broken",
        people_told="organisation.created:not_told",
    ),
    breaks(
        "UPDATE events_stream SET sequence = sequence + 1",
        streams="stream_is_not_at_its_last",
    ),
    breaks(
        UNPROTECTED_STREAMS,
        "DELETE FROM events_stream",
        streams="events_without_stream",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET type = 'order.other' WHERE type = 'order.paid'",
        orders_told="order.paid:not_told",
    ),
    breaks(
        UNPROTECTED,
        """UPDATE events_event SET type = 'subscription.started',
               data = jsonb_build_object('subscription', (
                   SELECT data->'subscription' FROM events_event AS first
                   WHERE type = 'subscription.started' ORDER BY id LIMIT 1))
           WHERE type = 'organisation.verified' OR type = 'organisation.clock_advanced'""",
        subscriptions_told="subscription.started:told_twice",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET type = 'payment.other' WHERE type LIKE 'payment.%'",
        payments_told="payment.captured:not_told",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET type = 'seat.other' WHERE type = 'seat.freed'",
        seats_told="last_told:seat.assigned",
    ),
    breaks(
        UNPROTECTED,
        "UPDATE events_event SET type = 'seat.freed' WHERE type = 'seat.reserved'",
        seats_told="last_told:seat.freed",
    ),
    breaks(
        "UPDATE access_seat SET number = -number, id = gen_random_uuid() WHERE member_id = :BOB",
        seats_told="told_and_not_there",
    ),
    breaks(
        "UPDATE events_idempotencykey SET status = 200",
        idempotency_keys="half_an_answer",
    ),
    breaks(
        "UPDATE events_idempotencykey SET status = 500, answer = ''",
        idempotency_keys="no_answer_to_keep",
    ),
    breaks(
        "UPDATE organisations_organisation SET purged_at = NULL, "
        "purge_due_at = purge_due_at - interval '1 second' WHERE id = :PARTED",
        purges="due_while_data_last",
        data_told="data.purge_confirmed:told_and_not_so",
    ),
    breaks(
        "UPDATE organisations_organisation SET purge_due_at = NULL WHERE id = :PARTED",
        purges="gone_and_never_due",
    ),
    breaks(
        "INSERT INTO organisations_retention SELECT :PARTED, NULL, NULL, now()",
        purges="due_and_still_watched",
    ),
    breaks(
        "DELETE FROM organisations_retention",
        "UPDATE organisations_organisation SET purge_due_at = NULL, purged_at = NULL "
        "WHERE id = :PARTED",
        purges="not_watched",
    ),
    breaks(
        "UPDATE organisations_member SET name = 'Pia' WHERE organisation_id = :PARTED",
        purged="names_somebody:member",
    ),
    breaks(
        "UPDATE organisations_member SET erased_at = NULL",
        data_told="person.erased:told_and_not_so",
    ),
    breaks(
        "UPDATE events_idempotencykey SET body_hash = ''",
        idempotency_keys="no_hash",
    ),
)


def spelt_out(statement: str) -> str:
    """The statement with the rows that it names."""
    for name, rows in ROWS.items():
        statement = statement.replace(name, rows)
    return statement


def look_at_broken(breakage: Breakage, name: str) -> Tally:
    """What a check finds in a world that is broken for the moment alone."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for statement in map(spelt_out, breakage.statements):
                cursor.execute(statement)
                if statement.lstrip().startswith(("UPDATE", "DELETE", "INSERT")):
                    assert cursor.rowcount > 0, statement
        tally = BY_NAME[name].look(machine_now())
        transaction.set_rollback(True)
    return tally


def test_a_clean_world_passes_and_each_wrong_row_is_found() -> None:
    make_world()
    clean = {each.check.name: each.tally for each in verify(now=machine_now())}
    assert {name: t.failures for name, t in clean.items() if t.failed} == {}
    assert {name for name, t in clean.items() if not t.looked_at} == set()
    assert {name: t.in_flight for name, t in clean.items() if t.in_flight} == {
        "gateway_agrees": 1,
        "payments_settled": 1,
    }
    missed = []
    for breakage in BREAKAGES:
        for name, what in breakage.finds.items():
            tally = look_at_broken(breakage, name)
            if what not in {failure.what for failure in tally.failures}:
                missed.append(f"{breakage.statements[-1]}: {name} {what} {tally.failures}")
    assert "\n".join(missed) == ""
    assert {name for b in BREAKAGES for name in b.finds} == set(BY_NAME) - {"payments_settled"}
    _books_that_are_odd_are_read_all_the_same()
    _what_is_in_flight_too_long_fails()
    _nothing_can_be_written()


def _books_that_are_odd_are_read_all_the_same() -> None:
    """Whatever else is wrong with the books, decisions can be compared over them."""
    for statement in (
        "DELETE FROM subscriptions_period WHERE subscription_id = :DESIGNERS",
        "UPDATE subscriptions_subscription SET cancelled_at = now() WHERE id = :DESIGNERS",
        "UPDATE organisations_organisation SET suspended_at = now()",
        "DELETE FROM catalogue_offerrole",
    ):
        tally = look_at_broken(breaks(statement), "decisions")
        assert (tally.failures, tally.looked_at > 0) == ([], True), statement
    elsewhere = breaks(
        "UPDATE subscriptions_subscription SET source = 'external', order_line_id = NULL",
        "UPDATE subscriptions_period SET order_id = NULL, opt_out_on = opt_out_on - 1",
    )
    for name in ("periods_follow_anchor", "periods_paid"):
        assert look_at_broken(elsewhere, name).failed == 0


def _what_is_in_flight_too_long_fails() -> None:
    live = breaks("UPDATE organisations_organisation SET test_clock = NULL")
    for name in ("payments_settled", "gateway_agrees"):
        assert look_at_broken(live, name).in_flight == 1
    late = replace(
        live,
        statements=[
            *live.statements,
            "UPDATE billing_payment SET called_at = called_at - interval '10 minutes'",
        ],
    )
    unsettled = look_at_broken(late, "payments_settled")
    assert [failure.what for failure in unsettled.failures] == ["unsettled"]
    forgotten = look_at_broken(late, "gateway_agrees")
    assert [failure.what for failure in forgotten.failures] == ["charged_and_forgotten"]


def _nothing_can_be_written() -> None:
    writing = replace(
        CHECKS[0],
        look=lambda _now: Tally(Organisation.objects.update(name="another")),
    )
    with pytest.raises(InternalError, match="read-only"):
        verify(now=machine_now(), checks=[writing])


def test_the_first_failures_are_named_and_all_are_counted() -> None:
    tally = Tally()
    for number in range(MOST_SHOWN + 5):
        tally.fail(f"sub_{number}", "wrong")
    assert (tally.failed, len(tally.failures)) == (MOST_SHOWN + 5, MOST_SHOWN)


def test_all_checks_see_one_snapshot() -> None:
    make_world()
    told: list[str] = []

    def meanwhile(check: Check) -> None:
        """Once the first check was made, another connection breaks what a later one looks at."""
        told.append(check.name)
        if len(told) == 2:
            broken = threading.Thread(target=charge_for_nothing)
            broken.start()
            broken.join()

    assert all(each.holds for each in verify(now=machine_now(), told=meanwhile))
    assert told == [check.name for check in CHECKS]
    failed = [each.check.name for each in verify(now=machine_now()) if not each.holds]
    assert failed == ["gateway_agrees"]


def charge_for_nothing() -> None:
    """A charge at the gateway that no payment asked for."""
    SandboxCharge.objects.create(
        key=new_id(), token="tok_ok", amount=1, currency="EUR", status="captured"
    )
    connection.close()


def test_a_large_installation_is_sampled() -> None:
    make_world()
    whole = decisions(machine_now())
    assert decisions(machine_now(), most=1).looked_at < whole.looked_at
    assert whole.looked_at < MOST_ASKED
