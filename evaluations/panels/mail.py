"""What is written to reviewers. Each mail goes to one address, and says the same to every expert of the stage."""

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from evaluations.panels import pledge
from evaluations.panels.models import Panelist
from evaluations.programme.models import Stage


def link_of(token: str) -> str:
    """Where an invitation is answered."""
    return settings.SITE_URL.rstrip("/") + reverse("panels:invitation", args=[token])


def invite(stage: Stage, address: str, link: str, expires_at: datetime) -> None:
    _send(stage, "평가위원 위촉 안내", "invitation", [address], link=link, expires_at=expires_at)


def ask_to_sign_again(stage: Stage) -> None:
    """To everybody on a seat whose pledge was for an earlier edition of the rules."""
    seats = Panelist.objects.of_stage(stage).sitting().filter(pledge.signed_ever("pk"), ~pledge.holds("pk"))
    addresses = seats.filter(invitation__user__is_active=True).values_list("invitation__user__email", flat=True)
    link = settings.SITE_URL.rstrip("/") + reverse("reviews:desk")
    _send(stage, "평가 기준 정정 안내", "amended", sorted(addresses), link=link, closes_at=stage.closes_at)


def _send(stage: Stage, subject: str, template: str, addresses: list[str], **context) -> None:
    """Once all is written; a mail that cannot be sent undoes nothing."""
    text = render_to_string(
        f"panels/email/{template}.txt", {"programme": stage.programme_ko, "stage": stage.name_ko, **context}
    )
    for address in addresses:
        transaction.on_commit(
            lambda to=address: send_mail(f"[{stage.programme_ko}] {subject}", text, None, [to]), robust=True
        )
