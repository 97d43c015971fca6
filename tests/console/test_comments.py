"""Comments on a call: at a line or a field, for all who see it; named people are told; traces stay."""

import pytest

from approvals.models import Notice, Remark
from runs import ledger, scope
from runs.models import AuditEntry
from voice import comments


def act(scene, client, verb="write", call=None, **form):
    path = scene.path(f"calls/{(call or scene.call).public_id}/comments/")
    if verb == "write":
        form = {"anchor": comments.turn_anchor(scene.turns[0].id), "text": "Look here", **form}
    return client.post(path, {"verb": verb, **form})


def page(scene, client, query=""):
    return client.get(scene.path(f"calls/{scene.call.public_id}/{query}")).content.decode()


def only(scene):
    with scene.scope():
        return Remark.objects.get(run=scene.run)


def actions(scene):
    with scene.scope():
        found = AuditEntry.objects.filter(action__startswith="comment.").order_by("number")
        return [one.action for one in found]


def test_olive_comments_on_a_line_and_lena_sees_it(scene, olive, lena):
    assert act(scene, olive).status_code == 303
    html = page(scene, lena)
    assert "Look here" in html
    assert "1 comment on this line" in html
    assert "Olive Brandt" in html.split('id="comments"')[1]


def test_a_comment_is_about_a_field_too(scene, olive):
    assert act(scene, olive, anchor="field:budget_signal").status_code == 303
    assert 'href="#field-budget_signal"' in page(scene, olive).split('id="comments"')[1]


def test_what_is_written_is_shown_as_text(scene, olive):
    act(scene, olive, text="<b>bold</b> & <script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(scene, olive)


def test_a_card_number_in_a_comment_is_not_kept(scene, olive):
    act(scene, olive, text="It was 4111 1111 1111 1111")
    assert only(scene).text == "It was ⟦card ••11⟧"


def test_who_is_named_is_told_once_and_reading_the_call_reads_it(scene, olive):
    act(scene, olive, text="@Mei Kato and @olive, what did she mean?")
    mei = scene.client("mei")
    html = mei.get(scene.path("notices/")).content.decode()
    assert f"{scene.call.public_id} has a comment that names you" in html
    page(scene, mei)
    with scene.scope():
        (told,) = Notice.objects.filter(run=scene.run)
        assert (told.user.name, told.read_at is not None) == ("Mei Kato", True)


def test_an_edit_leaves_its_trace_and_only_its_author_makes_it(scene, olive, lena):
    act(scene, olive)
    key = str(only(scene).id)
    assert act(scene, lena, "edit", comment=key, text="Mine").status_code == 403
    assert act(scene, olive, "edit", comment=key, text="Look there").status_code == 303
    assert act(scene, olive, "edit", comment=key, text="Look there").status_code == 303
    html = page(scene, lena)
    assert "Look there" in html
    assert "edited" in html
    assert actions(scene) == ["comment.written", "comment.edited"]


def test_what_is_deleted_leaves_that_it_was_there(scene, olive, lena):
    act(scene, olive)
    act(scene, lena, text="I see")
    with scene.scope():
        first = Remark.objects.order_by("at").first()
    assert act(scene, lena, "delete", comment=str(first.id)).status_code == 403
    assert act(scene, olive, "delete", comment=str(first.id)).status_code == 303
    html = page(scene, lena)
    assert "Look here" not in html
    assert "Olive Brandt deleted a comment" in html
    assert act(scene, olive, "delete", comment=str(first.id)).status_code == 404
    with scene.scope():
        entry = AuditEntry.objects.get(action="comment.deleted")
        assert "Look here" not in entry.payload
        assert '"was":' in entry.payload


def test_a_place_is_resolved_and_opened_again(scene, olive, lena):
    act(scene, olive)
    anchor = only(scene).anchor
    assert act(scene, lena, "resolve", anchor=anchor).status_code == 303
    assert "Resolved by Lena Fischer" in page(scene, olive)
    assert act(scene, lena, "resolve", anchor=anchor).status_code == 409
    assert act(scene, olive, "reopen", anchor=anchor).status_code == 303
    assert "Resolved by" not in page(scene, olive)
    assert act(scene, olive, "reopen", anchor=anchor).status_code == 409
    assert actions(scene)[-2:] == ["comment.resolved", "comment.reopened"]


@pytest.mark.parametrize(
    "wrong",
    [{"text": "  "}, {"text": "x" * 2001}, {"anchor": "turn:x"}, {"anchor": "field:nothing"},
     {"anchor": ""}, {"verb": "dance"}],
    ids=str,
)  # fmt: skip
def test_what_is_no_comment_is_refused_and_stands_there_again(scene, olive, wrong):
    answer = act(scene, olive, **wrong)
    assert answer.status_code == 422
    assert 'id="comment-error"' in answer.content.decode()
    with scene.scope():
        assert not Remark.objects.exists()


def test_comments_are_of_ones_own_workspace_and_by_post(scene, other, olive):
    assert act(scene, other.client("olive")).status_code in (403, 404)
    assert act(scene, olive, call=other.call).status_code == 404
    foreign = comments.turn_anchor(other.turns[0].id)
    assert act(scene, olive, anchor=foreign).status_code == 422
    path = scene.path(f"calls/{scene.call.public_id}/comments/")
    assert olive.get(path).status_code == 405


def test_the_address_chooses_the_line_and_the_comment_to_edit(scene, olive):
    anchor = comments.turn_anchor(scene.turns[0].id)
    assert f'<option value="{anchor}" selected>' in page(scene, olive, f"?about={anchor}")
    act(scene, olive)
    html = page(scene, olive, f"?comment={only(scene).id}").split('id="comment-form"')[1]
    assert "Look here</textarea>" in html
    assert 'value="edit"' in html


@pytest.mark.usefixtures("committed_db")
async def test_an_open_page_gets_the_comment_and_the_line_with_its_count(committed, socket, sync):
    def write():
        with committed.scope():
            anchor = comments.turn_anchor(committed.turns[0].id)
            by = committed.actor("olive")
            comments.write(committed.call, anchor=anchor, text="Look here", by=by, at=scope.now())

    def last():
        with committed.scope():
            return ledger.last_number(committed.run.id)

    await socket.subscribe(f"doc:{committed.call.public_id}", await sync(last))
    await socket.until(kind="hello")
    await sync(write)
    panel = await socket.until(kind="comment.written")
    line = await socket.until(target="transcript")
    assert (panel["target"], "Look here" in panel["html"]) == ("comments", True)
    assert "1 comment on this line" in line["html"]
