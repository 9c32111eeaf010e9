"""The office as a site: who is let in, what it holds, in which order and in which language."""

import re
from html import unescape

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import NoReverseMatch, reverse

from evaluations.programme.models import Team
from portal.admin import SECTIONS, EvidenceAdmin, OfficeAdmin, RuleAdmin
from tests.factories import accounts
from tests.factories.programme import a_stage

pytestmark = pytest.mark.django_db

REGISTRY = admin.site._registry


def test_only_what_was_made_for_the_office_is_there():
    assert [model for model, office in REGISTRY.items() if not isinstance(office, OfficeAdmin)] == []
    for model in (Authenticator, EmailAddress, Group):
        assert model not in REGISTRY


@pytest.mark.parametrize("name", ["logout", "password_change", "password_change_done"])
def test_there_is_one_way_in_and_out(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("autocomplete", "/admin/autocomplete/?app_label=panels&model_name=invitation&field_name=user&term=kim"),
        ("view_on_site", "/admin/r/1/aaaaaaaaaaaaaaaaaaaaaaaaaa/"),
    ],
)
def test_nobody_searches_rows_where_no_page_leads(client, name, path):
    accounts.sign_in(client, accounts.an_officer())

    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}")
    assert client.get(path).status_code == 404


def test_somebody_not_signed_in_is_sent_to_the_one_way_in(client):
    path = reverse("admin:index")

    first = client.get(path)
    answer = client.get(path, follow=True)

    assert first.status_code == 302
    assert answer.redirect_chain[-1][0] == f"{reverse('account_login')}?next={path}"


@pytest.mark.parametrize("person", [accounts.an_expert, accounts.a_citizen])
def test_for_others_the_office_is_not_there(client, person):
    accounts.sign_in(client, person())

    assert [
        client.get(path).status_code for path in (reverse("admin:index"), "/admin/programme/stage/", "/admin/nothing/")
    ] == [404] * 3


def test_a_password_alone_opens_nothing(client):
    officer = accounts.an_officer(factor=False)
    client.force_login(officer)

    assert client.get(reverse("admin:index")).status_code == 302


def test_sections_and_rows_follow_the_procedure(client):
    accounts.sign_in(client, accounts.an_officer())

    sections = client.get(reverse("admin:index")).context["app_list"]

    assert [section["app_label"] for section in sections] == SECTIONS
    assert [str(section["name"]) for section in sections] == [
        "진행", "1. 단계와 팀", "2. 평가 기준", "3. 평가위원", "4. 전문가 평가표", "5. 국민·사용자 평가", "6. 벤치마크", "7. 집계와 결과",
        "8. 소명과 이의신청", "사람", "기록",
    ]  # fmt: skip
    programme = [str(row["name"]) for row in sections[1]["models"]]
    assert programme == ["단계", "팀", "평가 차수", "확정된 설정", "제출 자료(원본)", "가림본"]


def test_what_an_officer_is_offered_is_not_offered_to_an_auditor_after_her(client):
    def offered(person) -> set[str]:
        sections = accounts.sign_in(client, person).get(reverse("admin:index")).context["app_list"]
        found = {row["add_url"] for section in sections for row in section["models"] if row["add_url"]}
        sections[0]["models"][0]["name"] = "고친 이름"  # what one page does to its list stays with it
        return found

    officer, auditor = accounts.an_officer(), accounts.an_auditor()

    assert reverse("admin:programme_stage_add") in offered(officer)
    assert offered(auditor) == set()
    again = accounts.sign_in(client, officer).get(reverse("admin:index")).context["app_list"]
    assert "고친 이름" not in [row["name"] for section in again for row in section["models"]]


WORDS = re.compile(r">([^<>{}]*[A-Za-z]{3,}[^<>{}]*)<")
MEANT = {"AI", "CSV", "ZIP", "KST", "UTF", "NIA", "TOML", "JSON", "SHA", "toml", "stage", "csv", "expert", "technology", "ratings",
         "comparisons", "benchmarks", "prompts", "answers", "points", "mean", "rank", "advances", "best", "independence", "architecture"}  # fmt: skip


