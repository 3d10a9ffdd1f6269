"""The files with pages of the register, in the order in which addresses are looked up."""

from __future__ import annotations

from syncd.web.pages import (
    assigning,
    catalogues,
    customer,
    customer_acts,
    customer_files,
    customer_form,
    customer_orders,
    customer_parts,
    customer_protocol_change,
    customer_protocols,
    customers,
    group_settings,
    notices,
    personal,
    register_index,
    teams,
    uploads,
    users,
)

CUSTOMERS = (
    customers,
    customer_form,
    customer_acts,
    assigning,
    customer_parts,
    customer_orders,
    customer_protocol_change,
    customer_protocols,
    customer_files,
    customer,
)
REGISTER = (*CUSTOMERS, register_index, catalogues, users, teams, group_settings, notices, uploads, personal)
