"""What a gateway is told, made of our own rows: always the same for the same row."""

from __future__ import annotations

from tenure.base.money import Money
from tenure.billing.gateways import CardToSave, Charge, RefundOrder
from tenure.billing.models import Payment, PaymentMethod, Refund


def charge_of(payment: Payment) -> Charge:
    """The charge that a payment is."""
    return Charge(
        payment=payment.id,
        token=payment.token,
        amount=Money(payment.amount, payment.currency),
        organisation=payment.organisation_id,
        order=payment.order_id,
        called_at=payment.called_at,
        customer=payment.gateway_customer,
        reference=payment.gateway_reference,
        saves_card=payment.saves_card,
        off_session=payment.off_session,
    )


def card_to_save(method: PaymentMethod) -> CardToSave:
    """The card that a payment method is to be."""
    return CardToSave(
        key=method.id,
        token=method.token,
        organisation=method.organisation_id,
        called_at=method.called_at,
        customer=method.gateway_customer,
        reference=method.gateway_reference,
    )


def refund_order_of(refund: Refund) -> RefundOrder:
    """The order to give money back; the refund comes with its payment."""
    return RefundOrder(
        refund=refund.id,
        payment=refund.payment_id,
        amount=Money(refund.amount, refund.currency),
        charge=refund.payment.gateway_reference,
    )
