"""`python -m guard` is `compassion-guard`."""

from guard.cli import main

if __name__ == "__main__":
    main()
