"""Answers, hits and changes as other forms of text: lines, JSON values, a terminal's. Pure.

Comes in: an answer. Goes out: text or plain values. May be imported by conversations, evaluation, api, ui and commands.
"""
