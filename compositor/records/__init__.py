"""What machines are told of the article: in the head of the web page, and in files beside the editions.

All of it comes from one source, the article as CSL JSON and the front matter that the editions print.
"""
