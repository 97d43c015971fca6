"""`manage.py workflow`: a file is published, comes out again, and is checked as the editor checks."""

import io

import pytest
from django.core.management import CommandError, call_command

from runs import releases, scope
from runs.models import User, Workflow
from tests import factories
from tests.people import make_person, make_workspace
from tests.runs.test_workflow_text import GIVEN, squeezed


@pytest.fixture
def northwind(db):
    workspace = make_workspace("northwind-text", "Northwind")
    with scope.workspace(workspace.id):
        factories.make_release(workspace, scope.now())
    return workspace


def command(*arguments):
    out = io.StringIO()
    call_command("workflow", *arguments, "--workspace", "northwind-text", stdout=out)
    return out.getvalue()


def test_a_file_is_published_and_comes_out_again(northwind, tmp_path):
    path = tmp_path / "flow.txt"
    text = command("export", "voice.customer_call_flow").replace("730", "90")
    path.write_text(
        text.replace("NO AUTONOMY", "NO AUTONOMY\n  ON RISK low REQUIRE APPROVAL ROLE 'admin'")
    )
    assert command("import", str(path)).strip() == "voice.customer_call_flow: release 2"
    assert command("import", str(path)).strip().endswith("release 2")
    assert squeezed(command("export", "voice.customer_call_flow")) == squeezed(path.read_text())
    with scope.workspace(northwind.id):
        content = releases.content_of(Workflow.objects.get().current)
    assert content.workflow.retention_days == 90
    assert content.objective == factories.OBJECTIVE


def test_a_new_workflow_takes_the_rest_from_another(northwind, tmp_path):
    path = tmp_path / "flow.txt"
    path.write_text(GIVEN.replace("customer_call_flow", "second"))
    with pytest.raises(CommandError, match=r"no published workflow voice\.second"):
        command("import", str(path))
    told = command("import", str(path), "--like", "voice.customer_call_flow")
    assert told.strip() == "voice.second: release 1"


def test_the_command_tells_the_place_of_an_error(northwind, tmp_path):
    path = tmp_path / "flow.txt"
    path.write_text(GIVEN.replace("730", "many"))
    with pytest.raises(CommandError, match="line 15, column 16: expected a number of days"):
        command("import", str(path))


def test_an_action_without_a_configuration_is_refused(northwind, tmp_path):
    path = tmp_path / "flow.txt"
    path.write_text(GIVEN.replace("crm.update_contact", "crm.delete_contact"))
    with pytest.raises(CommandError) as refused:
        command("import", str(path))
    assert f"{path}: line 10, column 1: the action `crm.delete_contact` is not configured" in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("voice.summarize_call", "nope.cap", "line 5, column 1: there is no capability `nope.cap`"),
        ("RETENTION", "AUTONOMY crm.no NEVER RETENTION",
         "line 15, column 10: the action `crm.no` is not configured"),
        ("RETENTION", "EXECUTE BY 5 MINUTES RETENTION",
         "line 15, column 1: approve_by_minutes must be above 0 and below execute_by_minutes"),
        ("RETENTION", "APPROVE BY 9999 MINUTES RETENTION",
         "line 15, column 1: approve_by_minutes must be above 0 and below execute_by_minutes"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_with_its_place(northwind, tmp_path, old, new, told):
    path = tmp_path / "flow.txt"
    path.write_text(GIVEN.replace(old, new))
    with pytest.raises(CommandError) as refused:
        command("import", str(path))
    assert str(refused.value) == f"{path}: {told}"
    with scope.workspace(northwind.id):
        assert Workflow.objects.get().current.number == 1


def test_a_text_is_checked_without_a_workspace(northwind, tmp_path):
    path = tmp_path / "flow.txt"
    path.write_text(GIVEN)
    command("check", str(path))
    path.write_text(GIVEN.replace("voice.summarize_call", "nope.cap"))
    with pytest.raises(CommandError, match=r"column 1: there is no capability `nope\.cap`"):
        command("check", str(path))


ALONE = "ON RISK medium REQUIRE APPROVALS 2 ROLE 'support_lead'"


def test_what_nobody_here_could_allow_is_not_imported(northwind, tmp_path, capsys):
    make_person(northwind, "Lena Fischer", "support_lead")
    path = tmp_path / "flow.txt"
    text = command("export", "voice.customer_call_flow")
    path.write_text(text.replace("  RETENTION", f"  {ALONE}\n  RETENTION"))
    with pytest.raises(CommandError, match=r"policy_never_satisfied.*'too_few_people'"):
        command("import", str(path))
    mei = make_person(northwind, "Mei Kato", "support_lead")
    assert command("import", str(path)).strip().endswith("release 2")
    assert capsys.readouterr().err == ""
    User.objects.filter(id=mei.id).update(is_active=False)
    path.write_text(text)
    command("import", str(path))
    told = "rule risk high: with four eyes; what the only support_lead edits nobody may approve"
    assert told in capsys.readouterr().err
