-- One row a mail that the program meant to send, with its state. Key: mail_key.
-- Copied from the outbox whenever the snapshot is published: what was sent since is not in it yet.
-- Holds no address and none of the server's own words, which may name people.
CREATE TABLE IF NOT EXISTS marts.mails (
    notice_id VARCHAR NOT NULL,
    mail_key VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    what VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    queued_at TIMESTAMP NOT NULL,
    not_before TIMESTAMP NOT NULL,
    sent_at TIMESTAMP,
    changed_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL,
    error VARCHAR
);
COMMENT ON TABLE marts.mails IS '邮件：程序要发的每一封及其结果；发布时从发件箱复制，不含地址';
COMMENT ON COLUMN marts.mails.notice_id IS '通知代号';
COMMENT ON COLUMN marts.mails.mail_key IS '邮件编号，即 Message-ID 中 @ 之前的部分';
COMMENT ON COLUMN marts.mails.purpose IS '通报 bulletin、更正 correction、催办 escalation、告警 alarm、推荐 recommendation、日信（reminder、digest、return 等起因）';
COMMENT ON COLUMN marts.mails.recipient_code IS '收件单位代码，或通知里名单的名字';
COMMENT ON COLUMN marts.mails.what IS '关于什么：同一单位、同一用途下各封的区别；每日一信以发出的那天开头';
COMMENT ON COLUMN marts.mails.state IS '状态：queued 待发、handing_over 正在交出、sent 已发、written 已写成文件、failed 没发成、unsure 收下与否不明、cancelled 已撤回、bounced 被退信';
COMMENT ON COLUMN marts.mails.queued_at IS '进入发件箱的时间（通知所在时区，下同）';
COMMENT ON COLUMN marts.mails.not_before IS '最早何时发出；重试时为下一次的时间';
COMMENT ON COLUMN marts.mails.sent_at IS '服务器收下的时间；没有的为空';
COMMENT ON COLUMN marts.mails.changed_at IS '状态最近一次变化的时间';
COMMENT ON COLUMN marts.mails.attempts IS '试过几次';
COMMENT ON COLUMN marts.mails.error IS '没发成、要再试或被退信的原因；没有的为空';
