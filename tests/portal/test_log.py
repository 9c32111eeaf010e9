"""What is logged, at the most talkative setting."""

import logging

from django.template import Context, Template


def test_a_missing_variable_does_not_write_the_page_into_the_log(caplog):
    for logger in ("", "django"):  # as LOG_LEVEL=DEBUG sets them
        caplog.set_level(logging.DEBUG, logger=logger)

    Template("{{ nobody }}{{ seat.nobody }}").render(Context({"seat": {"comment": "비밀 의견"}}))

    assert caplog.text == ""
