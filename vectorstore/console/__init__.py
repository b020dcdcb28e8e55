"""What every command has in common: the terminal, the log, and commands run by the process that has the library.

Comes in: a command line. Goes out: lines. May be imported by all commands.
"""
