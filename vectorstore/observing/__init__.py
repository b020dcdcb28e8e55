"""What is being done, for whoever watches: numbers for metrics, spans for traces, an id for the log.

Comes in: stages of work as they begin and end. Goes out: the same, to each watcher. May be imported by all rooms, and
imports none.
"""
