"""Every customer is seen, whatever moves while we read and whatever the server claims."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import respx

from syncd.connectors.visma_eaccounting import lists
from syncd.errors import TryLaterError
from syncd.sandbox import Fault, Sandbox, Switches
from syncd.values.records import Reject
from tests.connectors.visma import API

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syncd.connectors.visma_eaccounting import VismaEAccounting
    from syncd.values.records import Page

NOW = "2026-11-24T10:00:00.1234567Z"


def fill(sandbox: Sandbox, customers: int) -> None:
    for number in range(customers):
        sandbox.company.add_customer(CustomerNumber=f"{number:05d}", Name=f"Kund {number}")


def numbers(visma: VismaEAccounting, pages: Iterable[Page]) -> list[str | None]:
    return [visma.read(row).number for page in pages for row in page.rows]


def asked(sandbox: Sandbox) -> list[dict[str, str]]:
    return [request.query for request in sandbox.requests if request.path == "/v2/customers"]


def page(ids: list[str], **meta: Any) -> str:  # noqa: ANN401  JSON
    return json.dumps({"Meta": {"ServerTimeUtc": NOW, **meta}, "Data": [{"Id": one} for one in ids]})


def test_a_large_company_is_read_page_by_page(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """All customers come, in pages of a thousand, and nothing is asked twice."""
    fill(sandbox, 2300)
    pages = list(visma.customers())
    assert numbers(visma, pages) == [f"{number:05d}" for number in range(2300)]
    assert [len(page.rows) for page in pages] == [1000, 1000, 300]
    assert {page.total for page in pages} == {2300}
    assert asked(sandbox) == [
        {"$page": str(number), "$pagesize": "1000", "$orderby": "CustomerNumber"} for number in (1, 2, 3)
    ]


def test_exactly_full_pages_end_where_they_end(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A thousand customers are one page and one request."""
    fill(sandbox, 1000)
    assert len(numbers(visma, visma.customers())) == 1000
    assert len(asked(sandbox)) == 1


