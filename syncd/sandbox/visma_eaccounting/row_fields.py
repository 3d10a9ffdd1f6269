"""The properties of document rows and of the persons of a tax deduction (facts §8)."""

from __future__ import annotations

from syncd.sandbox.visma_eaccounting.fields import table

ORDER_ROW = table("""
Id uuid ro
LineNumber int 0..1000 required
DeliveredQuantity number
ArticleId uuid?
IsServiceArticle bool ro
UnitId uuid? ro
ArticleNumber text40?
IsTextRow bool required
Text text2000?
UnitPrice number
Amount number
IsDiscountInFixedAmount bool ro
DiscountFixedAmount number? ro
DiscountPercentage share
Quantity number
WorkCostType int
IsWorkCost bool required
WorkHours number?
MaterialCosts number?
EligibleForReverseChargeOnVat bool required
VatRate number? ro
CostCenterItemId1 uuid?
CostCenterItemId2 uuid?
CostCenterItemId3 uuid?
ProjectId uuid?
GreenTechnologyType int 0..3
ContributionMargin object
PurchasePrice number ro
FreightCosts number ro
""")

INVOICE_DRAFT_ROW = table("""
Id uuid ro
LineNumber int? 0..1000
ArticleId uuid?
IsServiceArticle bool ro
UnitId uuid? ro
ArticleNumber text?
IsTextRow bool required
Text text2000?
UnitPrice number?
IsDiscountInFixedAmount bool ro
DiscountFixedAmount number? ro
DiscountPercentage share
Quantity number
WorkCostType int
IsWorkCost bool
WorkHours number?
MaterialCosts number?
ReversedConstructionServicesVatFree bool required
CostCenterItemId1 uuid?
CostCenterItemId2 uuid?
CostCenterItemId3 uuid?
UnitAbbreviation text?
UnitAbbreviationEnglish text?
VatRateId text? ro
VatRate number? ro
UnitName text?
ProjectId uuid?
GreenTechnologyType int 0..3
ContributionMargin object
PurchasePrice number ro
Amount number ro
FreightCosts number ro
""")

QUOTE_ROW = table("""
Id uuid ro
ArticleId uuid?
IsServiceArticle bool ro
UnitId uuid? ro
Text text2000?
UnitPrice number
Amount number
IsDiscountInFixedAmount bool ro
DiscountFixedAmount number? ro
DiscountPercentage share
Quantity number
WorkCostType int
IsWorkCost bool ro
WorkHours number?
MaterialCosts number?
IsVatFree bool
VatRate number? ro
LineNumber int ro
CostCenterItemId1 uuid?
CostCenterItemId2 uuid?
CostCenterItemId3 uuid?
ProjectId uuid?
IsTextRow bool ro
ArticleNumber text? ro
GreenTechnologyType int 0..3
ContributionMargin object
PurchasePrice number ro
FreightCosts number ro
""")

PERSON = table("""
Id uuid ro
Ssn text50?
Amount number
""")
