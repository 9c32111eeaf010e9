"""Studies as text, as pictures, and in docs/scoring-study.md between their marks."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from portal import charts
from script.studies.records import Picture, Study

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "scoring-study.md"
FOLDER = ROOT / "docs" / "study"
RESULTS = FOLDER / "results.json"
STYLE = (
    "text{font-family:'Pretendard GOV','Noto Sans KR',sans-serif;font-size:14px;fill:#1e2124}.note{font-size:12px;fill:#58616a}"
    ".grid{stroke:#cdd1d5}.span{stroke:#256ef4;stroke-width:4}.dot{fill:#083891}.cut{stroke:#bd2c0f;stroke-dasharray:4 4}"
)
HEADING = 34
WIDTH, MARGIN = 760, 24


def markdown(study: Study) -> str:
    lines = [study.columns, tuple("---" for _ in study.columns), *study.rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"**{study.title}** (반복 {study.replications:,}번)\n\n{table}\n"


def drawn(picture: Picture) -> str:
    """A file that stands alone: the geometry of the portal's own charts, with its style inside."""
    cut = None if picture.cut is None else (picture.cut, "")
    chart = charts.intervals(picture.rows, picture.minimum, picture.maximum, cut=cut)
    frame, parts = chart.frame, []
    for tick in frame.ticks:
        parts.append(f'<line class="grid" x1="{tick.x}" y1="0" x2="{tick.x}" y2="{frame.bottom}"/>')
        parts.append(
            f'<text class="note" x="{tick.x}" y="{frame.tick_y}" text-anchor="{tick.anchor}">{tick.label}</text>'
        )
    if chart.cut:
        parts.append(f'<line class="cut" x1="{chart.cut.x}" y1="0" x2="{chart.cut.x}" y2="{frame.bottom}"/>')
    for row in chart.rows:
        place = row.place
        parts.append(f'<text x="6" y="{place.text_y}">{escape(place.label)}</text>')
        parts.append(f'<text class="note" x="100%" y="{place.text_y}" text-anchor="end">{escape(place.text)}</text>')
        parts.append(f'<line class="span" x1="{row.low_x}" y1="{place.middle}" x2="{row.high_x}" y2="{place.middle}"/>')
        parts.append(f'<circle class="dot" cx="{row.dot_x}" cy="{place.middle}" r="5"/>')
    height = int(frame.height) + HEADING
    title = escape(picture.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">\n'
        f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>\n<text x="{MARGIN}" y="22">{title}</text>\n'
        f'<svg x="{MARGIN}" y="{HEADING}" width="{WIDTH - 2 * MARGIN}" height="{frame.height}" overflow="visible">\n'
        + "\n".join(parts)
        + "\n</svg>\n</svg>\n"
    )


def block(name: str, study: Study) -> str:
    """What stands between the marks of a study in the document."""
    picture = f"\n![{study.picture.title}](study/{name}.svg)\n" if study.picture else ""
    return f"<!-- study:{name} -->\n{markdown(study)}{picture}<!-- /study -->"


def filled(text: str, studies: dict[str, Study], made: str) -> str:
    """The document with each study between its marks, and how they were made; ValueError for a study it has no place for."""
    for name, study in studies.items():
        text = _put(text, name, block(name, study))
    return _put(text, "made", f"<!-- study:made -->\n{made}\n<!-- /study -->")


def _put(text: str, name: str, what: str) -> str:
    place = re.compile(rf"<!-- study:{name} -->.*?<!-- /study -->", re.DOTALL)
    if len(place.findall(text)) != 1:
        raise ValueError(f"{DOCUMENT.name} has no place, or more than one, for the study {name}")
    return place.sub(lambda _: what, text)


def agrees(seed: int, numpy: str) -> bool:
    """Whether the stored results are of this seed and this numpy, so that some of them may be replaced without the others."""
    how = stored()[1]
    return (how["seed"], how["numpy"]) == (seed, numpy)


def store(studies: dict[str, Study], how: dict[str, Any], names: Sequence[str]) -> None:
    """Results, pictures and document: these studies, and of the others among `names` what is stored of them."""
    FOLDER.mkdir(exist_ok=True)
    found = {**(stored()[0] if set(names) - set(studies) else {}), **studies}
    told = {"how": how, "studies": {name: asdict(found[name]) for name in names if name in found}}
    RESULTS.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for path, text in expected().items():
        path.write_text(text, encoding="utf-8")


def stored() -> tuple[dict[str, Study], dict[str, Any]]:
    told = json.loads(RESULTS.read_text(encoding="utf-8"))
    return {name: _study(one) for name, one in told["studies"].items()}, told["how"]


def _study(one: dict[str, Any]) -> Study:
    picture = one["picture"]
    if picture:
        picture = Picture(**{**picture, "rows": tuple(map(tuple, picture["rows"]))})
    return Study(one["title"], one["replications"], tuple(one["columns"]), tuple(map(tuple, one["rows"])), picture)


def expected() -> dict[Path, str]:
    """Each file that the stored results decide, and what has to be in it."""
    studies, how = stored()
    made = f"{how['date']}, 시드 {how['seed']}, numpy {how['numpy']}."
    found = {DOCUMENT: filled(DOCUMENT.read_text(encoding="utf-8"), studies, made)}
    for name, study in studies.items():
        if study.picture:
            found[FOLDER / f"{name}.svg"] = drawn(study.picture)
    return found


def differing() -> list[str]:
    """The files that are not what the stored results say."""
    return [
        str(path.relative_to(ROOT))
        for path, text in expected().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
