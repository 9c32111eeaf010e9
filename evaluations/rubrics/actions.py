"""Keeping the rubric a tree while it is built by hand."""

from django.db import transaction

from evaluations.rubrics.models import Criterion, Part


@transaction.atomic
def settle(*, part: Part) -> list[Criterion]:
    """Addresses and order of a part's criteria as its tree has them: each below its own, after it. Returns them in that order.

    An address is written in one place only, in the key; everything above comes from the tree. Otherwise a criterion that was moved
    or renamed would leave its sub-criteria behind, under an address nobody has.
    """
    rows = list(Criterion.objects.filter(part=part).order_by("position", "path"))
    tree = [row for top in rows if top.parent_id is None for row in (top, *(r for r in rows if r.parent_id == top.pk))]
    paths = {row.pk: row.key for row in rows}
    for position, row in enumerate(tree):
        path = f"{paths[row.parent_id]}.{row.key}" if row.parent_id else row.key
        if (row.path, row.position) != (path, position):
            row.path, row.position = path, position
            row.save(update_fields=["path", "position"])
    return tree
