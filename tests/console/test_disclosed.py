"""The page shows whatever leaves: the values of every effect, what nobody has read, and each of them edited."""

from approvals import contents, proposals
from approvals.contents import Change, Content, Effect
from approvals.models import OutboxEntry
from runs import people, scope, steps
from tests import factories
from tests.approvals.test_session_values import NAME, request

OLD, NEW = "wrong@typo.example", "right@millgate.example"


def propose(scene, content, made=factories.CONTENT, before=None, **known):
    workspace = scene.house.workspace
    with scene.scope():
        at, by = scope.now(), people.agent("intake", workspace.id)
        customer = factories.make_customer(
            workspace, at, external_id="c-1003", name="Teresa Amaya", phones=()
        )
        named = made.workflow.model_copy(update={"name": "voice.other"})
        release = factories.make_release(workspace, at, made.model_copy(update={"workflow": named}))
        run = factories.make_run(workspace, at, release=release, customer=customer)
        step, _fresh = steps.begin(
            run, key="propose", name="p", kind="proposal", arguments={}, by=by, at=at
        )
        return proposals.propose(
            run, step=step, content=content, before=before, by=by, at=at, **known
        )


def corrected():
    """A customer's address, and the mail that tells of it."""
    told = {"to": OLD, "subject": "Your visit", "text": "Hello Teresa."}
    update = {"contact_id": "c-1003", "changes": {"email": OLD}}
    return Content(
        title="Update contact",
        effects=(
            Effect(action="crm.update_contact", arguments=update),
            Effect(action="resend.send_followup_email", arguments=told, follows=True),
        ),
        changes=(Change(field="email", label="Email", before="", after=OLD),),
    )


def page(scene, client, proposal, tail=""):
    return client.get(scene.path(f"approvals/{proposal.public_id}/{tail}")).content.decode()


def newest(scene, proposal):
    with scene.scope():
        return contents.load(proposals.version_of(proposals.get(proposal.public_id)))


def test_every_value_of_a_request_stands_on_the_page(scene, lena):
    values = {"contact": "c-1003", "wish": "Cancel everything", "asker": "agent:intake"}
    effect = Effect(action=NAME, arguments={"values": values})
    made = propose(
        scene, Content(effects=(effect,), title="x"), request(contact={"from": "session.customer"})
    )
    html = page(scene, lena, made)
    assert "<dt>Wish</dt><dd>Cancel everything</dd>" in html
    assert 'c-1003 <span class="meta">the customer of the call, set by us</span>' in html
    edit = page(scene, lena, made, "?edit=1")
    assert 'name="value:argument:0:wish"' in edit
    assert "value:argument:0:contact" not in edit


def test_a_corrected_address_takes_the_mail_with_it_and_is_looked_at_first(scene, lena):
    made = propose(scene, corrected(), before={"email": ""})
    form = {"version": 1, "approve": "1", "value:email": NEW}
    answer = lena.post(scene.path(f"approvals/{made.public_id}/edit/"), form)
    assert "Saved, not approved." in answer.content.decode()
    assert "used the old address and now goes to the new one" in answer.content.decode()
    _update, mail = newest(scene, made).effects
    assert mail.arguments["to"] == NEW
    assert f"<del>{OLD}</del> <ins>{NEW}</ins>" in page(scene, lena, made)
    with scene.scope():
        assert proposals.get(made.public_id).state == "pending"


def test_each_value_of_the_mail_is_edited_by_itself(scene, lena):
    made = propose(scene, corrected(), before={"email": ""})
    assert 'name="value:argument:1:text"' in page(scene, lena, made, "?edit=1")
    text = "Hello Teresa, we come on Friday."
    form = {"version": 1, "approve": "0", "value:email": OLD, "value:argument:1:text": text}
    lena.post(scene.path(f"approvals/{made.public_id}/edit/"), form)
    _update, mail = newest(scene, made).effects
    assert mail.arguments == {"to": OLD, "subject": "Your visit", "text": text}
    html = page(scene, lena, made)
    assert f"<del>Hello Teresa.</del> <ins>{text}</ins>" in html


def test_what_nobody_has_read_is_not_called_empty_and_is_not_approved(scene, lena):
    made = propose(scene, corrected())
    html = page(scene, lena, made)
    assert '<span class="ink-3">Not read</span>' in html
    assert "so a newer value could be written over" in html
    with scene.scope():
        version = proposals.version_of(made)
    form = {"verb": "approve", "version": "1", "digest": bytes(version.digest).hex()}
    answer = lena.post(scene.path(f"approvals/{made.public_id}/decide/"), form)
    assert answer.status_code == 409
    with scene.scope():
        assert proposals.get(made.public_id).state == "pending"


def test_the_effect_page_hides_the_numbers_that_the_proposal_hides(scene, olive, lena):
    answer = '{"mobile": "+44 7700 900118", "email": "dana@whitfield.example"'
    with scene.scope():
        version = proposals.version_of(scene.proposal)
    form = {"verb": "approve", "version": "1", "digest": bytes(version.digest).hex()}
    lena.post(scene.path(f"approvals/{scene.proposal.public_id}/decide/"), form)
    with scene.scope():
        entry = OutboxEntry.objects.filter(action="crm.update_contact").get()
        OutboxEntry.objects.filter(id=entry.id).update(result={"answer": answer})
    for path in (f"outbox/{entry.public_id}/", f"approvals/{scene.proposal.public_id}/"):
        html = olive.get(scene.path(path)).content.decode()
        assert not [one for one in ("900118", "900181", "dana@whitfield") if one in html], path
