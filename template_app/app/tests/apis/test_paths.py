from app.main import app

# What clients have written down. Whoever changes a line here breaks them.
PATHS = {
    "POST /v1/meetings",
    "GET /v1/meetings/{url_code}",
    "PATCH /v1/meetings/{url_code}/date_range",
    "PATCH /v1/meetings/{url_code}/title",
    "PATCH /v1/meetings/{url_code}/location",
    "DELETE /v1/meetings/{url_code}",
    "GET /v1/meetings/{url_code}/holidays",
    "POST /v1/participants",
    "DELETE /v1/participants/{participant_id}",
    "PATCH /v1/participant_dates/{vote}",
    "POST /v1/users",
    "POST /v1/token",
}


def test_the_paths_are_those_that_clients_know() -> None:
    paths = app.openapi()["paths"]

    assert {f"{method.upper()} {path}" for path in paths for method in paths[path]} == PATHS
