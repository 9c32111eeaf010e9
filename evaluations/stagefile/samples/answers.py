"""Sample prompts, and answers to them in the manner of different models: thorough, flowing, headed, short."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.random import Generator

MATERIAL = Path(__file__).with_name("questions.toml")
MANNERS = ("thorough", "flowing", "headed", "short")

OPENINGS = (
    "",
    "",
    "네, 정리해 드리겠습니다.\n\n",
    "질문 감사합니다. 차근차근 말씀드리겠습니다.\n\n",
    "좋은 질문입니다.\n\n",
)
JOINS = ("먼저 ", "다음으로 ", "또한 ", "그리고 ", "끝으로 ")
OFFERS = (
    "더 궁금하신 점이 있으면 말씀해 주세요.",
    "상황을 조금 더 알려 주시면 맞추어 다시 정리해 드리겠습니다.",
    "필요하시면 표로 다시 정리해 드릴 수 있습니다.",
)
VAGUE = (
    "상황에 따라 다를 수 있으므로 여러 가지를 두루 살펴보시는 것이 좋습니다.",
    "무엇보다 꾸준함이 중요하다고 할 수 있습니다.",
    "전문가의 의견을 함께 참고하시면 더욱 좋습니다.",
)


@dataclass(frozen=True)
class Made:
    """An answer, and how good it is meant to be (0 to 1), which the sample voters feel."""

    text: str
    quality: float


def prompts() -> list[dict[str, Any]]:
    return tomllib.loads(MATERIAL.read_text(encoding="utf-8"))["prompts"]


def one_of(rng: Generator, choices):
    return choices[int(rng.integers(len(choices)))]


def answer(prompt: dict[str, Any], manner: str, strength: float, rng: Generator) -> Made:
    """How a model of this manner and strength (0 to 1) answers."""
    points = prompt["points"]
    wanted = {"thorough": 5, "flowing": 4, "headed": 4, "short": 3}[manner]
    lost = int(rng.random() > 0.6 + 0.3 * strength) + int(rng.random() > 0.85 + 0.15 * strength)
    kept = points[: max(2, wanted - lost)]
    careful = bool(rng.random() < 0.6 + 0.3 * strength)
    text = _VERSE(prompt, kept) if prompt.get("verse") else _WRITE[manner](prompt, kept, rng)
    if careful and not prompt.get("verse"):
        text += f"\n\n{_CAUTION[manner]}{prompt['caution']}"
    if not careful and rng.random() < 0.5:
        text += f"\n\n{one_of(rng, VAGUE)}"
    if manner in ("thorough", "flowing") or rng.random() < 0.4:
        text += f"\n\n{prompt['closing']}"
    elif rng.random() < 0.5:
        text += f"\n\n{one_of(rng, OFFERS)}"
    return Made(text, (len(kept) - 2) / 3 * 0.7 + 0.3 * careful)


_CAUTION = {"thorough": "**주의하실 점** — ", "flowing": "다만 ", "headed": "> 참고: ", "short": "※ "}


def _thorough(prompt, points, rng: Generator) -> str:
    listed = "\n".join(f"{n}. **{title}** — {detail}" for n, (title, detail) in enumerate(points, 1))
    return f"{one_of(rng, OPENINGS)}{prompt['lead']}\n\n{listed}"


def _flowing(prompt, points, rng: Generator) -> str:
    told = [join + detail for join, (_, detail) in zip(JOINS, points, strict=False)]
    half = (len(told) + 1) // 2
    return f"{prompt['lead']}\n\n{' '.join(told[:half])}\n\n{' '.join(told[half:])}"


def _headed(prompt, points, rng: Generator) -> str:
    told = "\n\n".join(f"### {title}\n{detail}" for title, detail in points)
    return f"{one_of(rng, OPENINGS)}## 요약\n{prompt['lead']}\n\n{told}"


def _short(prompt, points, rng: Generator) -> str:
    first = prompt["lead"].split(". ")[0].rstrip(".") + "."
    return first + "\n\n" + "\n".join(f"- {title}: {detail.split('. ')[0].rstrip('.')}." for title, detail in points)


def _verse(prompt, points) -> str:
    return "\n".join(line for _, line in points) + f"\n{prompt['closing']}"


_VERSE = _verse
_WRITE = {"thorough": _thorough, "flowing": _flowing, "headed": _headed, "short": _short}
