"""A story is played: in the product, and beside it in the rulebook, which must agree.

After every operation the two say whether it was done, or why not; after every day all books are
read at once and compared, and every member is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import merge
from types import TracebackType
from typing import Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from tenure.base.ids import new_id
from tenure.events.journal import transaction
from tenure.flows.clock import advance_clock
from tenure.flows.due import run_due
from tenure.flows.recovery import recover_payments
from tenure.flows.refunds import recover_refunds
from tenure.flows.renewals.charging import charge_renewals, end_steps
from tenure.flows.simulation.comparing import difference, questions
from tenure.flows.simulation.deeds import KINDS
from tenure.flows.simulation.deeds.asking import serve
from tenure.flows.simulation.deeds.deed import BY, DONE, Deed, member_id, outcome
from tenure.flows.simulation.faults import Died, Doom, doomed
from tenure.flows.simulation.killing import killed_in
from tenure.flows.simulation.reading import Deciders, read, whose_are
from tenure.flows.simulation.report import Report
from tenure.flows.simulation.rulebook import asking
from tenure.flows.simulation.rulebook.customer import Customer, Member
from tenure.flows.simulation.rulebook.deciding import Grant, decide
from tenure.flows.simulation.rulebook.stirring import advanced, stirs, worked
from tenure.flows.simulation.rulebook.writing import written
from tenure.flows.simulation.statements import Bank, transfers
from tenure.flows.simulation.story import START, Founding, Op, Story
from tenure.flows.vat_checks import look_up_due
from tenure.flows.vat_validated import correct_due
from tenure.flows.verify.run import verify
from tenure.organisations.commands.organisation import (
    BillingAddress,
    NewOrganisation,
    create_organisation,
)
from tenure.policy.words import Audience

_AT_ONCE: Final = timedelta(days=-36500)
"""A patience that asks about every charge, whatever the machine's clock says."""

_VERIFIED_EVERY: Final = 120
"""After how many days all that is always true is checked as well."""

_WRITTEN_EVERY: Final = 14
"""After how many days everybody's books are written down, changed or not."""

_GONE: Final = "died"


@dataclass
class Violation(Exception):
    """The product and the rulebook disagree; ``minute`` is when that was seen."""

    what: str
    minute: int
    customer: int | None = None

    def __reduce__(self) -> tuple[type[Violation], tuple[str, int, int | None]]:
        """As one process tells another of it."""
        return Violation, (self.what, self.minute, self.customer)

    def __str__(self) -> str:
        """What disagrees."""
        return self.what

    @property
    def kind(self) -> str:
        """What disagrees, in a word: two stories with the same show the same."""
        return self.what.partition(":")[0].split("@")[0]


_Happening = tuple[int, int, Op | Callable[[int], None]]


class _Watching:
    """Turns whatever the product raises, refusals apart, into a violation."""

    def __init__(self, minute: int, customer: int | None) -> None:
        self._minute, self._customer = minute, customer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, Violation):
            told = f"{type(error).__name__}: {error}".strip()
            raise Violation(told, self._minute, self._customer) from error


