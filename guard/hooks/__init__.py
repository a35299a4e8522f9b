"""Hooks into agent frameworks, for where `guard.wrap(client)` cannot reach. Each needs its framework; nothing needs them.

The OpenAI Agents SDK needs none: `set_default_openai_client(guard.wrap(AsyncOpenAI()))`.

exchanged    messages of any framework, through the exchange of the wrapped client   ← read this one first
langchain    middleware for `create_agent`
pydantic_ai  a validator for replies
litellm      a guardrail for LiteLLM's proxy
"""
