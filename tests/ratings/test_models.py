"""What the tables of ballots promise beside their rows."""

import pytest
from django.db import connection

from evaluations.ratings.models import Ballot


@pytest.mark.django_db
def test_only_one_index_of_ballots_begins_with_the_stage():
    """With two, a database that has counted few ballots may look for a revision through all ballots of the stage."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Ballot._meta.db_table).values()
    indexes = [one["columns"] for one in found if one["index"] or one["unique"]]

    assert [columns for columns in indexes if columns[0] == "stage_id"] == [
        ["stage_id", "voter_tag", "thing", "revision"]
    ]
