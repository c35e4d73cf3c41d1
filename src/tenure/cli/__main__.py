"""``python -m tenure.cli``: how the supervisor calls the command without looking for it."""

from tenure.cli.main import main

main()
