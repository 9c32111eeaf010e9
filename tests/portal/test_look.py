"""The frame, the form templates and the components: structure by reading, looks and accessibility in a browser."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Button, Div, Fieldset, Hidden, Layout, Row, Submit
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation
from playwright.sync_api import Page, expect

from evaluations.programme.phases import Phase
from portal.charts import bars, intervals, stacked_bars
from portal.forms import RatingScale
from portal.templatetags.krds import button
from tests.browser import faults
from tests.factories.accounts import a_citizen, an_expert, an_officer, sign_in
from tests.factories.programme import a_stage

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "portal" / "static"
SITE = "http://localhost"
PUBLIC = ("/", "/criteria/", "/results/", "/help/", "/notices/", "/privacy/", "/accessibility/")


class EveryWidget(forms.Form):
    text = forms.CharField(label="이름", help_text="<b>적힌</b> 대로", max_length=20)
    email = forms.EmailField(label="전자우편")
    number = forms.IntegerField(label="숫자", required=False, max_value=10)
    date = forms.DateField(label="날짜", widget=forms.DateInput(attrs={"type": "date"}))
    words = forms.CharField(label="의견", widget=forms.Textarea)
    place = forms.ChoiceField(label="지역", choices=[("", "고르세요"), ("s", "서울")])
    finding = forms.ChoiceField(
        label="판단", choices=[("met", "충족"), ("not_met", "미충족")], widget=forms.RadioSelect, help_text="하나만"
    )
    star = forms.ChoiceField(
        label="정확함",
        choices=[("1", "1"), ("2", "2")],
        widget=RatingScale(anchors={1: "틀리다", 2: "옳다"}),
        help_text="별점",
    )
    uses = forms.MultipleChoiceField(
        label="쓰임", choices=[("a", "검색"), ("b", "번역")], widget=forms.CheckboxSelectMultiple
    )
    pledge = forms.BooleanField(label="서약", help_text="꼭 읽어 주세요")
    paper = forms.FileField(label="첨부")
    when = forms.SplitDateTimeField(label="일시", required=False)
    version = forms.CharField(widget=forms.HiddenInput, initial="1")

    @property
    def helper(self):
        helper = FormHelper()
        helper.layout = Layout(
            Row("text", "email"),
            Fieldset("평가", "number", "date", "words", "place", "finding", "star"),
            Div(
                "uses", "pledge", "paper", "when", "version", Hidden("extra", "2"), HTML("<p>끝</p>"), css_class="stack"
            ),
            Div(
                Submit("go", "제출"),
                Submit("keep", "임시 저장", css_class="secondary"),
                Button("no", "그만"),
                css_class="actions",
            ),
        )
        return helper


def html_of(source: str, **context) -> str:
    request = RequestFactory().get("/")
    return Template("{% load crispy_forms_tags krds markup i18n %}" + source).render(
        Context({"request": request, "csrf_token": "token"} | context)
    )


def bound() -> EveryWidget:
    return EveryWidget({"email": "없음", "number": "99", "version": "1"})


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize("source", ["{% crispy form %}", "{{ form|crispy }}"])
def test_every_control_has_a_name(source):
    html = html_of(source, form=EveryWidget())

    ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]* id="([^"]+)"', html)
    labelled = set(re.findall(r'<label for="([^"]+)"', html))
    # The two halves of a date and time share a legend and have names of their own in `aria-label`.
    assert [one for one in ids if one not in labelled and not one.startswith("id_when")] == []
    assert len(ids) == len(set(ids))


def test_errors_are_tied_to_the_control_that_has_them():
    html = html_of("{% crispy form %}", form=bound())

    assert 'aria-invalid="true" aria-describedby="id_text_helptext id_text_error" id="id_text"' in html
    assert '<div id="id_text_error"><p class="form-hint-invalid">필수 항목입니다.</p></div>' in html
    assert '<fieldset id="div_id_star" class="form-group" aria-describedby="id_star_helptext id_star_error">' in html
    assert (
        '<fieldset id="div_id_finding" class="form-group" aria-describedby="id_finding_helptext id_finding_error">'
        in html
    )
    assert 'id="id_pledge_error"' in html
    assert 'aria-describedby="id_pledge_helptext id_pledge_error"' in html


def test_every_description_that_is_pointed_at_exists():
    html = html_of("{% crispy form %}", form=bound())

    pointed = {one for value in re.findall(r'aria-describedby="([^"]+)"', html) for one in value.split()}
    assert pointed - set(re.findall(r'id="([^"]+)"', html)) == set()


def test_the_summary_says_where_and_why_and_leads_there():
    html = html_of("{% crispy form %}", form=bound())

    links = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', html)
    assert links[:3] == [
        ("id_text", "이름: 필수 항목입니다."),
        ("id_email", "전자우편: 올바른 이메일 주소를 입력하세요."),
        ("id_number", "숫자: 10 이하의 값을 입력해 주세요."),
    ]
    assert ("id_star_0", "정확함: 필수 항목입니다.") in links
    assert {target for target, _ in links} - set(re.findall(r' id="([^"]+)"', html)) == set()
    assert html.index("data-error-summary") < html.index('id="id_text"')


def test_nothing_typed_is_lost():
    html = html_of("{% crispy form %}", form=bound())

    assert 'value="없음"' in html
    assert 'value="99"' in html


def test_a_form_without_faults_has_no_summary():
    assert "data-error-summary" not in html_of("{% crispy form %}", form=EveryWidget())


def test_help_texts_come_from_stage_files_and_are_escaped():
    assert "&lt;b&gt;적힌&lt;/b&gt; 대로" in html_of("{% crispy form %}", form=EveryWidget())


def test_the_words_of_a_mark_belong_to_its_label():
    html = html_of("{{ form.star|as_crispy_field }}", form=EveryWidget())

    assert '<label for="id_star_1"><span class="mark">2</span> <span class="anchor">옳다</span></label>' in html


@pytest.mark.parametrize("name", ["finding", "star", "uses"])
def test_a_choice_is_drawn_as_django_would_draw_it(name):
    field = EveryWidget({"finding": "met", "star": "2", "uses": ["a", "b"]})[name]

    for choice in field.subwidgets:
        ours, djangos = (set(re.findall(r'[a-z-]+(?:="[^"]*")?', html)) for html in (button(choice), choice.tag()))
        assert ours == djangos


def test_buttons_have_their_rank():
    html = html_of("{% crispy form %}", form=EveryWidget())

    assert re.findall(r'class="(krds-btn[^"]*)"', html) == [
        "krds-btn primary large",
        "krds-btn large secondary",
        "krds-btn tertiary large",
    ]


def test_files_can_be_sent_and_every_post_carries_its_token():
    html = html_of("{% crispy form %}", form=EveryWidget())

    assert 'enctype="multipart/form-data"' in html
    assert html.count('name="csrfmiddlewaretoken"') == 1


def test_a_field_the_layout_names_wrongly_is_an_error():
    form = EveryWidget()
    helper = FormHelper()
    helper.layout = Layout("nothing")

    with pytest.raises(Exception, match="Could not resolve form field 'nothing'"):
        html_of("{% crispy form helper %}", form=form, helper=helper)


def test_several_forms_at_once():
    formset = forms.formset_factory(EveryWidget, extra=2)({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0"})

    html = html_of("{% crispy formset helper %}", formset=formset, helper=FormHelper())

    assert 'name="form-TOTAL_FORMS"' in html
    assert 'id="id_form-0-text"' in html


# ---------------------------------------------------------------- the frame


def page(client, path: str = "/", **kwargs) -> str:
    response = client.get(path, **kwargs)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_open_for_everybody_in_both_languages(client, path):
    a_stage(phase=Phase.OPEN)

    korean = page(client, path)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = page(client, path)

    assert '<html lang="ko">' in korean
    assert '<html lang="en">' in english
    main = english[english.index("<main") : english.index("</main>")]
    assert re.findall(r"[가-힣]+", main) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_every_page_has_one_title_one_heading_and_help_at_the_same_place(client, path):
    html = page(client, path)

    assert len(re.findall("<h1", html)) == 1
    assert len(re.findall("<title>[^<|]+ \\| [^<]+</title>", html)) == 1
    assert html.index('href="#main"') < html.index("<header")
    footer = html[html.index("<footer") :]
    assert re.findall(r'href="([^"]+)"', footer) == ["/help/", "/privacy/", "/accessibility/", "/notices/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_no_page_asks_anybody_else_or_holds_inline_code(client, path):
    html = page(client, path)

    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []
    assert re.findall(r"<style|style=|\son[a-z]+=|<script(?![^>]*src=)", html) == []


@pytest.mark.django_db
def test_the_list_of_stages_costs_the_same_for_one_and_for_three(client, django_assert_num_queries):
    a_stage("one", phase=Phase.OPEN)
    with django_assert_num_queries(2):
        client.get("/")

    a_stage("two", phase=Phase.FROZEN)
    a_stage("three", phase=Phase.PUBLISHED)
    with django_assert_num_queries(2):
        client.get("/")


@pytest.mark.django_db
def test_a_stage_in_preparation_is_not_shown(client):
    a_stage(phase=Phase.PREPARING, name_ko="비밀 단계")

    assert "비밀 단계" not in page(client)


@pytest.mark.django_db
def test_the_menu_knows_its_reader(client):
    menus = {}
    for role, user in (("citizen", a_citizen()), ("expert", an_expert()), ("officer", an_officer())):
        html = page(sign_in(client, user), "/help/")
        menus[role] = re.findall(r">([^<]+)</a></li>", html[html.index("site-menu") : html.index("</nav>")])
        client.logout()
    nobody = page(client, "/help/")
    menus["nobody"] = re.findall(r">([^<]+)</a></li>", nobody[nobody.index("site-menu") : nobody.index("</nav>")])

    assert menus == {
        "nobody": ["평가 기준", "결과", "참여하기"],
        "citizen": ["평가 기준", "결과", "참여하기"],
        "expert": ["평가 기준", "결과", "나의 평가"],
        "officer": ["평가 기준", "결과", "업무 화면"],
    }


@pytest.mark.django_db
def test_the_official_band_is_only_shown_where_it_is_true(client, settings):
    band = "이 누리집은 대한민국 공식 전자정부 누리집입니다."
    assert band not in page(client)

    settings.OFFICIAL_MASTHEAD = True

    assert band in page(client)


@pytest.mark.django_db
def test_high_contrast_is_kept_without_script(client):
    assert "data-krds-mode" not in page(client)

    response = client.post("/display/", {"mode": "high-contrast", "next": "/help/"})

    assert (response.status_code, response["Location"]) == (302, "/help/")
    assert '<html lang="ko" data-krds-mode="high-contrast">' in page(client)
    client.post("/display/", {"mode": "default"})
    assert "data-krds-mode" not in page(client)


@pytest.mark.django_db
@pytest.mark.parametrize("following", ["https://example.com/", "//example.com", "javascript:alert(1)", "\x00", ""])
def test_a_switch_leads_nowhere_else(client, following):
    response = client.post("/display/", {"mode": "high-contrast", "next": following})

    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.django_db
def test_switches_change_nothing_on_get(client):
    assert client.get("/display/").status_code == 405
    assert client.get("/language/").status_code == 405


@pytest.mark.django_db
def test_a_longer_session_only_for_who_has_one(client):
    assert client.post("/session/").status_code == 403

    sign_in(client, a_citizen())

    assert client.post("/session/").json() == {"seconds": settings.SESSION_COOKIE_AGE}
    assert 'data-session-seconds="' in page(client)


@pytest.mark.django_db
def test_unknown_pages_say_the_same_for_everything(client):
    first, second = client.get("/stages/no-such/"), client.get("/nowhere/")

    assert (first.status_code, second.status_code) == (404, 404)
    assert "찾을 수 없는 쪽입니다" in second.content.decode()


@pytest.mark.django_db
def test_an_unknown_parameter_is_named(client):
    response = sign_in(client, a_citizen()).get("/accounts/me/?<b>=1")

    assert response.status_code == 400
    assert "<code>&lt;b&gt;</code>" in response.content.decode()


# ---------------------------------------------------------------- components


def test_pagination_names_the_page_and_its_neighbours():
    html = html_of('{% include "components/pagination.html" %}', page=Paginator(range(300), 10).page(15))

    assert re.findall(r'href="\?page=(\d+)"', html) == ["14", "1", "13", "14", "15", "16", "17", "30", "16"]
    assert html.count('aria-current="page"') == 1


def test_both_answers_pass_the_same_renderer():
    html = html_of('{% include "components/answers.html" %}', left="# 가\n<b>", right="# 가\n<b>")

    first, second = re.findall(r'<div class="answer-text" lang="ko">(.*?)</div>', html, re.S)
    assert first == second == "<h4>가</h4>\n<p>&lt;b&gt;</p>\n"


def test_midnight_ends_the_day_before():
    source = '{% include "components/deadline.html" with label="마감" %}'
    at = datetime(2099, 12, 10, 15, tzinfo=UTC)

    assert '<time class="number" datetime="2099-12-11T00:00:00+09:00">2099-12-10 24:00</time>' in html_of(source, at=at)
    assert ">2099-12-11 00:01</time>" in html_of(source, at=at + timedelta(minutes=1))


def test_weeks_and_days_are_left_without_a_comma_in_korean():
    at = timezone.now() + timedelta(days=20, minutes=1)
    source = "{% load krds %}{{ at|time_left }}"

    assert html_of(source, at=at) == "2주 6일"
    with translation.override("en"):
        assert html_of(source, at=at) == "2\xa0weeks, 6\xa0days"


def test_a_label_says_what_may_be_left_out_apart_from_itself():
    html = html_of("{% crispy form %}", form=EveryWidget())

    assert '숫자 <span class="need">(선택 항목)</span>' in html


# ---------------------------------------------------------------- weight


def test_every_address_in_a_style_sheet_is_a_file_of_ours():
    for sheet in STATIC.rglob("*.css"):
        for address in re.findall(r"url\(([^)]+)\)", sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / address.strip("\"'")).resolve().is_file(), f"{sheet.name}: {address}"
            assert not address.strip("\"'").startswith(("http", "//", "data:"))


def compressed(path: str) -> int:
    return len(brotli.compress(Path(finders.find(path)).read_bytes()))


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_a_first_visit_weighs_at_most_sixty_kilobytes(client, path):
    """Everything a page names, compressed as the server does it; the fonts have a budget of their own."""
    a_stage(phase=Phase.OPEN)
    html = page(client, path)

    assets = re.findall(r'(?:href|src)="/static/([^"]+)"', html)
    icons = [f"krds/img/{path.name}" for path in (STATIC / "krds" / "img").iterdir()]
    weight = len(brotli.compress(html.encode())) + sum(compressed(one) for one in assets + icons)
    assert "fonts/pretendard-gov.css" in assets
    assert weight <= 60_000


@pytest.mark.django_db
def test_the_server_packs_a_page_for_whoever_can_unpack_it(client):
    plain, packed = (client.get("/help/", headers={"accept-encoding": one}) for one in ("identity", "gzip"))

    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert len(gzip.decompress(packed.content)) == len(plain.content)
    assert len(packed.content) < len(plain.content) / 2


# ---------------------------------------------------------------- in a browser


class Fixed:
    """A client that knows one page."""

    def __init__(self, html: str):
        self.response = HttpResponse(html)

    def get(self, address: str) -> HttpResponse:
        return self.response


def page_source(client, content: str) -> str:
    """A page of the site with this content in the place of its own."""
    html = page(client, "/help/")
    start, end = html.index('<div class="prose narrow">'), html.index("</main>")
    return f"{html[:start]}<div class='stack-large'>{content}</div></div>{html[end:]}"


def some_charts() -> str:
    parts = stacked_bars(
        [("LG AI연구원", ["33.6", "31.6", "25.0"], "90.2"), ("업스테이지", ["30.0", None, "1.0"], "–")],
        ["벤치마크", "전문가", "사용자"], withheld="비공개", head=("팀", "총점"),
    )  # fmt: skip
    ranks = intervals(
        [("가", "1", "1", "2"), ("나", "1", "2", "2")], 1, 2, ticks=(1, 2), head=("팀", "순위", "최선", "최악")
    )
    plain = bars([("가", "60.5")], cut=(50, "점선: 반반"), head=("팀", "점수"))
    return html_of(
        '<link rel="stylesheet" href="/static/portal/charts.css">'
        '{% include "components/charts/stacked_bars.html" with id="a" title="부문별 점수" chart=parts %}'
        '{% include "components/charts/bars.html" with id="b" title="벤치마크" chart=plain %}'
        '{% include "components/charts/intervals.html" with id="c" title="순위 구간" chart=ranks %}',
        parts=parts, plain=plain, ranks=ranks,
    )  # fmt: skip


def some_pieces() -> str:
    return html_of(
        '{% include "components/step_indicator.html" %}'
        '{% include "components/alert.html" with tone="success" title="끝" text="저장했습니다." %}'
        '{% include "components/alert.html" with tone="warning" text="곧 마감됩니다." %}'
        '{% include "components/alert.html" with tone="danger" text="보내지 못했습니다." role="alert" url="/" action="다시" %}'
        '{% include "components/badge.html" with tone="success" text="제출함" mark="✓" %}'
        '{% include "components/badge.html" with tone="warning" text="작성 중" %}'
        '{% include "components/badge.html" with tone="danger" text="미충족" %}'
        '{% include "components/badge.html" with tone="gray" text="비공개" %}{% include "components/sample_mark.html" %}'
        '{% include "components/sample_banner.html" with boxed=True %}'
        '{% include "components/progress.html" with id="done" label="비교" value=3 maximum=8 %}'
        '{% include "components/facts.html" %}'
        '{% include "components/receipt.html" with title="접수증" text="보관해 주세요." code="K7QF-3M2P-9XWT-4HJD" %}'
        '{% include "components/digest.html" with label="설정 지문" %}'
        '{% include "components/deadline.html" with label="마감" %}'
        '{% include "components/empty.html" with text="아직 없습니다." url="/" action="첫 화면" %}'
        '{% include "components/pagination.html" with page=leaf %}'
        '{% include "components/session_warning.html" with seconds=60 %}'
        '<h2>카드</h2>{% include "components/card.html" with title="카드" text="글" url="/" action="열기" %}',
        steps=[{"label": "서약", "state": "done"}, {"label": "평가", "state": "active"}, {"label": "제출", "state": ""}],
        facts=[("배점", "35")], at=datetime(2026, 8, 14, 9, tzinfo=UTC), digest="e3b0c442" * 8, leaf=Paginator(range(300), 10).page(15),
    )  # fmt: skip


TEXT = (
    "# 제목\n\n### 작은 제목\n\n글 `code`\n\n- 하나\n\n|가|나|\n|-|-|\n|1|2|\n\n```\n"
    + "긴 줄 " * 60
    + "\n```\n\n> 인용"
)
PIECES = {
    "form": lambda: html_of("{% crispy form %}", form=EveryWidget()),
    "faulty form": lambda: html_of("{% crispy form %}", form=bound()),
    "pieces": some_pieces,
    "charts": some_charts,
    "answers": lambda: html_of('<h2>답변</h2>{% include "components/answers.html" %}', left=TEXT, right="짧은 답변"),
}


def open_page(browser, client, path: str, width: int = 1280, **context) -> Page:
    """The page as a browser sees it. Answers come from the test client, so that the test's own transaction is what the page shows."""
    page = browser.new_context(viewport={"width": width, "height": 900}, **context).new_page()

    def answer(route, request):
        address = request.url.removeprefix(SITE)
        if address.startswith("/static/"):
            return route.fulfill(path=finders.find(address.removeprefix("/static/")))
        response = client.get(address)
        return route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)

    page.route(f"{SITE}/**", answer)
    page.goto(SITE + path)
    return page


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    "cookies", [{}, {"language": "en"}, {"display": "high-contrast"}], ids=["ko", "en", "contrast"]
)
def test_public_pages_are_accessible_and_never_wider_than_the_screen(browser, client, width, cookies):
    a_stage(phase=Phase.OPEN, sample=True)
    client.cookies.load(cookies)
    for path in PUBLIC:
        page = open_page(browser, client, path, width)

        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.context.close()


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("mode", ["", "high-contrast"])
@pytest.mark.parametrize("piece", ["form", "faulty form", "pieces", "charts", "answers"])
def test_forms_components_charts_and_answers_are_accessible(browser, client, width, mode, piece):
    """The pieces stand in a real page of the site: the help page with its content exchanged."""
    client.cookies.load({"display": mode})
    source = page_source(client, PIECES[piece]())
    page = open_page(browser, Fixed(source), "/", width)

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.browser
@pytest.mark.django_db
def test_a_page_asks_only_this_server_and_breaks_no_content_policy(browser, client):
    page = open_page(browser, client, "/")
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))

    page.reload()
    page.wait_for_load_state("networkidle")

    assert [url for url in asked if not url.startswith(SITE)] == []
    assert said == []
    assert any(url.endswith(".woff2") for url in asked)
    page.context.close()


