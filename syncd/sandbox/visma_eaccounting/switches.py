"""One switch for everything that the vendor's published material leaves open.

Numbers in brackets are sections of the facts sheet. A default is the behaviour that is
most likely real; a client must work with every position.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnknownSwitchError(ValueError):
    """There is no such switch, or not with this position."""

    def __init__(self, name: str, positions: object = None) -> None:
        super().__init__(f"no switch {name!r}" if positions is None else f"{name} must be one of {positions}")


@dataclass(frozen=True)
class Switches:
    """How this server behaves where the facts are silent, and the lies it is told to tell."""

    # Status codes (§4): which HTTP status goes with an error code is published for 401 and 429 only.
    duplicate_status: Literal[400, 409] = 400
    missing_status: Literal[404, 400] = 404
    forbidden_status: Literal[403, 400] = 403
    post_status: Literal[201, 200] = 201
    """§5: 201 by today's schema, 200 by that of 2018."""

    # Rate limit (§4): 600 a minute per client and path.
    rate_limit: int = 600
    rate_window: float = 60.0
    rate_paths: Literal["path", "endpoint"] = "path"
    """§4: whether ids in the path make separate addresses is unknown."""
    retry_after_header: bool = True
    """§4: not documented; the throttling library behind the message text does send it."""

    # PUT replaces (§5.2, §5.3).
    omitted_customer_number: Literal["keep", "null", "reject", "renumber"] = "keep"
    omitted_labels: Literal["keep", "clear"] = "clear"
    renumber_by_put: Literal["allow", "reject", "ignore"] = "allow"
    unknown_keys: Literal["keep", "ignore", "reject"] = "keep"
    """§5.2, §9: keys that are neither in the schema nor in the stored record."""
    missing_bool: Literal["false", "reject"] = "false"
    """§5.2: required booleans are probably not enforced; a missing one then means false."""
    required_accepts_empty: bool = False
    """§5.1: whether ``""`` satisfies a required text."""
    trim_text: bool = False
    """Texts are stored without the spaces around them, so the answer differs from what was sent."""
    terms_verbatim: bool = False
    """§5.1: the nested TermsOfPayment is stored as sent instead of following TermsOfPaymentId."""
    unique_org_number: bool = False
    """§5.2: whether CorporateIdentityNumber must be unique."""
    solo_rule: bool = False
    """§5.2, §9: Solo companies refuse labels, discount agreements and price lists on customers."""
    vies: Literal["ok", "reject", "down"] = "ok"
    """§5.2: VAT numbers are checked on POST and PUT: fine, refused (4025), unreachable (4100)."""
    changed_by_label_edit: bool = True
    """§3.2, §11: whether a person's edit of labels alone moves ChangedUtc."""
    changed_by_document: bool = False
    """§3.2, §11: whether a new document moves its customer's ChangedUtc."""
    changed_by_equal_put: bool = True
    """§3.2: whether a PUT that alters nothing moves ChangedUtc."""

    # Lists (§3).
    number_filter: bool = True
    """§3.2: whether CustomerNumber is on the filter's allow-list (else 6000)."""
    refused_filters: tuple[str, ...] = ()
    """§3.2: further properties off the allow-list."""
    orderby: bool = True
    orderby_many: bool = True
    """§3.3: several properties combined; sources disagree."""
    select: bool = True
    default_order: Literal["created", "number"] = "created"
    oversize_page: Literal["clamp", "reject", "default"] = "clamp"
    page_past_end: Literal["empty", "reject"] = "empty"
    coarse_stamps: bool = False
    """ChangedUtc in whole seconds: rows written together share a stamp."""
    lag_seconds: float = 0.0
    """A new record shows in lists only after so long."""
    endless_paging: bool = False
    """A lie: pages past the end repeat the last one, and there is always one more."""
    no_server_time: bool = False
    """A lie: Meta comes without ServerTimeUtc, which the schema requires."""
    wrong_total: int = 0
    """A lie: added to TotalNumberOfResults."""
    add_future_fields: bool = True
    """§9: new records carry keys that no schema names."""

    # Documents (§6, §8).
    empty_our_reference: Literal["keep", "company_default", "user_name"] = "keep"
    """§6: what an empty OurReference or CompanyReference becomes on POST and PUT."""

    # Tokens (§2).
    refresh_rotation: bool = True
    refresh_reuse: Literal["reject", "grace", "revoke_family"] = "reject"
    refresh_grace_seconds: float = 60.0
    refresh_days: float = 730.0
    access_seconds: float = 3600.0
    invalid_client_status: Literal[400, 401] = 400
    auto_consent: bool = False
    """The authorize page agrees by itself, with the default company."""
    granted_scopes: tuple[str, ...] | None = None
    """What consent grants, whatever was asked for."""

    # Access (§4): one of 4003 4004 4007 4011 4012 4034 for every call, 4019 for writing ones.
    refuse_all: int | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any], base: Switches | None = None) -> Switches:
        """Switches from JSON, over those of `base`; unknown names and positions are refused."""
        merged = (base or cls()).to_json() | dict(data)
        hints = get_type_hints(cls)
        for name, value in merged.items():
            if name not in hints:
                raise UnknownSwitchError(name)
            positions = get_args(hints[name])
            if positions and all(isinstance(one, (str, int)) for one in positions):
                if value not in positions:
                    raise UnknownSwitchError(name, positions)
            elif isinstance(value, list):
                merged[name] = tuple(value)
            elif isinstance(value, Decimal):
                merged[name] = float(value)
        return cls(**merged)

    def to_json(self) -> dict[str, Any]:
        """All positions as JSON values."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
