"""Signing in: the one-time link, sessions, and what protects them."""

from sqlalchemy import select

from cloud.identity.first_administrator import first_administrator_link
from cloud.store import schema

SETUP = "/api/v1/identity/setup"
SESSION = "/api/v1/identity/session"
ME = "/api/v1/identity/me"
PASSWORD = "correct horse battery"
ENGINEER = {"email": "engineer@example.edu", "password": PASSWORD}


def person(token, **changed):
    return {"token": token, "name": "Campus Engineer", **ENGINEER, **changed}


def test_there_is_no_default_user(database, stranger):
    with database.read() as connection:
        assert connection.execute(select(schema.user)).all() == []
    for email in ("demo", "admin", "admin@example.com", "demo@example.com"):
        given = {"email": email, "password": "password"}
        assert stranger.post(SESSION, json=given).status_code == 401


def test_the_link_makes_one_administrator_once(app, setup_token, database):
    first, second = app.test_client(), app.test_client()
    made = first.post(SETUP, json=person(setup_token))
    assert (made.status_code, made.json["role"]) == (201, "administrator")
    again = second.post(SETUP, json=person(setup_token, email="eve@example.edu"))
    assert again.status_code == 403
    assert first_administrator_link(database, "http://127.0.0.1:5000") is None


def test_a_new_link_makes_the_old_one_worthless(stranger, setup_token, database):
    link = first_administrator_link(database, "http://127.0.0.1:5000/")
    assert link.startswith("http://127.0.0.1:5000/setup#")
    assert stranger.post(SETUP, json=person(setup_token)).status_code == 403
    token = link.partition("#")[2]
    assert stranger.post(SETUP, json=person(token)).status_code == 201


def test_a_short_password_is_refused_and_the_link_still_works(stranger, setup_token):
    answer = stranger.post(SETUP, json=person(setup_token, password="short"))
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "password"
    assert "short" not in answer.text.replace("shorter", "")
    assert stranger.post(SETUP, json=person(setup_token)).status_code == 201


def test_no_secret_is_kept_as_it_is(administrator, setup_token, database):
    session = administrator.get_cookie("voltonic_session").value
    with database.read() as connection:
        kept = [
            str(row)
            for table in schema.metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    everything = "\n".join(kept)
    for secret in (PASSWORD, setup_token, session):
        assert secret not in everything
    assert "$argon2id$" in everything


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app, setup_token):
    made = app.test_client().post(SETUP, json=person(setup_token))
    cookie = made.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_in_works_and_signing_out_ends_it(app, administrator):
    browser = app.test_client()
    signed_in = browser.post(
        SESSION, json={**ENGINEER, "email": " Engineer@Example.edu "}
    )
    assert signed_in.status_code == 201
    cookie = browser.get_cookie("voltonic_session").value
    token = browser.get(ME).json["csrf_token"]
    left = browser.delete(SESSION, headers={"X-CSRF-Token": token})
    assert left.status_code == 204
    browser.set_cookie("voltonic_session", cookie)
    assert browser.get(ME).status_code == 401
    assert administrator.get(ME).json["name"] == "Campus Engineer"


def test_a_wrong_password_and_a_wrong_name_look_the_same(administrator, stranger):
    wrong = stranger.post(SESSION, json={**ENGINEER, "password": "not it at all"})
    nobody = stranger.post(SESSION, json={**ENGINEER, "email": "eve@example.edu"})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json == nobody.json


def test_an_ended_session_is_no_session(administrator, database):
    with database.write() as connection:
        connection.execute(schema.session.update().values(expires_s=1))
    assert administrator.get(ME).status_code == 401


def test_a_change_by_session_needs_the_sessions_own_token(app, administrator):
    other = app.test_client()
    other.post(SESSION, json=ENGINEER)
    foreign = other.get(ME).json["csrf_token"]
    for headers in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": foreign}):
        refused = administrator.delete(SESSION, headers=headers)
        assert refused.status_code == 403, headers
        assert "X-CSRF-Token" in refused.json["detail"]
    assert administrator.get(ME).status_code == 200


def test_guessing_passwords_is_slowed_down(administrator, stranger):
    wrong = {**ENGINEER, "password": "one of many guesses"}
    answers = [stranger.post(SESSION, json=wrong).status_code for _ in range(11)]
    assert answers[0] == 401
    assert answers[-1] == 429
    assert stranger.post(SESSION, json=wrong).content_type == "application/problem+json"


def test_a_key_is_remembered_as_used_and_can_be_revoked(viewer, database):
    assert viewer.get(ME).json == {
        "name": "a viewer",
        "email": None,
        "role": "viewer",
        "csrf_token": None,
    }
    with database.write() as connection:
        key = connection.execute(select(schema.api_key)).one()
        assert key.last_used_s is not None
        connection.execute(schema.api_key.update().values(revoked_s=1))
    assert viewer.get(ME).status_code == 401
