"""Names that would lift the blindfold, as people write and hide them, and words that only look like one."""

import unicodedata
from time import process_time

import pytest

from evaluations.programme.blind_text import rebuild
from evaluations.programme.leaks import forms_of, scan

NAMES = [
    "LG AI연구원", "LG AI Research", "LG", "엘지", "K-EXAONE", "EXAONE", "엑사원", "업스테이지", "Upstage", "Solar Open 100B", "솔라 오픈",
    "SK텔레콤", "SK Telecom", "SKT", "A.X K1", "에이닷엑스", "크래프톤", "포티투닷", "42dot", "리벨리온", "노타", "라이너", "래블업", "뷰노",
    "모티프테크놀로지스", "Motif Technologies", "모레", "서울대학교", "KAIST", "한국과학기술원", "주식회사 크라우드웍스", "㈜마키나락스",
    "김하늘", "HDC랩스",
]  # fmt: skip

PLANTED = [
    # Korean, plain and with particles and endings
    ("우리 엘지의 모델은", "LG"),
    ("엑사원은 2021년부터 이어졌다", "엑사원"),
    ("엑사원입니다.", "엑사원"),
    ("저희 업스테이지는 작년에", "업스테이지"),
    ("업스테이지에서는 이렇게 한다", "업스테이지"),
    ("제 이름은 솔라 오픈이에요", "솔라 오픈"),
    ("SK텔레콤이 만든 모델", "SK텔레콤"),
    ("크래프톤과 함께 개발했다", "크래프톤"),
    ("포티투닷으로부터 받은 자료", "포티투닷"),
    ("리벨리온의 NPU에서 돌렸다", "리벨리온"),
    ("노타가 경량화를 맡았다", "노타"),
    ("모티프테크놀로지스 연구진", "모티프테크놀로지스"),
    ("서울대학교 연구실", "서울대학교"),
    ("책임자는 김하늘이다", "김하늘"),
    ("뷰노와 라이너는 구성 기관이다", "뷰노"),
    ("한국과학기술원에서 검증하였다", "한국과학기술원"),
    # English, plain, possessive, mixed case
    ("I am K-EXAONE, a model", "K-EXAONE"),
    ("trained by LG's own team", "LG"),
    ("UPSTAGE released it", "Upstage"),
    ("upStage 모델", "Upstage"),
    ("as an ai built by sk telecom", "SK Telecom"),
    ("exaone-3.5를 잇는다", "EXAONE"),
    ("eXaOnE", "EXAONE"),
    ("made at kaist in daejeon", "KAIST"),
    ("Solar Open 100B의 가중치", "Solar Open 100B"),
    ("solaropen100b", "Solar Open 100B"),
    ("LG AI Research presents", "LG AI Research"),
    ("motif technologies inc.", "Motif Technologies"),
    ("using A.X K1 weights", "A.X K1"),
    ("ax-k1 체크포인트", "A.X K1"),
    ("HDC랩스 데이터", "HDC랩스"),
    # Spaced and marked apart
    ("엑 사 원", "엑사원"),
    ("업 스 테 이 지", "업스테이지"),
    ("업-스-테-이-지", "업스테이지"),
    ("E X A O N E", "EXAONE"),
    ("E.X.A.O.N.E", "EXAONE"),
    ("K - E X A O N E", "K-EXAONE"),
    ("S K T 의 자료", "SKT"),
    ("S.K.T", "SKT"),
    ("L G 의 서버", "LG"),
    ("L.G.", "LG"),
    ("U_p_s_t_a_g_e", "Upstage"),
    ("업스 테이지", "업스테이지"),
    ("크 래 프 톤", "크래프톤"),
    ("모티프 테크놀로지스", "모티프테크놀로지스"),
    ("SK\n텔레콤", "SK텔레콤"),
    ("솔라\u00a0오픈", "솔라 오픈"),
    ("엑*사*원", "엑사원"),
    # Decomposed, wide, accented, invisible
    (unicodedata.normalize("NFD", "엑사원"), "엑사원"),
    (unicodedata.normalize("NFD", "저희 업스테이지는"), "업스테이지"),
    (unicodedata.normalize("NFD", "SK텔레콤"), "SK텔레콤"),
    ("ＥＸＡＯＮＥ", "EXAONE"),
    ("Ｓ Ｋ Ｔ", "SKT"),
    ("Éxaoné", "EXAONE"),
    ("엑\u200b사\u200b원", "엑사원"),
    ("EXA\u00adONE", "EXAONE"),
    ("Up\u2060stage", "Upstage"),
    ("엑\u3164사\u3164원", "엑사원"),
    # Look-alikes and digits for letters
    ("ЕХАОNЕ", "EXAONE"),
    ("Uрstаgе", "Upstage"),
    ("EXA0NE", "EXAONE"),
    ("UP5TAGE", "Upstage"),
    ("K-3XAONE", "K-EXAONE"),
    ("저는 🇱🇬입니다", "LG"),
    ("저는 🇱 🇬입니다", "LG"),
    ("저는 🅻🅶입니다", "LG"),
    ("저는 🅛🅖입니다", "LG"),
    ("저는 𝐋𝐆입니다", "LG"),
    ("저는 ꓡꓖ입니다", "LG"),
    ("저는 ᏞᏀ입니다", "LG"),
    ("저는 ΕΧΑΟΝΕ입니다", "EXAONE"),
    ("저는 ЅКТ입니다", "SKT"),
    ("E\u20ddX\u20dd\u20ddA\u20dd\u20dd\u20dd\u20ddONE", "EXAONE"),
    ("E\u2065\u2065\u2065\u2065XAONE", "EXAONE"),
    # Typed jamo by jamo
    ("저는 ㅇㅔㄱㅅㅏㅇㅝㄴ입니다", "엑사원"),
    ("저는 엘ㅈㅣ입니다", "LG"),
    ("저는 ﾷￇﾩﾸￜ입니다", "LG"),
    ("노타ㅋㅋ", "노타"),
    # Spelled out in Hangul, and other names of the same
    ("에스케이텔레콤", "SK텔레콤"),
    ("에스케이티의 통신망", "SKT"),
    ("엘지 에이아이연구원", "LG AI연구원"),
    ("에이치디씨랩스", "HDC랩스"),
    ("크라우드웍스 주식회사", "주식회사 크라우드웍스"),
    ("(주)마키나락스의 설비", "㈜마키나락스"),
    ("마키나락스가 맡았다", "㈜마키나락스"),
    ("크라우드웍스의 일꾼들", "주식회사 크라우드웍스"),
    ("A.X K1은 5,190억 매개변수다", "A.X K1"),
    # Inside what is not a sentence
    ("https://github.com/upstage/solar", "Upstage"),
    ("model_id = 'exaone-235b'", "EXAONE"),
    ("research@lgresearch.ai가 아니라 contact@upstage.ai", "Upstage"),
    ("| 팀 | 업스테이지 |", "업스테이지"),
    ("**엑사원**", "엑사원"),
    ("`EXAONE`", "EXAONE"),
    ("제출:업스테이지/모델:솔라", "업스테이지"),
]  # fmt: skip

