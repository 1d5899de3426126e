"""What analysts take away: marts and query results as Parquet, CSV and xlsx, read from the snapshot."""
