"""The verdicts as an Arrow table: one row a fault of a row."""

import pyarrow as pa

VERDICTS = pa.schema(
    [
        ("submission_id", pa.string()),
        ("deliverable", pa.string()),
        ("sheet", pa.string()),
        ("table_number", pa.int32()),
        ("row_number", pa.int32()),
        ("fault_number", pa.int32()),
        ("column_name", pa.string()),
        ("column_number", pa.int32()),
        ("header", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("severity", pa.string()),
        ("sentence", pa.string()),
        ("is_personal", pa.bool_()),
    ]
)
