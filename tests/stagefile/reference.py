"""The tables of docs/stage-file.md that follow from the schema, as they have to stand there."""

from evaluations.stagefile.schema import (
    DATA,
    DOCUMENT_LARGEST,
    DOCUMENTS,
    MEGABYTE,
    STAGE,
    STAGE_FILE,
    STAGE_FILE_LARGEST,
    TAKEN_BY,
    Field,
    Kind,
)

WORDS = {
    Kind.LINE: "한 줄 글",
    Kind.TEXT: "글",
    Kind.SLUG: "식별자(a–z 0–9 -)",
    Kind.KEY: "키(a–z 0–9 _)",
    Kind.WHOLE: "정수",
    Kind.DECIMAL: "소수(따옴표)",
    Kind.FACT: "소수, true, false(따옴표)",
    Kind.FLAG: "true, false",
    Kind.MOMENT: "시각",
    Kind.DAY: "날짜",
    Kind.LINES: "글의 목록",
    Kind.KEYS: "키의 목록",
    Kind.DECIMALS: "소수의 목록",
    Kind.PER_TEAM: "팀 → 소수",
}


def fields() -> str:
    lines = ["| 표 | 이름 | 뜻 | 값 | |", "|---|---|---|---|---|"]
    for table, field in _all(STAGE, ""):
        lines.append(
            f"| {f'`{table}`' if table else '(맨 위)'} | `{field.name}` | {field.label} | {_kind(field)} | {_need(field)} |"
        )
    return "\n".join(lines)


def _all(field: Field, name: str):
    tables = [member for member in field.fields if member.kind in (Kind.TABLE, Kind.ROWS) and not _words(member)]
    for member in field.fields:
        if member not in tables:
            yield name, member
    for member in tables:
        if (name, member.name) == ("parts.criteria", "criteria"):
            continue  # sub-criteria have the fields of a criterion
        yield from _all(member, f"{name}.{member.name}" if name else member.name)


def _words(field: Field) -> bool:
    return {member.name for member in field.fields} == {"ko", "en"}


def _kind(field: Field) -> str:
    if field.choices:
        choices = ", ".join(f"`{choice}`" for choice in field.choices)
        return f"{choices}의 목록" if field.kind is Kind.CHOICES else choices
    if _words(field):
        return "`{ ko, en }`"
    if field.kind is Kind.WHOLE:
        return f"{field.low}–{field.high} 정수"
    return WORDS[field.kind]


def _need(field: Field) -> str:
    if field.required:
        return "필수"
    if field.default is None or field.default == {}:
        return ""
    return f"기본 `{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def takers() -> str:
    lines = ["| 칸 | 쓰는 규칙 |", "|---|---|"]
    lines += [f"| `{name}` | {', '.join(f'`{rule}`' for rule in rules)} |" for name, rules in TAKEN_BY.items()]
    return "\n".join(lines)


def columns() -> str:
    lines = ["| 파일 | 열 |", "|---|---|"]
    for file in DATA.values():
        optional = "".join(f",{column}" for column in file.optional)
        lines.append(
            f"| `{file.name}` {file.label} | `{','.join(file.columns)}{f'[{optional}]' if optional else ''}` |"
        )
    return "\n".join(lines)


def sizes() -> str:
    largest = [(STAGE_FILE, STAGE_FILE_LARGEST), *((file.name, file.largest) for file in DATA.values())]
    lines = ["| 파일 | 한도 |", "|---|---|"]
    lines += [
        f"| `{name}` | {size // MEGABYTE} MB |" for name, size in (*largest, (f"{DOCUMENTS}/*.md", DOCUMENT_LARGEST))
    ]
    return "\n".join(lines)
