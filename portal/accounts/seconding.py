"""What no officer does alone. A verb that needs two is told in `second` who agreed; without her it says what it would have done."""

import hashlib
from typing import Any

from portal.audit.record import canonical
from portal.http import Refusal
from portal.unseen import is_blank, turning_fault

ALONE = "두 담당자가 함께 하는 일입니다. 한 담당자가 제안하고 다른 담당자가 승인해야 합니다."


class SecondNeeded(Refusal):
    """Everything else was in order: `act` on `subject` waits for a second officer.

    `arguments` and `ground` are plain JSON: what the act needs to be done again, and on what it was decided. `told` says in words what
    would be done, and names nobody.
    """

    status = 409

    def __init__(
        self, *, act: str, subject: str, reason: str, told: str = "", stage_id: str | None = None,
        arguments: dict[str, Any] | None = None, ground: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(ALONE)
        self.act, self.subject, self.reason, self.told, self.stage_id = act, subject, reason.strip(), told, stage_id
        self.arguments, self.ground = canonical(arguments or {}), canonical(ground or {})

    @property
    def digest(self) -> str:
        """The same for the same act on the same ground."""
        said = [self.act, self.stage_id or "", self.subject, self.told, self.reason, self.arguments, self.ground]
        return hashlib.sha256(canonical(said).encode()).hexdigest()


def need_second(*, by: str, second: str, reason: str, **would: Any) -> None:
    """Refuse to go on without another officer; `would` is what `SecondNeeded` keeps of the act."""
    if is_blank(reason):
        raise Refusal("두 담당자가 함께 하는 일에는 사유를 적어야 합니다.")
    if fault := turning_fault(reason):
        raise Refusal(f"사유: {fault}")
    if not second:
        raise SecondNeeded(reason=reason, **would)
    refuse_alone(by=by, second=second)


def refuse_alone(*, by: str, second: str) -> None:
    if not second or second == by:
        raise Refusal(ALONE)
