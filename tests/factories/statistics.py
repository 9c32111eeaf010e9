"""What autovacuum would have done by the time people come."""

from django.db import connection


def look_at_every_table() -> None:
    """Rows that a test writes in one transaction are news to PostgreSQL's planner, which would read whole tables for each of them."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
