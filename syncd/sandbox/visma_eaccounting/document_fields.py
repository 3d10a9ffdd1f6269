"""The properties of orders, invoice drafts and quotes (facts §8), in the schema's order."""

from __future__ import annotations

from syncd.sandbox.visma_eaccounting.fields import table

ORDER = table("""
Id uuid ro
Amount number
CustomerId uuid required
CurrencyCode text3 required
CreatedUtc date ro
VatAmount number
RoundingsAmount number
DeliveredAmount number
DeliveredVatAmount number
DeliveredRoundingsAmount number
DeliveryCustomerName text100? customer
DeliveryAddress1 text50? customer
DeliveryAddress2 text50? customer
DeliveryPostalCode text10? customer
DeliveryCity text50? customer
DeliveryCountryCode text2? customer
YourReference text100?
OurReference text100?
BuyersOrderReference text35?
InvoiceAddress1 text50? customer
InvoiceAddress2 text50? customer
InvoiceCity text? customer
InvoiceCountryCode text2? customer
InvoiceCustomerName text50? customer
CustomerNumber text? ro
CustomerName text? ro
InvoicePostalCode text10? customer
DeliveryMethodName text50?
DeliveryMethodCode text20?
DeliveryTermName text50?
DeliveryTermId uuid? ro
DeliveryMethodId uuid? ro
DeliveryTermCode text20?
TermsOfPaymentId uuid?
EuThirdParty bool required
CustomerIsPrivatePerson bool ro
IncludesVat bool ro
OrderDate date required
Status int 1..4 required
Number int? ro
ModifiedUtc date? ro
DeliveryDate date?
HouseWorkAmount number
HouseWorkAutomaticDistribution bool
HouseWorkCorporateIdentityNumber text20?
HouseWorkPropertyName text100?
SalesDocumentAttachments uuids? ro
MessageThreads uuids? ro
Notes uuids? ro
Rows list?
ShippedDateTime date?
RotReducedInvoicingType int 0..2 required
MaxAllowedTaxReductionAmount number ro
RotReducedInvoicingPercent number ro
RotPropertyType int?
Persons list?
ReverseChargeOnConstructionServices bool required
UsesGreenTechnology bool
IsNotDelivered bool ro
ContributionMargin object
CreatedFromQuoteId uuid? ro
BackgroundId uuid? ro
""")

INVOICE_DRAFT = table("""
Id uuid ro
CustomerId uuid required
CreatedUtc date? ro
IsCreditInvoice bool
RotReducedInvoicingType int 0..2 required
RotReducedInvoicingPropertyName text40?
RotReducedInvoicingOrgNumber text11?
MaxAllowedTaxReductionAmount number ro
RotReducedInvoicingAmount number
RotReducedInvoicingAutomaticDistribution bool
RotPropertyType int?
HouseWorkOtherCosts number?
Rows list?
Persons list?
YourReference text100?
OurReference text100?
BuyersOrderReference text35?
ElectronicReference text100?
SubscriptionNumber text100?
ContractNumber text100?
InvoiceCustomerName text50? ro customer
InvoiceAddress1 text50? customer
InvoiceAddress2 text50? customer
InvoicePostalCode text10? ro customer
InvoiceCity text50? ro customer
InvoiceCountryCode text2? ro customer
InvoiceCurrencyCode text? ro
DeliveryCustomerName text50? customer
DeliveryAddress1 text50? customer
DeliveryAddress2 text50? customer
DeliveryPostalCode text10? customer
DeliveryCity text50? customer
DeliveryCountryCode text2? customer
DeliveryMethodName text50?
DeliveryTermName text50?
TermsOfPaymentId uuid?
DeliveryMethodCode text20?
DeliveryTermCode text20?
EuThirdParty bool required
CustomerIsPrivatePerson bool ro
ReverseChargeOnConstructionServices bool ro
SalesDocumentAttachments uuids? ro
MessageThreads uuids? ro
Notes uuids? ro
InvoiceDate date?
DueDate date?
DeliveryDate date?
TotalAmount number ro
TotalVatAmount number ro
TotalRoundings number ro
TotalAmountBaseCurrency number ro
TotalVatAmountBaseCurrency number ro
CustomerNumber text16? ro
CustomerName text? ro
IncludesVat bool ro
ReplaceUnitPriceWhenZero bool
UsesGreenTechnology bool
ContributionMargin object
IsDirectDebit bool?
BackgroundId uuid?
""")

QUOTE = table("""
ApprovedDate date? ro
BackgroundId uuid? ro
BuyersOrderReference text35?
CompanyReference text100?
ContributionMargin object
CreatedUtc date ro
CurrencyCode text? ro
CurrencyRate number ro
CustomerId uuid required
CustomerIsPrivatePerson bool ro
CustomerName text? ro
CustomerNumber text? ro
CustomerReference text100?
DeliveryAddress1 text? ro customer
DeliveryAddress2 text? ro customer
DeliveryCity text? ro customer
DeliveryCountryCode text? ro customer
DeliveryCustomerName text? ro customer
DeliveryDate date?
DeliveryMethodCode text? ro
DeliveryMethodName text? ro
DeliveryPostalCode text? ro customer
DeliveryTermCode text? ro
DeliveryTermName text? ro
QuoteDate date required
DueDate date required
EuThirdParty bool
Id uuid ro
IncludesVat bool ro
InvoiceAddress1 text? ro customer
InvoiceAddress2 text? ro customer
InvoiceCity text? ro customer
InvoiceCountryCode text? ro customer
InvoiceCustomerName text? ro customer
InvoicePostalCode text? ro customer
IsDomestic bool ro
IsNotDelivered bool ro
MessageThreads uuids? ro
ModifiedUtc date? ro
Notes uuids? ro
Number int? ro
Persons list?
RotPropertyType int?
RotReducedInvoicingAmount number
MaxAllowedTaxReductionAmount number ro
RotReducedInvoicingAutomaticDistribution bool ro
RotReducedInvoicingOrgNumber text?
RotReducedInvoicingPercent number ro
RotReducedInvoicingPropertyName text?
RotReducedInvoicingType int 0..2
RoundingsAmount number ro
Rows list?
SalesDocumentAttachments uuids? ro
Status int ro
TermsOfPayment object
TotalAmount number ro
UsesGreenTechnology bool
VatAmount number ro
""")
