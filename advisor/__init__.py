"""Advisor: which language model, used how, for our job, and can we prove it?"""

__version__ = "0.1.0"
