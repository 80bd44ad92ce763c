"""Files at Meta, fetched without trusting their addresses or their names."""
