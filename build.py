"""Build the manuscript: ``python build.py --help``. The same as ``compositor build``."""

from compositor.cli import main

if __name__ == "__main__":
    main()
