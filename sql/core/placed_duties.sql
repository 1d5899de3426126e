-- One row an obligation at a moment, where it counts: in the city and on the line of its unit in the period, and in which of the
-- counts it is. Key: recipient_code, deliverable, period.
-- The one place where it is said what counts as what; every report sums these. Exempt ones are in `exempt` alone.
CREATE OR REPLACE MACRO core.placed_duties(notice, t) AS TABLE
SELECT
    owed.recipient_code,
    owed.city_code,
    stays.line,
    recipients.kind,
    owed.deliverable,
    owed.period,
    owed.status <> 'exempt' AS expected,
    owed.status <> 'exempt' AND owed.is_due AS due,
    owed.status = 'on_time' AS on_time,
    owed.status = 'late' AS late,
    owed.status = 'missing' AS missing,
    owed.status = 'pending' AS pending,
    owed.status = 'exempt' AS exempt,
    owed.is_returned AS returned,
    owed.is_zero_report AS zero_reports,
    owed.is_due AND owed.status IN ('on_time', 'late') AS due_and_accepted,
    owed.is_due AND owed.status = 'on_time' AS due_and_on_time
FROM core.obligations_at(notice, t) AS owed
LEFT JOIN core.periods
    ON
        owed.notice_id = periods.notice_id
        AND owed.deliverable = periods.deliverable
        AND owed.period = periods.period
INNER JOIN core.recipient_stays AS stays
    ON
        owed.notice_id = stays.notice_id
        AND owed.recipient_code = stays.recipient_code
        AND core.counted_on(periods.counted_on, owed.period, owed.last_day, owed.due_at) >= stays.first_day
        AND core.counted_on(periods.counted_on, owed.period, owed.last_day, owed.due_at) < stays.next_day
INNER JOIN core.recipients
    ON owed.notice_id = recipients.notice_id AND owed.recipient_code = recipients.recipient_code;
COMMENT ON MACRO TABLE core.placed_duties IS '某一时刻每项应报算在哪个市、哪条线，算进哪些数';
