"""The tests build real manuscripts with the real tools and read the finished files back."""
