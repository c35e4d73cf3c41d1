"""Who works with what was bought."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext

from tenure.base.calendar import last_day_within
from tenure.web.edge.questions import Question
from tenure.web.help.answers.asked import (
    Answer,
    Asked,
)


def team(asked: Asked) -> Answer:
    """R36."""
    policy = asked.policy.invitations
    return Answer(
        Question.TEAM,
        gettext("How do I bring in my team?"),
        (
            ngettext(
                "Invite people by their addresses, under Members in your console, %(most)s at a "
                "time, or more from a file. An invitation keeps a seat free for each role it is "
                "to bring.",
                "Invite people by their addresses, under Members in your console, up to %(most)s "
                "at a time, or more from a file. An invitation keeps a seat free for each role it "
                "is to bring.",
                policy.most_at_a_time,
            )
            % {"most": policy.most_at_a_time},
            ngettext(
                "It can be accepted for %(days)s day, by the address it went to and no other. You "
                "can send it again or withdraw it.",
                "It can be accepted for %(days)s days, by the address it went to and no other. "
                "You can send it again or withdraw it.",
                policy.expiry_days,
            )
            % {"days": policy.expiry_days},
        ),
        example=gettext("Sent today, it can be accepted until %(day)s.")
        % {"day": asked.day(last_day_within(asked.on, policy.expiry_days))},
    )


def seats(asked: Asked) -> Answer:
    """R37, R38."""
    days = asked.policy.seats.lock_days
    lock = (
        ngettext(
            "From its first use a seat stays with its member for %(days)s day.",
            "From its first use a seat stays with its member for %(days)s days.",
            days,
        )
        % {"days": days}
        if days
        else gettext("A seat can pass from one member to another at any time.")
    )
    return Answer(
        Question.SEATS,
        gettext("What is a seat, and who has it?"),
        (
            gettext(
                "Each seat that you buy gives one member the roles of its offer. You assign it "
                "under Roles in your console; it works at once."
            ),
            lock,
            gettext(
                "Whoever is removed frees the seat at once. Whoever is suspended keeps it, and "
                "cannot work with it meanwhile."
            ),
        ),
    )
