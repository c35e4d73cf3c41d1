"""What mails say: every kind, in both languages, as HTML and as text."""

from __future__ import annotations

import re
from dataclasses import fields
from html.parser import HTMLParser

import pytest

from tenure.notices.letters.letter import Letter, Written, kept, one_line, read_letter, write
from tests.notices.post import SENDER
from tests.notices.samples import URL, letters

LANGUAGES = ("en", "fr")
KINDS = sorted(letters("en"))
HEIGHTS_OF_LINES = 72


def written(kind: str, language: str) -> Written:
    """A letter of a kind, as it is sent."""
    return write(letters(language)[kind], sender=SENDER, language=language)


class Checked(HTMLParser):
    """HTML whose tags close in the order in which they opened."""

    VOID = ("br", "meta", "img", "hr")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and where it leads."""
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """It has to be the one that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """What is read."""
        if self.open and self.open[-1] not in {"style", "title"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All that is read, in one line."""
        return " ".join(" ".join(self.words).split())


def parsed(written: Written) -> Checked:
    """The HTML, all of whose tags are closed."""
    page = Checked()
    page.feed(written.html)
    assert page.open == []
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_says_the_same_as_html_and_as_text(kind: str, language: str) -> None:
    letter, sent = letters(language)[kind], written(kind, language)
    page = parsed(sent)
    flat = " ".join(sent.text.split())
    said = [letter.heading, *letter.lead, *letter.after, letter.why, letter.code]
    said += [part for fact in letter.facts for part in fact]
    said += [letter.button.label, letter.button.url] if letter.button else []
    for part in filter(None, said):
        assert " ".join(part.split()) in page.text
        assert " ".join(part.split()) in flat
    assert sent.subject == letter.subject
    assert letter.preheader
    assert "%(" not in sent.html + sent.text
    assert "{" not in sent.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_translated_whole(kind: str) -> None:
    english, french = kept(letters("en")[kind]), kept(letters("fr")[kind])
    for field in fields(Letter):
        text = english[field.name]
        if isinstance(text, str) and text and field.name not in {"code", "quote"}:
            if field.name == "preheader" and text in (english["quote"], french["preheader"]):
                continue  # a word that somebody wrote
            assert text != french[field.name]
    assert written(kind, "fr").text != written(kind, "en").text


@pytest.mark.parametrize("kind", KINDS)
def test_letters_load_nothing_and_lead_home(kind: str) -> None:
    page = parsed(written(kind, "fr"))
    assert not page.tags & {"img", "script", "link", "iframe", "form", "object"}
    assert all(link.startswith(SENDER.url) for link in page.links)
    assert "url(" not in written(kind, "fr").html


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_form_can_be_read_anywhere(kind: str) -> None:
    lines = written(kind, "fr").text.splitlines()
    long = [line for line in lines if len(line) > HEIGHTS_OF_LINES and " " in line.strip()]
    assert [line for line in long if "  " not in line] == []
    assert "\n\n\n" not in written(kind, "fr").text


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_is_the_same_after_it_was_kept(kind: str) -> None:
    letter = letters("fr")[kind]
    assert read_letter(kept(letter)) == letter


def test_what_people_wrote_is_text_and_nothing_else() -> None:
    sent = written("role_asked", "en")
    assert "&lt;from Monday on&gt; &amp; need" in sent.html
    assert "<from Monday on> & need" in sent.text


def test_an_order_names_its_sums_its_days_and_the_way_back() -> None:
    text = written("order_paid", "en").text
    assert "Total without tax  €3,456.00" in text
    assert "VAT, 20%  €691.20" in text
    assert "Total  €4,147.20" in text
    assert "First day: March 1, 2027" in text
    assert "Renews by itself on: March 1, 2028" in text
    assert "Last day to stop that: February 25, 2028" in text
    assert "Cancel until March 16, 2027" in text
    french = written("order_paid", "fr").text
    assert "TVA, 20\u00a0%  691,20\u00a0€" in french
    assert "Dernier jour pour l’arrêter\u00a0: 25 février 2028" in french
    assert "2 places · un an" in french


def test_consumers_see_amounts_with_tax_and_reverse_charge_is_named() -> None:
    assert "of which VAT, 20%" in written("order_paid_by_a_consumer", "en").text
    assert "€2,880.00" in written("order_paid_by_a_consumer", "en").text
    assert "VAT: reverse charge" in written("order_paid_across_a_border", "en").text


def test_a_trial_says_that_it_ends_and_costs_nothing() -> None:
    text = written("order_tried", "fr").text
    assert "essai de 30 jours" in text
    assert "Renouvel" not in text
    assert "0,00\u00a0€" in text


def test_a_subject_is_one_line() -> None:
    assert one_line("A\r\nBcc: eve@evil.test\n\tB") == "A Bcc: eve@evil.test B"
    assert len(one_line("long " * 100)) <= 300


def test_the_button_is_the_one_next_step() -> None:
    page = parsed(written("order_declined", "en"))
    assert page.links.count(URL) == 2  # the button, and its address to copy
    assert re.search(r'class="button" href="https://', written("order_declined", "en").html)
