"""Every page that citizens and the public may read speaks English, or says that it is written in Korean only."""

import pytest

from tests import walk
from tests.factories.site import a_site
from tests.language import korean_in_main

pytestmark = pytest.mark.django_db

KOREAN_ONLY = '<p class="small" lang="en">This page is written in Korean only.</p>'


def test_no_page_for_citizens_and_the_public_mixes_its_languages():
    site = a_site(1)
    found, english = {}, set()
    for who in ("nobody", "citizen"):
        client = walk.entered(site, who)
        client.cookies.load({"language": "en"})
        for name, path in walk.pages_of(who, site).items():
            answer = client.get(path)
            page = answer.content.decode() if answer["Content-Type"].startswith("text/html") else ""
            if page and KOREAN_ONLY not in page:
                english.add(name)
                found[f"{who} {name}"] = korean_in_main(page)

    assert {where: words for where, words in found.items() if words} == {}
    assert len(english) > 20
