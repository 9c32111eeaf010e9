"""What is logged, at the most talkative setting, and which addresses are not: those that are keys themselves."""

import logging
import re

import pytest
from django.conf import settings
from django.template import Context, Template
from django.urls import reverse

from portal.logs import Line
from tests.factories.site import TOKEN
from tests.walk import addresses

PROXY = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")
SECRETS = {"token": TOKEN, "uidb36": "4f", "key": "dq3k2s-5f1c0e7a9b"}
CONVERTED = {"app_label", "url"}
"""What the admin takes by an expression of its own: names of rooms, and an address that does not exist."""

KEYS = [
    address
    for address in addresses()
    if set(address.arguments) - set(address.pattern.pattern.converters) - CONVERTED
]  # fmt: skip
"""Addresses with an argument that is neither an id nor a number nor a word."""


def written_by_the_proxy(path: str) -> str:
    """The address as nginx writes it: the first expression of its table that fits, else the path itself."""
    table = re.search(r"map \$uri \$portal_address \{(.*?)\n\}", PROXY, re.DOTALL)
    for expression, value in re.findall(r'"~(.+?)"\s+(\S+);', table[1]):
        if found := re.search(expression, path):
            return re.sub(r"\$(\w+)", lambda name: found[name[1]], value)
    return path


def written_by_the_site(path: str) -> str:
    record = logging.LogRecord("django.security.csrf", logging.WARNING, "", 0, "Forbidden (%s): %s", ("no", path), None)
    return Line("%(levelname)s %(message)s").format(record)


def test_a_missing_variable_does_not_write_the_page_into_the_log(caplog):
    for logger in ("", "django"):  # as LOG_LEVEL=DEBUG sets them
        caplog.set_level(logging.DEBUG, logger=logger)

    Template("{{ nobody }}{{ seat.nobody }}").render(Context({"seat": {"comment": "비밀 의견"}}))

    assert caplog.text == ""


def test_the_addresses_that_are_keys_are_known():
    assert {address.name for address in KEYS} == {
        "panels:invitation", "panels:accept", "panels:decline", "account_reset_password_from_key",
    }  # fmt: skip


@pytest.mark.parametrize("written", [written_by_the_proxy, written_by_the_site])
@pytest.mark.parametrize("address", KEYS, ids=lambda address: address.name)
def test_no_log_holds_an_address_that_is_a_key(address, written):
    told = {name: SECRETS[name] for name in address.arguments}
    line = written(reverse(address.name, kwargs=told))

    assert [name for name, secret in told.items() if secret in line] == []
    assert re.search("/panel/invitations/-|/accounts/password/reset/key/-", line)


@pytest.mark.parametrize("path", ["/", "/stages/pilot/", "/panel/abc/pledge/", "/accounts/password/reset/"])
def test_any_other_address_is_logged_whole(path):
    assert written_by_the_proxy(path) == path
    assert written_by_the_site(path) == f"WARNING Forbidden (no): {path}"


def test_a_traceback_is_cut_as_well():
    try:
        raise ValueError(f"<WSGIRequest: GET '/panel/invitations/{TOKEN}/'>")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), (type(error), error, error.__traceback__))

    line = Line().format(record)

    assert "Traceback" in line
    assert TOKEN not in line


def test_the_server_that_fails_outside_django_writes_no_key():
    """gunicorn's own words, through the handlers that it has once the site is loaded."""
    logger = logging.getLogger("gunicorn.error")
    (own,) = (handler for handler in logger.handlers if type(handler.formatter) is Line)  # beside those of the test

    record = logger.makeRecord(
        logger.name, logging.ERROR, "", 0, "Error handling request %s %s", ("GET", f"/panel/invitations/{TOKEN}/"), None
    )

    assert own.format(record).endswith("Error handling request GET /panel/invitations/-/")
    assert not logger.propagate


def test_the_site_and_the_proxy_write_no_other_log():
    assert settings.LOGGING["formatters"]["line"]["class"] == "portal.logs.Line"
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"line"}
    servers = PROXY.split("\nserver {")[1:]
    assert [re.findall(r"^    access_log (.+);", server, re.MULTILINE) for server in servers] == [
        ["off"], ["/var/log/nginx/portal.log portal"],
    ]  # fmt: skip
    assert [re.findall(r"^    error_log \S+ (\w+);", server, re.MULTILINE) for server in servers] == [["crit"]] * 2
    format = re.search(r"log_format portal (.+);", PROXY)[1]
    assert set(re.findall(r"\$(\w+)", format)) == {
        "portal_client", "time_iso8601", "request_method", "portal_address", "status", "body_bytes_sent", "request_time",
    }  # fmt: skip
