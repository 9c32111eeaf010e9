"""What names have about them that is not the name: the kind of company, and letters spelled out in Hangul. Pure."""

import re

SPELLED = {
    "a": "에이", "b": "비", "c": "씨", "d": "디", "e": "이", "f": "에프", "g": "지", "h": "에이치", "i": "아이",
    "j": "제이", "k": "케이", "l": "엘", "m": "엠", "n": "엔", "o": "오", "p": "피", "q": "큐", "r": "알",
    "s": "에스", "t": "티", "u": "유", "v": "브이", "w": "더블유", "x": "엑스", "y": "와이", "z": "제트",
}  # fmt: skip
LEGAL_FORMS = re.compile(
    r"주식회사|유한회사|재단법인|사단법인|산학협력단|산업협력단|[(（](?:주|유|재|사)[)）]|㈜"
    r"|\b(?:inc|corp|corporation|co|ltd|llc|limited|company)\b\.?",
    re.IGNORECASE,
)
