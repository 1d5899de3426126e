"""Layout: a sheet's grid -> its titles, declarations, headers, tables and forms; everything else is unread, by name.

Reads the grid and the notice's words; knows no value's meaning. What each row of a table is (data, total, remark …) is told
by pipelines/read/rows, which sees the columns.
"""
