"""Changes of the store's tables, one file each in `versions/`, applied in order by `advisor.host.migrate`."""
