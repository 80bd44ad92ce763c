"""`GET /health`, in the test's own process."""

from flask.testing import FlaskClient


def test_health_answers_while_the_database_is_up(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.get_json()["database"] == "up"