def english_in(page: str) -> set[str]:
    """Latin words that people read, apart from names of files, formats and keys, and apart from what is data."""
    body = re.sub(r"<(script|style|code|pre|svg)\b.*?</\1>", "", page, flags=re.DOTALL)
    return {word for text in WORDS.findall(unescape(body)) for word in re.findall(r"[A-Za-z]{3,}", text)} - MEANT


ONLY_KOREAN = '<span lang="en">This office works in Korean only.</span>'
"""The one English sentence, for the reader whom it is about."""


def test_the_office_speaks_korean_even_to_a_reader_who_chose_english(client):
    accounts.sign_in(client, accounts.an_officer(name="이담당"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    pages = [reverse("admin:index"), reverse("admin:proceedings_load"), reverse("admin:accounts_user_open")]
    for model, office in REGISTRY.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        pages.append(reverse(f"admin:{name}_changelist"))
        if isinstance(office, RuleAdmin) and office.has_add_permission(_an_officers(client)):
            pages.append(reverse(f"admin:{name}_add"))

    sources = {path: client.get(path).content.decode() for path in pages}
    found = {
        path: english_in(source.replace(ONLY_KOREAN, "", 1)) - {"officer", "example"}
        for path, source in sources.items()
    }

    assert {path: words for path, words in found.items() if words} == {}
    assert [path for path, source in sources.items() if ONLY_KOREAN not in source] == []
    del client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert ONLY_KOREAN not in client.get(pages[0]).content.decode()


def _an_officers(client):
    """A request of the officer who is signed in, for the questions an admin page asks."""
    return client.get(reverse("admin:index")).wsgi_request


def test_every_field_and_every_model_has_a_korean_name():
    """A field without a name of its own would be shown under its English one."""
    nameless = []
    for model in apps.get_models():
        if not model.__module__.startswith(("portal.", "evaluations.")):
            continue
        names = [str(model._meta.verbose_name), str(model._meta.verbose_name_plural)]
        names += [
            str(field.verbose_name)
            for field in model._meta.concrete_fields
            if field.name not in ("id", "stage_ptr", "team_ptr")
        ]
        nameless += [f"{model.__name__}: {name}" for name in names if not re.search("[가-힣]", name)]
    assert [name for name in nameless if not name.endswith(("last login", "최종 로그인"))] == []


def test_evidence_is_read_only_for_everybody(client):
    request = _an_officers(accounts.sign_in(client, accounts.an_officer()))
    for office in REGISTRY.values():
        if isinstance(office, EvidenceAdmin):
            asked = (office.has_add_permission, office.has_change_permission, office.has_delete_permission)
            assert [may(request) for may in asked] == [False, False, False], office
            assert list(office.get_actions(request)) == []


def test_no_page_deletes_many_at_once(client):
    request = _an_officers(accounts.sign_in(client, accounts.an_officer()))
    assert {name for office in REGISTRY.values() for name in office.get_actions(request)} == set()


@pytest.mark.parametrize("rows", [1, 60])
def test_a_list_asks_the_same_number_of_questions_whatever_its_length(client, django_assert_num_queries, rows):
    accounts.sign_in(client, accounts.an_officer())
    stage = a_stage(teams=[(f"team-{n}", f"팀 {n}") for n in range(rows)])
    path = reverse("admin:programme_team_changelist") + f"?stage__id__exact={stage.pk}"
    client.get(path)

    with django_assert_num_queries(5):
        client.get(path)
    assert Team.objects.count() == rows


def test_a_list_answers_only_what_it_offers(client):
    accounts.sign_in(client, accounts.an_officer())
    events = reverse("admin:audit_event_changelist")

    assert client.get(events, {"body__contains": "a"}).status_code == 400
    assert client.get(reverse("admin:programme_team_changelist"), {"id__startswith": "a"}).status_code == 400
    assert client.get(events, {"kind": "phase moved"}).status_code == 200
