"""The office's pages: everybody who may, sees them; nobody else; nothing is edited in place."""

import io
import re
import zipfile

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from evaluations.panels.models import Panelist
from evaluations.programme.models import Stage
from evaluations.stagefile.load import load_directory
from portal.audit.record import record
from tests.factories import accounts
from tests.factories.proceedings import seen
from tests.factories.programme import in_phase

pytestmark = pytest.mark.django_db

EXAMPLES = settings.BASE_DIR / "examples"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once: what one test changes is undone, the stage is undone after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_directory(EXAMPLES / "stage-2", by="test").stage.pk
        transaction.set_rollback(True)


@pytest.fixture
def stage(loaded):
    return Stage.objects.get(pk=loaded)


def changelists() -> list[str]:
    return [reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist") for m in admin.site._registry]


def test_every_list_opens_for_the_office_and_for_nobody_else(client, stage):
    for person, status in (
        (accounts.an_officer(), 200),
        (accounts.an_auditor(), 200),
        (accounts.an_expert(), 404),
        (accounts.a_citizen(), 404),
    ):
        accounts.sign_in(client, person)
        assert {path: client.get(path).status_code for path in changelists()} == dict.fromkeys(changelists(), status)


def test_every_row_opens(client, stage):
    accounts.sign_in(client, accounts.an_officer())
    for model in admin.site._registry:
        row = model.objects.first()
        if row is None or model._meta.label in ("reviews.Sheet", "results.GateTeam"):
            continue
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
        assert client.get(path, follow=True).status_code == 200, path


def test_an_auditor_changes_nothing(client, stage):
    accounts.sign_in(client, accounts.an_auditor())

    page = client.get(reverse("admin:proceedings_page", args=[stage.pk]))
    move = client.post(reverse("admin:proceedings_move", args=[stage.pk]), {"to": "frozen", "seen": "preparing"})
    load = client.get(reverse("admin:proceedings_load"))

    assert (page.status_code, move.status_code, load.status_code) == (200, 403, 403)
    assert Stage.objects.get().phase == "preparing"


def test_the_page_moves_a_stage_once(client, stage):
    accounts.sign_in(client, accounts.an_officer())
    path = reverse("admin:proceedings_move", args=[stage.pk])

    told = {"to": "frozen", **seen(stage)}

    first, stale = client.post(path, told), client.post(path, told)
    odd = client.post(path, {"to": "heaven", "seen": "frozen"})

    assert (first.status_code, stale.status_code, odd.status_code) == (302, 409, 422)
    assert Stage.objects.get().phase == "frozen"
    assert Stage.objects.get().configurations.count() == 1


def test_a_stage_comes_in_through_the_browser_and_goes_out_again(client):
    accounts.sign_in(client, accounts.an_officer())
    files = [
        SimpleUploadedFile(path.name, path.read_bytes())
        for path in sorted((EXAMPLES / "stage-1").iterdir())
        if path.is_file()
    ]

    answer = client.post(reverse("admin:proceedings_load"), {"files": files})
    stage = Stage.objects.get(slug="stage-1")
    packed = client.get(reverse("admin:proceedings_export", args=[stage.pk]))

    assert answer.status_code == 302
    names = zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content))).namelist()
    assert set(names) == {"stage.toml", "benchmarks.csv"}


RULES, MADE = {"stage.toml", "prompts.csv"}, {"answers.csv", "benchmarks.csv", "documents.csv"}
SAID = {"sheets.csv", "findings.csv", "ratings.csv", "comparisons.csv"}