def test_all_pages_bear_the_time_of_the_first(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A change made while page two was read is not behind the next cursor."""
    fill(sandbox, 1001)
    first, second = visma.customers()
    assert first.server_time == second.server_time
    sandbox.company.edit_customer("00000", Name="Ny")
    assert "00000" in numbers(visma, visma.customers(first.server_time))


def test_an_idle_read_costs_one_request(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """Asking what changed, when nothing did, is one request."""
    fill(sandbox, 3)
    now = next(iter(visma.customers())).server_time
    sandbox.clear_requests()
    sandbox.clock.advance(5)
    later = next(iter(visma.customers())).server_time
    sandbox.clear_requests()
    assert now < later
    assert numbers(visma, visma.customers(later)) == []
    (query,) = asked(sandbox)
    assert query["$filter"] == f"ChangedUtc ge {later[:22]}Z"
    assert "$orderby" not in query


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2016-12-31T23:59:59.1299999Z", "2016-12-31T23:59:59.12Z"),
        ("2016-12-31T23:59:59Z", "2016-12-31T23:59:59.00Z"),
        ("2016-12-31T23:59:59.5Z", "2016-12-31T23:59:59.50Z"),
        ("2017-01-01T00:59:59.999+01:00", "2016-12-31T23:59:59.99Z"),
        ("2016-12-31T23:59:59", "2016-12-31T23:59:59.00Z"),
    ],
)
def test_a_stamp_is_floored_never_rounded_up(moment: str, expected: str) -> None:
    """No change falls between the cursor and the question."""
    assert lists.since("ChangedUtc", moment) == f"ChangedUtc ge {expected}"


def test_a_cursor_that_is_no_time_is_refused() -> None:
    """Nobody lists from a nonsense moment."""
    with pytest.raises(ValueError, match="isoformat"):
        lists.since("ChangedUtc", "yesterday")


@pytest.mark.parametrize("shift", ["delete", "add"])
def test_a_customer_that_slips_between_pages_is_still_seen(
    sandbox: Sandbox, visma: VismaEAccounting, shift: str
) -> None:
    """Somebody deletes or adds a customer while we read: all others are listed all the same."""
    fill(sandbox, 1500)

    def move() -> None:
        if shift == "delete":
            sandbox.company.delete_customer("00003")
        else:
            sandbox.company.add_customer(CustomerNumber="00000A", Name="Ny")

    sandbox.faults.add(Fault("call_after", path="/v2/customers", query="page=1", call=move))
    found = numbers(visma, visma.customers())
    assert {f"{number:05d}" for number in range(1500)} <= set(found)
    assert len(found) == len(set(found))


def test_a_total_that_never_agrees_is_told_to_the_caller(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """After reading again in vain, what was seen is delivered once, beside the vendor's own claim."""
    fill(sandbox, 1001)
    sandbox.switches = Switches(wrong_total=5)
    pages = list(visma.customers())
    assert sorted(str(number) for number in numbers(visma, pages)) == [f"{number:05d}" for number in range(1001)]
    assert pages[-1].total == 1006
    assert len([query for query in asked(sandbox) if query["$page"] == "1"]) == 4


def test_one_page_cannot_drift(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A small company with a wrong total is not read again and again."""
    fill(sandbox, 3)
    sandbox.switches = Switches(wrong_total=5)
    (only,) = visma.customers()
    assert (len(only.rows), only.total) == (3, 8)
    assert len(asked(sandbox)) == 1


@pytest.mark.parametrize(
    "switches",
    [
        Switches(endless_paging=True),
        Switches(orderby=False),
        Switches(page_past_end="reject"),
        Switches(page_past_end="reject", wrong_total=1000),
        Switches(default_order="number"),
        Switches(wrong_total=-1),
        Switches(coarse_stamps=True),
    ],
)
def test_every_way_of_paging_is_survived(sandbox: Sandbox, visma: VismaEAccounting, switches: Switches) -> None:
    """Endless pages, refused orders, wrong totals: each customer is delivered once, and the listing ends."""
    fill(sandbox, 1100)
    sandbox.switches = switches
    found = numbers(visma, visma.customers())
    assert sorted(str(number) for number in found) == [f"{number:05d}" for number in range(1100)]


def test_an_endless_empty_list_ends(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """An empty company with endless pages is empty."""
    sandbox.switches = Switches(endless_paging=True)
    assert numbers(visma, visma.customers()) == []


def test_a_server_that_cannot_be_asked_for_changes_is_read_whole(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A refused filter costs time, not changes."""
    fill(sandbox, 3)
    now = next(iter(visma.customers())).server_time
    sandbox.switches = Switches(refused_filters=("ChangedUtc",))
    assert len(numbers(visma, visma.customers(now))) == 3


@pytest.mark.parametrize("number_filter", [True, False])
def test_a_number_is_found_with_or_without_the_filter(
    sandbox: Sandbox,
    visma: VismaEAccounting,
    number_filter: bool,  # noqa: FBT001
) -> None:
    """Where the vendor does not filter by number, all customers are looked through."""
    fill(sandbox, 1002)
    sandbox.switches = Switches(number_filter=number_filter)
    assert [record.number for record in visma.find(" 01001 ")] == ["01001"]
    assert visma.find("1001") == ()


@respx.mock
def test_a_server_that_ignores_filters_fools_nobody(strange: VismaEAccounting) -> None:
    """The first customer of an unfiltered list is not taken for the one that was asked for."""
    data = [{"Id": "a", "CustomerNumber": "1"}, {"Id": "b", "CustomerNumber": "2"}, {"Id": "c", "Name": 7}]
    respx.get(f"{API}customers").respond(json={"Meta": {"ServerTimeUtc": NOW}, "Data": data})
    assert [record.remote_id for record in strange.find("2")] == ["b"]
    assert strange.find("9") == ()


@respx.mock
def test_smaller_pages_than_asked_for_are_all_read(strange: VismaEAccounting) -> None:
    """A server that hands out two at a time is asked until it has no more."""
    meta = {"PageSize": 2, "TotalNumberOfPages": 2, "TotalNumberOfResults": 3}
    route = respx.get(f"{API}customers")
    route.side_effect = [
        respx.MockResponse(200, text=page(["a", "b"], **meta)),
        respx.MockResponse(200, text=page(["c"], **meta)),
    ]
    assert [row.remote_id for page in strange.customers() for row in page.rows] == ["a", "b", "c"]


@respx.mock
def test_a_page_without_counts_is_read_to_its_end(strange: VismaEAccounting) -> None:
    """Missing page counts do not hide customers."""
    respx.get(f"{API}customers").respond(text=page(["a", "b"], TotalNumberOfResults=True, PageSize="x"))
    (only,) = strange.customers()
    assert ([row.remote_id for row in only.rows], only.total) == (["a", "b"], 2)


@respx.mock
@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2026-11-24T11:00:00+01:00", "2026-11-24T10:00:00.000000Z"),
        ("2026-11-24T10:00:00", "2026-11-24T10:00:00.000000Z"),
    ],
)
def test_the_servers_clock_is_read_however_it_is_written(strange: VismaEAccounting, told: str, expected: str) -> None:
    """The cursor is always the vendor's time, never ours."""
    respx.get(f"{API}customers").respond(json={"Meta": {"ServerTimeUtc": told}, "Data": []})
    (only,) = strange.customers()
    assert only.server_time == expected


