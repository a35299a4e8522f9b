"""`compassion-guard bench`: how fast the guard is on this machine, against a floor measured in the same run."""
