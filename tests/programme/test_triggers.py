"""What the database refuses about stages, rounds, copies, seats and records, whoever asks it in SQL."""

from importlib import import_module
from itertools import product

import pytest
from django.apps import apps
from django.contrib.admin.models import ADDITION, LogEntry
from django.db import DatabaseError, connection, transaction

from evaluations.panels.models import Invitation, Panelist
from evaluations.programme.models import BlindCopy, Round, Stage
from evaluations.programme.phases import MOVES, ORDER, Phase
from evaluations.rubrics.models import Part
from portal.audit.append_only import Amendable, FrozenThroughout, Moves
from portal.audit.models import AccessRecord
from portal.audit.record import record_access
from tests.factories import accounts, panels, ratings
from tests.factories.programme import a_blind_copy, a_configuration, a_round, a_stage, a_submission, in_phase, in_state
from tests.factories.rubrics import a_rubric
from tests.portal.audit.test_append_only import operations, refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("phase", "to"), list(product(ORDER, ORDER)))
def test_a_stage_moves_only_as_the_table_of_moves_says(phase, to):
    stage = in_phase(a_stage(), phase)

    taken = not refused("UPDATE programme_stage SET phase = %s WHERE id = %s", [to.value, stage.pk])

    assert taken == (to in MOVES[phase] or to is phase)
    assert Stage.objects.get().phase == (to if taken else phase)


def test_the_moves_written_out_are_those_of_the_code():
    written = {table: operation.allowed for table, operation in operations(Moves)}

    assert written["programme_stage"] == {phase.value: after for phase, after in MOVES.items() if after}


@pytest.mark.parametrize(("state", "to"), list(product(Round.State.values, Round.State.values)))
def test_a_round_never_opens_again(state, to):
    this = in_state(a_round(a_stage()), state)

    taken = not refused("UPDATE programme_round SET state = %s WHERE id = %s", [to, this.pk])

    assert taken == (state == to or (state, to) in {("waiting", "open"), ("waiting", "locked"), ("open", "locked")})


def test_no_rule_is_truncated():
    if connection.vendor == "postgresql":  # SQLite knows no TRUNCATE
        for table, _operation in operations(FrozenThroughout):
            with pytest.raises(DatabaseError, match=f"frozen: {table}"), transaction.atomic():
                connection.cursor().execute(f'TRUNCATE "{table}" CASCADE')


def columns_of(table: str) -> list[str]:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return [field.column for field in model._meta.concrete_fields]


def replaced(table: str, pk: str, **values: str) -> bool:
    """Whether a copy of this row with other `values` could be put in its place."""
    columns = columns_of(table)
    into, put = ", ".join(f'"{c}"' for c in columns), ", ".join(f'"{c}" = EXCLUDED."{c}"' for c in columns)
    chosen = ", ".join(f"'{values[c]}'" if c in values else f'"{c}"' for c in columns)
    row = f"INTO {table} ({into}) SELECT {chosen} FROM {table} WHERE id = '{pk}'"
    if connection.vendor == "postgresql":
        return not refused(f"INSERT {row} ON CONFLICT (id) DO UPDATE SET {put}")
    return not refused(f"INSERT OR REPLACE {row}")


@pytest.fixture
def update_or_replace():
    """An UPDATE as another program on the same file could send it: SQLite does not fire the triggers of the delete it hides."""
    if connection.vendor == "postgresql":
        yield "UPDATE"
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = OFF")
            yield "UPDATE OR REPLACE"
            cursor.execute("PRAGMA recursive_triggers = ON")


def test_no_row_takes_the_place_of_a_frozen_one(update_or_replace):
    stage, other = a_stage(), a_stage("other")
    a_rubric(stage)
    a_rubric(other)
    in_phase(stage, Phase.OPEN)
    part, theirs = Part.objects.filter(stage=stage).first(), Part.objects.filter(stage=other).first()

    assert not replaced("rubrics_part", part.pk, stage_id=other.pk)
    assert not replaced("programme_stage", stage.pk, id="x" * 26, phase="preparing")
    assert not replaced("programme_stage", stage.pk, phase="preparing")
    assert refused(f"{update_or_replace} rubrics_part SET id = %s WHERE id = %s", [part.pk, theirs.pk])
    assert refused(f"{update_or_replace} programme_stage SET slug = %s WHERE id = %s", [stage.slug, other.pk])


# ---------------------------------------------------------------- amending


def amended_columns() -> list[tuple[str, str, str]]:
    """Every column that may be amended: table, column, the last phase in which it may."""
    return [
        (table, column, last)
        for table, operation in operations(Amendable)
        for last, columns in operation.columns.items()
        for column in columns
    ]


def update(table: str, column: str, pk: str) -> bool:
    """Whether this column of the row may be written, be it with what it holds already."""
    return not refused(f'UPDATE {table} SET "{column}" = "{column}" WHERE id = %s', [pk])


