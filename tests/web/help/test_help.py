"""The help answers from the policy in force: change a figure, and the page changes."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from playwright.sync_api import Page, expect

from tenure.base.clock import machine_now
from tenure.flows.policy import bring_into_force, ensure_policy
from tenure.policy.loading import parse_policy
from tenure.policy.words import PaymentMethod
from tenure.web.edge.questions import Question
from tenure.web.help.answers import Answer, sections
from tests.web.browser import Site

ON = date(2027, 3, 1)


def answered(changes: str = "", language: str = "en") -> dict[Question, Answer]:
    """Every answer on 1 March 2027, by the default policy with ``changes``."""
    with translation.override(language):
        found = sections(
            parse_policy(changes), on=ON, language=language, available=list(PaymentMethod)
        )
    return {answer.question: answer for section in found for answer in section.answers}


def text(question: Question, changes: str = "", language: str = "en") -> str:
    """One answer, whole."""
    return answered(changes, language)[question].text


def test_every_question_is_answered_once() -> None:
    assert sorted(answered()) == sorted(Question)


def test_the_published_terms_are_said_to_the_letter() -> None:
    assert "Companies: one year or three months." in text(Question.TERMS)
    assert "Makers: one year or one month." in text(Question.TERMS)
    assert "Students: one year." in text(Question.TERMS)
    assert "within 15 days of the purchase" in text(Question.CANCELLATION)
    assert "the last day to cancel is March 16, 2027" in text(Question.CANCELLATION)
    assert "until 5 days before the end" in text(Question.RENEWAL)
    assert "it renews on March 1, 2028" in text(Question.RENEWAL)
    assert "the last day to stop that is February 25, 2028" in text(Question.RENEWAL)
    assert "the last day is February 29, 2028" in text(Question.PERIOD)
    assert "14 days after the end of access" in text(Question.DATA)
    assert "data stay until March 15, 2028" in text(Question.DATA)
    assert "7 and 1 days ahead" in text(Question.DATA)
    assert "One year: 60, 30, and 7 days before." in text(Question.REMINDERS)
    assert "kept for 14 days" in text(Question.STUDENTS)
    assert "Companies pay by card or bank transfer." in text(Question.PAYMENT)
    assert "Makers pay by card." in text(Question.PAYMENT)
    assert "up to 10 at a time" in text(Question.TEAM)


@pytest.mark.parametrize(
    ("question", "changes", "said"),
    [
        (Question.TERMS, '[terms]\nstudent = ["month"]', "Students: one month."),
        (Question.CANCELLATION, "[cancellation]\nwindow_days = 21", "March 22, 2027"),
        (Question.CANCELLATION, "[cancellation]\nwindow_days = 1", "within 1 day of"),
        (Question.CANCELLATION, "[cancellation]\napproval_required = true", "Our staff then"),
        (
            Question.CANCELLATION,
            "[statutory_eu]\nenabled = true\nwithdrawal_days = 20",
            "monthly ones too, within 20 days",
        ),
        (
            Question.CANCELLATION,
            '[terms]\nbusiness = ["month"]\ncreator = ["month"]\nstudent = ["month"]',
            "Not what is bought for a month, nor a trial.",
        ),
        (
            Question.RENEWAL,
            "[renewal]\nopt_out_days_before_end = 10",
            "the last day to stop that is February 20, 2028",
        ),
        (
            Question.REMINDERS,
            "[renewal.reminder_days_before_deadline]\nyear = [90, 20]",
            "One year: 90 and 20 days before.",
        ),
        (Question.DATA, "[retention]\ndata_days = 30", "data stay until March 31, 2028"),
        (Question.DATA, "[statutory_eu]\nenabled = true", "In the EU they stay for 30 days"),
        (Question.STUDENTS, "[students]\nverification_wait_days = 7", "March 8, 2027"),
        (Question.PAYMENT, '[payment_methods]\nbusiness = ["card"]', "Companies pay by card."),
        (Question.PAYMENT, "[orders]\ntransfer_wait_days = 45", "waits 45 days"),
        (Question.PRICES, "[tax]\noss = false", "the VAT of our country"),
        (Question.PRICES, '[tax]\ntaxed_countries_outside_eu = ["CH"]', "only: CH"),
        (Question.TEAM, "[invitations]\nexpiry_days = 3", "until March 4, 2027"),
        (Question.TEAM, "[invitations]\nmost_at_a_time = 25", "up to 25 at a time"),
        (Question.SEATS, "[seats]\nlock_days = 30", "for 30 days"),
    ],
)
def test_a_changed_figure_changes_its_answer(question: Question, changes: str, said: str) -> None:
    assert said not in text(question)
    assert said in text(question, changes)
    assert text(question, changes, "fr") != text(question, "", "fr")


def test_only_how_one_can_pay_here_is_said() -> None:
    with translation.override("en"):
        found = sections(parse_policy(""), on=ON, language="en", available=[PaymentMethod.CARD])
    said = " ".join(answer.text for section in found for answer in section.answers)
    assert "Companies pay by card." in said
    assert "bank transfer" not in said


@pytest.mark.parametrize("question", list(Question))
def test_every_answer_is_said_in_both_languages(question: Question) -> None:
    english, french = answered()[question], answered(language="fr")[question]
    assert english.title != french.title
    for first, second in zip(english.paragraphs, french.paragraphs, strict=True):
        assert first != second
    assert len(english.points) == len(french.points)
    assert bool(english.example) == bool(french.example)
    assert "%(" not in english.text + french.text


@pytest.fixture
def policy(transactional_db: None) -> None:
    ensure_policy(now=machine_now())


def test_the_page_changes_with_the_policy_in_force(client: Client, policy: None) -> None:
    assert "within 15 days of the purchase" in client.get("/help/").content.decode()
    changes = "[cancellation]\nwindow_days = 21\n"
    bring_into_force(source=changes, now=machine_now(), by="command")
    assert "within 21 days of the purchase" in client.get("/help/").content.decode()


def test_every_question_has_its_anchor(client: Client, policy: None) -> None:
    page = client.get("/help/").content.decode()
    for question in Question:
        assert f'id="{question}"' in page
        assert f'href="#{question}"' in page


def test_search_engines_find_it_in_both_languages(client: Client, policy: None) -> None:
    answer = client.get("/help/?language=fr")
    page = answer.content.decode()
    assert "X-Robots-Tag" not in answer
    assert 'name="robots"' not in page
    assert re.search(r'hreflang="en" href="[^"]+/help/\?language=en"', page)
    assert "/help/</loc>" in client.get("/sitemap.xml").content.decode()
    (structured,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data = json.loads(structured)
    assert data["@type"] == "FAQPage"
    assert data["inLanguage"] == "fr"
    assert len(data["mainEntity"]) == len(Question)
    assert all(each["acceptedAnswer"]["text"] for each in data["mainEntity"])


def test_it_takes_few_statements(client: Client, policy: None) -> None:
    client.get("/help/")
    with CaptureQueriesContext(connection) as caught:
        client.get("/help/")
    assert len(caught) < 5


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_sound(page: Page, site: Site, language: str, policy: None) -> None:
    page.goto(f"{site.url}/help/?language={language}")
    site.is_sound(page)


def test_a_question_is_led_to(page: Page, site: Site, policy: None) -> None:
    page.goto(f"{site.url}/help/#renewal")
    expect(page.get_by_role("heading", name="Does my subscription renew")).to_be_in_viewport()
