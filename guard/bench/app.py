"""The commands of `compassion-guard bench`."""

import typer

from guard.bench.cascade import cascade
from guard.bench.judge import judge
from guard.bench.wrap import wrap

bench = typer.Typer(help="How fast the guard is here; timings belong to a machine, so measure on yours.")
bench.command()(judge)
bench.command()(cascade)
bench.command()(wrap)
