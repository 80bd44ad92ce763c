"""`GET /health`, in the test's own process and through the served one."""

import requests
from flask.testing import FlaskClient

from tests.processes import Web


def test_health_answers_while_the_database_is_up(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.get_json()["database"] == "up"


def test_the_served_process_answers_too(live: Web) -> None:
    assert requests.get(f"{live.url}/health", timeout=5).json()["database"] == "up"
