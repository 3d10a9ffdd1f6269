"""Reading and writing in Visma eAccounting, against the simulated one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import respx

from syncd.errors import GoneError, NeedsAttentionError, NotNowError, RejectedError, TryLaterError
from syncd.mapping.overlay import dump, overlay, parse_object
from syncd.sandbox import Fault, Sandbox, Switches
from tests.connectors.visma import API, connected

if TYPE_CHECKING:
    from syncd.connectors.visma_eaccounting import VismaEAccounting
    from syncd.register.fields import Value
    from syncd.values.records import RemoteRecord

NEW: dict[str, Value] = {"number": "2001", "name": "Ny AB", "invoice_postal_code": "903 26", "invoice_city": "Umeå"}
ID = "5b1f1a70-0000-4000-8000-000000000001"


def alfa(sandbox: Sandbox, visma: VismaEAccounting, **fields: object) -> RemoteRecord:
    added = sandbox.company.add_customer(CustomerNumber="1001", Name="Alfa AB", **fields)
    return visma.customer(str(added["Id"]))


def sent(sandbox: Sandbox) -> str:
    return str(sandbox.requests.writes()[-1].body)


def test_the_company_is_identified(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """The identity is the company's own, and its default reference comes along."""
    company = visma.company()
    assert (company.identity, company.country, company.default_reference) == (sandbox.company.id, "SE", "Kontoret")


@pytest.mark.parametrize("status", [0, 2])
def test_a_closed_company_needs_attention(sandbox: Sandbox, visma: VismaEAccounting, status: int) -> None:
    """An inactive or read-only company is said before anything is tried."""
    sandbox.company.settings["CompanyStatus"] = status
    with pytest.raises(NeedsAttentionError) as caught:
        visma.company()
    assert caught.value.remedy


@respx.mock
def test_a_company_that_does_not_say_who_it_is_is_for_later(strange: VismaEAccounting) -> None:
    """Nothing is read or written without knowing whose books these are."""
    respx.get(f"{API}companysettings").respond(json={"Name": "Bolaget"})
    with pytest.raises(TryLaterError, match="CompanyIdentifier"):
        strange.company()


def test_capabilities_cost_one_request_until_looked_into(visma: VismaEAccounting) -> None:
    """An idle run does not pay for the list of terms of payment."""
    visma.company()
    codes = visma.capabilities().fields["terms_of_payment"].codes
    assert visma.requests == 1
    assert codes is not None
    assert "30 dagar netto" in codes
    assert "45 dagar leverantör" not in codes
    assert len(codes) == len(list(codes)) == 4
    assert visma.requests == 2


