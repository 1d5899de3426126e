-- What an event is known by within its unit: the minute in which it happened, which stands where others have their period.
CREATE OR REPLACE MACRO core.event_key(occurred_at) AS strftime(occurred_at, '%Y-%m-%dT%H:%M');
COMMENT ON MACRO core.event_key IS '一件事的代号：发生的时刻，写在期的位置上';
