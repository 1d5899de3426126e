"""Makes a warehouse with many recipients and item rows in core, by SQL: what the as-of figures are asked of.

Every recipient owes one row a day for seven days and three things once. A tenth of the rows were corrected, so they have
an end; a few are zero reports, some obligations are exempt, some things were returned. The same sizes give the same rows.
"""

from pathlib import Path

import duckdb

from pipelines.warehouse.files import create_warehouse
from pipelines.warehouse.relations import fill_report_spans

NOTICE = "crowd"
MOMENTS = {
    "early": "2020-11-08 20:00:00",
    "middle": "2020-11-11 12:00:00",
    "late": "2020-11-30 00:00:00",
}
_ROWS = (
    "INSERT INTO core.notices BY NAME SELECT $notice AS notice_id, 'crowd' AS title, '1' AS document_number, 'crowd' AS issuer,"
    " 'Asia/Shanghai' AS timezone, DATE '2020-10-30' AS opens, DATE '2020-11-30' AS closes, DATE '2020-11-08' AS event_first_day,"
    " DATE '2020-11-14' AS event_last_day, 7 AS event_days, 10 AS far_off_times, 100 AS far_off_at_least, 2 AS reminded_in_vain,"
    " FALSE AS is_second_opinion_asked",
    "INSERT INTO core.cities SELECT $notice, format('37{:02}00', n), 'city ' || n, FALSE, n FROM range(1, 17) AS r (n)",
    "INSERT INTO core.counties SELECT $notice, city_code[:4] || format('{:02}', n), city || ' county ' || n, city_code, NULL"
    " FROM core.cities CROSS JOIN range(1, 10) AS r (n)",
    "INSERT INTO core.recipients SELECT $notice, format('R-{:06}', n), 'recipient ' || n, 'school', 'school', 'education',"
    " format('37{:02}00', 1 + n % 16), n FROM range($recipients) AS r (n)",
    "INSERT INTO core.recipient_stays SELECT notice_id, recipient_code, DATE '0001-01-01', DATE '9999-12-31', recipient, line,"
    " city_code FROM core.recipients",
    "INSERT INTO core.deliverables BY NAME SELECT $notice AS notice_id, name AS deliverable, name AS kind,"
    " name AS deliverable_name, FALSE AS is_optional, position, FALSE AS is_undated"
    " FROM unnest(['plan', 'materials', 'summary', 'statistics']) WITH ORDINALITY AS u (name, position)",
    "INSERT INTO core.periods SELECT $notice, 'materials', day::VARCHAR, day, day, day + INTERVAL 86399 SECOND, NULL, day, 1"
    " FROM (SELECT DATE '2020-11-08' + n::INTEGER AS day FROM range(7) AS r (n))",
    "INSERT INTO core.periods SELECT $notice, name, '', NULL, NULL, due_at::TIMESTAMP, NULL, due_at::DATE, 1 FROM (VALUES"
    " ('plan', '2020-11-05 23:59:59'), ('summary', '2020-11-20 23:59:59'), ('statistics', '2020-11-20 23:59:59')"
    ") AS once (name, due_at)",
    "INSERT INTO core.obligations SELECT notice_id, recipient_code, city_code, deliverable, period, first_day, last_day,"
    " due_at, NULL, CASE WHEN hash(recipient_code, period, 1) % 100 = 0 THEN 'waived' END"
    " FROM core.recipients JOIN core.periods USING (notice_id)",
    """
    INSERT INTO core.list_words
    SELECT $notice, 'materials', column_name, code, code, position FROM (VALUES
        ('material_type', ['typical_case', 'article', 'photo', 'video']), ('category', ['a', 'b', 'c', 'd'])
    ) AS lists (column_name, codes), unnest(codes) WITH ORDINALITY AS u (code, position)
    """,
    "CREATE TEMP TABLE drawn AS SELECT n, hash(n) AS h, n * $recipients // $items AS unit FROM range($items) AS r (n)",
    """
    INSERT INTO core.items BY NAME
    WITH placed AS (
        SELECT
            n, h, unit, format('R-{:06}', unit) AS recipient_code,
            DATE '2020-11-08' + (h % 7)::INTEGER AS activity_date, h // 7 % 50 = 0 AS is_zero_report,
            ['typical_case', 'article', 'photo', 'video'][1 + (h // 350 % 4)::INTEGER] AS code,
            ['a', 'b', 'c', 'd'][1 + (h // 1400 % 4)::INTEGER] AS category,
            activity_date + INTERVAL 8 HOUR + to_seconds(h // 5600 % 172800) AS received_at
        FROM drawn WHERE hash(unit) % 20 <> 0
    )
    SELECT
        $notice AS notice_id, md5(n::VARCHAR) AS item_id, md5((n // 50)::VARCHAR)[:20] AS submission_id, 'Sheet1' AS sheet,
        (n % 50)::INTEGER AS row_number, recipient_code, city_code, 'materials' AS deliverable, 'materials' AS kind,
        activity_date::VARCHAR AS period, concat_ws(chr(31), activity_date, code, n) AS item_key, received_at,
        min(received_at) OVER (PARTITION BY recipient_code, activity_date) AS first_accepted_at, received_at AS current_from,
        CASE WHEN n % 10 = 0 THEN received_at + to_seconds(3600 + h % 172800) ELSE TIMESTAMP '9999-12-31' END AS current_until,
        is_zero_report, activity_date, CASE WHEN NOT is_zero_report THEN code END AS material_type,
        CASE WHEN NOT is_zero_report THEN code END AS material_type_code, 'title ' || n AS title,
        CASE WHEN NOT is_zero_report THEN category END AS category, 'theme' AS theme,
        CASE WHEN h // 11 % 3 > 0 THEN format('city {} county {}', 1 + unit % 16, 1 + h // 33 % 9) END AS county,
        CASE WHEN h // 13 % 4 > 0 THEN (h // 17 % 2000)::BIGINT END AS participants, (h // 19 % 90000)::BIGINT AS online_views
    FROM placed JOIN core.recipients USING (recipient_code)
    """,
    """
    INSERT INTO core.items BY NAME
    SELECT
        obligations.notice_id, md5(concat(recipient_code, deliverable)) AS item_id, md5(recipient_code)[:20] AS submission_id,
        'Sheet1' AS sheet, 2 AS row_number, recipient_code, city_code, deliverable, deliverable AS kind, period,
        period AS item_key, due_at - INTERVAL 3 DAY + to_seconds(hash(recipient_code, deliverable) % 345600) AS received_at,
        received_at AS first_accepted_at, received_at AS current_from, TIMESTAMP '9999-12-31' AS current_until,
        FALSE AS is_zero_report
    FROM core.obligations WHERE period = '' AND hash(recipient_code, deliverable, 2) % 10 > 0
    """,
    "INSERT INTO core.returns SELECT notice_id, md5(concat(recipient_code, period))[:20], recipient_code, deliverable, period,"
    " due_at - INTERVAL 1 HOUR FROM core.obligations WHERE hash(recipient_code, period, 3) % 20 = 0",
)


def make_crowd(path: Path, *, items: int, recipients: int) -> None:
    """A warehouse file with `items` material rows of `recipients` units, in roster order as a rebuild leaves them."""
    with duckdb.connect(path) as connection:
        create_warehouse(connection)
        for statement in _ROWS:
            # A twentieth of the units send nothing, so draw that many rows more.
            given = {"notice": NOTICE, "items": items * 20 // 19, "recipients": recipients}
            connection.execute(
                statement, {name: value for name, value in given.items() if f"${name}" in statement}
            )
        fill_report_spans(connection)
