"""Handing over: the packet for a person, the store that keeps it, the message that tells the customer."""
