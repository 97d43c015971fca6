"""Faults of the tests themselves: what runs side by side must not get into each other's way."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "browser-before-the-rest",
        "tests/side_by_side.py",
        '            self._names[nodeid] = f"{file} {self._parts[file]}"\n',
        "            self._names[nodeid] = file\n",
        "tests/test_side_by_side.py::test_a_file_goes_to_one_worker_and_its_browser_part_comes_later",
    ),
    Fault(
        "two-runs-on-one-valkey",
        "tests/side_by_side.py",
        "        return not options.usepdb and _number() > 0\n",
        "        return not options.usepdb\n",
        "tests/test_side_by_side.py::test_workers_have_a_valkey_each_or_there_are_none",
    ),
]
