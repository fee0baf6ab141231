"""How the built dashboard leaves the server."""

import gzip

import pytest

from cloud.web import dashboard

SCRIPT = b"console.log('live')\n" * 100


@pytest.fixture(autouse=True)
def built(tmp_path, monkeypatch):
    (tmp_path / "dist/assets").mkdir(parents=True)
    (tmp_path / "dist/index.html").write_text("<title>Voltonic</title>")
    (tmp_path / "dist/assets/index-1.js").write_bytes(SCRIPT)
    (tmp_path / "secret").write_text("not for you")
    monkeypatch.setattr(dashboard, "BUILT", tmp_path / "dist")


@pytest.fixture
def fetched(stranger):
    """Asks for a path and closes the answer, as a browser's connection would."""

    def fetch(path, **named):
        headers = {name.replace("_", "-"): value for name, value in named.items()}
        with stranger.get(path, headers=headers) as answer:
            return answer.status_code, answer.headers, answer.data

    return fetch


def test_scripts_are_compressed_for_those_who_can_read_that(fetched):
    _, headers, body = fetched("/assets/index-1.js", accept_encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == SCRIPT
    _, headers, body = fetched("/assets/index-1.js", accept_encoding="identity")
    assert (headers.get("Content-Encoding"), body) == (None, SCRIPT)


def test_a_known_file_is_not_sent_again(fetched):
    tag = fetched("/assets/index-1.js", accept_encoding="gzip")[1]["ETag"]
    status, _, body = fetched(
        "/assets/index-1.js", accept_encoding="gzip", if_none_match=tag
    )
    assert (status, body) == (304, b"")


def test_every_other_address_is_the_page_that_finds_its_way(fetched):
    for path in ("/", "/fleet", "/node/campus/science"):
        assert b"Voltonic" in fetched(path)[2]


def test_nothing_beside_the_built_files_is_served(fetched):
    for path in ("/../secret", "/%2e%2e/secret", "/assets/../../secret"):
        assert b"not for you" not in fetched(path)[2]
    assert fetched("/assets/gone.js")[0] == 404


def test_the_page_may_load_nothing_from_elsewhere(fetched):
    policy = fetched("/")[1]["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
