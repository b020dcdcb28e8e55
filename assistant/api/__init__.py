"""What programs ask of Dateline, and what they get: the service, its MCP server, LangChain's retriever.

Comes in: plain values. Goes out: plain values. May be imported by ui and commands.
"""
