"""A workflow as text: read, written, the same again; an error says where."""

import io

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from runs import releases, scope, workflow_text
from runs.models import Workflow
from runs.workflow_text import Described, WorkflowTextError, read, write
from tests import factories
from tests.people import make_workspace

GIVEN = """\
CREATE AGENT WORKFLOW voice.customer_call_flow
SESSION REQUIRE tenant_id, principal, call_id, customer_id
ALLOWED CAPABILITIES (
voice.answer_account_question,
voice.summarize_call,
support.create_followup_task,
crm.propose_customer_update
)
ALLOWED EXTERNAL ACTIONS (
crm.update_contact,
resend.send_followup_email
)
CHECKPOINT EVERY STEP
ON RISK medium REQUIRE APPROVAL ROLE 'support_lead'
RETENTION RUNS 730 DAYS;
"""

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}(\.[a-z_][a-z0-9_]{0,8}){0,2}", fullmatch=True)
LISTS = st.lists(NAMES, unique=True, max_size=5).map(tuple)
DESCRIBED = st.builds(
    Described,
    name=NAMES,
    capabilities=LISTS,
    external_actions=LISTS,
    session_require=st.lists(
        st.sampled_from(list(workflow_text.SESSION.values())), unique=True, min_size=1
    ).map(tuple),
    roles=st.dictionaries(
        st.sampled_from(workflow_text.RISKS), st.sampled_from(["support_lead", "admin"])
    ),
    retention_days=st.integers(1, workflow_text.LONGEST_DAYS),
    propose_only=st.booleans(),
    title=st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=40),
)


def squeezed(text):
    return " ".join(text.split()).replace("( ", "(").replace(" )", ")")


def test_the_given_text_is_read_and_written_as_it_was():
    found = read(GIVEN)
    assert found.name == "voice.customer_call_flow"
    assert found.session_require == ("workspace_id", "principal", "call_id", "customer_id")
    assert len(found.capabilities) == 4
    assert found.external_actions == ("crm.update_contact", "resend.send_followup_email")
    assert (found.roles, found.retention_days) == ({"medium": "support_lead"}, 730)
    assert squeezed(write(found)) == squeezed(GIVEN)


@given(DESCRIBED)
def test_what_was_written_reads_as_the_same(described):
    text = write(described)
    assert read(text) == described
    assert write(read(text)) == text


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_place(text):
    with pytest.raises(WorkflowTextError) as refused:
        read(text)
    assert refused.value.details["line"] >= 1


@given(DESCRIBED, st.data())
def test_a_text_cut_anywhere_is_refused_where_it_ends(described, data):
    text = write(described).rstrip()
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(WorkflowTextError) as refused:
        read(cut)
    assert refused.value.details["line"] <= cut.count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "words"),
    [
        ("AGENT WORKFLOW", "AGENT FLOW", 1, 14, "expected WORKFLOW, found `FLOW`"),
        ("principal", "password", 2, 28, "expected a session value"),
        ("summarize_call,", "summarize_call", 6, 1, "expected `,` or `)`"),
        ("voice.summarize_call", "voice.answer_account_question", 5, 1, "is named twice"),
        ("RISK medium", "RISK huge", 14, 9, "expected low, medium or high"),
        ("'support_lead'", "'boss'", 14, 38, "expected a role ("),
        ("'support_lead'", "'boss", 14, 38, "a text without its end"),
        ("730", "0", 15, 16, "expected a number of days"),
        ("DAYS;", "DAYS", 16, 1, "expected a clause or `;`, found the end"),
        ("CHECKPOINT EVERY STEP", "PROPOSE ONLY PROPOSE ONLY", 13, 14, "PROPOSE is said twice"),
    ],
)
def test_an_error_says_where(old, new, line, column, words):
    with pytest.raises(WorkflowTextError) as refused:
        read(GIVEN.replace(old, new, 1))
    details = refused.value.details
    assert (details["line"], details["column"]) == (line, column), details
    assert words in details["detail"]


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
        text.replace("  RETENTION", "  ON RISK low REQUIRE APPROVAL ROLE 'admin'\n  RETENTION")
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
    with pytest.raises(CommandError, match=r"no configuration for crm\.delete_contact"):
        command("import", str(path))