def rows_of(stage: Stage) -> dict[str, str]:
    """A row of this stage in every table that may be amended."""
    found = {"programme_stage": stage.pk}
    for table, operation in operations(Amendable):
        of_stage = operation.stage.format(row=f'"{table}"')
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT id FROM "{table}" WHERE {of_stage} = %s', [stage.pk])
            found[table] = cursor.fetchone()[0]
    return found


def with_every_rule(stage: Stage) -> Stage:
    """A row in every table of the rules."""
    a_rubric(stage)
    a_round(stage)
    ratings.a_plan(stage)
    ratings.a_question(stage)
    ratings.a_stratum(stage)
    return stage


@pytest.fixture
def whole_stage() -> Stage:
    stage = with_every_rule(a_stage())
    a_configuration(stage)
    return in_phase(stage, Phase.FROZEN)


AMENDED_IN = (Phase.FROZEN, Phase.OPEN, Phase.CLOSED, Phase.COUNTED)


@pytest.mark.parametrize("phase", [phase for phase in ORDER if phase is not Phase.PREPARING])
def test_rules_change_only_between_a_new_edition_and_its_number(whole_stage, phase):
    stage, rows = in_phase(whole_stage, phase), rows_of(whole_stage)
    columns = amended_columns()

    before = [column for column in columns if update(*column[:2], rows[column[0]])]
    a_configuration(stage, version=2, taken_up=False)
    between = {column for column in columns if update(*column[:2], rows[column[0]])}
    taken_up = not refused("UPDATE programme_stage SET edition = 2 WHERE id = %s", [stage.pk])
    after = [column for column in columns if update(*column[:2], rows[column[0]])]

    assert (before, taken_up, after) == ([], True, [])
    assert between == {
        column for column in columns if phase in AMENDED_IN and AMENDED_IN.index(column[2]) >= AMENDED_IN.index(phase)
    }


def test_what_is_no_value_of_the_rules_stays_while_they_are_amended(whole_stage, update_or_replace):
    rows = rows_of(whole_stage)
    other = rows_of(with_every_rule(a_stage("other")))
    a_configuration(whole_stage, version=2, taken_up=False)
    amendable = {(table, column) for table, column, _last in amended_columns()}
    free = {("programme_stage", "phase"), ("programme_stage", "edition"), ("programme_round", "state")}

    for table, pk in rows.items():
        kept = [column for column in columns_of(table) if (table, column) not in amendable | free]
        assert [column for column in kept if update(table, column, pk)] == [], table
        assert refused(f"DELETE FROM {table} WHERE id = %s", [pk])
        assert refused(f"{update_or_replace} {table} SET id = %s WHERE id = %s", [pk, other[table]])
        assert not replaced(table, pk)
    assert refused(
        "UPDATE rubrics_part SET stage_id = %s, points = 1 WHERE id = %s",
        [other["programme_stage"], rows["rubrics_part"]],
    )
    assert refused("UPDATE rubrics_part SET stage_id = %s WHERE id = %s", [whole_stage.pk, other["rubrics_part"]])


def test_the_edition_of_a_stage_is_the_last_that_was_recorded(whole_stage):
    def to(edition: int) -> bool:
        return not refused("UPDATE programme_stage SET edition = %s WHERE id = %s", [edition, whole_stage.pk])

    assert [to(edition) for edition in (0, 1, 2)] == [False, True, False]
    a_configuration(whole_stage, version=2, taken_up=False)
    a_configuration(whole_stage, version=3, taken_up=False)
    assert [to(edition) for edition in (2, 4, 3, 2, 0)] == [False, False, True, False, False]


def test_stages_that_were_frozen_before_there_were_editions_are_given_theirs(whole_stage):
    early = a_stage("early")
    a_configuration(whole_stage, version=2, taken_up=False)

    import_module("evaluations.programme.migrations.0007_editions_that_hold").count_editions(apps, None)

    assert dict(Stage.objects.values_list("pk", "edition")) == {whole_stage.pk: 2, early.pk: 0}


def test_no_stage_begins_with_an_edition():
    with pytest.raises(DatabaseError, match="no such edition"), transaction.atomic():
        a_stage(edition=1)


def test_no_column_is_amended_that_an_amendment_never_changes():
    """The columns of the triggers are those that `rewrite_stage` may have to write."""
    kept = {
        "id",
        "slug",
        "key",
        "path",
        "mark",
        "position",
        "stage_id",
        "part_id",
        "parent_id",
        "side_id",
        "criterion_id",
    }
    kept |= {"sample", "time_zone", "published_facts", "kind", "given", "values", "blind", "counts", "phase", "state"}

    assert {column for _table, column, _last in amended_columns()} & kept == set()


def a_held_seat() -> Invitation:
    seat = panels.a_panelist(a_stage(), accounts.an_expert())
    return Invitation.objects.get(panelist=seat)


