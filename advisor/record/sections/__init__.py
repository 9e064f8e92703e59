"""The sections of a record, grouped by what they are about."""
