"""script/bench: what the site and its methods cost, measured beside what others take for the same."""

from portal.boot import bench_pages, bench_scoring, bench_tallies
from portal.boot.say import Stop

MEASURES = {"pages": bench_pages.main, "scoring": bench_scoring.main, "tallies": bench_tallies.main}
USAGE = """사용법: script/bench pages | scoring | tallies [--quick]
  pages     화면마다 걸리는 시간과 무게, 초당 투표 수를 2분 안에 잽니다. (time and weight of pages, ballots a second)
  scoring   계산 방법을 다른 라이브러리와 나란히 잽니다. 비교 대상은 따로 만든 환경에 설치합니다. (our methods beside other libraries)
  tallies   투표 천만 표를 모으고, 만 표가 더 왔을 때 다시 모읍니다. (ten million ballots folded, and ten thousand more)
  --quick   작은 크기로 몇 초 만에 돌려 봅니다. 표에 적을 값은 아닙니다. (small sizes, no figures to keep)"""


def main(args: list[str]) -> int:
    if args[:1] and args[0] in MEASURES and args[1:] in ([], ["--quick"]):
        return MEASURES[args[0]](quick=bool(args[1:]))
    raise Stop(USAGE, status=0 if args in (["-h"], ["--help"]) else 2)
