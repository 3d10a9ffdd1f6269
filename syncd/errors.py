"""Every error syncd raises on purpose, sorted by what must happen next.

    SyncdError
    ├── UsageError               the command was used wrongly                     exit 64
    ├── ConfigurationError       a file or database must be put right first       exit 78
    ├── NotAllowedError          the actor lacks a permission                     exit 77
    ├── RefusedError             bad input or an unknown record; nothing written  exit 1
    │   ├── NotFoundError          no such record, or none that the actor may see
    │   └── ChangedMeanwhileError  somebody saved first; look again
    ├── StopError                the run ends here
    │   ├── TryLaterError        network, 5xx, half answers: nothing is wrong with the data   exit 69
    │   │   └── BrokenOffError     the database broke a transaction off for the sake of another one
    │   ├── NeedsConsentError    a person must authorize the connection again     exit 4
    │   ├── NeedsAttentionError  a person must put something right                exit 4
    │   └── LockedError          another run holds the connection                 exit 5
    └── CustomerError            one customer is set aside, the run goes on
        ├── RejectedError        the vendor refused the values
        ├── DuplicateError       the number or record exists already
        ├── GoneError            the vendor no longer knows the record
        ├── NotNowError          the vendor refused for a passing reason
        └── UnknownOutcomeError  sent, but nobody knows whether it was carried out

Messages carry names of fields, numbers and files, never personal data, tokens or raw answers.
"""

from __future__ import annotations


class SyncdError(Exception):
    """A failure with a stable ``code``, a plain message, a remedy and an exit code."""

    code = "error"
    exit_code = 1
    usual_remedy: str | None = None

    def __init__(self, message: str, *, remedy: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy or self.usual_remedy
        if code is not None:
            self.code = code


class UsageError(SyncdError):
    """The command line asks for something that does not exist."""

    code = "usage"
    exit_code = 64


class ConfigurationError(SyncdError):
    """Configuration or database must be put right before anything can run."""

    code = "configuration"
    exit_code = 78


class NotAllowedError(SyncdError):
    """The actor may know the record but not do this to it."""

    code = "not_allowed"
    exit_code = 77


class RefusedError(SyncdError):
    """The input is refused as it stands; nothing was written."""

    code = "refused"


class NotFoundError(RefusedError):
    """There is no such record, or none that the actor may see: the same words for both."""

    code = "not_found"


class ChangedMeanwhileError(RefusedError):
    """Somebody else saved the record after it was read."""

    code = "changed_meanwhile"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} was changed meanwhile", remedy="Look at it again, then repeat the change.")


class StopError(SyncdError):
    """The run ends here; what was done stays done and recorded."""

    code = "stopped"


class TryLaterError(StopError):
    """The other side cannot be reached or answers nonsense; a later run will try again."""

    code = "unreachable"
    exit_code = 69
    usual_remedy = "Nothing is lost: the next run tries again. If it lasts, look with `syncd doctor`."


class BrokenOffError(TryLaterError):
    """Two transactions waited for each other, and the database broke this one off: nothing of it was stored."""

    code = "database_unreachable"


class NeedsConsentError(StopError):
    """No usable token: an administrator must authorize the connection."""

    code = "needs_consent"
    exit_code = 4


class NeedsAttentionError(StopError):
    """The accounting system refuses us for a reason that only a person can remove."""

    code = "needs_attention"
    exit_code = 4


class LockedError(StopError):
    """Another run holds this connection."""

    code = "locked"
    exit_code = 5


class CustomerError(SyncdError):
    """This customer is set aside; the run goes on with the others."""

    code = "customer"


class RejectedError(CustomerError):
    """The vendor refused the values; sending them again unchanged is pointless.

    ``fields`` holds the vendor's own (field, message) pairs; the field is empty where the vendor names none.
    """

    code = "rejected"

    def __init__(self, message: str, *, fields: tuple[tuple[str, str], ...] = (), code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.fields = fields


class DuplicateError(CustomerError):
    """The vendor already holds a record with this number."""

    code = "duplicate"


class GoneError(CustomerError):
    """The vendor does not know this record (any more)."""

    code = "gone"


class NotNowError(CustomerError):
    """The vendor could not carry this out for a reason outside the record (an external register is down)."""

    code = "not_now"


class UnknownOutcomeError(CustomerError):
    """The request was sent and the answer lost: only reading tells what happened."""

    code = "unknown_outcome"
