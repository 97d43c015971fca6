"""Faults of the live pages: what is sent, what is asked for, what stands above the wall, what leaves memory."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "message-above-the-limit",
        "runs/live/viewers.py",
        "        if some and size + more > LARGEST_SENT:\n",
        "        if False:\n",
        "tests/runs/test_hub.py::test_what_waits_together_leaves_in_messages_that_the_server_sends",
    ),
    Fault(
        "writer-dies-unseen",
        "runs/live/viewers.py",
        "                self._overflow()\n            self._room",
        "                return\n            self._room",
        "tests/runs/test_hub.py::test_a_page_that_cannot_be_written_to_is_let_go_and_comes_back",
    ),
    Fault(
        "asked-once-a-person",
        "voice/asking.py",
        'key = f"ask:{call.public_id}:{tries}:{field}"',
        'key = f"ask:{by.id}:{tries}:{field}"',
        "tests/console/test_asking.py::test_whoever_presses_first_it_is_asked_once",
    ),
    Fault(
        "asked-for-what-is-known",
        "voice/asking.py",
        '    if rows[field].status not in ("missing", "optional"):\n',
        "    if False:\n",
        "tests/console/test_asking.py::test_only_what_is_missing_is_asked_for",
    ),
    Fault(
        "wish-of-a-person-forgotten",
        "console/builders/record.py",
        '    return asking.wanted(given, missing) or next(iter(missing), "")\n',
        '    return next(iter(missing), "")\n',
        "tests/console/test_asking.py::test_what_a_person_wants_comes_before_the_order_of_the_objective",
    ),
    Fault(
        "stop-not-on-the-wall",
        "console/builders/wall.py",
        "        stops=stops.of_wall(look),\n",
        "",
        "tests/console/test_wall.py::test_what_stops_sending_stands_above_the_calls_for_everybody",
    ),
    Fault(
        "bell-not-rung",
        "approvals/notices.py",
        "    _ring({(row.workspace_id, row.user_id) for row in rows if row.user_id is not None})\n",
        "",
        "tests/journeys/test_wall.py::test_the_bell_counts_without_a_reload",
    ),
    Fault(
        "who-watches-told-to-the-others-only",
        "console/call_panels.py",
        '            return [*parts, topic.piece(self._bar(), "presence.changed")]\n',
        "            return parts\n",
        "tests/journeys/test_wall.py::test_two_people_at_one_call_see_each_other_come_and_go",
    ),
    Fault(
        "rows-never-leave-the-page",
        "static/js/transcript.js",
        "      while (rows.length > MOST) list().lastElementChild.remove();\n",
        "",
        "tests/wall/test_load.py::test_rows_that_were_let_go_come_back_from_either_end",
    ),
    Fault(
        "every-row-matched-again",
        "static/css/screens/transcript.css",
        "    padding-block: 7px;\n    contain: content;\n  }\n",
        "    padding-block: 7px;\n    contain: content;\n  }\n\n"
        "  .transcript > * + * {\n    margin-block-start: 0;\n  }\n",
        "tests/wall/test_load.py"
        "::test_a_stretch_that_comes_in_leaves_the_styles_of_all_other_rows_alone",
    ),
    Fault(
        "end-not-waiting-for-a-stretch",
        "static/js/transcript.js",
        "  await filling;\n",
        "",
        "tests/wall/test_load.py::test_who_wants_the_end_while_a_stretch_comes_in_gets_the_end",
    ),
    Fault(
        "attention-on-a-later-page",
        "console/builders/tiles.py",
        '        .order_by("calm", "rang_at", "id")\n',
        '        .order_by("rang_at", "id")\n',
        "tests/console/test_wall.py::test_a_call_that_needs_somebody_is_on_the_first_page_however_new_it_is",
    ),
    Fault(
        "tile-moves-under-the-hand",
        "static/js/wall.js",
        "    if (busy(section)) lastMove = now;\n",
        "",
        "tests/journeys/test_wall.py::test_a_tile_changes_its_group_only_when_nobody_is_near",
    ),
]