@pytest.mark.browser
@pytest.mark.django_db
def test_the_fonts_of_a_page_stay_within_their_budget(browser, client):
    a_stage(phase=Phase.OPEN)
    for path in PUBLIC:
        page = open_page(browser, client, path)
        asked = []
        page.on("request", lambda request, asked=asked: asked.append(request.url.removeprefix(SITE)))
        page.reload()
        page.wait_for_load_state("networkidle")

        weight = sum(
            Path(finders.find(url.removeprefix("/static/"))).stat().st_size for url in asked if url.endswith(".woff2")
        )
        assert 0 < weight <= 250_000, path
        page.context.close()


BOXES = """
<div class="error-summary"><h2>입력한 내용을 확인해 주세요</h2></div><p>적으신 것은 모두 저장했습니다.</p><div class="alert info"><p>확인하신 평가표입니다.</p></div>
<div class="alert warning"><p>저장하지 않았습니다.</p></div><div class="error-summary"><h2>입력한 내용을 확인해 주세요</h2></div><form><p>하나</p></form>
<section class="section"><h2>메일이 오지 않았나요</h2><p>스팸함도 살펴봐 주세요.</p><form><p class="actions"><button>다시 보내기</button></p></form></section>
<div class="alert success"><p>모두 답하셨습니다.</p></div>
"""


