"""What two rules ask for together: enough for each of them, and nobody more than both ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs import demands, satisfiable
from runs.policies import DECIDERS, Stage

ROLES = [str(role) for role in DECIDERS]
STAGE = st.builds(
    lambda roles, people: Stage(roles=tuple(roles), people=people),
    st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True),
    st.integers(1, 3),
)
STAGES = st.lists(STAGE, min_size=1, max_size=3)
PEOPLE = st.lists(st.frozensets(st.sampled_from(ROLES), min_size=1, max_size=2), max_size=9)


def of(people, *roles):
    return Stage(roles=roles, people=people)


LEAD, ADMIN, OPERATOR = (of(1, one) for one in ("support_lead", "admin", "operator"))
LEADS, HOUSE = of(2, "support_lead"), of(2, "support_lead", "admin")


def counted(stages):
    return [(frozenset(one.roles), one.people) for one in stages]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ([LEAD], [LEADS], "2 lead"),
        ([LEADS], [of(3, "support_lead", "admin")], "2 lead, 1 lead|admin"),
        ([of(3, "support_lead", "admin")], [LEADS], "2 lead, 1 lead|admin"),
        ([LEAD], [of(1, "support_lead", "operator"), HOUSE], "1 lead, 2 lead|admin"),
        ([LEAD, ADMIN, LEAD], [LEAD, ADMIN, LEAD], "1 lead, 1 admin, 1 lead"),
        ([LEAD, ADMIN], [OPERATOR, LEAD], "1 lead, 1 admin, 1 operator"),
    ],
)
def test_together_is_no_more_people_than_both_ask_for(one, other, both):
    words = [f"{it.people} {'|'.join(it.roles)}" for it in demands.together(one, other)]
    assert ", ".join(words).replace("support_lead", "lead") == both


@given(one=STAGES, other=STAGES, people=PEOPLE)
def test_whoever_can_fill_both_together_can_fill_each(one, other, people):
    both = demands.together(one, other)
    asked = sum(stage.people for stage in (*one, *other))
    assert sum(stage.people for stage in both) <= asked
    if satisfiable.enough(both, people, four_eyes=False):
        assert satisfiable.enough(one, people, four_eyes=False)
        assert satisfiable.enough(other, people, four_eyes=False)


@given(stages=STAGES)
def test_the_same_rule_twice_asks_for_nothing_more(stages):
    assert counted(demands.together(stages, stages)) == counted(stages)
