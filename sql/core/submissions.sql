-- One row a file, archive member or version of a form answer, with its one end (contract section 6). Key: submission_id.
-- Same bytes again from the same recipient are a duplicate of the first, in order of arrival, then path.
-- What people decided goes before what the content gives (core.decided_files): superseded is a reading that no list shows.
-- Refreshed for the submissions in raw.touched.
CREATE TABLE IF NOT EXISTS core.submissions (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    receipt_id VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    row_order INTEGER NOT NULL,
    recipient_code VARCHAR,
    deliverable VARCHAR,
    received_at TIMESTAMP NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR,
    sentence VARCHAR,
    row_count INTEGER NOT NULL,
    rejected_row_count INTEGER NOT NULL,
    rejected_rows VARCHAR,
    duplicate_of VARCHAR,
    document VARCHAR,
    document_title VARCHAR,
    answer_key VARCHAR,
    format VARCHAR,
    size BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL
);
COMMENT ON TABLE core.submissions IS '报送件：每个文件、压缩包成员和表单答卷的最终结论';
COMMENT ON COLUMN core.submissions.notice_id IS '通知代号';
COMMENT ON COLUMN core.submissions.submission_id IS '报送件编号';
COMMENT ON COLUMN core.submissions.receipt_id IS '收件编号';
COMMENT ON COLUMN core.submissions.path IS '路径；压缩包内的文件以 ! 连接，表单答卷以 # 连接序号';
COMMENT ON COLUMN core.submissions.row_order IS '同一路径内的次序';
COMMENT ON COLUMN core.submissions.recipient_code IS '单位代码；认不出的为空';
COMMENT ON COLUMN core.submissions.deliverable IS '报送事项';
COMMENT ON COLUMN core.submissions.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN core.submissions.state IS
'结论：accepted 收下、partly accepted 部分收下、rejected 退回、duplicate 重复、ignored 忽略、attachment 附件、superseded 以另一次认领的为准（各清单不列）';
COMMENT ON COLUMN core.submissions.reason IS '整件退回的原因代码';
COMMENT ON COLUMN core.submissions.sentence IS '整件退回的说明';
COMMENT ON COLUMN core.submissions.row_count IS '数据行数';
COMMENT ON COLUMN core.submissions.rejected_row_count IS '被退回的行数';
COMMENT ON COLUMN core.submissions.rejected_rows IS '各退回行的首个原因，按行序，以 | 连接';
COMMENT ON COLUMN core.submissions.duplicate_of IS '与哪个报送件内容相同';
COMMENT ON COLUMN core.submissions.document IS '文档满足的报送事项';
COMMENT ON COLUMN core.submissions.document_title IS '文档标题';
COMMENT ON COLUMN core.submissions.answer_key IS '表单答卷的身份';
COMMENT ON COLUMN core.submissions.format IS '按内容认出的格式';
COMMENT ON COLUMN core.submissions.size IS '字节数';
COMMENT ON COLUMN core.submissions.sha256 IS '内容的 SHA-256';

DELETE FROM core.submissions
USING raw.touched
WHERE submissions.submission_id = touched.submission_id;

INSERT INTO core.submissions
WITH
received AS (
    SELECT
        submissions.*,
        CASE
            WHEN
                submissions.outcome <> 'ignored'
                AND decided_files.state IS NULL
                AND submissions.answer_key IS NULL
                AND submissions.recipient_code IS NOT NULL
                THEN first_value(submissions.submission_id) OVER (
                    PARTITION BY
                        submissions.notice_id,
                        submissions.recipient_code,
                        submissions.sha256,
                        submissions.outcome = 'ignored',
                        decided_files.state IS NULL,
                        submissions.answer_key IS NULL
                    ORDER BY submissions.received_at, submissions.path, submissions.row_order, submissions.submission_id
                )
            ELSE submissions.submission_id
        END AS first_id,
        decided_files.state AS decided_state,
        decided_files.sentence AS decided_sentence
    FROM raw.submissions
    INNER JOIN raw.touched ON submissions.submission_id = touched.submission_id
    LEFT JOIN core.decided_files ON submissions.submission_id = decided_files.submission_id
),

faulty_rows AS (
    SELECT
        verdicts.submission_id,
        verdicts.table_number,
        verdicts.row_number,
        arg_min(verdicts.reason, verdicts.fault_number) AS reason
    FROM raw.verdicts
    INNER JOIN received ON verdicts.submission_id = received.submission_id
    -- Accepted by a person, and still so.
    ANTI JOIN core.decided_rows AS accepted
        ON
            verdicts.submission_id = accepted.submission_id
            AND verdicts.table_number = accepted.table_number
            AND verdicts.row_number = accepted.row_number
            AND accepted.known_until = TIMESTAMP '9999-12-31'
    WHERE verdicts.severity = 'error'
    GROUP BY ALL
),

counted AS (
    SELECT
        rows.submission_id,
        count(*) AS row_count,
        count(faulty_rows.reason) AS rejected_row_count,
        -- Few rows are faulty, and only these are put in order.
        string_agg(faulty_rows.reason, '|' ORDER BY rows.row_order) FILTER (faulty_rows.reason IS NOT NULL) AS rejected_rows
    FROM raw.rows
    INNER JOIN received ON rows.submission_id = received.submission_id
    LEFT JOIN faulty_rows
        ON
            rows.submission_id = faulty_rows.submission_id
            AND rows.table_number = faulty_rows.table_number
            AND rows.row_number = faulty_rows.row_number
    GROUP BY rows.submission_id
),

judged AS (
    SELECT
        received.*,
        coalesce(counted.row_count, 0) AS row_count,
        coalesce(counted.rejected_row_count, 0) AS rejected_row_count,
        counted.rejected_rows,
        CASE
            WHEN received.decided_state IS NOT NULL THEN received.decided_state
            WHEN received.outcome = 'ignored' THEN 'ignored'
            WHEN received.first_id <> received.submission_id THEN 'duplicate'
            WHEN received.outcome IN ('attachment', 'rejected') THEN received.outcome
            WHEN coalesce(counted.rejected_row_count, 0) = 0 THEN 'accepted'
            WHEN received.document IS NULL AND counted.rejected_row_count = counted.row_count THEN 'rejected'
            ELSE 'partly accepted'
        END AS state
    FROM received
    LEFT JOIN counted ON received.submission_id = counted.submission_id
)

SELECT
    notice_id,
    submission_id,
    receipt_id,
    path,
    row_order,
    recipient_code,
    deliverable,
    received_at,
    state,
    CASE
        WHEN state = 'rejected' THEN coalesce(reason, 'no_valid_row')
        WHEN state = 'ignored' THEN reason
    END AS reason,
    CASE
        WHEN decided_state IS NOT NULL THEN decided_sentence
        WHEN state = 'rejected' THEN coalesce(sentence, '每一行都有问题，没有一行可用。请按各行的说明改正后重新报送')
        WHEN state = 'ignored' THEN sentence
    END AS sentence,
    row_count,
    rejected_row_count,
    CASE WHEN state IN ('rejected', 'partly accepted') THEN rejected_rows END AS rejected_rows,
    CASE WHEN state = 'duplicate' THEN first_id END AS duplicate_of,
    document,
    document_title,
    answer_key,
    format,
    size,
    sha256
FROM judged;
