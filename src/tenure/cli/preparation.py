"""``python -m tenure.cli.preparation``: what must be done before the parts of an installation run.

A program of its own, since the supervisor keeps free of Django. What it prints on stdout is shown
once the installation answers.
"""

from __future__ import annotations

import hashlib
import hmac
import sys

from tenure.base.clock import machine_now
from tenure.base.ids import public_id
from tenure.cli.migrate import bring_up_to_date
from tenure.cli.output import remark, result
from tenure.cli.running import installation
from tenure.cli.wording import language, say, sentence
from tenure.host.settings import Settings
from tenure.policy.loading import policy_warnings


def main() -> None:
    """Bring the database up to date; with ``--demo``, fill the sandbox, else warn of gaps."""
    with installation() as settings:
        bring_up_to_date()
        if "--demo" in sys.argv[1:]:
            _demo(settings)
        elif not settings.sandbox:
            _warn()


def _demo(settings: Settings) -> None:
    from tenure.flows.demo import prepare_demo

    key = "tenure_" + hmac.new(settings.secret_key.encode(), b"demo", hashlib.sha256).hexdigest()
    organisations = prepare_demo(key=key, now=machine_now())
    url = settings.public_url
    result("")
    result(say("A sandbox with a year of history:", "Un bac à sable avec un an d'histoire :"))
    for organisation in organisations:
        shown = public_id("org", organisation.id)
        result(f"  {organisation.name} ({organisation.audience}, {organisation.country}): {shown}")
    first = public_id("org", organisations[0].id)
    result("")
    result(say("Try, in another terminal:", "À essayer, dans un autre terminal :"))
    result(f"  export TENURE_URL={url}")
    result(f"  export TENURE_KEY={key}")
    result('  auth="Authorization: Bearer $TENURE_KEY"')
    result('  curl -s -H "$auth" "$TENURE_URL/api/v1/offers?audience=business&country=FR&limit=2"')
    result(f'  curl -s -H "$auth" "$TENURE_URL/api/v1/organisations/{first}/subscriptions"')
    result(f'  curl -s -H "$auth" "$TENURE_URL/api/v1/organisations/{first}/events"')
    question = (
        '{"subject": {"type": "member", "id": "claire@lumiere.example"}, '
        '"action": {"name": "model"}, '
        '"resource": {"type": "application", "id": "partforge"}, '
        f'"context": {{"organisation": "{first}"}}}}'
    )
    result(f'  curl -s -H "$auth" -d \'{question}\' "$TENURE_URL/access/v1/evaluation"')


def _warn() -> None:
    """What a live installation should know of itself: what is missing, what is risky (R33)."""
    from tenure.catalogue.models import Offer
    from tenure.catalogue.queries import current_version, vendor_gaps
    from tenure.orders.queries.policy import policy_in_force

    countries: set[str] = set()
    consumers = Offer.objects.filter(audience__in=["creator", "student"], withdrawn_at=None)
    for listed in consumers.values_list("countries", flat=True).distinct():
        countries.update(listed or ["FR"])
    for warning in policy_warnings(policy_in_force()[1], consumer_countries=countries):
        remark(sentence(warning.code, warning.figures, language()))
    gaps = vendor_gaps() if current_version() is not None else ()
    if gaps:
        names = ", ".join(gaps)
        remark(
            say(
                f"The catalogue's vendor lacks: {names}. Add them before the first invoice.",
                f"Il manque au vendeur du catalogue : {names}. Ajoutez-les avant la première "
                "facture.",
            )
        )


if __name__ == "__main__":
    main()