INNOCENT = [
    "이 algorithm은 선형이다",
    "big LGTM",
    "모노타입 글꼴을 썼다",
    "노타리우스라는 말",
    "내일모레",
    "solar energy is open to everyone",
    "태양광(솔라) 발전이 오픈되었다",
    "axis k1을 기준으로",
    "the task took 100 billion tokens",
    "skating and skiing",
    "엘리베이터 지도",
    "엑셀 사용 원칙",
    "up, then on stage three",
    "업무 스케줄 테이블 이동 지점",
    "서울 대학로의 교통",
    "한국의 과학 기술 원칙",
    "김 하나, 늘 있던 것",
    "미국 리그 선수",
    "리벨 리스트 온라인",
    "Exa-scale one-shot training",
    "kai, stand up",
    "42 dots per inch",
    "Slag heap",
    "flgas",
    "뷰 노출이 늘었다",
    "크래프트 톤 보정",
    "포티 투 닷컴이 아니라 40.2",
    "a lgorithm",
    "초엘지말",
]


@pytest.mark.parametrize(("text", "name"), PLANTED)
def test_a_planted_name_is_found(text, name):
    assert name in {hit.name for hit in scan(text, NAMES)}


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_word_is_left_alone(text):
    assert [(hit.name, hit.excerpt) for hit in scan(text, NAMES)] == []


@pytest.mark.parametrize(("text", "name"), [("모레까지 끝내겠습니다", "모레"), ("라이너스 토르발스", "라이너")])
def test_where_a_name_is_also_a_word_the_officer_decides(text, name):
    """Missing a name lifts the blindfold for good; a word too many costs an officer a look."""
    assert [hit.name for hit in scan(text, NAMES)] == [name]


def test_there_are_enough_of_both():
    assert (len(PLANTED) >= 60, len(INNOCENT) >= 25) == (True, True)


def test_a_hit_says_where_it_stands():
    text = "먼저 본문이 있고, 그다음 엑사원이 나온다."

    (hit,) = scan(text, ["엑사원"])

    assert (text[hit.start : hit.end], hit.how) == ("엑사원", "plain")
    assert hit.excerpt in text


def test_the_place_of_a_hidden_name_holds_what_hides_it():
    text = "앞 엑-사\u200b-원 뒤"

    (hit,) = scan(text, ["엑사원"])

    assert (text[hit.start : hit.end], hit.how) == ("엑-사\u200b-원", "spaced")


@pytest.mark.parametrize("text", [text for text, _ in PLANTED if "github" not in text and "@" not in text])
def test_rebuilding_a_document_hides_no_name_from_the_search(text):
    """Whatever is left for people to read is found; links and addresses are taken out altogether."""
    before = {hit.name for hit in scan(text, NAMES)}

    assert {hit.name for hit in scan(rebuild(text), NAMES)} >= before


@pytest.mark.parametrize("name", ["", " ", "·", "가", "A"])
def test_a_name_of_less_than_two_letters_is_no_name(name):
    assert forms_of(name) == frozenset()
    assert scan("가 A · 나", [name]) == []


@pytest.mark.slow
def test_searching_takes_time_in_proportion_to_the_text():
    """Of eight times the text it would take 64 times as long if every place were held against every other. Time of this process only,
    and far from both: other processes share the cores."""
    short, long = "이 모델은 처음부터 학습하였다. " * 2_000, "이 모델은 처음부터 학습하였다. " * 16_000
    scan(short, NAMES)  # the first call warms up

    def seconds(text):
        begun = process_time()
        scan(text, NAMES)
        return process_time() - begun

    once = min(seconds(short) for _ in range(3))
    assert min(seconds(long) for _ in range(3)) < 32 * once
