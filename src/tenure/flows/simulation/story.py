"""What happens, told before it does: the same seed tells the same story.

An operation names whom it is about by numbers that are resolved when it is done, so that a story
of which parts were left out is still one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

START: Final = datetime(2027, 1, 1, tzinfo=UTC)
"""Where every simulation begins."""

KILLED: Final = 20
"""Of a hundred processes that die at a customer's operation, so many are killed by a signal; the
others are cut short by an exception, which costs a tenth of the time."""

_PLACES: Final = {
    "business": (
        ("FR", "Europe/Paris", 5),
        ("DE", "Europe/Berlin", 2),
        ("US", "America/New_York", 1),
        ("JP", "Asia/Tokyo", 1),
        ("GB", "Europe/London", 1),
        ("CA", "America/St_Johns", 1),
    ),
    "creator": (
        ("FR", "Pacific/Noumea", 2),
        ("IT", "Europe/Rome", 1),
        ("JP", "Asia/Tokyo", 1),
        ("US", "America/Los_Angeles", 1),
        ("CH", "Europe/Zurich", 1),
    ),
    "student": (
        ("FR", "Europe/Paris", 2),
        ("ES", "Atlantic/Canary", 1),
        ("US", "Pacific/Honolulu", 1),
        ("GB", "Europe/London", 1),
    ),
}
"""Where customers of an audience live, and how often."""

_AUDIENCES: Final = (("business", 6), ("creator", 3), ("student", 2))

_FIRST: Final[Mapping[str, int]] = {
    "buy": 16,
    "try": 3,
    "pay": 6,
    "authenticate": 5,
    "transfer": 14,
    "cancel": 5,
    "decide": 3,
    "add_seats": 6,
    "withdraw": 2,
    "prove": 6,
    "invite": 18,
    "accept": 14,
    "send_again": 2,
    "call_off": 2,
    "assign": 20,
    "release": 6,
    "suspend": 3,
    "restore": 3,
    "remove": 4,
    "promote": 2,
    "opt_out": 6,
    "opt_out_later": 2,
    "opt_in": 3,
    "resize": 5,
    "wait": 2,
}

_SECOND: Final[Mapping[str, int]] = {
    **_FIRST,
    "pay_now": 7,
    "choose_losers": 5,
    "quote": 5,
    "accept_quote": 6,
    "decline_quote": 1,
    "buy_quoted": 2,
    "purge": 3,
}


_THIRD: Final[Mapping[str, int]] = {**_SECOND, "ask": 8, "answer": 9}
_FOURTH: Final[Mapping[str, int]] = {
    **{kind: often for kind, often in _THIRD.items() if kind not in ("add_seats", "answer")},
    "more_seats": 9,
    "reply": 9,
}
_FIFTH: Final[Mapping[str, int]] = {
    **{kind: often for kind, often in _FOURTH.items() if kind != "transfer"},
    "send": 14,
    "give_back": 5,
    "approve": 2,
    "pay_out": 4,
}
_SIXTH: Final[Mapping[str, int]] = {
    **{kind: often for kind, often in _FIFTH.items() if kind != "pay_now"},
    "pay_due": 24,
    "give_number": 8,
    "move": 2,
}


class Edition(NamedTuple):
    """How stories are told: how many operations are tried for a customer in a year, and of which
    kinds how often."""

    per_year: int
    kinds: Mapping[str, int]


EDITIONS: Final = (
    Edition(34, _FIRST),
    Edition(34, _SECOND),
    Edition(52, _SECOND),
    Edition(56, _THIRD),
    Edition(56, _FOURTH),
    Edition(60, _FIFTH),
    Edition(76, _SIXTH),
)
"""Another kind makes another edition: what a seed told in an earlier one, it tells for ever."""


class Op(NamedTuple):
    """Something that a customer does, ``minute`` minutes after the start.

    ``picks`` say which of several; ``fault`` is 0, or says what goes wrong on the way.
    """

    minute: int
    customer: int
    kind: str
    picks: tuple[int, int, int, int]
    fault: int = 0

    @property
    def at(self) -> datetime:
        """When, as an instant."""
        return START + timedelta(minutes=self.minute)

    def __str__(self) -> str:
        fault = f" fault {self.fault}" if self.fault else ""
        picks = " ".join(str(each) for each in self.picks)
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {picks}{fault}"


@dataclass(frozen=True)
class Founding:
    """Who a customer is; ``own_clock``: it carries a test clock (R2)."""

    index: int
    audience: str
    country: str
    zone: str
    own_clock: bool
    proved: bool


@dataclass(frozen=True)
class Story:
    """Everything that happens in a simulation."""

    seed: int
    days: int
    foundings: Sequence[Founding]
    ops: Sequence[Op]
    ticks: Sequence[int]
    """At which minutes the worker runs."""
    killed: int = KILLED
    """Of how many customers' processes that die, in percent, one is killed by a signal."""

    def part(self, number: int, of: int) -> Story:
        """What every ``of``-th customer does, from ``number`` on."""
        kept = [each for each in self.foundings if each.index % of == number]
        ops = [op for op in self.ops if op.customer % of == number]
        return replace(self, foundings=kept, ops=ops)

    def only(self, ops: Sequence[Op]) -> Story:
        """The same with fewer operations, and only who still does something."""
        left = {op.customer for op in ops}
        kept = [each for each in self.foundings if each.index in left]
        return replace(self, foundings=kept, ops=ops)


