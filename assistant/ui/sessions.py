"""What Gradio keeps of each open page, and of each call of a program."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
from gradio.blocks import Block
from gradio.state_holder import SessionState, StateHolder

MOST = 1000
"""Of 20 KB each; the one that was used the longest ago is forgotten first."""


class Sessions(StateHolder):
    """Gradio's, without what it needs for deep links, which are closed here: the configuration of every component, for
    each session. That took 11 ms of the event loop and 300 KB for every call: a thousand searches stopped the server
    for ten seconds, and left it 200 MB larger."""

    def __init__(self, page: gr.Blocks) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        page.state_session_capacity = MOST
        self.set_blocks(page)

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = _Session(self.blocks)
        return super().__getitem__(session_id)


class _Session(SessionState):
    def __init__(self, page: gr.Blocks) -> None:
        without_components: Any = SimpleNamespace(default_config=page.default_config, blocks={})
        super().__init__(cast(gr.Blocks, without_components))

    def __setitem__(self, key: int, value: Any) -> None:
        """Gradio puts a component that is updated in the place of the one before with an id of its own, under which it
        is kept once more when its value comes back: 5 KB for each question that is asked on a page."""
        if isinstance(value, Block):
            value._id = key
        super().__setitem__(key, value)
