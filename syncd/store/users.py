"""Groups with their settings, and the people in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, delete, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from syncd.errors import RefusedError
from syncd.ports.clock import stamp
from syncd.ports.groups import GroupInfo
from syncd.ports.people import UserInfo
from syncd.register.access import Actor, Permission
from syncd.register.scopes import Rights
from syncd.register.settings import changed, format_setting, from_stored, listed
from syncd.store.customer_search import rename_responsible
from syncd.store.tables import Assignment, Connection, Customer, Group, Touched, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

    from syncd.ports.clock import Clock
    from syncd.ports.people import NewUser
    from syncd.register.settings import GroupSettings

_CHANGEABLE = frozenset(
    {"name", "email", "phone", "employee_number", "administrator", "active", "email_notices", "language", "subject"}
)
_REFERENCED = frozenset({"name", "email", "phone", "employee_number"})
"""What a reference's template may say of a technician (S-30)."""
_ONLY_ASSIGNED = frozenset({Permission.VIEW_ONLY_ASSIGNED, Permission.EDIT_ONLY_ASSIGNED})
_SHOWN = (
    User.id,
    User.group_id,
    User.login,
    User.name,
    User.email,
    User.phone,
    User.employee_number,
    User.administrator,
    User.permissions,
    User.active,
    User.email_notices,
    User.customer_id,
    Customer.number.label("customer_number"),
    User.one_time,
    User.language,
    User.subject,
)


class GroupTakenError(RefusedError):
    """Another group has the name."""

    code = "group_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a group {name} already.", remedy="Choose another name.")


class LoginTakenError(RefusedError):
    """Another user of the group has the login."""

    code = "login_taken"

    def __init__(self, login: str) -> None:
        super().__init__(f"There is a user {login} already.", remedy="Choose another login, or change that user.")


class Groups:
    """Reads and writes groups and their settings."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def create(self, name: str) -> GroupInfo:
        """Add a group. Raises ``RefusedError`` for a name that is taken."""
        statement = insert(Group).values(name=name, settings={}, created_at=stamp(self._clock())).returning(Group.id)
        try:
            with self._session.begin_nested():
                return GroupInfo(self._session.scalars(statement).one(), name)
        except IntegrityError as error:
            raise GroupTakenError(name) from error

    def get(self, name: str) -> GroupInfo | None:
        """Read a group by name."""
        row = self._session.execute(select(Group.id, Group.name).where(Group.name == name)).first()
        return None if row is None else GroupInfo(*row)

    def list(self) -> tuple[GroupInfo, ...]:
        """Every group, by name."""
        rows = self._session.execute(select(Group.id, Group.name).order_by(Group.name))
        return tuple(GroupInfo(*row) for row in rows)

    def only(self) -> GroupInfo | None:
        """The group where there is exactly one."""
        rows = self._session.execute(select(Group.id, Group.name).limit(2)).all()
        return GroupInfo(*rows[0]) if len(rows) == 1 else None

    def settings(self, group_id: int) -> GroupSettings:
        """A group's settings; what was never set has its default."""
        return from_stored(self._session.scalars(select(Group.settings).where(Group.id == group_id)).one())

    def set_settings(self, group_id: int, texts: Mapping[str, str]) -> GroupSettings:
        """Change some settings. Raises ``RefusedError`` naming everything that is wrong with them."""
        held = select(Group.settings).where(Group.id == group_id).with_for_update(key_share=True)
        known = self._session.scalars(held).one()
        after = changed(from_stored(known), texts)
        kept = {key: format_setting(value) for key, value in listed(after).items() if key in texts}
        self._session.execute(update(Group).where(Group.id == group_id).values(settings={**known, **kept}))
        return after


