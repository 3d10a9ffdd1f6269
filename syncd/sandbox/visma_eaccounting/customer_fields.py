"""The 66 properties of a customer (facts §5.1), in the order the vendor's schema names them."""

from __future__ import annotations

from decimal import Decimal

from syncd.sandbox.visma_eaccounting.fields import Fields, table

CUSTOMER = table("""
Id uuid ro
InvoiceCity text50 required
InvoicePostalCode text10 required
GLN text255?
EmailAddressOrder text255?
EmailAddressQuote text255?
PayToAccountId uuid? ro
TermsOfPayment object
LastInvoiceDate date? ro
TaxDeductionNumber text?
PropertyType int? 1..2
PropertyReference text40?
ChangedUtc date? ro
CustomerLabels list?
MessageThreads uuids? ro
Notes uuids? ro
IsFutureInvoiceDateAllowed bool ro
RequiresReferenceNumber bool ro
Iban text35? kept
IsDirectDebitEnabled bool? kept
DirectDebitCustomerSettings object
DiscountAgreementId uuid?
UnpaidInvoicesAmount number ro
CustomerNumber text16?
CorporateIdentityNumber text20?
ContactPersonEmail text255?
ContactPersonMobile text50?
ContactPersonName text100?
ContactPersonPhone text50?
CurrencyCode text3?
EmailAddress text255?
InvoiceAddress1 text50?
InvoiceAddress2 text50?
InvoiceCountryCode text2?
DeliveryAddress1 text50?
DeliveryAddress2 text50?
DeliveryCity text50?
DeliveryCountryCode text2?
DeliveryPostalCode text10?
DeliveryCustomerName text100?
DeliveryMethodId uuid?
DeliveryTermId uuid?
Name text50 required
Note text4000?
ReverseChargeOnConstructionServices bool
WebshopCustomerNumber int?
MobilePhone text50?
Telephone text50?
TermsOfPaymentId uuid required
VatNumber text20?
WwwAddress text255?
IsPrivatePerson bool required
IsNorthernIreland bool?
DiscountPercentage share
IsActive bool required
ForceBookkeepVat bool
EdiGlnNumber text255?
SalesDocumentLanguage text2?
ElectronicAddress text255?
ElectronicReference text35?
EdiServiceDelivererId text255?
AutoInvoiceActivationEmailSentDate date?
AutoInvoiceRegistrationRequestSentDate date?
EmailAddresses list?
DeliveryBasedVat bool
SalesPriceListId uuid?
""")

LABEL = table("""
Id uuid ro
Name text50 required
Description text400?
""")

COLUMNS = (
    *("ChangedUtc", "CustomerNumber", "CorporateIdentityNumber"),
    *("EmailAddress", "Name", "IsActive"),
)
"""What $filter and $orderby may name on /customers (facts §3.2)."""


def no_direct_debit() -> Fields:
    """The nested settings of a customer without direct debit."""
    return {
        "MandateId": None,
        "MandateType": 1,
        "SequenceType": 1,
        "SigningDate": None,
        "EndDate": None,
        "LatestDirectDebit": None,
        "Bic": None,
    }


def future() -> Fields:
    """Keys that no schema names yet: a client must send them back, to the last digit."""
    return {"FutureFlag": True, "Risk": {"Score": Decimal("0.50"), "Tags": ["a", None]}}
