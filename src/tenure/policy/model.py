"""What a vendor may choose: the policy as frozen, checked data.

Each section is one subject; each field's description is the comment that ``tenure policy show``
prints, with the rule it serves. The values stand in ``default.toml`` and nowhere else.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    StringConstraints,
    model_validator,
)

from tenure.base.calendar import Term
from tenure.base.countries import EU_COUNTRIES, in_eu, iso_countries
from tenure.policy.errors import (
    CHARGE_BEFORE_DEADLINE,
    DAYS_NOT_DESCENDING,
    DAYS_TOO_EARLY,
    GIVEN_TWICE,
    NO_TRIAL_HERE,
    NOT_AN_ACCOUNT_NUMBER,
    NOTICE_WINDOW_EMPTY,
    TAXED_ALREADY,
    UNKNOWN_COUNTRY,
    WARNING_TOO_EARLY,
    PolicyProblem,
)
from tenure.policy.words import Audience, PaymentMethod

ACCOUNT_NUMBER = re.compile(r"[1-9][0-9]{2}[0-9A-Z]{0,9}")
"""At least three digits, as charts of accounts have them (article A47 A-1 LPF)."""

MOST_DAYS = 3660
"""Ten years; longer is a slip of the pen."""

Days = Annotated[int, Field(strict=True, ge=0, le=MOST_DAYS)]
SomeDays = Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS)]
DayList = Annotated[tuple[Days, ...], Field(max_length=20)]
Domain = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9][a-z0-9-]*[a-z0-9]$"),
]

SHORTEST_DAYS = {Term.MONTH: 28, Term.QUARTER: 89, Term.YEAR: 365}
"""The fewest days that a period of a term can have."""


class Section(BaseModel):
    """One subject of the policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _check_descending(key: str, days: tuple[int, ...]) -> None:
    if any(later >= earlier for earlier, later in pairwise(days)):
        raise PolicyProblem(key, DAYS_NOT_DESCENDING)


