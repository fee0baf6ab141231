"""The application for a WSGI server: `gunicorn --threads 256 cloud.wsgi:app`."""

from typing import Final

from cloud.app import create_app
from cloud.config import load
from cloud.store.database import Database

_settings: Final = load()

app: Final = create_app(_settings, Database(_settings.database_url))