@pytest.mark.parametrize(
    ("phase", "officer", "auditor"),
    [
        ("preparing", RULES | MADE, RULES),
        ("open", RULES | MADE, RULES),
        ("closed", RULES | MADE, RULES | MADE),
        ("counted", RULES | MADE | SAID, RULES | MADE | SAID),
    ],
)
def test_a_stage_is_packed_for_each_reader(client, stage, phase, officer, auditor):
    in_phase(stage, phase)
    path = reverse("admin:proceedings_export", args=[stage.pk])

    for person, expected in ((accounts.an_officer(), officer), (accounts.an_auditor(), auditor)):
        accounts.sign_in(client, person)
        packed = [b"".join(client.get(path).streaming_content) for _again in range(2)]
        names = zipfile.ZipFile(io.BytesIO(packed[0])).namelist()
        assert packed[0] == packed[1]
        assert {name for name in names if not name.startswith("documents/")} == expected
        assert any(name.startswith("documents/") for name in names) == ("documents.csv" in expected)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("stage.toml", b"schema = 1\nslug = \nname = 1\n", "stage.toml:2"),
        ("stage.zip", b"no zip at all", "ZIP 파일을 읽을 수 없습니다"),
        ("<evil>.csv", b"a,b", "이름은 쓸 수 없습니다"),
    ],
)
def test_a_bad_upload_is_named_and_changes_nothing(client, name, content, said):
    accounts.sign_in(client, accounts.an_officer())
    before = Stage.objects.count()

    answer = client.post(reverse("admin:proceedings_load"), {"files": [SimpleUploadedFile(name, content)]})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Stage.objects.count() == before


def test_of_many_files_the_empty_one_is_named(client):
    accounts.sign_in(client, accounts.an_officer())
    files = [SimpleUploadedFile(name, text) for name, text in (("stage.toml", b"a"), ("prompts.csv", b""))]

    answer = client.post(reverse("admin:proceedings_load"), {"files": files})

    assert answer.status_code == 422
    assert re.findall(r"([a-z.]+): 입력하신 파일은 빈 파일입니다", answer.content.decode()) == ["prompts.csv"]


def test_other_rules_than_those_on_the_page_are_not_frozen(client, stage):
    """Another officer changed them while the page was open."""
    accounts.sign_in(client, accounts.an_officer())
    path = reverse("admin:proceedings_move", args=[stage.pk])
    told = {"to": "frozen", **seen(stage), "reason": "위원회 의결"}
    Stage.objects.filter(pk=stage.pk).update(quota=2)

    late, without = client.post(path, told), client.post(path, told | {"rules": ""})

    assert (late.status_code, without.status_code) == (409, 409)
    assert "이 화면을 연 뒤에 단계의 기준이 바뀌었습니다" in late.content.decode()
    assert Stage.objects.get().phase == "preparing"
    again = {"to": "frozen", "seen": "preparing", "rules": late.context["rules"]}
    assert late.context["rules"] != told["rules"]
    assert client.post(path, again).status_code == 302


def test_rules_are_read_only_after_the_freeze(client, stage):
    officer = accounts.an_officer()
    accounts.sign_in(client, officer)
    part = stage.parts.first()
    path = reverse("admin:rubrics_part_change", args=[part.pk])
    assert 'name="points"' in client.get(path).content.decode()

    client.post(reverse("admin:proceedings_move", args=[stage.pk]), {"to": "frozen", **seen(stage)})

    assert 'name="points"' not in client.get(path).content.decode()
    assert client.post(path, {"points": "1"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_seats_asks_the_same_number_of_questions(client, stage, django_assert_num_queries, rows):

    accounts.sign_in(client, accounts.an_officer())
    empty = load_directory(EXAMPLES / "extra-selection", by="test").stage
    for number in range(rows):
        Panelist.objects.create(stage=empty, label=f"위원 {number}")
    path = reverse("admin:panels_panelist_changelist") + f"?stage__id__exact={empty.pk}"
    client.get(path)

    with django_assert_num_queries(6):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("kind", "decision", "word"), [("gate decided", "not_met", "미충족"), ("line decided", "out", "진출하지 않음")]
)
@pytest.mark.parametrize(("phase", "told"), [("closed", False), ("counted", True), ("published", True)])
def test_what_the_committee_decided_is_told_with_the_count(client, stage, phase, told, kind, decision, word):
    """A stage may go back to before its count; what is on record stays on record, what it says is closed again."""
    in_phase(stage, phase)
    record(kind, stage=stage.slug, data={"decision": decision, "source": ""})
    accounts.sign_in(client, accounts.an_officer())

    history = client.get(reverse("admin:proceedings_page", args=[stage.pk])).context["history"]

    assert [one.detail for one in history if one.event.kind == kind] == [word if told else ""]
