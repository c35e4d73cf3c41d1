"""In whose name mails are written."""

from __future__ import annotations

from django.conf import settings

from tenure.catalogue.queries import vendor
from tenure.notices.letters.letter import Sender
from tenure.notices.links import page


def sender() -> Sender:
    """The vendor as the catalogue file names it. One statement."""
    facts = vendor(sandbox=settings.SANDBOX)
    return Sender(facts.name, facts.facts.get("email", ""), page("/"))
