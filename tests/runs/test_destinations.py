"""Where calls may be handed over to: data of the release, read strictly, the same in the workflow's text."""

import pytest
from pydantic import ValidationError

from runs import workflow_text
from runs.releases import Content, Destination
from runs.workflow_text import WorkflowTextError
from tests import factories

DESK = Destination(key="desk", label="Service desk", target="tel:+441134960190")
SHOP = Destination(key="shop.back", label="Ada's bench", target="sip:bench@shop.example:5061")


@pytest.mark.parametrize(
    "target",
    [
        "tel:+441134960190",
        "sip:desk@northwind.example",
        "sips:desk@northwind.example:5061;transport=tls",
    ],
)
def test_a_number_or_an_address_that_can_be_dialled_is_taken(target):
    assert Destination(key="desk", label="Desk", target=target).target == target


@pytest.mark.parametrize(
    "target",
    [
        *("+441134960190", "tel:01134960190", "tel:+44 113 496 0190", "tel:+44", "tel:112"),
        *("tel:+449098790000", "tel:+448457123456"),  # costs whoever is handed over
        *("sip:northwind.example", "sip:desk:pw@northwind.example", "https://northwind.example"),
        *(
            "sip:desk@northwind.example?Replaces=1",
            "sip:desk@northwind.example\r\nX: 1",
            "",
            "tel:",
        ),
        f"sip:{'d' * 300}@northwind.example",
    ],
)
def test_anything_else_is_no_destination(target):
    with pytest.raises(ValidationError, match="is no destination"):
        Destination(key="desk", label="Desk", target=target)


def test_a_key_names_one_destination():
    with pytest.raises(ValidationError, match="same key"):
        Content.model_validate({**factories.CONTENT.model_dump(), "destinations": [DESK, DESK]})


def test_what_the_text_says_of_destinations_comes_back_as_it_was():
    content = factories.CONTENT.model_copy(update={"destinations": (DESK, SHOP)})
    text = workflow_text.write(workflow_text.describe(content))
    assert "shop.back 'Ada''s bench' 'sip:bench@shop.example:5061'" in text
    assert workflow_text.apply(workflow_text.read(text), factories.CONTENT) == content


def test_a_text_that_is_silent_about_them_leaves_them():
    described = workflow_text.describe(factories.CONTENT.model_copy(update={"destinations": ()}))
    assert "TRANSFER" not in workflow_text.write(described)
    assert workflow_text.apply(described, factories.CONTENT).destinations
    none = workflow_text.read(
        workflow_text.write(described).replace("  RETENTION", "  TRANSFER TO ()\n  RETENTION")
    )
    assert workflow_text.apply(none, factories.CONTENT).destinations == ()


@pytest.mark.parametrize(
    ("clause", "why"),
    [
        ("desk 'Desk' 'tel:12'", "is no destination"),
        ("desk 'Desk'", "a tel: or sip: address"),
        ("desk 'Desk' 'tel:+441134960190' desk", "`,` or `"),
        ("desk 'D' 'sip:a@b.example', desk 'D' 'sip:a@b.example'", "is named twice"),
        ("desk '' 'sip:a@b.example'", "at least 1 character"),
    ],
)
def test_a_clause_that_is_wrong_is_named_with_its_place(clause, why):
    text = workflow_text.write(workflow_text.describe(factories.CONTENT))
    begun, _, rest = text.partition("  TRANSFER TO (")
    wrong = f"{begun}TRANSFER TO ({clause}) {rest.partition(')')[2]}"
    with pytest.raises(WorkflowTextError, match=why) as refused:
        workflow_text.read(wrong)
    assert refused.value.details["line"] > 1
