"""What every test can ask for; each file says what its fixtures give."""

pytest_plugins = (
    "tests.stores",
    "tests.apps",
    "tests.cast",
    "tests.processes",
    "tests.pretend",
    "tests.garbage",
)
