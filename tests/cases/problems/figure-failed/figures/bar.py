"""Draws a bar."""


def height() -> float:
    return 1 / 0


print(height())
