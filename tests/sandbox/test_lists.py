"""Paging, filters, order and selection: facts §3 and §10.2."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.calling import Caller

if TYPE_CHECKING:
    from syncd.sandbox import Sandbox


@pytest.fixture
def letters(sandbox: Sandbox) -> None:
    """Customers A, B and C, one second apart."""
    sandbox.clock.freeze(datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC))
    for number, name in enumerate("ABC", start=1):
        sandbox.company.add_customer(CustomerNumber=str(number), Name=name, IsActive=name != "B")
        sandbox.clock.advance(1)


def test_a_list_comes_with_its_meta(sandbox: Sandbox) -> None:
    """All five members, 50 rows a page by default, seven decimals in the time."""
    for number in range(51):
        sandbox.company.add_customer(Name=str(number))
    sandbox.clock.freeze(datetime(2100, 1, 2, 3, 4, 5, 678901, tzinfo=UTC))
    api = Caller(sandbox)
    first = api.get("customers")
    meta = {"CurrentPage": 1, "PageSize": 50, "TotalNumberOfPages": 2, "TotalNumberOfResults": 51}
    assert first.json["Meta"] == meta | {"ServerTimeUtc": "2100-01-02T03:04:05.6789010Z"}
    assert len(first.rows) == 50
    assert [row["Name"] for row in api.get("customers", _page=2).rows] == ["50"]


def test_a_list_may_come_without_the_servers_time(sandbox: Sandbox, api: Caller) -> None:
    """As the switch says: the other four members stay."""
    sandbox.switches = replace(sandbox.switches, no_server_time=True)
    assert list(api.get("customers").json["Meta"]) == [
        *("CurrentPage", "PageSize", "TotalNumberOfPages", "TotalNumberOfResults"),
    ]


def test_pages_of_any_size_cover_everything_once(sandbox: Sandbox, api: Caller) -> None:
    """In the order of creation."""
    for number in range(7):
        sandbox.company.add_customer(Name=str(number))
    pages = [api.names(_page=page, _pagesize=3) for page in (1, 2, 3, 4)]
    assert pages == [["0", "1", "2"], ["3", "4", "5"], ["6"], []]


def test_top_and_skip_are_silently_ignored(sandbox: Sandbox, api: Caller) -> None:
    """Every such request answers page 1 (measured)."""
    for number in range(3):
        sandbox.company.add_customer(Name=str(number))
    assert api.names(_top=1, _skip=2) == ["0", "1", "2"]


@pytest.mark.parametrize("query", [{"_page": 0}, {"_page": "x"}, {"_pagesize": -1}, {"_pagesize": ""}])
def test_a_page_that_is_no_number_is_refused(api: Caller, query: dict[str, Any]) -> None:
    """With 6000."""
    assert api.get("customers", **query).code == (400, 6000)


def test_a_page_that_is_too_large_is_clamped_refused_or_ignored(sandbox: Sandbox, api: Caller) -> None:
    """What happens above 1000 is unknown."""
    assert api.get("customers", _pagesize=1001).json["Meta"]["PageSize"] == 1000
    sandbox.switches = replace(sandbox.switches, oversize_page="default")
    assert api.get("customers", _pagesize=1001).json["Meta"]["PageSize"] == 50
    sandbox.switches = replace(sandbox.switches, oversize_page="reject")
    assert api.get("customers", _pagesize=1001).code == (400, 6000)


def test_a_page_past_the_end_is_empty_or_refused(sandbox: Sandbox, api: Caller) -> None:
    """Unknown too; an empty list always has its first page."""
    sandbox.switches = replace(sandbox.switches, page_past_end="reject")
    assert api.names(_page=2) == []
    sandbox.company.add_customer(Name="A")
    assert api.get("customers", _page=2).code == (400, 6000)


def test_the_server_can_lie_about_pages_and_totals(sandbox: Sandbox, api: Caller) -> None:
    """Endless paging repeats the last page; a wrong total does not match the rows."""
    for number in range(3):
        sandbox.company.add_customer(Name=str(number))
    sandbox.switches = replace(sandbox.switches, endless_paging=True, wrong_total=5)
    reply = api.get("customers", _page=9, _pagesize=2)
    assert [row["Name"] for row in reply.rows] == ["2"]
    assert reply.json["Meta"]["TotalNumberOfPages"] == 10
    assert reply.json["Meta"]["TotalNumberOfResults"] == 8


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ChangedUtc ge 2026-03-01T12:00:01.00Z", "BC"),
        ("ChangedUtc gt 2026-03-01T12:00:01.0000000Z", "C"),
        ("ChangedUtc lt 2026-03-01T13:00:01+01:00", "A"),
        ("ChangedUtc le 2026-03-01T12:00:01Z", "AB"),
        ("ChangedUtc eq 2026-03-01T12:00:01Z", "B"),
        ("ChangedUtc ge 2026-03-01", "ABC"),
        ("ChangedUtc ge 2026-03-01T12:00:01Z and IsActive eq true", "C"),
        ("ChangedUtc ge 2026-03-01T12:00:01Z and ChangedUtc lt 2026-03-01T12:00:02Z", "B"),
        ("ChangedUtc ge 2026-03-01T12:00:02Z or Name eq 'A'", "AC"),
        ("CustomerNumber eq '2'", "B"),
        ("CustomerNumber eq '2' and Name eq 'A'", ""),
        ("Name eq 'A' and CustomerNumber eq '1'", "A"),
        ("CustomerNumber ne '2'", "AC"),
        ("CustomerNumber gt '1'", "BC"),
        ("IsActive eq false", "B"),
        ("not (IsActive eq false)", "AC"),
        ("not IsActive eq false", "AC"),
        ("(Name eq 'A' or Name eq 'B') and IsActive eq true", "A"),
        ("EmailAddress eq null", "ABC"),
        ("EmailAddress gt null", ""),
        ("EmailAddress eq 'x'", ""),
        ("CorporateIdentityNumber eq '556036-0793'", ""),
        ("startswith(Name,'A')", "A"),
        ("endswith(Name, 'B')", "B"),
        ("contains(Name,'C') eq true", "C"),
        ("contains(Name,'C') eq false", "AB"),
        ("contains(EmailAddress,'a')", ""),
        ("length(Name) gt 0", "ABC"),
        ("length(EmailAddress) ge 0", ""),
        ("year(ChangedUtc) eq 2026 and month(ChangedUtc) eq 3 and day(ChangedUtc) eq 1", "ABC"),
        ("hour(ChangedUtc) lt 12", ""),
    ],
)
def test_a_filter_finds_what_it_says(api: Caller, text: str, expected: str) -> None:
    """The documented operators and functions, in the order of creation."""
    assert "".join(api.names(_filter=text)) == expected


def test_quotes_inside_a_text_are_doubled(sandbox: Sandbox, api: Caller) -> None:
    """As OData says."""
    sandbox.company.add_customer(Name="O'Hara & (Söner), AB")
    assert api.names(_filter="Name eq 'O''Hara & (Söner), AB'") == ["O'Hara & (Söner), AB"]


@pytest.mark.parametrize(
    "text",
    [
        "Hat eq 'x'",
        "Name",
        "Name eq",
        "Name is 'x'",
        "Name eq x",
        "Name eq 'x",
        "Name eq 'x' 'y'",
        "(Name eq 'x'",
        "reverse(Name) eq 'x'",
        "startswith(Name)",
        "startswith(Name,5)",
        "length(Name) gt 'x'",
        "Rows/any(c: contains(c/Text,'x'))",
    ],
)
def test_a_filter_that_is_not_understood_is_refused(api: Caller, text: str) -> None:
    """With 6000."""
    assert api.get("customers", _filter=text).code == (400, 6000)


@pytest.mark.parametrize(
    "date", ["yesterday", "2026-13-01", "2026-03-01T25:00:00Z", "'2026-03-01'", "0001-01-01T00:00:00+01:00"]
)
def test_a_date_that_is_none_is_refused(api: Caller, date: str) -> None:
    """With 6001."""
    assert api.get("customers", _filter=f"ChangedUtc gt {date}").code == (400, 6001)


@pytest.mark.usefixtures("letters")
def test_properties_can_be_off_the_allow_list(sandbox: Sandbox, api: Caller) -> None:
    """Properties were added one by one; the rest is 6000."""
    sandbox.switches = replace(sandbox.switches, number_filter=False, refused_filters=("IsActive",))
    assert api.get("customers", _filter="CustomerNumber eq '1'").code == (400, 6000)
    assert api.get("customers", _filter="IsActive eq true").code == (400, 6000)
    assert api.names(_filter="Name eq 'A'") == ["A"]


@pytest.mark.usefixtures("letters")
def test_lists_can_be_ordered(sandbox: Sandbox, api: Caller) -> None:
    """Ascending unless said otherwise, nulls first, several properties if allowed."""
    sandbox.company.edit_customer("2", EmailAddress="b@example.com")
    assert api.names(_orderby="Name desc") == ["C", "B", "A"]
    assert api.names(_orderby="ChangedUtc") == ["A", "C", "B"]
    assert api.names(_orderby="EmailAddress,Name desc") == ["C", "A", "B"]
    sandbox.switches = replace(sandbox.switches, orderby_many=False)
    assert api.get("customers", _orderby="EmailAddress,Name").code == (400, 6000)
    sandbox.switches = replace(sandbox.switches, orderby=False)
    assert api.get("customers", _orderby="Name").code == (400, 6000)


@pytest.mark.parametrize("text", ["Hat", "Name down", "Name asc desc", ","])
def test_an_order_that_is_not_understood_is_refused(api: Caller, text: str) -> None:
    """With 6000."""
    assert api.get("customers", _orderby=text).code == (400, 6000)


def test_the_order_without_being_asked_is_a_switch(sandbox: Sandbox, api: Caller) -> None:
    """No order is documented."""
    for number in ("2", "1"):
        sandbox.company.add_customer(CustomerNumber=number, Name=number)
    assert api.names() == ["2", "1"]
    sandbox.switches = replace(sandbox.switches, default_order="number")
    assert api.names() == ["1", "2"]


def test_some_properties_can_be_selected(sandbox: Sandbox, api: Caller) -> None:
    """Unknown ones are 6000, and so is all of it when switched off."""
    sandbox.company.add_customer(CustomerNumber="1", Name="A")
    assert api.get("customers", _select="Name,CustomerNumber").rows == [{"Name": "A", "CustomerNumber": "1"}]
    assert api.get("customers", _select="Hat").code == (400, 6000)
    sandbox.switches = replace(sandbox.switches, select=False)
    assert api.get("customers", _select="Name").code == (400, 6000)


def test_a_change_moves_the_stamp_and_is_found_by_it(sandbox: Sandbox, api: Caller) -> None:
    """Asking from the server's own time finds what changed since, and nothing else."""
    for number in ("1", "2"):
        sandbox.company.add_customer(CustomerNumber=number, Name=number)
    mark = api.get("customers").json["Meta"]["ServerTimeUtc"]
    sandbox.clock.advance(1)
    sandbox.company.edit_customer("2", Telephone="1")
    assert api.names(_filter=f"ChangedUtc gt {mark}") == ["2"]
    sandbox.company.delete_customer("2")
    assert api.names(_filter=f"ChangedUtc gt {mark}") == []