def tell(*, seed: int, years: float, organisations: int, edition: int = -1) -> Story:
    """The story of a seed, in the last of the ``EDITIONS`` or an earlier one."""
    days = max(round(years * 365.25), 1)
    foundings: list[Founding] = []
    ops: list[Op] = []
    for index in range(organisations):
        chance = Random(f"{seed}:{index}")  # noqa: S311 - a story, not a secret
        foundings.append(_founding(chance, index))
        ops += _life(chance, index, days, EDITIONS[edition])
    ops.sort()
    return Story(seed, days, foundings, ops, list(_ticks(seed, days)))


def _founding(chance: Random, index: int) -> Founding:
    audience = _one_of(chance, _AUDIENCES)
    country, zone, _ = chance.choices(
        _PLACES[audience], [often for _, _, often in _PLACES[audience]]
    )[0]
    return Founding(index, audience, country, zone, chance.random() < 0.06, chance.random() < 0.5)


def _one_of(chance: Random, weighted: Sequence[tuple[str, int]]) -> str:
    return chance.choices([each for each, _ in weighted], [often for _, often in weighted])[0]


def _life(chance: Random, index: int, days: int, edition: Edition) -> Iterator[Op]:
    """It begins with a purchase in the first weeks, and people are invited soon."""
    minutes = days * 1440
    first = chance.randrange(min(days, 45) * 1440)
    yield _op(chance, first, index, "buy")
    count = max(round(edition.per_year * days / 365), 6)
    kinds, weights = list(edition.kinds), list(edition.kinds.values())
    for number in range(count):
        early = number < count // 4
        end = min(first + 20 * 1440, minutes) if early else minutes
        minute = chance.randrange(first, max(end, first + 1))
        kind = chance.choices(kinds, weights)[0]
        yield _op(chance, minute, index, kind)


def _op(chance: Random, minute: int, index: int, kind: str) -> Op:
    picks = (_pick(chance), _pick(chance), _pick(chance), _pick(chance))
    fault = chance.randrange(1, 16) if chance.random() < 0.12 else 0
    return Op(minute, index, kind, picks, fault)


def _pick(chance: Random) -> int:
    return chance.randrange(1 << 16)


def _ticks(seed: int, days: int) -> Iterator[int]:
    """The worker runs once a day at any hour, sometimes twice, and sometimes is down for days."""
    chance = Random(f"{seed}:worker")  # noqa: S311 - a story, not a secret
    for day in range(days):
        if chance.random() < 0.96:
            yield day * 1440 + chance.randrange(1440)
