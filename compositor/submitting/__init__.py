"""What a journal takes: the files of a submission, and what it asks of them."""
