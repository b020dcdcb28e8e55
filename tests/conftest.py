"""The environment every test runs in, set before anything else is imported."""

from __future__ import annotations

import os
import signal

import pytest

for name in [name for name in os.environ if name.upper().startswith("DATELINE_")]:
    del os.environ[name]  # a developer's own settings must not decide whether a test passes
os.environ.update(HF_HUB_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False", ANONYMIZED_TELEMETRY="False")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as it is behind `make test &`, for every child process too
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What needs the browser, a model or many processes takes four seconds a file and more; `make test-fast` leaves it out.
SLOW = {
    f"test_{name}.py"
    for name in """
    answering app backup_command catalogue_file chat_models command_line command_server converted
    commands_beside_a_server copying embedding evaluate_command examples export_command exports file_formats
    forbidden_addresses hostile_archives hostile_cost kill_campaign library local_model mcp_command
    model_faults nodes pending reading_feeds renewal several_servers side_by_side terminal_escapes thresholds
    unwritable upkeep vectors_server watching wording
    """.split()
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name in SLOW or item.path.parent.name == "ui":
            item.add_marker(pytest.mark.slow)
