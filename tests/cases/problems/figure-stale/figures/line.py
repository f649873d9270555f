from pathlib import Path

Path("figures/line.svg").write_text("<svg/>")
