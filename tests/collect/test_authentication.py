"""Whether a sender's address is proven, by what its server wrote above the mail."""

import pytest

from pipelines.collect.authentication import judge_sender

OURS = "mx.example.org"
CASES = {
    "dmarc-pass": (["mx.example.org; dmarc=pass header.from=edu.cn; spf=fail"], OURS, "pass"),
    "dmarc-fail": (["mx.example.org; spf=pass smtp.mailfrom=edu.cn; dmarc=fail"], OURS, "fail"),
    "dkim-of-the-domain": (["mx.example.org; dkim=pass header.d=edu.cn"], OURS, "pass"),
    "dkim-of-a-subdomain": (["mx.example.org; dkim=pass header.i=@mail.edu.cn"], OURS, "pass"),
    "dkim-of-somebody-else": (["mx.example.org; dkim=pass header.d=evil.net"], OURS, "none"),
    "spf-of-somebody-else": (["mx.example.org; spf=pass smtp.mailfrom=a@evil.net"], OURS, "none"),
    "spf-of-the-domain": (["mx.example.org; spf=pass smtp.mailfrom=a@edu.cn"], OURS, "pass"),
    "look-alike": (["mx.example.org; dkim=pass header.d=notedu.cn"], OURS, "none"),
    "top-level": (["mx.example.org; dkim=pass header.d=cn"], OURS, "none"),
    "both-fail": (["mx.example.org; spf=softfail smtp.mailfrom=edu.cn; dkim=fail header.d=edu.cn"], OURS, "fail"),
    "spf-fails-dkim-absent": (["mx.example.org; spf=fail; dkim=none"], OURS, "none"),
    "forged-header": (["mx.evil.net; dmarc=pass"], OURS, "none"),
    "forged-below-ours": (["mx.example.org; dmarc=fail", "mx.example.org; dmarc=pass"], OURS, "fail"),
    "comments": (["mx.example.org (our (own) server) 1; dmarc=pass (p=none; dkim=fail) header.from=edu.cn"], OURS, "pass"),
    "letter-case": (["MX.Example.org; DMARC=Pass"], OURS, "pass"),
    "nothing-found": (["mx.example.org; none"], OURS, "none"),
    "no-header": ([], OURS, "none"),
    "empty": ([""], OURS, "none"),
    "garbage": ([";;==;=;(((("], OURS, "none"),
    "server-unknown-pass": (["mx.evil.net; dmarc=pass"], None, "none"),
    "server-unknown-fail": (["mx.example.org; dmarc=fail"], None, "fail"),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "server", "verdict"), CASES.values(), ids=CASES)
def test_what_a_header_proves(headers: list[str], server: str | None, verdict: str) -> None:
    assert judge_sender(headers, "sender@edu.cn", server) == verdict