@pytest.mark.browser
@pytest.mark.django_db
def test_no_box_touches_what_stands_above_it(browser, client):
    page = open_page(browser, Fixed(page_source(client, BOXES)), "/")

    gaps = page.evaluate("""[...document.querySelectorAll("main .error-summary, main .alert, main form, main .error-summary + p")].map(box => {
        const above = box.previousElementSibling;
        return above ? Math.round(box.getBoundingClientRect().top - above.getBoundingClientRect().bottom) : 99;
    })""")

    assert [gap for gap in gaps if gap < 12] == []
    page.context.close()


@pytest.mark.browser
@pytest.mark.django_db
def test_the_display_changes_without_leaving_the_page(browser, client):
    client.cookies.load({"display": ""})
    page = open_page(browser, Fixed(page_source(client, PIECES["form"]())), "/")
    kept = []
    page.on("request", lambda request: kept.append(request.post_data) if request.method == "POST" else None)
    page.fill("#id_text", "아직 저장하지 않은 이름")

    page.get_by_role("button", name="고대비 화면").click()
    dark = page.locator("html").get_attribute("data-krds-mode")
    page.get_by_role("button", name="기본 화면").click()

    assert (dark, page.locator("html").get_attribute("data-krds-mode")) == ("high-contrast", None)
    assert ["high-contrast" in said for said in kept] == [True, False]
    assert page.input_value("#id_text") == "아직 저장하지 않은 이름"
    page.context.close()


