"""``python -m compositor`` is the command ``compositor``."""

from compositor.cli import main

main()
