"""Review states and comments of form services, as each of them has them."""

from urllib.parse import quote

from pipelines.collect.http import Api, token
from pipelines.collect.odk import form_url
from pipelines.collect.odk_session import open_api
from pipelines.ground.connections import Connection
from pipelines.send.verdicts import Verdict


class OdkReviews:
    """ODK Central: `approved`, or `hasIssues` with the reasons as a comment; the submitter's edit then starts anew."""

    def __init__(self, connection: Connection, project: int, form: str) -> None:
        self._api = open_api(connection)
        self._submissions = f"{form_url(project, form)}/submissions"

    def tell(self, verdict: Verdict) -> None:
        """The comment first: whoever sees the state can already read why. One that stands there is not made again."""
        url = f"{self._submissions}/{quote(str(verdict.record['__id']), safe='')}"
        body = "\n".join(verdict.sentences)
        if body:
            comments = self._api.get_json(f"{url}/comments")
            if not any(one.get("body") == body for one in comments):
                self._api.send_json("POST", f"{url}/comments", {"body": body})
        self._api.send_json("PATCH", url, {"reviewState": "approved" if verdict.is_accepted else "hasIssues"})


class KoboReviews:
    """KoboToolbox: the validation status; it has no place for a reason, which the unit gets by mail or as a file."""

    def __init__(self, connection: Connection, asset: str) -> None:
        self._api = Api(connection, token(connection, "Token"))
        self._data = f"/api/v2/assets/{asset}/data"

    def tell(self, verdict: Verdict) -> None:
        status = "approved" if verdict.is_accepted else "not_approved"
        url = f"{self._data}/{verdict.record['_id']}/validation_status/?format=json"
        self._api.send_json("PATCH", url, {"validation_status.uid": f"validation_status_{status}"})
