"""The commands of `compassion-guard eval`, one idea a module; `app` puts them together."""
