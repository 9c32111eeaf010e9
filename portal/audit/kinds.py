"""What an event of each kind is called where people read the ledger. The ledger itself keeps the English word."""

KINDS = {
    "access reset": "인증 수단 초기화",
    "account closed": "계정 닫음",
    "account erased": "계정 지움",
    "account created": "계정 만듦",
    "accounts purged": "확인하지 않은 가입 지움",
    "affiliations recorded": "소속 신고",
    "answer kept": "이름이 발견된 답변을 쓰기로 함",
    "assigned": "배정",
    "ballot cast": "투표",
    "blind copy built": "가림본 만듦",
    "blind copy held back": "가림본 보류",
    "blind copy released": "가림본 공개",
    "configuration amended": "기준 정정",
    "configuration frozen": "설정 확정",
    "conflict noted": "이해충돌 기록",
    "conflict waived": "이해충돌 예외 인정",
    "count failed": "집계 실패",
    "count requested": "집계 요청",
    "data imported": "자료 들여옴",
    "estimates made": "추정 계산",
    "factor added": "인증 수단 등록",
    "factor removed": "인증 수단 지움",
    "gate decided": "독자성 관문 결정",
    "hearing asked": "소명 요청",
    "hearing replied": "소명 받음",
    "invitation accepted": "위촉 수락",
    "invitation declined": "위촉 사양",
    "line decided": "경계선 결정",
    "objection answered": "이의신청 답함",
    "objection made": "이의신청 받음",
    "officer admitted": "계정 엶(두 담당자)",
    "panelist invited": "위촉 안내 보냄",
    "panelist invited again": "위촉 안내 다시 보냄",
    "panelist replaced": "평가위원 교체",
    "person enrolled": "국민 참여 등록",
    "phase moved": "국면 이동",
    "pledge signed": "서약",
    "proposal approved": "제안 승인",
    "proposal made": "제안",
    "proposal refused": "제안 반려",
    "proposal withdrawn": "제안 거둠",
    "recused": "회피·제척",
    "result published": "결과 공표",
    "round moved": "평가 차수 이동",
    "score counted": "집계 완료",
    "seat created": "자리 만듦",
    "sheet confirmed": "평가표 확인",
    "sheet submitted": "평가표 제출",
    "sheet voided": "평가표 무효",
    "stage loaded": "단계 들여옴",
    "submission taken": "제출 자료 받음",
}

SUBJECTS = {
    "account": "계정",
    "answer": "답변",
    "assignment": "배정",
    "ballot": "투표",
    "blind copy": "가림본",
    "configuration": "설정",
    "count_job": "집계 작업",
    "file": "파일",
    "panelist": "평가위원 자리",
    "proposal": "제안",
    "roll entry": "참여자 명부",
    "round": "평가 차수",
    "score_run": "집계 결과",
    "sheet": "평가표",
    "stage": "단계",
    "team": "팀",
}

ACCESSES = {
    "access reset": "인증 수단 초기화",
    "accounts listed": "계정 목록 열람",
    "panelist invited": "위촉 안내 보냄",
    "panelist invited again": "위촉 안내 다시 보냄",
    "person behind seat": "평가위원 신원 열람",
    "stage data exported": "단계 자료 내보냄",
}


def kind_name(kind: str) -> str:
    """The Korean word; a kind nobody has named yet is shown as it is kept."""
    return KINDS.get(kind, kind)


def access_name(action: str) -> str:
    return ACCESSES.get(action, action)
