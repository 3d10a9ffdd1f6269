"""What a new company looks like before anybody edits it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syncd.sandbox.visma_eaccounting.fields import Fields

MODULES = ["sales_standard", "purchase_standard", "accounting_standard", "api_standard"]
TERMS = (
    ("00000000-0000-4000-8000-000000000030", "30 dagar netto", "30 days net", 30, 0),
    ("00000000-0000-4000-8000-000000000020", "20 dagar netto", "20 days net", 20, 0),
    ("00000000-0000-4000-8000-000000000010", "10 dagar netto", "10 days net", 10, 0),
    ("00000000-0000-4000-8000-000000000001", "Kontant", "Cash", 0, 2),
)
TERMS_FOR_PURCHASE = "00000000-0000-4000-8000-000000000045"


def terms() -> list[Fields]:
    """Terms of payment; the last of them is for purchases only."""
    rows = [_term(*row) for row in TERMS]
    return [*rows, _term(TERMS_FOR_PURCHASE, "45 dagar leverantör", "45 days", 45, 0, sales=False)]


def _term(id_: str, name: str, english: str, days: int, kind: int, *, sales: bool = True) -> Fields:
    return {
        "Id": id_,
        "Name": name,
        "NameEnglish": english,
        "NumberOfDays": days,
        "TermsOfPaymentTypeId": kind,
        "TermsOfPaymentTypeText": {0: "Normal", 2: "Kontant"}[kind],
        "AvailableForSales": sales,
        "AvailableForPurchase": not sales or kind == 0,
    }


def users() -> list[Fields]:
    """The people of the company; the first is the one who consents by default."""
    return [
        _user("00000000-0000-4000-8000-0000000000a1", "Eva", "Ekonomsson"),
        _user("00000000-0000-4000-8000-0000000000a2", "Olle", "Ordersson"),
    ]


def _user(id_: str, first: str, last: str) -> Fields:
    return {
        "Id": id_,
        "Email": f"{first}.{last}@example.com".lower(),
        "FirstName": first,
        "LastName": last,
        "IsActive": True,
        "IsCurrentUser": False,
        "IsConsultant": False,
        "HasPurchaseInvoicesApprovalPermission": False,
        "HasVATReportsApprovalPermission": False,
        "DaysSinceSignup": 400,
    }


def settings(name: str, identifier: str) -> Fields:
    """All of ``/companysettings``: a Swedish company of variant Standard."""
    return {**_address(name), **_numbers(identifier), **_uses(), **_rest()}


def _address(name: str) -> Fields:
    return {
        "CompanyScanningAddress": dict.fromkeys(("Name", "Address1", "Address2", "PostCode", "PostOffice", "Email")),
        "Name": name,
        "Email": "info@example.com",
        "Phone": "08-123 45 67",
        "MobilePhone": None,
        "Address1": "Storgatan 1",
        "Address2": None,
        "CountryCode": "SE",
        "PostalCode": "111 22",
        "City": "Stockholm",
        "Website": None,
        "OurReference": "Kontoret",
        "CurrencyCode": "SEK",
        "TermsOfPaymentId": TERMS[0][0],
    }


def _numbers(identifier: str) -> Fields:
    return {
        "CorporateIdentityNumber": "556036-0793",
        "PeppolId": None,
        "VatCode": "SE556036079301",
        "BankGiro": None,
        "PlusGiro": None,
        "BankAccount": None,
        "Iban": None,
        "AccountNumberDigits": 4,
        "AccountingLockedTo": "2025-12-31T00:00:00Z",
        "AccountingLockInterval": 0,
        "TaxDeclarationDate": {"Month": 1, "Day": 1},
        "Gln": None,
        "ProductVariant": 1,
        "TypeOfBusiness": 1,
        "VatPeriod": 3,
        "ActivatedModules": list(MODULES),
        "CompanyText": dict.fromkeys(_texts()),
        "NextCustomerNumber": 1,
        "NextSupplierNumber": 1,
        "NextCustomerInvoiceNumber": 1,
        "NextQuoteNumber": 1,
        "NextOrderNumber": 1,
        "NextArticleNumber": 1,
        "CompanyStatus": 1,
        "CompanyIdentifier": identifier,
    }


def _texts() -> list[str]:
    invoice = ["CustomerInvoiceText", "OrderText", "OverDueText", "QuoteEmail"]
    mail = ["InvoiceEmail", "OrderEmail", "PurchaseOrderEmail"]
    return [text + place for text in (*invoice, *mail) for place in ("Domestic", "Foreign")]


def _uses() -> Fields:
    never = ["ShowPricesExclVatPC", "ShowContributionMargin", "HasProportionalVatEnabled"]
    never += ["UsesCostCenter", "UsesProject", "UsesMoss", "UsesReverseConstructionVat"]
    never += ["UsesRotReducedInvoicing", "UsePaymentFilesForOutgoingPayments"]
    never += ["ShowCostCenterReminder", "ShowProjectReminder", "UsesGreenTechnology"]
    never += ["UsesVatTriangulationRules", "UsesTransactionText", "UsesPaymentReferenceNumber"]
    return dict.fromkeys(never, False)


def _rest() -> Fields:
    unset = ["ProportionalVatValue", "IsPayslipActivated", "UsesSupplierInvoiceEdit"]
    unset += ["UseAdvancedMode", "BankgiroNumberPrint", "KeepOriginalDraftDate", "Swish"]
    unset += ["UseAutomaticVatCalculation", "CompanyEmailForUpload", "LatePaymentFee"]
    unset += ["FirstPaymentReminderWithoutFee", "DefaultBackgroundId"]
    auto = ("AutoInvoiceActivationStatus", "AutoInvoiceB2CStatus", "AutoInvoiceInboundStatus")
    approval = ("UsesSupplierInvoiceApproval", "UsesVatReportApproval")
    return {
        **dict.fromkeys(unset),
        "DomesticCurrencyRounding": 0,
        "VismaWebshopStatus": 0,
        "InvoicePrintSettingsType": 0,
        "AutoInvoice": dict.fromkeys(auto, 0),
        "ApprovalSettings": dict.fromkeys(approval, False),
        "CompanyRotRutSettings": {
            "RutMaxAmountForPersBelow65Year": Decimal("75000.00"),
            "RutMaxAmountForPersOver65Year": Decimal("75000.00"),
            "RutReducedInvoicingPercent": Decimal("0.5000"),
            "RotReducedInvoicingMaxAmount": Decimal("50000.00"),
            "RotReducedInvoicingPercent": Decimal("0.3000"),
        },
        "CompanyGreenTechnologySettings": {
            "GreenTechnologyDeductionMaxAmount": Decimal("50000.00"),
            "SollarCellDiscountPercentage": Decimal("0.2000"),
        },
    }
