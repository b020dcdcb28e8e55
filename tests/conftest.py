"""The environment every test runs in, set before anything else is imported."""

from __future__ import annotations

import os
import signal

for name in [name for name in os.environ if name.upper().startswith("DATELINE_")]:
    del os.environ[name]  # a developer's own settings must not decide whether a test passes
os.environ.update(HF_HUB_OFFLINE="1", GRADIO_ANALYTICS_ENABLED="False", ANONYMIZED_TELEMETRY="False")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as it is behind `make test &`, for every child process too
    signal.signal(signal.SIGINT, signal.default_int_handler)
