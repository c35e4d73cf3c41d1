"""Forms: what was typed, what is wrong with it beside the field, what a rule says above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache, lru_cache
from typing import Any, Final
from zoneinfo import available_timezones

from babel import Locale
from django import forms
from django.forms.utils import flatatt
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tenure.base.countries import iso_countries
from tenure.base.errors import FieldError, Invalid, Refused, Stale, TenureError
from tenure.base.wording import sentence
from tenure.catalogue.searching import search_words
from tenure.web.edge.refusals import Said, said, status_of

NOTHING: Final[Mapping[str, str]] = {}

_FIRST_DAY: Final = date(1900, 1, 1)
_LAST_DAY: Final = date(2999, 12, 31)


def printable(value: str) -> None:
    """What papers and mails can show: no control characters."""
    if not value.isprintable():
        raise forms.ValidationError(_("Only printable characters can be used."))


class Form(forms.Form):
    """A form that can show what a rule says no with.

    ``said`` is the rule's no, for ``{% include "edge/verdict.html" with said=form.said %}``;
    ``status`` the status in which the page with this form is answered.
    """

    said: Said | None = None
    status: int = 200

    def is_valid(self) -> bool:
        """Whether all that was typed can be used; 422 if not."""
        valid = super().is_valid()
        if self.is_bound and not valid:
            self.status = 422
        return valid

    @contextmanager
    def refusals(self, fields: Mapping[str, str] = NOTHING) -> Iterator[None]:
        """What a flow refuses in the block is told by this form.

            with form.refusals({"billing.country": "country"}):
                invite(...)
                return desk.redirect(...)
            return desk.render(..., {"form": form}, status=form.status)

        ``fields`` says which field of the form a field of the flow's is, where names differ.
        """
        try:
            yield
        except (Refused, Invalid, Stale) as error:
            self.refuse(error, fields)

    def refuse(self, error: TenureError, fields: Mapping[str, str] = NOTHING) -> None:
        """Show ``error`` with this form: beside its fields, or above."""
        self.status = status_of(error)
        wrong = error.field_errors if isinstance(error, Invalid) else ()
        if not wrong:
            self.said = said(error, translation.get_language() or "en")
        for each in wrong:
            self._beside(each, fields)

    def _beside(self, error: FieldError, fields: Mapping[str, str]) -> None:
        name = fields.get(error.field, error.field)
        text = sentence(error.code, error.figures, translation.get_language() or "en")
        self.add_error(name if name in self.fields else None, text)


class LongSelect(forms.Select):
    """A select of hundreds of options, written at once: Django's own asks a template for each."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The control, with ``value`` selected."""
        del renderer
        known = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        if self.use_required_attribute(self.choices) and self.is_required:
            known["required"] = True
        written = options(((str(key), str(label)) for key, label in self.choices), str(value or ""))
        return format_html("<select{}>{}</select>", flatatt(known), written)


def options(choices: Iterable[tuple[str, str]], selected: str = "") -> SafeString:
    """The options of a select, one of them selected."""
    return SafeString(
        "".join(
            f'<option value="{escape(key)}"{" selected" if key == selected else ""}>'
            f"{escape(label)}</option>"
            for key, label in choices
        )
    )


class CountryField(forms.ChoiceField):
    """A country of ISO 3166, by its name in the reader's language."""

    widget = LongSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=_countries, **options)


class TimeZoneField(forms.ChoiceField):
    """A time zone by its IANA name."""

    widget = LongSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=_zones, **options)


class LanguageField(forms.ChoiceField):
    """One of the languages in which Tenure speaks, each by its own name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=[("en", "English"), ("fr", "Français")], **options)


class DateField(forms.DateField):
    """A day, as browsers send it and show it in the reader's way."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d",)

    def clean(self, value: Any) -> date | None:
        """The day; at the ends of the calendar, where nothing can be reckoned, there is none."""
        day: date | None = super().clean(value)
        if day is not None and not _FIRST_DAY <= day <= _LAST_DAY:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class EmailField(forms.EmailField):
    """An address, in lower case: it is the one name by which a person is found."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"})

    def clean(self, value: Any) -> str:
        """The address, as it is kept."""
        return str(super().clean(value)).strip().lower()


def country_name(code: str, language: str) -> str:
    """What the country is called in that language; its code if it has no name."""
    return str(Locale(language).territories.get(code, code))


def countries_by_name(language: str) -> tuple[tuple[str, str], ...]:
    """All countries with their names, in the order in which a reader looks for them."""
    return _named_countries(language)


@lru_cache(maxsize=512)
def country_options(language: str, selected: str) -> SafeString:
    """All countries as the options of a select."""
    return options(countries_by_name(language), selected)


def _countries() -> list[tuple[str, Any]]:
    chosen = countries_by_name((translation.get_language() or "en")[:2])
    return [("", _("Choose a country")), *chosen]


@cache
def _named_countries(language: str) -> tuple[tuple[str, str], ...]:
    named = [(code, country_name(code, language)) for code in iso_countries()]
    return tuple(sorted(named, key=lambda each: search_words(each[1])))


@cache
def _all_zones() -> tuple[tuple[str, str], ...]:
    names = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
    kept = [name for name in names if not name.startswith(("Etc/", "posix/", "right/", "SystemV/"))]
    return tuple((name, name.replace("_", " ")) for name in kept)


def _zones() -> list[tuple[str, str]]:
    return list(_all_zones())