def test_no_two_changes_share_a_stamp(sandbox: Sandbox) -> None:
    """Even while the clock stands still."""
    sandbox.clock.freeze()
    stamps = [sandbox.company.add_customer()["ChangedUtc"] for _ in range(20)]
    assert sorted(set(stamps)) == stamps


def test_bulk_rows_can_share_a_stamp(sandbox: Sandbox, api: Caller) -> None:
    """By the switch for whole seconds, or inside one import."""
    with sandbox.clock.one_stamp():
        stamps = {sandbox.company.add_customer()["ChangedUtc"] for _ in range(5)}
    assert len(stamps) == 1
    assert api.get("customers", _filter=f"ChangedUtc eq {stamps.pop()}").json["Meta"]["TotalNumberOfResults"] == 5
    sandbox.switches = replace(sandbox.switches, coarse_stamps=True)
    assert sandbox.company.add_customer()["ChangedUtc"].endswith(".0000000Z")


def test_a_new_record_can_show_in_lists_only_later(sandbox: Sandbox, api: Caller) -> None:
    """It can be read by id at once; its stamp is the old one when it shows up."""
    sandbox.company.add_customer(Name="old")
    sandbox.switches = replace(sandbox.switches, lag_seconds=30)
    customer = sandbox.company.add_customer(CustomerNumber="7", Name="new")
    sandbox.company.edit_customer("7", Telephone="1")
    assert api.names() == ["old"]
    assert api.names(_filter="CustomerNumber eq '7'") == []
    assert api.get(f"customers/{customer['Id']}").status == 200
    sandbox.clock.advance(31)
    assert api.names() == ["old", "new"]


def test_terms_of_payment_and_users_are_lists_too(sandbox: Sandbox, api: Caller) -> None:
    """In the same envelope, without filters; one term can be read by id."""
    terms = api.get("termsofpayments", _pagesize=2)
    assert [row["Name"] for row in terms.rows] == ["30 dagar netto", "20 dagar netto"]
    assert terms.json["Meta"]["TotalNumberOfPages"] == 3
    assert api.get(f"termsofpayments/{terms.rows[0]['Id']}").json == terms.rows[0]
    assert api.get("termsofpayments/00000000-0000-4000-8000-00000000ffff").code == (404, 3000)
    assert api.get("users", _filter="Email eq 'x'").code == (400, 6000)
    assert [row["IsCurrentUser"] for row in api.get("users").rows] == [True, False]
    assert sandbox.company.users[0]["IsCurrentUser"] is False


def test_a_thousand_listings_are_not_all_remembered(sandbox: Sandbox, api: Caller) -> None:
    """Prepared listings are few, so memory does not grow with the questions."""
    sandbox.company.add_customer(Name="A")
    for number in range(20):
        api.names(_filter=f"length(Name) gt {number}")
    assert len(sandbox.company.records["customers"]._prepared) <= 8