@pytest.mark.django_db
def test_a_page_that_answers_a_form_has_its_switches_for_who_can_be_asked_first(client):
    answer = client.post("/accounts/signup/", {"email": ""}, headers={"referer": "http://testserver/accounts/signup/"})
    html = answer.content.decode()
    header = html[html.index("<header") : html.index("</header>")]

    assert re.findall(r"<form[^>]*( data-enhance hidden)>", header) == [" data-enhance hidden"] * 2
    assert 'data-ask="' in header
    assert set(re.findall(r'name="next" value="([^"]*)"', header)) == {"/accounts/signup/"}


@pytest.mark.django_db
@pytest.mark.parametrize("referer", ["", "http://testserver/display/", "http://[", "http://testserver/nowhere/"])
def test_a_switch_leads_back_to_no_address_that_is_only_sent_to(client, referer):
    html = client.post("/accounts/signup/", {"email": ""}, headers={"referer": referer}).content.decode()

    assert set(re.findall(r'name="next" value="([^"]*)"', html[: html.index("</header>")])) == {"/"}


@pytest.mark.browser
@pytest.mark.django_db
def test_the_menu_of_the_phone_opens_without_script(browser, client):
    page = open_page(browser, client, "/", 360, java_script_enabled=False)

    expect(page.locator(".menu-narrow a").first).to_be_hidden()
    page.locator(".menu-narrow summary").click()
    expect(page.locator(".menu-narrow a").first).to_be_visible()
    page.context.close()


