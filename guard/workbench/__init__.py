"""What an engineer of prompts works with: list, lint, render, diff, lock and watch.

`lint` asks all who find faults: `directory` in the files as a whole, `drift` between template and code, `shots` in the
examples, `overlap` (of `guard.prompts`) in words that a case repeats, `wording` in the rest of the words.
"""
