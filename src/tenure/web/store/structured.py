"""What search engines read about an offer: JSON-LD, which is data and no script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tenure.base.money import Money, minor_digits
from tenure.web.store.shop import Shop
from tenure.web.store.shown import OfferShown

_CODED: Final = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}
"""What could end a script element, as JSON may write it as well."""


def product(shop: Shop, shown: OfferShown) -> SafeString:
    """The offer with its prices as a product; safe inside of a page."""
    address = settings.PUBLIC_URL + shown.page
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": shown.name,
        "description": shown.description or shown.name,
        "sku": shown.id,
        "brand": {"@type": "Brand", "name": shop.vendor.name},
        "category": ", ".join(shown.solutions),
        "url": address,
    }
    if shown.terms:
        data["offers"] = [
            {
                "@type": "Offer",
                "url": f"{address}?term={each.term.value}",
                "price": _decimal(each.price),
                "priceCurrency": each.price.currency,
                "availability": "https://schema.org/InStock",
            }
            for each in shown.terms
        ]
    return SafeString(json.dumps(data, ensure_ascii=False).translate(_CODED))


def summary(description: str, programs: Sequence[str]) -> str:
    """What a search engine shows below the title of an offer or a role."""
    opens = gettext("Opens %(programs)s.") % {"programs": ", ".join(programs)} if programs else ""
    return " ".join(part for part in (description, opens) if part)


def _decimal(price: Money) -> str:
    return str(Decimal(price.amount).scaleb(-minor_digits(price.currency)))