@pytest.mark.browser
@pytest.mark.django_db
def test_the_keyboard_reaches_the_content_first(browser, client):
    page = open_page(browser, client, "/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


@pytest.mark.browser
@pytest.mark.django_db
def test_every_mark_is_big_enough_for_a_thumb(browser, client):
    for width in (1280, 360):
        page = open_page(browser, Fixed(page_source(client, PIECES["form"]())), "/", width)

        boxes = page.evaluate(
            "[...document.querySelectorAll('main label[for^=id_star], main label[for^=id_finding], main button, .site-tools button:not([hidden]), .footer-links a')]"
            ".map(one => one.getBoundingClientRect()).map(box => [Math.round(box.width), Math.round(box.height)])"
        )
        assert [box for box in boxes if (min(box) < 44 and box[0] < 44) or box[1] < 44] == []
        page.context.close()


WIDE = """| 때 | 할 일 | 걸리는 날 | 드는 돈 | 필요한 서류 | 챙기는 사람 |
|---|---|---|---|---|---|
| 계약 | 특약을 적고 확정일자를 받습니다 | 하루 | 없음 | 신분증과 계약서 | 세입자 |"""
LINES_A_WORD = """cells => cells.map(cell => {
  const text = cell.firstChild, range = document.createRange();
  return [...text.data.matchAll(/\\S+/g)].map(word => {
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
  });
}).flat()"""


@pytest.mark.browser
@pytest.mark.django_db
def test_no_word_in_a_table_of_an_answer_is_torn_apart(browser, client):
    """On a phone a table of six columns is read by pushing it sideways, not letter under letter."""
    answers = html_of('{% include "components/answers.html" %}', left=WIDE, right="짧은 답변")
    page = open_page(browser, Fixed(page_source(client, answers)), "/", 360)

    lines = page.locator(".answer-text :is(th, td)").evaluate_all(LINES_A_WORD)

    assert (len(lines), set(lines)) == (21, {1})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.context.close()


MARK_IN_BOX = """labels => labels.map(label => {
  const [own, box, mark] = [null, "::before", "::after"].map(part => getComputedStyle(label, part));
  const of = (style, name) => parseFloat(style[name]) || 0;
  const top = of(own, "paddingTop") + of(box, "marginTop"), left = of(own, "paddingLeft") + of(box, "marginLeft");
  const down = of(mark, "top") + of(mark, "marginTop") - top, right = of(mark, "left") + of(mark, "marginLeft") - left;
  return {
    above: down, below: of(box, "height") - of(mark, "height") - down,
    before: right, behind: of(box, "width") - of(mark, "width") - right,
  };
})"""


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.parametrize("width", [1280, 375])
def test_dot_and_tick_are_drawn_in_the_middle_of_their_box(browser, client, width):
    page = open_page(browser, Fixed(page_source(client, PIECES["form"]())), "/", width)
    for kind in ("id_finding_0", "id_uses_0", "id_pledge"):
        page.locator(f"label[for={kind}]").click()

        (room,) = page.locator(f"#{kind}:checked ~ label").evaluate_all(MARK_IN_BOX)

        assert min(room.values()) >= 0, kind
        assert (room["above"], room["before"]) == pytest.approx((room["below"], room["behind"]), abs=1), kind
    page.context.close()


@pytest.mark.browser
@pytest.mark.django_db
def test_the_error_summary_gets_the_focus_and_leads_to_the_field(browser, client):
    page = open_page(browser, Fixed(page_source(client, PIECES["faulty form"]())), "/")

    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')") is True
    page.click("a[href='#id_star_0']")
    assert page.evaluate("document.activeElement.id") == "id_star_0"
    page.context.close()


def test_the_english_of_every_string_is_written():
    with translation.override("en"):
        assert translation.gettext("본문 바로가기") == "Skip to main content"
