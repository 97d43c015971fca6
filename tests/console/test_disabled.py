"""What cannot be pressed says why: the sentence beside it is tied to it, so that it is heard too."""

import re

import pytest

from tests.words import ROOT

TEMPLATES = ROOT / "templates"
_CONTROL = re.compile(r"<(?:button|input|select|textarea)\b(?:{%.*?%}|{{.*?}}|[^>])*>", re.S)


@pytest.mark.parametrize(
    "path",
    [one for one in sorted(TEMPLATES.rglob("*.html")) if "gallery" not in one.name],
    ids=lambda one: one.name,
)
def test_a_control_that_is_off_points_to_its_reason(path):
    text = path.read_text()
    for control in _CONTROL.findall(text):
        # One that nobody sees only keeps Enter from deciding.
        if re.search(r"\bdisabled\b", control) and " hidden" not in control:
            reason = re.search(r'aria-describedby="([\w-]+)', control)
            assert reason, f"{path.name}: tie a reason to {control[:80]}"
            assert f'id="{reason[1]}' in text, f"{path.name}: nothing says {reason[1]}"
