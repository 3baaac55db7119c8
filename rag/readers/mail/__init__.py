"""Mails: what the sender wrote, without the messages that he answers."""
