"""Conversations, kept in the catalogue and shown again exactly as they were.

Comes in: exchanges. Goes out: the same, later. May be imported by api, ui and commands.
"""
