"""The analysts' data on DuckLake as well: a catalogue in PostgreSQL, rows as Parquet, every publish a version. Only where it is set."""
