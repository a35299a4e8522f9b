"""OpenAI JSON on the wire, and the replies in it: judged before anybody sees them.

surface    which requests bring a reply
asked      a request, read: its dialect, its conversation, what was said before
chat       chat completions: where the words are, and other words put back
responses  the Responses API: the same, of `items`
sse        streams: bytes into events
adding     what events of a stream may be told before its end
structured a reply inside JSON
memory     what the model's server keeps, and what the customer saw of it
steps      what an exchange asks of the guard
reviewed   the drafts of one answer, each reviewed
judged     the judged exchange                                   ← read this one
"""
