"""Review states and comments of form services, as each of them has them."""

from urllib.parse import quote

from pipelines.collect.http import Api, token
from pipelines.collect.odk import form_url
from pipelines.collect.odk_session import open_api
from pipelines.ground.connections import Connection
from pipelines.send.verdicts import Verdict

UNTOUCHED = (None, "received", "edited")
"""States of ODK Central that nobody gave: as it was sent, or as its sender put it right."""


class OdkReviews:
    """ODK Central: `approved`, or `hasIssues` with the reasons as a comment; the submitter's edit then starts anew."""

    def __init__(self, connection: Connection, project: int, form: str) -> None:
        self._api = open_api(connection)
        self._submissions = f"{form_url(project, form)}/submissions"

    def tell(self, verdict: Verdict) -> str | None:
        """The comment first: whoever sees the state can already read why. One that stands there is not made again."""
        url = f"{self._submissions}/{quote(str(verdict.record['__id']), safe='')}"
        present = self._api.get_json(url)
        version = (present.get("currentVersion") or {}).get("instanceId")
        if version and version != (verdict.record.get("meta") or {}).get("instanceID"):
            return None
        wanted = "approved" if verdict.is_accepted else "hasIssues"
        state = present.get("reviewState")
        if state not in (*UNTOUCHED, wanted, verdict.told_state):
            return ""
        body = "\n".join(verdict.sentences)
        if body:
            comments = self._api.get_json(f"{url}/comments")
            if not any(one.get("body") == body for one in comments):
                self._api.send_json("POST", f"{url}/comments", {"body": body})
        if state != wanted:
            self._api.send_json("PATCH", url, {"reviewState": wanted})
        return wanted


class KoboReviews:
    """KoboToolbox: the validation status; it has no place for a reason, which the unit gets by mail or as a file."""

    def __init__(self, connection: Connection, asset: str) -> None:
        self._api = Api(connection, token(connection, "Token"))
        self._data = f"/api/v2/assets/{asset}/data"

    def tell(self, verdict: Verdict) -> str | None:
        wanted = f"validation_status_{'approved' if verdict.is_accepted else 'not_approved'}"
        url = f"{self._data}/{verdict.record['_id']}/"
        present = self._api.get_json(url, {"format": "json"})
        status = (present.get("_validation_status") or {}).get("uid")
        if status not in (None, "", wanted, verdict.told_state):
            return ""
        if status != wanted:
            self._api.send_json(
                "PATCH", f"{url}validation_status/?format=json", {"validation_status.uid": wanted}
            )
        return wanted
