"""Synthetic episodes from any transcript, with the exact time of every word."""
