"""What can go wrong, as one tree.

    LlmSendError         exit 1   something failed; the message says what and the hint says what to do
    ├── UsageError       exit 2   the request itself is not one we can take
    └── Refused          exit 3   the request is fine, doing it now would not be right; `code` is a contract reason

Raise anywhere; a way in (`entry/`) translates once. `found` and `expected` are for programs and may be None.
"""

from __future__ import annotations


class LlmSendError(Exception):
    """An error a person can act on. `code` is stable, `message` and `hint` are text for people."""

    exit_code = 1

    def __init__(
        self,
        code: str,
        message: str,
        hint: str | None = None,
        *,
        found: object = None,
        expected: object = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.found = found
        self.expected = expected

    def as_dict(self) -> dict[str, object]:
        """The `error` object of the machine contract."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "found": self.found,
            "expected": self.expected,
        }


class UsageError(LlmSendError):
    """The request cannot be understood: an unknown mode, a contradiction, a missing argument."""

    exit_code = 2


class Refused(LlmSendError):  # noqa: N818 — the contract's word
    """Nothing was touched, because it would not have been right. `code` is one of `outcomes.Reason`."""

    exit_code = 3