class Users:
    """Reads and writes the people of all groups."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, group_id: int, user: NewUser) -> UserInfo:
        """Add a person. Raises ``RefusedError`` for a login that is taken."""
        statement = insert(User).values(
            group_id=group_id,
            login=user.login,
            name=user.name,
            email=user.email,
            phone=user.phone,
            employee_number=user.employee_number,
            administrator=user.administrator,
            permissions=sorted(user.permissions),
            password_hash=user.password_hash,
            customer_id=user.customer_id,
            one_time=user.one_time,
            active=True,
            created_at=stamp(self._clock()),
        )
        try:
            with self._session.begin_nested():
                user_id = self._session.scalars(statement.returning(User.id)).one()
        except IntegrityError as error:
            raise LoginTakenError(user.login) from error
        return self._get(user_id)

    def find(self, group_id: int, login: str) -> UserInfo | None:
        """Read a person by login."""
        row = self._session.execute(_read().where(User.group_id == group_id, User.login == login)).first()
        return None if row is None else _info(row)

    def hold(self, user_id: int) -> UserInfo:
        """Read a person and keep it from everybody else until the transaction ends."""
        self._session.execute(select(User.id).where(User.id == user_id).with_for_update())
        return self._get(user_id)

    def list(self, group_id: int) -> tuple[UserInfo, ...]:
        """Everybody of a group, in the order they were added."""
        rows = self._session.execute(_read().where(User.group_id == group_id).order_by(User.id))
        return tuple(_info(row) for row in rows)

    def set(self, user_id: int, **columns: str | bool | None) -> UserInfo:
        """Change a person: name, address, phone, employee number, language, whether administrator, active, mailed."""
        unknown = columns.keys() - _CHANGEABLE
        if unknown:
            raise RefusedError(f"A user has no {min(unknown)} to change.", remedy=f"One of: {sorted(_CHANGEABLE)}.")
        changed_user = self._update(user_id, **columns)
        if "name" in columns:
            rename_responsible(self._session, user_id, changed_user.name)
        if columns.keys() & _REFERENCED:
            self._touch_customers(changed_user)
        return changed_user

    def _touch_customers(self, user: UserInfo) -> None:
        """What *our reference* says of a technician changed: every customer of theirs is looked at again (S-32)."""
        assigned = (
            select(Connection.id, literal("customer"), cast(Assignment.customer_id, Text))
            .join(User, User.group_id == Connection.group_id)
            .join(Assignment, Assignment.user_id == User.id)
            .where(User.id == user.id)
        )
        self._session.execute(insert(Touched).from_select(["connection_id", "kind", "ref"], assigned))

    def delete(self, user_id: int) -> None:
        """Take a customer user out, with everything that is only about them."""
        self._session.execute(delete(User).where(User.id == user_id, User.customer_id.is_not(None)))

    def grant(self, user_id: int, permissions: Iterable[str]) -> UserInfo:
        """Give rights, beside those the person has."""
        return self._update(user_id, permissions=sorted(self.hold(user_id).permissions | set_of(permissions)))

    def revoke(self, user_id: int, permissions: Iterable[str]) -> UserInfo:
        """Take rights away."""
        return self._update(user_id, permissions=sorted(self.hold(user_id).permissions - set_of(permissions)))

    def password_hash(self, user_id: int) -> str | None:
        """The hash of the person's password; None for somebody who cannot log in."""
        return self._session.scalars(select(User.password_hash).where(User.id == user_id)).one()

    def set_password_hash(self, user_id: int, password_hash: str | None, *, one_time: bool = False) -> None:
        """Store the hash of a new password; a ``one_time`` one is to be changed at the next login."""
        self._update(user_id, password_hash=password_hash, one_time=one_time)

    def actor(self, group_id: int, login: str, scope: Iterable[str] | None = None) -> Actor | None:
        """The person as somebody who acts, within a scope if there is one; None for an unknown or deactivated one."""
        user = self.find(group_id, login)
        if user is None or not user.active:
            return None
        rights = Rights(user.administrator, frozenset(Permission(name) for name in user.permissions)).within(scope)
        return Actor(
            user.login,
            user.name,
            user_id=user.id,
            administrator=rights.administrator,
            permissions=rights.permissions,
            assigned=self._assigned(user.id) if rights.permissions & _ONLY_ASSIGNED else frozenset(),
            customer_id=user.customer_id,
            verbs=rights.verbs,
        )

    def _assigned(self, user_id: int) -> frozenset[int]:
        return frozenset(self._session.scalars(select(Assignment.customer_id).where(Assignment.user_id == user_id)))

    def _get(self, user_id: int) -> UserInfo:
        return _info(self._session.execute(_read().where(User.id == user_id)).one())

    def _update(self, user_id: int, **columns: Any) -> UserInfo:
        if columns:
            self._session.execute(update(User).where(User.id == user_id).values(columns))
        return self._get(user_id)


def set_of(permissions: Iterable[str]) -> frozenset[str]:
    """Return rights by name. Raises ``ValueError`` for a name that is none."""
    return frozenset(str(Permission(name)) for name in permissions)


def _read() -> Select[*tuple[Any, ...]]:
    return select(*_SHOWN).outerjoin(Customer, Customer.id == User.customer_id)


def _info(row: Row[*tuple[Any, ...]]) -> UserInfo:
    return replace(UserInfo(*row), permissions=frozenset(row.permissions))
