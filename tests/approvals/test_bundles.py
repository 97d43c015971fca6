"""Several at once: a sample of them has to be opened first, and what is unlike the others is not of them."""

from datetime import timedelta

import pytest

from approvals import bulk, outliers, proposals, samples
from approvals.contents import Change, Content, Effect
from approvals.models import Proposal, Sample
from runs import releases, scope
from runs.errors import Conflict
from runs.models import User
from tests.approvals import support
from tests.factories import CONTENT

RULES = tuple(
    releases.RiskRule(key=field, words=field, action="crm.*", field=field, risk="low")
    for field in ("notes", "budget")
)


@pytest.fixture
def office(committed_db):
    content = CONTENT.model_copy(update={"policy": releases.Policy(rules=RULES)})
    with support.closing(support.open_office(content=content)) as found:
        yield found


def make(office, *values, field="notes", first=0):
    return [
        support.propose(office, wish=support.content(f"c-{n}", mail=False, **{field: value}))
        for n, value in enumerate(values, first)
    ]


def offer(office, made, who="lena"):
    return bulk.offer(made[0], by=office.house.actor(who), at=scope.now())


def open_all(office, drawn, who="lena"):
    for one in drawn.chosen:
        samples.opened(proposals.get(one), by=office.house.actor(who), at=scope.now())


def approve(office, made, who="lena", at=None):
    shown = []
    for one in made:
        version = proposals.version_of(proposals.get(one.public_id))
        shown.append(bulk.Shown(one.public_id, version.version, bytes(version.digest).hex()))
    return bulk.approve_all(shown, by=office.house.actor(who), at=at or scope.now())


@pytest.mark.parametrize(
    ("members", "sample"), [(1, 1), (2, 2), (20, 2), (21, 3), (30, 3), (31, 4), (50, 5)]
)
def test_the_sample_grows_with_the_bundle(members, sample):
    assert samples.needed(members) == sample


def test_nothing_is_approved_together_before_the_sample_was_opened(office):
    with office.scope():
        made = make(office, *"abcde")
        with pytest.raises(Conflict, match="sample_not_opened"):
            approve(office, made)
        drawn = offer(office, made).drawn
        samples.opened(proposals.get(drawn.chosen[0]), by=office.lena, at=scope.now())
        with pytest.raises(Conflict, match="sample_not_opened") as refused:
            approve(office, made)
        assert refused.value.details["left"] == 1
        open_all(office, drawn)
        assert [one.refusal for one in approve(office, made)] == [None] * 5


def test_who_asks_again_gets_the_same_sample(office):
    with office.scope():
        made = make(office, *"abcdefgh")
        first = offer(office, made).drawn.chosen
        assert {offer(office, made).drawn.chosen for _ in range(5)} == {first}
        assert Sample.objects.count() == len(first) == 2


def test_what_lena_opened_is_no_look_of_meis(office):
    with office.scope():
        made = make(office, *"ab")
        offer(office, made, "mei")
        open_all(office, offer(office, made).drawn)
        with pytest.raises(Conflict, match="sample_not_opened"):
            approve(office, made, "mei")


def test_one_that_was_edited_since_is_opened_again(office):
    with office.scope():
        made = make(office, *"abc")
        drawn = offer(office, made).drawn
        open_all(office, drawn)
        Proposal.objects.filter(public_id=drawn.chosen[0]).update(version=2)
        with pytest.raises(Conflict, match="sample_not_opened"):
            approve(office, [one for one in made if one.public_id != drawn.chosen[0]])


def test_one_that_was_not_offered_is_not_slipped_in(office):
    with office.scope():
        made = make(office, *"abc")
        open_all(office, offer(office, made).drawn)
        late = make(office, "d", first=9)
        with pytest.raises(Conflict, match="sample_not_opened"):
            approve(office, [*made, *late])


def test_a_look_counts_for_one_click_and_for_a_working_day(office):
    with office.scope():
        made = make(office, *"abcd")
        open_all(office, offer(office, made).drawn)
        with pytest.raises(Conflict, match="sample_not_opened"):
            approve(office, made, at=scope.now() + samples.LASTS + timedelta(seconds=1))
        approve(office, made[:2])
        with pytest.raises(Conflict, match="sample_not_opened"):
            approve(office, made[2:])


def test_what_others_decided_first_is_replaced_in_the_sample(office):
    with office.scope():
        made = make(office, *"abcdef")
        gone = offer(office, made).drawn.chosen
        Proposal.objects.filter(public_id__in=gone).update(state="withdrawn")
        left = [one for one in made if one.public_id not in gone]
        drawn = offer(office, left).drawn
        assert len(drawn.chosen) == 2
        assert not set(drawn.chosen) & set(gone)


def content(value, field="budget"):
    effect = Effect(action="crm.update_contact", arguments={"changes": {field: value}})
    return Content(
        effects=(effect,), changes=(Change(field=field, label="B", after=value),), title="T"
    )


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([100, 120, 90, 5000], "amount"),
        (["100", "120", "90", "5000"], "amount"),
        ([{"amount": "90", "currency": "EUR"}] * 3 + [{"amount": "90", "currency": "USD"}],
         "currency"),
        ([True, True, True, False], "value"),
        (["phone", "phone", "phone", "sms"], "value"),
        (["Ring at noon", "Ring at six", "Ring", "R" * 300], "length"),
        ([100, 120, 90, 110], ""),
        (["+447700900118", "+447700900119", "+447700900120", "+18005550100"], ""),
        ([1, 1, 5000], ""),
        ([0, 0, 0, 0], ""),
    ],
)  # fmt: skip
def test_what_is_unlike_the_others_is_found_by_rule(values, code):
    found = outliers.find({str(n): content(value) for n, value in enumerate(values)})
    last = str(len(values) - 1)
    assert {key: one.code for key, one in found.items()} == ({last: code} if code else {})


def test_an_outlier_is_not_of_the_bundle_and_says_why(office):
    with office.scope():
        made = make(office, 100, 120, 90, 110, 5000, field="budget")
        together = offer(office, made)
        assert together.outliers == {made[4].public_id: outliers.Outlier("budget", "amount", "105")}
        assert set(together.members) == {one.public_id for one in made[:4]}
        open_all(office, together.drawn)
        with pytest.raises(Conflict, match="sample_not_opened"):
            approve(office, made)


def test_one_that_became_unlike_meanwhile_is_left_to_itself(office):
    with office.scope():
        made = make(office, "x", "x", "x", "y")
        Proposal.objects.filter(id=made[2].id).update(state="withdrawn")
        open_all(office, offer(office, made).drawn)
        more = make(office, "x", "x", first=8)
        results = approve(office, [made[0], made[3]])
        assert [one.refusal.code if one.refusal else "" for one in results] == [
            "", "unlike_the_others",
        ]  # fmt: skip
        assert proposals.get(more[0].public_id).state == "pending"


def test_the_name_of_who_decided_outlives_the_person(office):
    with office.scope():
        made = make(office, "x", "y")
        open_all(office, offer(office, made).drawn)
        approve(office, made)
        User.objects.filter(id=office.house.users["lena"].id).delete()
        with pytest.raises(Conflict, match="already_decided") as refused:
            support.approve(office, proposals.get(made[0].public_id), "mei")
        assert refused.value.details["by"] == "Lena Fischer"
        assert {one.bundle.user_id for one in Sample.objects.select_related("bundle")} == {None}