def test_a_solo_company_is_not_asked_for_orders(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """Its only feed is invoice drafts."""
    sandbox.company.settings["ProductVariant"] = 4
    assert [feed.name for feed in visma.capabilities().feeds] == ["invoice_drafts"]


def test_an_update_sends_everything_back_byte_for_byte(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """The body of the PUT is the text just read with one value replaced."""
    seen = alfa(sandbox, visma, Strange=[Decimal("1.50"), {"x": Decimal("1E+3")}], DiscountPercentage=Decimal("0.1000"))
    raw = sandbox.company.raw("1001")
    assert seen.raw == raw
    visma.update(seen, {"phone": "08-1"})
    assert sent(sandbox) == overlay(raw, {"Telephone": "08-1"})
    assert '"DiscountPercentage":0.1000' in sent(sandbox)


@pytest.mark.parametrize(
    "switches",
    [
        Switches(unknown_keys="ignore"),
        Switches(omitted_customer_number="renumber"),
        Switches(omitted_customer_number="null"),
        Switches(missing_bool="reject"),
        Switches(terms_verbatim=True),
        Switches(changed_by_equal_put=False),
        Switches(omitted_labels="clear"),
    ],
)
def test_an_update_changes_nothing_else(sandbox: Sandbox, visma: VismaEAccounting, switches: Switches) -> None:
    """However the vendor treats what is missing, nothing is missing."""
    sandbox.switches = switches
    seen = alfa(sandbox, visma, CustomerLabels=[{"Id": ID, "Name": "VIP", "Description": None}], Note="x")
    before = parse_object(sandbox.company.raw("1001"))
    visma.update(seen, {"phone": "08-1"})
    after = parse_object(sandbox.company.raw("1001"))
    assert {key for key in before if before[key] != after[key]} == {"Telephone", "ChangedUtc"}


def test_an_update_of_nothing_sends_nothing(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """What cannot be expressed is not written as something else."""
    seen = alfa(sandbox, visma, PropertyType=1, PropertyReference="1101")
    assert visma.update(seen, {"property_designation": "Björnen 3"}) is seen
    assert sandbox.requests.writes() == []


def test_terms_can_be_changed_by_name(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A company that turns the direction on can change terms from the register."""
    seen = alfa(sandbox, visma)
    assert visma.update(seen, {"terms_of_payment": "10 dagar netto"}).fields["terms_of_payment"] == "10 dagar netto"
    assert sandbox.company.customer("1001")["TermsOfPaymentId"].endswith("0010")


def test_an_update_without_what_must_be_sent_is_not_sent(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A customer is never made inactive because accounting forgot to say that it is active."""
    sandbox.company.add_customer(CustomerNumber="1001")
    sandbox.faults.add(Fault("missing_field", field="IsActive", path="/v2/customers/*", times=None))
    seen = visma.customer(str(sandbox.company.customer("1001")["Id"]))
    assert "active" not in seen.fields
    with pytest.raises(NotNowError, match="IsActive") as caught:
        visma.update(seen, {"phone": "08-1"})
    assert caught.value.code == "incomplete"
    assert sandbox.requests.writes() == []


def test_a_key_that_is_missing_once_is_not_lost(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A note that one answer forgot is still there after the next write."""
    sandbox.company.add_customer(CustomerNumber="1001", Note="Ring först")
    remote_id = str(sandbox.company.customer("1001")["Id"])
    sandbox.faults.add(Fault("missing_field", field="Note", path="/v2/customers/*"))
    visma.update(visma.customer(remote_id), {"phone": "08-1"})
    assert sandbox.company.customer("1001")["Note"] == "Ring först"


@respx.mock
def test_a_server_that_always_leaves_keys_out_is_believed(strange: VismaEAccounting) -> None:
    """The second look is taken once, not at every customer."""
    whole = f'{{"Id":"{ID}","CustomerNumber":"1","IsActive":true,"IsPrivatePerson":false}}'
    route = respx.get(f"{API}customers/{ID}").respond(text=whole)
    strange.customer(ID)
    strange.customer(ID)
    assert route.call_count == 3


@respx.mock
def test_an_answer_with_less_than_the_first_is_not_taken(strange: VismaEAccounting) -> None:
    """Two answers differ: the one with more in it is used."""
    texts = [f'{{"Id":"{ID}","Name":"Bo","Note":"x"}}', f'{{"Id":"{ID}","Name":"Bo"}}']
    respx.get(f"{API}customers/{ID}").side_effect = [respx.MockResponse(200, text=text) for text in texts]
    assert "Note" in strange.customer(ID).raw


@respx.mock
@pytest.mark.parametrize("body", [f'{{"Id":"{ID}","Name":7}}', '{"Id":"another","Name":"Bo"}'])
def test_an_unreadable_customer_is_set_aside(strange: VismaEAccounting, body: str) -> None:
    """One customer that cannot be understood does not end the run."""
    respx.get(f"{API}customers/{ID}").respond(text=body)
    with pytest.raises(NotNowError) as caught:
        strange.customer(ID)
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize("kind", ["wrong_types", "missing_field", "cut_json", "html", "error_500", "refuse"])
def test_a_read_survives_one_bad_answer(sandbox: Sandbox, visma: VismaEAccounting, kind: str) -> None:
    """A hiccup is not noticed."""
    added = sandbox.company.add_customer(CustomerNumber="1001", Name="Alfa AB")
    sandbox.faults.add(Fault(kind, path="/v2/customers/*"))
    assert visma.customer(str(added["Id"])).fields["name"] == "Alfa AB"


def test_a_new_customer_gets_the_companys_terms(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """Without a choice, the company's own default; a number stays as it is."""
    sandbox.company.settings["TermsOfPaymentId"] = sandbox.company.terms[1]["Id"]
    created = visma.create(NEW)
    assert (created.number, created.fields["terms_of_payment"]) == ("2001", "20 dagar netto")
    assert parse_object(sent(sandbox)) == {
        "IsActive": True,
        "IsPrivatePerson": False,
        "TermsOfPaymentId": sandbox.company.terms[1]["Id"],
        "CustomerNumber": "2001",
        "Name": "Ny AB",
        "InvoicePostalCode": "903 26",
        "InvoiceCity": "Umeå",
    }


@pytest.mark.parametrize("own", [None, "unknown", "00000000-0000-4000-8000-000000000045"])
def test_a_company_without_usable_terms_gives_the_first_for_sales(
    sandbox: Sandbox, visma: VismaEAccounting, own: str | None
) -> None:
    """Terms for purchases are never given to a customer."""
    sandbox.company.settings["TermsOfPaymentId"] = own
    assert visma.create(NEW).fields["terms_of_payment"] == "30 dagar netto"


@pytest.mark.parametrize("chosen", ["10 dagar netto", "00000000-0000-4000-8000-000000000010"])
def test_the_connections_terms_win(sandbox: Sandbox, chosen: str) -> None:
    """The setting takes a name or an id."""
    with connected(sandbox, terms_of_payment=chosen) as visma:
        assert visma.create(NEW).fields["terms_of_payment"] == "10 dagar netto"


def test_the_customers_own_terms_win_over_all(sandbox: Sandbox) -> None:
    """What the register says about this customer is used."""
    with connected(sandbox, terms_of_payment="10 dagar netto") as visma:
        created = visma.create({**NEW, "terms_of_payment": "Kontant"})
    assert created.fields["terms_of_payment"] == "Kontant"


def test_terms_that_do_not_exist_stop_before_writing(sandbox: Sandbox) -> None:
    """A wrong setting is said with its remedy; no customer is created with other terms."""
    with connected(sandbox, terms_of_payment="99 dagar") as visma, pytest.raises(NeedsAttentionError) as caught:
        visma.create(NEW)
    assert "terms_of_payment" in str(caught.value.remedy)
    assert sandbox.requests.writes() == []


def test_a_company_without_terms_is_told_so(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """Nothing can be sold without terms of payment."""
    sandbox.company.terms.clear()
    with pytest.raises(NeedsAttentionError):
        visma.create(NEW)


@pytest.mark.parametrize("post_status", [200, 201])
def test_a_create_may_answer_200_or_201(sandbox: Sandbox, visma: VismaEAccounting, post_status: int) -> None:
    """Both are a created customer."""
    sandbox.switches = Switches.from_json({"post_status": post_status})
    assert visma.create(NEW).number == "2001"


@pytest.mark.parametrize("missing_status", [400, 404])
def test_a_missing_customer_is_gone_by_any_status(
    sandbox: Sandbox, visma: VismaEAccounting, missing_status: int
) -> None:
    """The code says it, whatever the status."""
    seen = alfa(sandbox, visma)
    sandbox.switches = Switches.from_json({"missing_status": missing_status})
    sandbox.company.delete_customer("1001")
    with pytest.raises(GoneError):
        visma.customer(seen.remote_id)
    with pytest.raises(GoneError):
        visma.update(seen, {"phone": "08-1"})


def test_terms_that_vanished_do_not_make_a_customer_gone(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """*Not found* about something the customer refers to is a refusal of the write, not a deletion."""
    seen = alfa(sandbox, visma)
    del sandbox.company.terms[0]
    with pytest.raises(RejectedError, match="refers to"):
        visma.update(seen, {"phone": "08-1"})


def test_terms_that_vanished_refuse_a_new_customer(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A create that refers to something missing is refused, not *gone*."""
    assert visma.capabilities().fields["terms_of_payment"].codes
    sandbox.company.terms.clear()
    with pytest.raises(RejectedError, match="refers to"):
        visma.create(NEW)


def test_terms_are_looked_up_where_the_customer_does_not_name_them(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A customer whose own copy of its terms is stale shows the real ones."""
    terms = sandbox.company.terms
    seen = alfa(sandbox, visma, TermsOfPaymentId=terms[1]["Id"], TermsOfPayment=terms[0])
    assert seen.fields["terms_of_payment"] == "20 dagar netto"


def test_workers_may_share_a_connector(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """Eight at a time create forty customers, each once, with one refresh and one list of terms."""
    with ThreadPoolExecutor(8) as workers:
        made = list(workers.map(lambda number: visma.create({**NEW, "number": str(number)}), range(40)))
    assert {record.number for record in made} == {str(number) for number in range(40)}
    asked = [request.path for request in sandbox.requests]
    assert asked.count("/identity/connect/token") == asked.count("/v2/termsofpayments") == 1
    assert visma.requests == len(asked) - 1


def test_a_refused_value_comes_with_the_vendors_words(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """The administrator learns which field was refused."""
    seen = alfa(sandbox, visma)
    with pytest.raises(RejectedError) as caught:
        visma.update(seen, {"name": "x" * 51})
    assert [name for name, _ in caught.value.fields] == ["Name"]


@pytest.mark.parametrize(("vies", "code"), [("reject", "4025"), ("down", "4100")])
def test_a_vat_check_that_fails_is_told_apart(sandbox: Sandbox, visma: VismaEAccounting, vies: str, code: str) -> None:
    """The engine can see which of the two it was, and decide by what it wrote."""
    seen = alfa(sandbox, visma, VatNumber="SE556036079301")
    sandbox.switches = Switches.from_json({"vies": vies})
    with pytest.raises(NotNowError) as caught:
        visma.update(seen, {"phone": "08-1"})
    assert caught.value.code == code


def test_a_closed_document_is_never_written(sandbox: Sandbox, visma: VismaEAccounting) -> None:
    """A shipped order stays as it is, whatever the caller wants."""
    sandbox.company.add_customer(CustomerNumber="1001")
    order = sandbox.company.add_order("1001", Status=3)
    seen = visma.document("orders", str(order["Id"]))
    with pytest.raises(RejectedError) as caught:
        visma.write_reference(seen, "Eva")
    assert caught.value.code == "closed"
    assert sandbox.requests.writes() == []


@pytest.mark.parametrize("feed", ["orders", "invoice_drafts", "quotes", "quote_drafts"])
def test_a_reference_is_written_byte_for_byte(sandbox: Sandbox, visma: VismaEAccounting, feed: str) -> None:
    """Rows, amounts and unknown keys of the document go back as they came."""
    paths = {"invoice_drafts": "customerinvoicedrafts", "quote_drafts": "quotedrafts"}
    sandbox.company.add_customer(CustomerNumber="1001")
    added = sandbox.company.add_document(paths.get(feed, feed), "1001", Strange=Decimal("0.10"))
    key = "CompanyReference" if feed.startswith("quote") else "OurReference"
    raw = sandbox.company.raw(str(added["Id"]))
    after = visma.write_reference(visma.document(feed, str(added["Id"])), "Eva Tekniker")
    assert sent(sandbox) == overlay(raw, {key: "Eva Tekniker"})
    assert after.reference == "Eva Tekniker"
    assert dump(Decimal("0.10")) in after.raw
