"""The guard as a base URL: `compassion-guard serve` stands between any OpenAI client and the model.

options    what an operator chooses
keys       who may ask
refusals   every error as the JSON of OpenAI's own
upstream   the model's server: where it is, which headers pass
gone       a client that hangs up ends the work that was done for it
streams    answers that come in pieces: passed on, or held until the verdict
proxied    one request: judged, passed on or refused            ← read this one
reviews    the guard without a model: a case, or LiteLLM's generic guardrail API
openapi    what reviews and health look like
metrics    what happened, as Prometheus reads it
app        all of it behind one port
server     uvicorn, until it is told to stop
"""
