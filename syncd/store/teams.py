"""Teams: users shown together where somebody is assigned (R-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from syncd.errors import RefusedError
from syncd.ports.people import TeamInfo
from syncd.store.dialect import insert as insert_or
from syncd.store.tables import User
from syncd.store.tables.register import Team, TeamMember

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class TeamTakenError(RefusedError):
    """Another team of the group has the name."""

    code = "team_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a team {name} already.", remedy="Choose another name, or use that team.")


class Teams:
    """Reads and writes the teams of all groups."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, group_id: int, name: str) -> TeamInfo:
        """Add a team. Raises ``RefusedError`` for a name that is taken."""
        row = {"group_id": group_id, "name": name, "folded": name.casefold()}
        try:
            with self._session.begin_nested():
                return TeamInfo(self._session.scalars(insert(Team).values(row).returning(Team.id)).one(), name)
        except IntegrityError as error:
            raise TeamTakenError(name) from error

    def rename(self, team_id: int, name: str) -> None:
        """Give a team another name. Raises ``RefusedError`` for one that is taken."""
        statement = update(Team).where(Team.id == team_id).values(name=name, folded=name.casefold())
        try:
            with self._session.begin_nested():
                self._session.execute(statement)
        except IntegrityError as error:
            raise TeamTakenError(name) from error

    def remove(self, team_id: int) -> None:
        """Forget a team; its members stay users, and stay assigned."""
        self._session.execute(delete(Team).where(Team.id == team_id))

    def join(self, team_id: int, user_ids: Iterable[int]) -> None:
        """Put users into a team."""
        rows = [{"team_id": team_id, "user_id": user_id} for user_id in user_ids]
        self._session.execute(insert_or(self._session, TeamMember).on_conflict_do_nothing(), rows)

    def leave(self, team_id: int, user_ids: Iterable[int]) -> None:
        """Take users out of a team."""
        members = (TeamMember.team_id == team_id, TeamMember.user_id.in_(list(user_ids)))
        self._session.execute(delete(TeamMember).where(*members))

    def list(self, group_id: int) -> tuple[TeamInfo, ...]:
        """Every team of a group by name, with the logins of its members."""
        statement = (
            select(Team.id, Team.name, User.login)
            .outerjoin(TeamMember, TeamMember.team_id == Team.id)
            .outerjoin(User, User.id == TeamMember.user_id)
            .where(Team.group_id == group_id)
            .order_by(Team.folded, User.id)
        )
        found: dict[tuple[int, str], list[str]] = {}
        for team_id, name, login in self._session.execute(statement):
            found.setdefault((team_id, name), []).extend([login] if login else [])
        return tuple(TeamInfo(*team, tuple(logins)) for team, logins in found.items())
