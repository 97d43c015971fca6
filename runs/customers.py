"""Customers: who a number belongs to, as the CRM last told."""

import uuid
from datetime import datetime

from django.db import connection

from runs import telephones
from runs.models import Customer


def normalise(number: str, region: str = "GB") -> str:
    """E.164 of a number in any spelling; what cannot be a number stays as it is."""
    return telephones.e164(number, region) or number.strip()


def find_by_phone(number: str) -> Customer | None:
    """The customer of this number in the scope's workspace; the one read last where several share it."""
    e164 = telephones.e164(number)
    if e164 is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM readback_customers_of(%s) LIMIT 1", [e164])
        found = cursor.fetchone()
    return Customer.objects.get(id=found[0]) if found else None


def upsert(
    workspace_id: uuid.UUID,
    *,
    system: str,
    external_id: str,
    name: str,
    at: datetime,
    company: str = "",
    email: str = "",
    phones: tuple[str, ...] = (),
    tier: str = "",
) -> Customer:
    """Note what another system knows of a customer; the id over there is what makes it the same one."""
    customer, _ = Customer.objects.update_or_create(
        workspace_id=workspace_id,
        system=system,
        external_id=external_id,
        defaults={
            "name": name,
            "company": company,
            "email": email,
            "phones": sorted({normalise(one) for one in phones}),
            "tier": tier,
            "read_at": at,
        },
    )
    return customer
