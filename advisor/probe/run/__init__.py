"""Calls models: the door of the probe room. Nothing here is imported by the app process."""
