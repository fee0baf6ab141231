"""`GET /api/v1/forecast/generation` over the application."""


def test_it_answers_for_the_main_site_and_says_why_there_is_nothing(campus, viewer):
    told = viewer.get("/api/v1/forecast/generation").json
    assert told["node"] == "campus"
    assert "no generator" in told["why_none"]
    assert told["hours"] == told["generators"] == []


def test_a_stranger_and_an_unknown_node_get_nothing(campus, viewer, stranger):
    path = "/api/v1/forecast/generation"
    assert stranger.get(path).status_code == 401
    assert viewer.get(f"{path}?node=nowhere").status_code == 404
