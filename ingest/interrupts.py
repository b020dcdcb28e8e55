"""Ctrl-C as a wish to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vectorstore.console.terminal import remote


@contextmanager
def first_interrupt() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed since; pressed again, it raises KeyboardInterrupt as always.

    Only the main thread hears of it, and a program that has its own way with Ctrl-C keeps it.
    """
    if terminal := remote():
        with terminal.taking_interrupts_as_a_wish() as wished:
            yield wished
        return
    pressed = threading.Event()
    usual = signal.default_int_handler

    def note(*_: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, usual)

    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not usual:
        yield pressed.is_set
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, usual)
