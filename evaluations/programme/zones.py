"""Time zones by their names. Pure."""

from zoneinfo import ZoneInfo

UNKNOWN = "알 수 없는 시간대입니다(예: Asia/Seoul)."


def zone_of(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # unknown, a folder, a path, an empty or a very long name
        return None