@respx.mock
@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ('{"Data":[]}', {}),
        ('{"Meta":{"ServerTimeUtc":"soon"},"Data":[]}', {}),
        ('{"Data":[]}', {"Date": "Tue, 24 Nov 2026 10:00:00 GMT"}),
        ('{"Meta":{},"Data":[{"Id":"a"', {}),
        ("<html></html>", {"Content-Type": "text/html"}),
        ("[]", {}),
        ("", {}),
    ],
)
def test_a_broken_page_is_asked_for_again_and_then_ends_the_run(
    strange: VismaEAccounting, text: str, headers: dict[str, str]
) -> None:
    """No customer is taken for deleted because of half a page."""
    route = respx.get(f"{API}customers").respond(text=text, headers=headers)
    with pytest.raises(TryLaterError):
        list(strange.customers())
    assert route.call_count == 4


@respx.mock
def test_a_list_that_takes_no_question_at_all_is_for_later(strange: VismaEAccounting) -> None:
    """A server that refuses every parameter ends the run without harm."""
    respx.get(f"{API}customers").respond(400, json={"ErrorCode": 6000})
    with pytest.raises(TryLaterError):
        list(strange.customers())


@respx.mock
def test_unreadable_customers_are_set_aside(strange: VismaEAccounting) -> None:
    """One broken customer does not hide the others."""
    respx.get(f"{API}customers").respond(
        text=f'{{"Meta":{{"ServerTimeUtc":"{NOW}"}},"Data":[{{"Id":"a"}},7,{{"Name":"x"}},{{"Name":"y"}}]}}'
    )
    (only,) = strange.customers()
    found, *rejects = [strange.read(row) for row in only.rows]
    assert [row.remote_id for row in only.rows] == ["a", None, None, None]
    assert found.remote_id == "a"
    assert [reject.reasons for reject in rejects if isinstance(reject, Reject)] == [
        ("not an object", "Id is missing"),
        ("Id is missing",),
        ("Id is missing",),
    ]


@respx.mock
def test_unreadable_documents_are_set_aside(strange: VismaEAccounting) -> None:
    """One broken order does not hide the others."""
    orders = [{"Id": "a", "CustomerId": "c", "Status": 1, "OurReference": None}, {"Id": "b"}]
    respx.get(f"{API}orders").respond(json={"Meta": {"ServerTimeUtc": NOW}, "Data": orders})
    (only,) = strange.documents("orders")
    assert [document.remote_id for document in only.documents] == ["a"]
    assert [reject.remote_id for reject in only.rejects] == ["b"]


def test_invoice_drafts_are_always_listed_whole(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """They carry no change stamp, so the whole list is read; every other feed is asked for changes."""
    sandbox.company.add_customer(CustomerNumber="1", Name="Alfa")
    for kind in ("orders", "customerinvoicedrafts", "quotes", "quotedrafts"):
        sandbox.company.add_document(kind, "1")
    for feed in visma.capabilities().feeds:
        sandbox.clock.advance(1)
        (first,) = visma.documents(feed.name)
        sandbox.clear_requests()
        (later,) = visma.documents(feed.name, first.server_time)
        assert len(later.documents) == (0 if feed.stamped else 1)
        assert ("$filter" in sandbox.requests[-1].query) is feed.stamped
        assert len(sandbox.requests) == 1