class Play:
    """One story, once. The installation must be an empty one with policy and catalogue.

    ``told`` hears of each day that passed; books are compared after each, or ``compared_on`` some.
    """

    def __init__(
        self,
        story: Story,
        *,
        told: Callable[[int], None] = lambda _day: None,
        compared_on: Collection[int] | None = None,
    ) -> None:
        self.story = story
        self._compared_on = compared_on
        self.report = Report()
        self._told = told
        self._customers: dict[int, Customer] = {}
        self._clocks: dict[int, datetime] = {}
        self._deciders = Deciders()
        self._ids: list[UUID] = []
        self._bank = Bank()
        self._stirred: set[UUID] = set()

    def run(self) -> Report:
        """Play it; raises ``Violation``."""
        days = self.story.days
        for founding in self.story.foundings:
            self._found(founding)
        for minute, thing in self._happenings(days * 1440):
            if isinstance(thing, Op):
                with _Watching(minute, thing.customer):
                    self._do(self._customers[thing.customer], thing)
            else:
                with _Watching(minute, None):
                    thing(minute)
        with _Watching(days * 1440, None):
            self._verify(days * 1440)
        return self.report

    def _happenings(self, end: int) -> Iterator[tuple[int, Op | Callable[[int], None]]]:
        """Everything in order: operations, the worker, and the end of each day."""
        ops: Iterator[_Happening] = ((op.minute, 0, op) for op in self.story.ops if op.minute < end)
        ticks: Iterator[_Happening] = (
            (minute, 1, self._tick) for minute in self.story.ticks if minute < end
        )
        days: Iterator[_Happening] = (
            (minute + 1439, 2, self._end_day)
            for minute in range(0, end, 1440)
            if self._compared_on is None or minute // 1440 in self._compared_on
        )
        for minute, _, thing in merge(ops, ticks, days, key=lambda each: each[:2]):
            yield minute, thing

    def _found(self, founding: Founding) -> None:
        id_, clock = new_id(), START if founding.own_clock else None
        verified = founding.proved and founding.audience == "student"
        customer = Customer(
            index=founding.index,
            audience=founding.audience,
            country=founding.country,
            zone=ZoneInfo(founding.zone),
            own_clock=founding.own_clock,
            verified_at=START if verified else None,
            id=id_,
        )
        owner = Member(f"owner@{founding.index}.example", "owner", "active")
        customer.members.append(owner)
        draft = NewOrganisation(
            name=f"Customer {founding.index}",
            audience=Audience(founding.audience),
            country=founding.country,
            currency=customer.currency,
            timezone=founding.zone,
            language="fr" if founding.index % 2 else "en",
            billing=BillingAddress(
                name=f"Customer {founding.index}",
                line1="1 rue du Marché",
                postal_code="10001",
                city="Somewhere",
                country=founding.country,
            ),
            owner_email=owner.email,
            owner_name="Owner",
            proved=verified,
            test_clock=clock,
        )
        with transaction(now=START, by=BY, organisation=id_) as journal:
            create_organisation(organisation=id_, draft=draft, journal=journal)
        self._customers[founding.index] = customer
        self._clocks[founding.index] = START
        self._ids.append(id_)

    # What happens

    def _do(self, customer: Customer, op: Op) -> None:
        if customer.own_clock:
            self._advance(customer, op.at, op.fault if op.picks[0] % 2 else 0)
        if op.kind in ("transfer", "send"):
            self._transfer(customer, op)
            return
        if op.kind == "pay_out":
            self._pay_out(op)
            return
        kind = KINDS.get(op.kind) if not customer.purged or op.kind == "purge" else None
        deed = kind(customer, op) if kind else None
        if deed is None:
            return
        self._stirred.add(customer.id)
        came, made = self._done(deed, op)
        if came == _GONE:
            self.report.done[f"{op.kind} {came}"] += 1
            customer.settled = False
            _serve(customer, op)
            return
        expected = deed.expects() or DONE
        if came != expected:
            raise Violation(f"{op.kind}: {came} instead of {expected}", op.minute, op.customer)
        self.report.done[f"{op.kind} {came}"] += 1
        deed.learns(made)
        _serve(customer, op)

    def _transfer(self, customer: Customer, op: Op) -> None:
        sent = [] if customer.purged else transfers(customer, op)
        self._bank.waiting += sent
        self.report.done["transfer sent"] += len(sent)

    def _pay_out(self, op: Op) -> None:
        """Staff send what waits for the bank, whose ever it is."""
        told = self._bank.pay_out(self._customers.values(), op)
        if told not in (DONE, "payout_nothing_to_send"):
            raise Violation(f"pay_out: {told}", op.minute)
        self._stirred |= {each.id for each in self._customers.values() if each.payouts}
        self.report.done[f"pay_out {told}"] += 1

    def _done(self, deed: Deed, op: Op) -> tuple[str, object]:
        """It is done, perhaps by somebody who dies on the way and comes back, or twice."""
        if not op.fault or deed.lives:
            return outcome(deed.does)
        if op.fault % 4 == 0:
            came, made = outcome(deed.does)
            click = deed.does if deed.twice else deed.again
            if deed.other_tab is not None and op.picks[2] % 2:
                click = deed.other_tab
            if came == DONE and click is not None:
                came, _ = outcome(click)
            return came, made
        doom = Doom(op.fault)
        done = self._doomed(deed, op, doom)
        if done is not None:
            return done
        self.report.deaths += 1
        if deed.left is not None and op.picks[2] % 2:
            deed.left(doom)
            return _GONE, None
        if deed.again is not None:
            return outcome(deed.again)
        return (DONE, None) if doom.committed else outcome(deed.does)

    def _doomed(self, deed: Deed, op: Op, doom: Doom) -> tuple[str, object] | None:
        """It is done by somebody who dies at a point, if it has so many; None: they did."""
        if op.picks[1] % 100 < self.story.killed:
            came = killed_in(lambda: outcome(deed.does)[0], op.fault, doom)
            self.report.killed += came is None
            return None if came is None else (came, None)
        with doomed(doom):
            try:
                return outcome(deed.does)
            except Died:
                return None

    def _advance(self, customer: Customer, to: datetime, points: int) -> None:
        self._stirred.add(customer.id)
        work = partial(advance_clock, organisation=customer.id, to=to, by=BY, sandbox=True)
        if points:
            with doomed(Doom(points)):
                try:
                    work()
                except Died:
                    self.report.deaths += 1
        work()
        advanced(customer, self._clocks[customer.index], to)
        self._clocks[customer.index] = to

    def _tick(self, minute: int) -> None:
        """The worker runs, for everybody who lives by the machine's clock."""
        at = START + timedelta(minutes=minute)
        brought = self._bank.read(at, self._clocks, twice=minute % 5 == 0)
        self._stirred |= brought
        for customer in self._customers.values():
            if customer.id in brought and customer.settled:
                asking.serve(customer, self._clocks[customer.index] if customer.own_clock else at)
        if minute % 6 == 0:
            with doomed(Doom(1 + minute % 31)):
                try:
                    _do_due(at)
                except Died:
                    self.report.deaths += 1
        _work(at)
        self.report.ticks += 1
        for customer in self._customers.values():
            if not customer.own_clock and stirs(customer, at):
                self._stirred.add(customer.id)
                worked(customer, at)

    # What is compared

    def _end_day(self, minute: int) -> None:
        at = START + timedelta(minutes=minute)
        self._compare_books(minute)
        self._compare_decisions(minute, at)
        self.report.days += 1
        day = minute // 1440
        if day % _VERIFIED_EVERY == _VERIFIED_EVERY - 1:
            self._verify(minute)
        self._told(day)

    def _compare_books(self, minute: int) -> None:
        """All books are the same; they are written down where one side says that they changed, and
        every now and then for everybody."""
        changed = self._deciders.refresh(self._ids) | self._stirred
        whole = self._compared_on is not None or minute // 1440 % _WRITTEN_EVERY == 0
        found = read(self._ids if whole else sorted(changed))
        self._stirred.clear()
        for customer in self._customers.values():
            if customer.id not in found:
                continue
            told = written(customer)
            if told == found[customer.id]:
                continue
            for part, text in told.items():
                if text != found[customer.id][part]:
                    what = f"{part}:\n{difference(text, found[customer.id][part])}"
                    raise Violation(what, minute, customer.index)
        self.report.compared += len(self._ids)
        self.report.written += len(found)

    def _compare_decisions(self, minute: int, at: datetime) -> None:
        for customer in self._customers.values():
            asked_at = self._clocks[customer.index] if customer.own_clock else at
            for number, member in enumerate(customer.members):
                for grant in questions(customer, member, minute // 1440 + number):
                    self._ask(customer, member, grant, asked_at, minute)

    def _ask(
        self, customer: Customer, member: Member, grant: Grant, at: datetime, minute: int
    ) -> None:
        said = decide(customer, member, grant, at)
        decided = self._deciders.decide(customer.id, member_id(customer, member), grant, at)
        self.report.decisions += 1
        if said != decided:
            asked = f"{member.email} {':'.join(grant)} at {at.isoformat()}"
            raise Violation(f"{asked}: {decided} instead of {said}", minute, customer.index)

    def _verify(self, minute: int) -> None:
        """While a worker is down, answers stay away for longer than they may: it runs first, and
        once more to ask about what it charged itself."""
        self._tick(minute)
        self._tick(minute)
        at = START + timedelta(minutes=minute)
        failed = [each for each in verify(now=at) if not each.holds]
        if failed:
            told = [f"{f.check.name}: {[(e.id, e.what) for e in f.tally.failures]}" for f in failed]
            named = {each.id for one in failed for each in one.tally.failures}
            whose = whose_are(named, {c.id: c.index for c in self._customers.values()})
            raise Violation("verify: " + "; ".join(told), minute, whose)


def _serve(customer: Customer, op: Op) -> None:
    """Who waits for a seat gets one at once: a purchase gives it, or else the worker, in both. On
    a test clock whatever is freed otherwise waits until that is advanced (R40)."""
    settled, customer.settled = customer.settled, False
    if asking.is_awaited(customer) and (settled or not customer.own_clock):
        if not customer.own_clock:
            serve(customer.id, op)
        asking.serve(customer, op.at)


def _work(at: datetime) -> None:
    """What the worker does, for everybody who lives by the machine's clock."""
    recover_payments(now=at, patience=_AT_ONCE)
    recover_refunds(now=at, patience=_AT_ONCE)
    _do_due(at)
    charge_renewals(now=at)
    look_up_due(now=at)
    correct_due(now=at)


def _do_due(at: datetime) -> None:
    end_steps(now=at)
    run_due(now=at)
