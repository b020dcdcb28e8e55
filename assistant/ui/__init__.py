"""The page: its tabs, what they draw, and the server with its checks around it. The only room that imports Gradio.

Comes in: a Desk. Goes out: HTML, events and the HTTP API. May be imported by commands.
"""
