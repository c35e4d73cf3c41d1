"""Mail goes out over real SMTP: once, tried again, given up; with two workers, and killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections

from tenure.notices.commands.delivery import (
    claim_mails,
    drop_useless,
    forget_mails,
    show_mails,
)
from tenure.notices.commands.mails import post_mail
from tenure.notices.delivery import deliver_by
from tenure.notices.letters.accounts import AccountMail
from tenure.notices.models import Mail
from tenure.notices.queries.mails import is_any_due, undelivered
from tenure.notices.rules import LEASE, PAUSES
from tenure.notices.smtp import SmtpOffice, message_name
from tests.flows.crowd import at_once
from tests.notices.post import SENDER, Box, plain, post_box
from tests.shop import START

pytestmark = pytest.mark.django_db(transaction=True)


class Post:
    """A server, and an office that sends by it."""

    def __init__(self, box: Box, office: SmtpOffice) -> None:
        self.box = box
        self.office = office

    def deliver(self, after: timedelta = timedelta(), *, sandbox: bool = False) -> int:
        """One batch, so long after the start."""
        return deliver_by(self.office, now=START + after, sandbox=sandbox)


@pytest.fixture
def post() -> Iterator[Post]:
    with post_box() as (box, address):
        office = SmtpOffice(address, sender=SENDER, mail_from=None)
        yield Post(box, office)
        office.close()


def code_to(address: str, *, key: str = "", useless_after: timedelta | None = None) -> Mail:
    """A mail with a code, waiting."""
    post_mail(
        kind=AccountMail.ADDRESS_CONFIRMATION,
        to=address,
        name="Ada Lovelace",
        language="fr",
        facts={"code": "714 209", "minutes": "15"},
        key=key or address,
        now=START,
        useless_after=START + useless_after if useless_after else None,
    )
    return Mail.objects.get(key=f"page:{key or address}")


def test_a_mail_arrives_as_it_should_and_once(post: Post) -> None:
    mail = code_to("ada@lumiere.fr")
    code_to("ada@lumiere.fr")
    assert post.deliver() == 1
    assert post.deliver(timedelta(days=2)) == 0
    (message,) = post.box.arrived
    assert message["Subject"] == "Votre code de confirmation\u00a0: 714 209"
    assert str(message["From"]) == "Atelier <hello@atelier-vendor.test>"
    assert str(message["To"]) == "Ada Lovelace <ada@lumiere.fr>"
    assert message["Reply-To"] == "hello@atelier-vendor.test"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].strip() == f"<{message_name(mail.key)}@shop.atelier-vendor.test>"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    for part in message.iter_parts():
        assert "714 209" in part.get_content()


def test_a_live_installation_forgets_what_it_sent_and_a_sandbox_does_not(post: Post) -> None:
    code_to("ada@lumiere.fr")
    post.deliver()
    sent = Mail.objects.get()
    assert (sent.status, sent.letter, sent.settled_at) == ("sent", None, START)
    assert sent.subject
    code_to("bob@lumiere.fr")
    post.deliver(sandbox=True)
    assert Mail.objects.get(to="bob@lumiere.fr").letter is not None


def test_not_now_is_tried_again_after_longer_and_longer(post: Post) -> None:
    code_to("busy@lumiere.fr")
    post.box.replies["busy@lumiere.fr"] = "451 Come back later"
    at = timedelta()
    for pause in PAUSES:
        assert post.deliver(at) == 1
        waiting = Mail.objects.get()
        assert (waiting.status, waiting.due_at) == ("waiting", START + at + pause)
        assert waiting.problem == "451 Come back later"
        assert post.deliver(at + pause - timedelta(seconds=1)) == 0
        at += pause
    assert post.deliver(at) == 1
    given_up = Mail.objects.get()
    assert given_up.status == "given_up"
    assert [mail.id for mail in undelivered(limit=10)] == [given_up.id]


def test_it_arrives_when_the_server_has_time(post: Post) -> None:
    code_to("busy@lumiere.fr")
    post.box.data_replies["busy@lumiere.fr"] = "452 Full"
    post.deliver()
    post.box.data_replies.clear()
    post.deliver(PAUSES[0])
    assert post.box.addresses() == ["busy@lumiere.fr"]


@pytest.mark.parametrize("at", ["replies", "data_replies"])
def test_never_is_never_tried_again_and_others_get_theirs(post: Post, at: str) -> None:
    code_to("nobody@lumiere.fr")
    code_to("ada@lumiere.fr")
    getattr(post.box, at)["nobody@lumiere.fr"] = "550 No such person"
    assert post.deliver() == 2
    assert post.deliver(timedelta(days=3)) == 0
    refused = Mail.objects.get(to="nobody@lumiere.fr")
    assert (refused.status, refused.problem) == ("refused", "550 No such person")
    assert post.box.addresses() == ["ada@lumiere.fr"]


def test_a_server_that_is_away_costs_one_try_and_the_batch_waits(post: Post) -> None:
    for number in range(3):
        code_to(f"a{number}@lumiere.fr")
    away = SmtpOffice(plain(1), sender=SENDER, mail_from=None)
    assert deliver_by(away, now=START, sandbox=False) == 3
    assert set(Mail.objects.values_list("status", "due_at")) == {("waiting", START + PAUSES[0])}
    assert "refused" in Mail.objects.earliest("id").problem
    assert post.deliver(PAUSES[0]) == 3
    assert len(post.box.arrived) == 3


def test_an_address_that_no_mail_can_carry_is_given_back(post: Post) -> None:
    code_to("né\n@lumiere.fr")
    assert post.deliver() == 1
    assert Mail.objects.get().status == "refused"


def test_what_helps_nobody_any_more_is_not_sent(post: Post) -> None:
    code_to("ada@lumiere.fr", useless_after=timedelta(minutes=15))
    assert drop_useless(now=START + timedelta(minutes=14)) == 0
    assert drop_useless(now=START + timedelta(minutes=15)) == 1
    assert post.deliver(timedelta(minutes=15)) == 0
    assert (Mail.objects.get().status, Mail.objects.get().letter) == ("given_up", None)


def test_a_code_is_not_tried_beyond_its_use(post: Post) -> None:
    code_to("busy@lumiere.fr", useless_after=timedelta(seconds=30))
    post.box.replies["busy@lumiere.fr"] = "451 Later"
    post.deliver()
    assert (Mail.objects.get().status, Mail.objects.get().letter) == ("given_up", None)


def test_a_sandbox_sends_nothing_to_addresses_that_are_nobodys(post: Post) -> None:
    for address in ("ada@planb.example", "bob@shop.test", "eve@mail.example.org"):
        code_to(address)
    code_to("real@lumiere.fr")
    post.deliver(sandbox=True)
    assert post.box.addresses() == ["real@lumiere.fr"]
    assert Mail.objects.filter(status="shown", letter__isnull=False).count() == 3


def test_a_sandbox_without_a_server_shows_what_waits() -> None:
    code_to("ada@lumiere.fr")
    assert is_any_due(START)
    assert show_mails(now=START) == 1
    assert not is_any_due(START)
    assert Mail.objects.get().letter is not None


def test_several_workers_send_each_mail_once() -> None:
    for number in range(40):
        code_to(f"a{number}@lumiere.fr")
    with post_box() as (box, address):

        def work(_: int) -> int:
            office = SmtpOffice(address, sender=SENDER, mail_from=None)
            tried = 0
            while done := deliver_by(office, now=START, sandbox=False):
                tried += done
            office.close()
            return tried

        assert sum(at_once(4, work)) == 40
        assert len(set(box.addresses())) == len(box.arrived) == 40
    assert not Mail.objects.exclude(status="sent").exists()


@pytest.mark.unmeasured
@pytest.mark.parametrize("sent_before", [False, True])
def test_killed_in_the_middle_it_goes_out_after_the_lease_under_the_same_name(
    post: Post, sent_before: bool
) -> None:
    mail = code_to("ada@lumiere.fr")
    connections.close_all()
    child = os.fork()
    if child == 0:
        (claimed,) = claim_mails(now=START, most=5)
        if sent_before:
            post.office.send(claimed)
        os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert Mail.objects.get().claim is not None
    assert post.deliver(LEASE - timedelta(seconds=1)) == 0
    assert post.deliver(LEASE) == 1
    names = {message["Message-ID"].strip() for message in post.box.arrived}
    assert names == {f"<{message_name(mail.key)}@shop.atelier-vendor.test>"}
    assert len(post.box.arrived) == 1 + sent_before
    assert Mail.objects.get().status == "sent"


def test_old_mails_are_forgotten(post: Post) -> None:
    code_to("ada@lumiere.fr")
    code_to("waits@lumiere.fr")
    post.box.replies["waits@lumiere.fr"] = "451 Later"
    post.deliver()
    month = timedelta(days=30)
    assert forget_mails(now=START + month, after=month) == 0
    assert forget_mails(now=START + month + timedelta(seconds=1), after=month) == 1
    assert Mail.objects.get().to == "waits@lumiere.fr"
