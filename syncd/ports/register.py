"""What the register's services need of a unit of work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from syncd.ports.api_tokens import ApiTokensPort
    from syncd.ports.catalogues import CataloguesPort
    from syncd.ports.customers import CustomersPort
    from syncd.ports.files import FilesPort
    from syncd.ports.groups import GroupsPort
    from syncd.ports.logins import LoginsPort
    from syncd.ports.mail import OutboxPort
    from syncd.ports.notices import NotificationsPort
    from syncd.ports.orders import OrdersPort
    from syncd.ports.people import TeamsPort, UsersPort
    from syncd.ports.protocols import ProtocolsPort
    from syncd.ports.uploads import UploadsPort
    from syncd.register.access import Sight


class RegisterWork(Protocol):
    """What the register's services need of a unit of work."""

    @property
    def customers(self) -> CustomersPort:
        """The register."""
        ...

    @property
    def users(self) -> UsersPort:
        """People."""
        ...

    @property
    def logins(self) -> LoginsPort:
        """Logins and sessions."""
        ...

    @property
    def groups(self) -> GroupsPort:
        """Groups and their settings."""
        ...

    @property
    def api_tokens(self) -> ApiTokensPort:
        """Tokens with which programs act as users."""
        ...

    @property
    def teams(self) -> TeamsPort:
        """Teams of users."""
        ...

    @property
    def orders(self) -> OrdersPort:
        """Orders, error reports and quotations."""
        ...

    @property
    def uploads(self) -> UploadsPort:
        """Uploads on their way into a register."""
        ...

    @property
    def protocols(self) -> ProtocolsPort:
        """Service protocols, and what was sent."""
        ...

    @property
    def files(self) -> FilesPort:
        """Files attached to customers."""
        ...

    @property
    def catalogues(self) -> CataloguesPort:
        """Discount letters and articles."""
        ...

    @property
    def notifications(self) -> NotificationsPort:
        """What users are told."""
        ...

    @property
    def outbox(self) -> OutboxPort:
        """Mails to send."""
        ...

    def show(self, sight: Sight) -> None:
        """Read from now on what this sight shows: customers, orders and fields beyond it are not there."""
        ...

    def commit(self) -> None:
        """Make everything so far durable."""
        ...
