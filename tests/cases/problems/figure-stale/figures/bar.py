from pathlib import Path

Path("figures/bar.svg").write_text("<svg/>")
