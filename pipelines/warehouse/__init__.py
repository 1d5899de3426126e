"""Warehouse: loads DuckDB, publishes the analysts' snapshot."""
