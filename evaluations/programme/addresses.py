"""Words that cannot name a stage, because another page stands where its own would."""

TAKEN_ADDRESSES = frozenset({"own", "receipt"})
TAKEN = "다른 화면의 주소여서 단계의 식별자로 쓸 수 없습니다."
