"""The main text of web pages, compared with what people copied from them."""
