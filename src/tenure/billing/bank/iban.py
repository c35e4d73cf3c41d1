"""Whether an account number can be one (ISO 13616)."""

from __future__ import annotations

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from tenure.base.errors import FieldError, Invalid
from tenure.billing.errors import NOT_AN_IBAN


def checked_iban(written: str, *, field: str = "iban") -> str:
    """The IBAN in one form; ``Invalid`` if its country, length or check digits are wrong."""
    try:
        return str(IBAN(written, validate_bban=False))
    except SchwiftyException as error:
        shown = written.strip()[:40] or "?"
        raise Invalid([FieldError(field, NOT_AN_IBAN, {"given": shown})]) from error