def _check_distinct(key: str, values: tuple[str, ...]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise PolicyProblem(key, GIVEN_TWICE, value=str(value))


class Terms(Section):
    """Which terms each audience is offered."""

    business: tuple[Term, ...] = Field(min_length=1, description="R6: companies.")
    creator: tuple[Term, ...] = Field(min_length=1, description="R6: makers.")
    student: tuple[Term, ...] = Field(min_length=1, description="R6: students.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for audience in Audience:
            terms = self.of(audience)
            _check_distinct(audience.value, terms)
            if Term.TRIAL in terms:
                raise PolicyProblem(audience.value, NO_TRIAL_HERE)
        return self

    def of(self, audience: Audience) -> tuple[Term, ...]:
        """The terms of one audience."""
        return {
            Audience.BUSINESS: self.business,
            Audience.CREATOR: self.creator,
            Audience.STUDENT: self.student,
        }[audience]


class PaymentMethods(Section):
    """How each audience may pay."""

    business: tuple[PaymentMethod, ...] = Field(min_length=1, description="R14: companies.")
    creator: tuple[PaymentMethod, ...] = Field(min_length=1, description="R14: makers.")
    student: tuple[PaymentMethod, ...] = Field(min_length=1, description="R14: students.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for audience in Audience:
            _check_distinct(audience.value, self.of(audience))
        return self

    def of(self, audience: Audience) -> tuple[PaymentMethod, ...]:
        """The methods of one audience."""
        return {
            Audience.BUSINESS: self.business,
            Audience.CREATOR: self.creator,
            Audience.STUDENT: self.student,
        }[audience]


class Students(Section):
    """How students prove that they are."""

    verification_wait_days: SomeDays = Field(
        description="R8: an order waits so long for the proof, then expires."
    )
    proof_counts_days: SomeDays = Field(
        description="R8: a renewal asks for the proof anew once it is so old."
    )
    further_academic_domains: tuple[Domain, ...] = Field(
        description="R8: domains that prove it, beside the list that comes with Tenure."
    )


class Quotes(Section):
    """Frozen, priced promises."""

    validity_days: SomeDays = Field(description="R12: a quote can be accepted so long.")


class Orders(Section):
    """What waits for money."""

    transfer_wait_days: SomeDays = Field(
        description="R15: an order waits so long for its bank transfer."
    )
    transfer_reminder_days_before_expiry: SomeDays = Field(
        description="R15: a reminder goes out so many days before the last of them."
    )


class Tax(Section):
    """Whose tax is charged; the rates themselves are data with dates."""

    oss: StrictBool = Field(
        description="R45: consumers in the EU pay the rate of their country, otherwise the "
        "vendor's."
    )
    taxed_countries_outside_eu: tuple[str, ...] = Field(
        description="R45: countries outside the EU where tax is charged all the same, at the "
        "rate of their own."
    )
    vat_number_counts_days: SomeDays = Field(
        description="R45: a VAT number that was validated counts so long; then it is looked up "
        "again."
    )
    country_proofs: Annotated[int, Field(strict=True, ge=1, le=3)] = Field(
        description="R45: so many agreeing proofs of a consumer's country are wanted; fewer, and "
        "the order is shown to staff."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        key = "taxed_countries_outside_eu"
        _check_distinct(key, self.taxed_countries_outside_eu)
        for country in self.taxed_countries_outside_eu:
            if country not in iso_countries():
                raise PolicyProblem(key, UNKNOWN_COUNTRY, value=country)
            if in_eu(country):
                raise PolicyProblem(key, TAXED_ALREADY, value=country)
        return self


class Reminders(Section):
    """Days before the deadline of auto-renewal on which a reminder goes out."""

    year: DayList = Field(description="R25: before the deadline of a year.")
    quarter: DayList = Field(description="R25: before the deadline of a quarter.")
    month: DayList = Field(description="R25: before the deadline of a month.")

    def of(self, term: Term) -> tuple[int, ...]:
        """The days of one term, the earliest reminder first; a trial has none."""
        days = {Term.YEAR: self.year, Term.QUARTER: self.quarter, Term.MONTH: self.month}
        return days.get(term, ())


class Renewal(Section):
    """How a subscription goes on, or stops."""

    opt_out_days_before_end: Annotated[int, Field(strict=True, ge=0, le=27)] = Field(
        description="R21: auto-renewal can be switched off until so many days before the end."
    )
    card_charge_days_before_end: Annotated[DayList, Field(min_length=1)] = Field(
        description="R24: the card is charged on these days before the end until one passes."
    )
    transfer_invoice_days_before_end: SomeDays = Field(
        description="R24: the invoice of a renewal by transfer goes out so long before the end."
    )
    trial_offer_days_before_end: DayList = Field(
        description="R9: the paid term is offered so many days before the end of a trial."
    )
    reminder_days_before_deadline: Reminders

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        key = "card_charge_days_before_end"
        _check_descending(key, self.card_charge_days_before_end)
        _check_descending("trial_offer_days_before_end", self.trial_offer_days_before_end)
        first = max(self.opt_out_days_before_end, 1)
        if self.card_charge_days_before_end[0] >= first:
            raise PolicyProblem(key, CHARGE_BEFORE_DEADLINE, days=first)
        for term, shortest in SHORTEST_DAYS.items():
            key = f"reminder_days_before_deadline.{term.value}"
            days = self.reminder_days_before_deadline.of(term)
            _check_descending(key, days)
            most = shortest - self.opt_out_days_before_end
            if days and days[0] > most:
                raise PolicyProblem(key, DAYS_TOO_EARLY, most=most)
        return self


class Cancellation(Section):
    """Taking a purchase back, with its money."""

    window_days: Days = Field(
        description="R28: a yearly or quarterly purchase can be cancelled within so many days "
        "of the purchase."
    )
    approval_required: StrictBool = Field(
        description="R29: whether staff approve an eligible request before it is granted."
    )


class Retention(Section):
    """How long data outlive access."""

    data_days: Days = Field(
        description="R31: data last so long after the later of the request and the end of access."
    )
    warning_days_before_end: DayList = Field(
        description="R31: the customer is warned so many days before they go."
    )
    export_kept_days: SomeDays = Field(description="R31: an archive can be fetched so long.")
    accounting_years: Annotated[int, Field(strict=True, ge=1, le=100)] = Field(
        description="R31: accounting documents are kept so many years after the year they are of."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _check_descending("warning_days_before_end", self.warning_days_before_end)
        if self.warning_days_before_end and self.warning_days_before_end[0] > self.data_days:
            raise PolicyProblem("warning_days_before_end", WARNING_TOO_EARLY, days=self.data_days)
        return self


class Invitations(Section):
    """How a team grows."""

    expiry_days: SomeDays = Field(description="R36: an invitation can be accepted so long.")
    most_at_a_time: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        description="R36: so many addresses are invited at a time, without a file."
    )


class Seats(Section):
    """What holds a seat to its member."""

    lock_days: Days = Field(
        description="R38: a seat stays with its member so many days from its first use."
    )
    last_use_written_within_seconds: Annotated[int, Field(strict=True, ge=1, le=60)] = Field(
        description="R38: the day of a seat's last use is written down within so many seconds."
    )


class Documents(Section):
    """What invoices say beside their figures."""

    late_payment_basis_points: Annotated[int, Field(strict=True, ge=0, le=10_000)] = Field(
        description="R47: the yearly rate of late-payment penalties for companies, in hundredths "
        "of a percent."
    )
    recovery_indemnity_cents: Annotated[int, Field(strict=True, ge=0, le=100_000)] = Field(
        description="R47: the lump sum that companies owe for recovery, in euro cents."
    )
    vat_on_debits: StrictBool = Field(
        description="R47: whether the vendor pays tax when it invoices, and not when it is paid."
    )


class StatutoryEu(Section):
    """Statutory rights of consumers in the EU; the customer has whichever is kinder (R33)."""

    enabled: StrictBool = Field(description="R33: whether this section is in force.")
    withdrawal_days: SomeDays = Field(
        description="R33: any first purchase can be withdrawn from within so many days, monthly "
        "terms too."
    )
    express_request_to_start: StrictBool = Field(
        description="R33: the express request to start at once is asked for and kept on record."
    )
    withdrawal_acknowledged: StrictBool = Field(
        description="R33: a button to withdraw is visible throughout, and using it is acknowledged."
    )
    termination_without_login: StrictBool = Field(
        description="R33: a contract can be ended in three clicks without logging in."
    )
    withdrawal_link_days: SomeDays = Field(
        description="R33: the link in the mail grants a withdrawal that was sent without logging "
        "in for so long; later staff look at it."
    )
    notice_earliest_months_before_deadline: Annotated[int, Field(strict=True, ge=1, le=12)] = Field(
        description="R33: the notice of a coming renewal goes out this long before the deadline "
        "at the earliest ..."
    )
    notice_latest_months_before_deadline: Annotated[int, Field(strict=True, ge=0, le=12)] = Field(
        description="R33: ... and this long at the latest; without it the contract can be ended "
        "at any time, with the rest paid back."
    )
    data_days: Days = Field(
        description="R33: data last at least so long in R31, where the EU Data Act asks for it."
    )
    data_audiences: tuple[Audience, ...] = Field(
        description="R33: whose data, in the EU; the Data Act speaks of every customer."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _check_distinct("data_audiences", self.data_audiences)
        if self.notice_latest_months_before_deadline >= self.notice_earliest_months_before_deadline:
            raise PolicyProblem("notice_latest_months_before_deadline", NOTICE_WINDOW_EMPTY)
        return self

    def protects(self, audience: Audience, country: str) -> bool:
        """Whether this section's consumer rights hold for such a customer."""
        return self.enabled and audience.is_consumer and country in EU_COUNTRIES

    def keeps_data(self, audience: Audience, country: str) -> bool:
        """Whether this section's days of data hold for such a customer."""
        return self.enabled and audience in self.data_audiences and country in EU_COUNTRIES


class Accounts(Section):
    """Under which number the vendor's chart of accounts has each account."""

    receivable: StrictStr = Field(description="R48: what customers owe.")
    card_clearing: StrictStr = Field(description="R48: what cards paid and is not paid out.")
    bank: StrictStr = Field(description="R48: the bank.")
    suspense: StrictStr = Field(description="R48: what the bank says, to be explained.")
    surplus: StrictStr = Field(description="R15: what customers paid too much.")
    refunds_sent: StrictStr = Field(description="R48: refunds that no statement confirmed yet.")
    deferred_revenue: StrictStr = Field(description="R48: sold, and still to be earned.")
    revenue: StrictStr = Field(description="R48: earned.")
    tax_due: StrictStr = Field(description="R45: tax collected.")
    fees: StrictStr = Field(description="R48: what banks and gateways keep.")
    exchange_loss: StrictStr = Field(description="R48: lost between two days' rates.")
    exchange_gain: StrictStr = Field(description="R48: gained between two days' rates.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for key, number in self:
            if not ACCOUNT_NUMBER.fullmatch(number):
                raise PolicyProblem(key, NOT_AN_ACCOUNT_NUMBER, value=number)
        return self


class Ledger(Section):
    """How the books are exported."""

    accounts: Accounts


class Policy(Section):
    """The vendor's commercial rules, one version of them (R32)."""

    terms: Terms
    payment_methods: PaymentMethods
    students: Students
    quotes: Quotes
    orders: Orders
    tax: Tax
    renewal: Renewal
    cancellation: Cancellation
    retention: Retention
    invitations: Invitations
    seats: Seats
    documents: Documents
    ledger: Ledger
    statutory_eu: StatutoryEu
