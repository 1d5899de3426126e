"""`python -m pipelines.cli` is the console command `notices`."""

from pipelines.cli import main

main()
