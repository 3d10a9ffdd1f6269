from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text

from syncd.ports.orders import NewOrder, OrderTechnician
from syncd.store import customer_search
from syncd.store.customer_search import SEARCH
from syncd.store.orders import ORDERS
from syncd.store.schema import MIGRATIONS, revisions
from syncd.store.tables import Base, api, register

if TYPE_CHECKING:
    from syncd.ports.groups import GroupInfo
    from syncd.ports.people import UserInfo
    from syncd.ports.records import Author
    from syncd.register.fields import Value
    from syncd.store.database import Database
    from syncd.store.uow import Store

KALLE = OrderTechnician("k", "Kalle", responsible=True)
ELSEWHERE = (customer_search.SearchRow, register.CatalogueEntry, api.ApiTokenRow)
"""Tables that `store.tables` does not bring along: importing them makes the program expect them."""


def _alembic(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = database.engine
    return config


def test_a_migrated_database_is_exactly_what_the_program_expects(database: Database) -> None:
    """An upgrade leaves no table, column or index behind that the program would miss."""
    assert {table.__tablename__ for table in ELSEWHERE} <= Base.metadata.tables.keys()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_user_of_before_gets_mail_from_now_on(database: Database) -> None:
    """An upgrade keeps the people, and switches notices on for them."""
    command.downgrade(_alembic(database), "0002")
    with database.engine.connect() as connection:
        connection.execute(text("INSERT INTO groups (name, settings, created_at) VALUES ('B', '{}', 'now')"))
        values = "1, 'anna', 'Anna', true, '[]', true, 'now'"
        columns = "group_id, login, name, administrator, permissions, active, created_at"
        connection.execute(text(f"INSERT INTO users ({columns}) VALUES ({values})"))  # noqa: S608 - constants
        connection.commit()
    database.upgrade()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT login, email_notices FROM users")).all() == [("anna", True)]


def test_a_migrated_database_is_current(database: Database) -> None:
    """Right after an upgrade the program starts."""
    database.require_current()
    assert database.current() == (revisions()[-1], revisions()[-1])


def test_an_older_database_keeps_its_customers_through_the_upgrade(database: Database) -> None:
    """Down to the first schema and up again: nothing of that first schema is lost on the way."""
    command.downgrade(_alembic(database), revisions()[0])
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO groups (id, name, settings, created_at) VALUES (1, 'Bolaget', '{}', '')"))
        connection.execute(
            text(
                'INSERT INTO customers (id, group_id, version, number, name, type, active, "values", defaulted,'
                " created_at) VALUES (1, 1, 1, '7', 'Åkes', 'company', true, '{}', '[]', '')"
            )
        )
    database.upgrade()
    database.require_current()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT number, name FROM customers")).all() == [("7", "Åkes")]


def test_links_of_before_undo_have_no_marks(store: Store, group: GroupInfo) -> None:
    """A pair that was linked by an older program is judged as before (S-56)."""
    with store.work() as work:
        connection_id = work.connections.add(group.id, "visma", "visma_eaccounting").id
        work.commit()
    command.downgrade(_alembic(store.database), "0005")
    link = (
        "INSERT INTO links (connection_id, customer_id, remote_id, state, base, customer_version, fingerprint,"
        " failures, retry_at_run, created_at) VALUES (:connection, 1, 'r1', 'linked', '{}', 1, '', 0, 0, '')"
    )
    with store.database.engine.begin() as connection:
        connection.execute(text(link), {"connection": connection_id})
    store.database.upgrade()
    with store.reading() as work:
        found = work.links.of_customer(connection_id, 1)
    assert found is not None
    assert (found.remote_id, found.undone) == ("r1", {})


def test_customers_and_orders_of_before_are_sorted_by_every_heading(
    store: Store, group: GroupInfo, by: Author, admin: UserInfo
) -> None:
    """An upgrade makes the keys that a save would have made, also of the responsible technician."""
    akes: dict[str, Value] = {"number": "7", "name": "Åkes", "invoice_city": "Östersund", "phone": "+46 8 12 34"}
    tom: dict[str, Value] = {"number": "8", "name": "Tom", "active": False, "organisation_number": "811228-9874"}
    with store.work() as work:
        added = work.customers.insert_many(group.id, [(akes, frozenset()), (tom, frozenset())], by)
        work.customers.assign(added[0].id, [admin.id], by)
        work.commit()
        order = NewOrder(added[0].id, "order", {"title": "Byt pump", "status": "new", "date": "2026-11-26"}, [KALLE])
        work.orders.add(group.id, order, by)
        work.commit()
    with store.database.engine.connect() as connection:
        known = connection.execute(select(SEARCH).order_by(SEARCH.c.customer_id)).all()
        placed = connection.execute(select(ORDERS.c.technician_key)).all()
    command.downgrade(_alembic(store.database), "0016")
    store.database.upgrade()
    with store.database.engine.connect() as connection:
        assert connection.execute(select(SEARCH).order_by(SEARCH.c.customer_id)).all() == known
        assert connection.execute(select(ORDERS.c.technician_key)).all() == placed == [("kalle",)]
