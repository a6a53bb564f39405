"""What a trainer asks of Sandlot and of its engines, by the standard library alone."""

import json
import urllib.error
import urllib.parse
import urllib.request


class Sandlot:
    """Sandlot's REST API. `url`: e.g. `http://127.0.0.1:7461`. Errors are `RuntimeError`s with the server's own words."""

    def __init__(self, url, api_key=None, timeout=600):
        self._url, self._timeout = url.rstrip("/"), timeout
        self._headers = {"authorization": f"Bearer {api_key}"} if api_key else {}

    def get(self, path, **query):
        query = urllib.parse.urlencode({key: value for key, value in query.items() if value is not None})
        return request("GET", f"{self._url}{path}?{query}", None, self._headers, self._timeout)

    def post(self, path, body):
        return request("POST", self._url + path, body, self._headers, self._timeout)

    def task_ids(self, environment, dataset):
        """Ids of all tasks of a dataset."""
        ids, total = [], 1
        while len(ids) < total:
            page = self.get(f"/api/v1/environments/{environment}/tasks", dataset=dataset, offset=len(ids))
            ids, total = ids + [task["id"] for task in page["items"]], page["total"]
        return ids

    def play(self, **job):
        """Plays a job to its end; answers its samples, in the order in which rollouts finished."""
        job_id = self.post("/api/v1/jobs", job)["id"]
        samples, cursor, complete = [], None, False
        while not complete:
            page = self.get(f"/api/v1/jobs/{job_id}/samples", cursor=cursor, wait_seconds=30)
            samples, cursor, complete = samples + page["items"], page["next_cursor"], page["complete"]
        return samples


def request(method, url, body, headers=None, timeout=600):
    """JSON in, JSON out; `body` None sends none, and an answer that is no JSON is None."""
    data = None if body is None else json.dumps(body).encode()
    headers = {**(headers or {}), "content-type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=timeout) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {url}: {error.code} {error.read().decode(errors='replace')[:2000]}") from error
    try:
        return json.loads(text)
    except ValueError:
        return None
