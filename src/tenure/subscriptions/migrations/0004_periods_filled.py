"""What periods of an older Tenure have paid, and when they are renewed."""

from typing import Any

from django.db import migrations
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce, Now

from tenure.base.calendar import Term, first_instant, zone_named
from tenure.policy.loading import parse_policy
from tenure.policy.model import Policy
from tenure.subscriptions.rules.periods import PeriodFacts, PeriodKind
from tenure.subscriptions.rules.renewal import reminder_days, renewal_begins_at


def fill(apps: Any, _schema_editor: object) -> None:
    """Give the last periods of what runs their days of reminding and renewing.

    What ended under a version that did not renew is left as it is.
    """
    periods = apps.get_model("subscriptions", "Period")
    sources = dict(apps.get_model("orders", "PolicyVersion").objects.values_list("number", "source"))
    paid = apps.get_model("billing", "Payment").objects.filter(
        order=OuterRef("order"), status="captured", method="bank_transfer"
    )
    later = periods.objects.filter(
        subscription=OuterRef("subscription"), number__gt=OuterRef("number")
    )
    last = periods.objects.filter(
        ~Exists(later),
        order__isnull=False,
        opt_out_on__isnull=False,
        subscription__cancelled_at__isnull=True,
        ends_at__gt=Coalesce("organisation__test_clock", Now()),
    ).annotate(by_transfer=Exists(paid), term=F("subscription__term"), zone=F("subscription__zone"))
    last = last.annotate(
        version=F("order__policy_version"), clock=Coalesce("organisation__test_clock", Now())
    )
    policies: dict[int, Policy] = {}
    batch: list[Any] = []
    for row in last.order_by("id").iterator(chunk_size=1000):
        if row.version not in policies:
            policies[row.version] = parse_policy(sources[row.version])
        policy, zone = policies[row.version], zone_named(row.zone)
        facts = PeriodFacts(
            row.number, PeriodKind(row.kind), row.starts_on, row.ends_on, row.starts_at, row.ends_at
        )
        days = reminder_days(facts.span, Term(row.term), policy)
        instants = (first_instant(day, zone) for day in days)
        row.remind_at = next((each for each in instants if each > row.clock), None)
        row.renew_at = renewal_begins_at(facts, zone, policy, by_transfer=row.by_transfer)
        batch.append(row)
        if len(batch) == 1000:
            periods.objects.bulk_update(batch, ["remind_at", "renew_at"])
            batch.clear()
    periods.objects.bulk_update(batch, ["remind_at", "renew_at"])


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0014_kinds_of_resolutions'),
        ('organisations', '0008_vat_checks'),
        ('subscriptions', '0003_renewals'),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE subscriptions_period AS period
            SET quantity = subscription.quantity, begin_noted_at = period.starts_at
            FROM subscriptions_subscription AS subscription
            WHERE subscription.id = period.subscription_id
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
