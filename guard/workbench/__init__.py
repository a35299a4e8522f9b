"""What an engineer of prompts works with: list, lint, render, diff, lock and watch."""
