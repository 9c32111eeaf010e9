"""What anybody but an officer sends is refused unread once it is longer than a form."""

import pytest
from django.conf import settings
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.factories.accounts import a_citizen, an_auditor, an_expert, an_officer, sign_in

pytestmark = pytest.mark.django_db


class Body:
    """What a visitor sends, and whether anybody looked at it."""

    def __init__(self, size: int) -> None:
        self.sent = encode_multipart(BOUNDARY, {"text": "x" * size})
        self.is_read = False

    def read(self, size: int = -1) -> bytes:
        self.is_read = True
        return b""

    readline = read

    def posted_by(self, client: Client, **more):
        client.cookies[settings.CSRF_COOKIE_NAME] = "t" * 32  # without one nobody looks for its answer in the body
        return client.generic(
            "POST", "/accounts/login/", self.sent, MULTIPART_CONTENT, **{"wsgi.input": self}, **more
        )  # fmt: skip


@pytest.mark.parametrize("somebody", [None, a_citizen, an_expert, an_auditor])
def test_a_large_body_is_refused_unread(somebody):
    client, body = Client(enforce_csrf_checks=True), Body(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if somebody:
        sign_in(client, somebody())

    answer = body.posted_by(client)

    assert (answer.status_code, body.is_read) == (413, False)
    assert "보낸 내용이 너무 길어 받지 못했습니다." in answer.content.decode()


def test_a_body_that_does_not_tell_its_length_is_refused_unread():
    body = Body(10)

    answer = body.posted_by(Client(enforce_csrf_checks=True), HTTP_TRANSFER_ENCODING="chunked")

    assert (answer.status_code, body.is_read) == (413, False)


def test_a_script_is_told_in_its_own_words():
    answer = Body(settings.DATA_UPLOAD_MAX_MEMORY_SIZE).posted_by(Client(), HTTP_X_REQUESTED_WITH="autosave")

    assert (answer.status_code, answer.json()["message"]) == (413, "내용이 너무 길어 저장하지 못했습니다. 줄여 주세요.")


@pytest.mark.parametrize(("somebody", "size"), [(a_citizen, 1000), (an_officer, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)])
def test_forms_and_the_files_of_an_officer_are_read(somebody, size):
    client, body = sign_in(Client(enforce_csrf_checks=True), somebody()), Body(size)

    answer = body.posted_by(client)

    assert (answer.status_code, body.is_read) == (403, True)