def test_a_blind_copy_keeps_its_text():
    stage = a_stage()
    copy = a_blind_copy(a_submission(stage.teams.first(), a_round(stage)), released=False)
    other = a_blind_copy(a_submission(stage.teams.last(), stage.rounds.get()))

    assert refused("UPDATE programme_blindcopy SET text = %s WHERE id = %s", ["다른 글", copy.pk])
    assert refused("UPDATE programme_blindcopy SET digest = %s WHERE id = %s", ["0" * 64, copy.pk])
    assert refused("UPDATE programme_blindcopy SET submission_id = %s WHERE id = %s", [other.submission_id, copy.pk])
    assert refused("DELETE FROM programme_blindcopy WHERE id = %s", [copy.pk])
    if connection.vendor == "postgresql":
        assert refused("TRUNCATE programme_blindcopy")
    BlindCopy.objects.filter(pk=copy.pk).update(hits=[], released_at=stage.opens_at, released_by="officer")


def test_a_seat_keeps_its_name_and_whoever_sat_down_on_it():
    held, other = a_held_seat(), accounts.a_stranger()

    assert refused("UPDATE panels_panelist SET label = %s WHERE id = %s", ["위원 99", held.panelist_id])
    assert refused("UPDATE panels_invitation SET user_id = %s WHERE id = %s", [other.pk, held.pk])
    assert refused("UPDATE panels_invitation SET user_id = NULL, accepted_at = NULL WHERE id = %s", [held.pk])
    assert refused("DELETE FROM panels_invitation WHERE id = %s", [held.pk])
    assert refused("DELETE FROM panels_panelist WHERE id = %s", [held.panelist_id])


def test_only_a_replaced_seat_is_ended_and_for_good():
    held = a_held_seat()
    now, columns = held.sent_at, "id, panelist_id, stage_id, email, name, token_digest, sent_at, expires_at, ended_at"

    assert refused("UPDATE panels_invitation SET ended_at = %s WHERE id = %s", [now, held.pk])
    seat = panels.a_panelist(held.stage)
    values = ["a" * 26, seat.pk, held.stage_id, held.email, "김평가", "0" * 64, now, now, now]
    assert refused(f"INSERT INTO panels_invitation ({columns}) VALUES ({', '.join(['%s'] * 9)})", values)

    Panelist.objects.filter(pk=held.panelist_id).update(replaced_by=seat)
    Invitation.objects.filter(pk=held.pk).update(ended_at=now)
    assert refused("UPDATE panels_invitation SET ended_at = NULL WHERE id = %s", [held.pk])
    again = panels.an_invitation(seat, user=held.user)
    assert refused("UPDATE panels_invitation SET ended_at = %s WHERE id = %s", [now, again.pk])


def test_an_answer_taken_back_takes_the_place_of_nobody(update_or_replace):
    held = a_held_seat()
    declined = panels.an_invitation(panels.a_panelist(held.stage), token="b")
    Invitation.objects.filter(pk=declined.pk).update(declined_at=held.sent_at, email=held.email)

    assert refused(f"{update_or_replace} panels_invitation SET declined_at = NULL WHERE id = %s", [declined.pk])
    assert Invitation.objects.filter(pk=held.pk).exists()


def test_a_name_and_an_address_can_be_taken_out():
    held = a_held_seat()

    Invitation.objects.filter(pk=held.pk).update(name="", email="")

    assert Invitation.objects.get().user_id == held.user_id


def test_no_seat_takes_the_place_of_another(update_or_replace):
    held = a_held_seat()
    seat = panels.a_panelist(held.panelist.stage, accounts.a_stranger(), label="위원 02")

    assert not replaced("panels_panelist", held.panelist_id, id="x" * 26)
    assert not replaced("panels_invitation", held.pk, user_id=seat.invitation.user_id)
    assert refused(
        f"{update_or_replace} panels_invitation SET token_digest = %s WHERE panelist_id = %s",
        [held.token_digest, seat.pk],
    )


def test_records_of_access_never_change():
    record_access(actor="a" * 26, action="accounts listed")
    pk = AccessRecord.objects.get().pk

    assert refused("UPDATE audit_accessrecord SET actor = 'b' WHERE id = %s", [pk])
    assert refused("DELETE FROM audit_accessrecord WHERE id = %s", [pk])
    if connection.vendor == "postgresql":
        assert refused("TRUNCATE audit_accessrecord")
    else:
        assert not replaced("audit_accessrecord", pk, actor="b")


def test_what_was_done_in_the_admin_stays_done():
    LogEntry.objects.log_actions(accounts.an_officer().pk, Stage.objects.filter(pk=a_stage().pk), ADDITION)
    pk = LogEntry.objects.get().pk

    assert refused("UPDATE django_admin_log SET object_repr = '' WHERE id = %s", [pk])
    assert refused("DELETE FROM django_admin_log WHERE id = %s", [pk])
