"""The web application, put together."""

from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from flask import Flask
from flask.blueprints import Blueprint
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI

import cloud.api
import cloud.api.seed
from cloud.analytics.savings import Prices
from cloud.facts.live import live_campus
from cloud.facts.tree import UnknownNodeError
from cloud.store.database import Database
from cloud.web import dashboard, openapi
from cloud.web.auth import register_auth
from cloud.web.broadcast import Broadcast
from cloud.web.context import Platform, bind, now
from cloud.web.csrf import register_csrf
from cloud.web.hardening import StrictJson, register_hardening
from cloud.web.limits import limiter
from cloud.web.metrics import Metrics
from cloud.web.problem import (
    ProblemError,
    problem_response,
    register_problems,
    validation_response,
)


class Settings(Protocol):
    """What the application needs to be told."""

    @property
    def session_secret(self) -> str:
        """Keys what is derived for sessions; the same for every process."""

    @property
    def cost_per_kwh(self) -> float:
        """What a kilowatt-hour costs, in `currency`."""

    @property
    def currency(self) -> str:
        """ISO 4217 code."""

    @property
    def co2_kg_per_kwh(self) -> float:
        """Carbon dioxide of a kilowatt-hour, in kg."""

    @property
    def is_development(self) -> bool:
        """Whether the debug paths exist."""


def create_app(settings: Settings, database: Database) -> OpenAPI:
    """Return the application over `database`."""
    app = OpenAPI(
        "cloud",
        static_folder=None,
        info=openapi.INFO,
        security_schemes=openapi.SECURITY_SCHEMES,
        doc_ui=False,
        validation_error_model=openapi.ProblemDetails,
        validation_error_callback=validation_response,
    )
    bind(app, _platform(app, settings, database))
    _register_edge(app)
    _register_endpoints(app)
    openapi.complete(app)
    return app


def _platform(app: Flask, settings: Settings, database: Database) -> Platform:
    prices = Prices(settings.cost_per_kwh, settings.currency, settings.co2_kg_per_kwh)
    live = Broadcast(partial(_live_event, StrictJson(app), database, prices))
    metrics = Metrics()
    listeners = metrics.gauge("voltonic_live_listeners", "Listeners to live updates")
    listeners.set_function(lambda: live.listeners)
    return Platform(
        database=database,
        prices=prices,
        secret=settings.session_secret.encode(),
        live=live,
        metrics=metrics,
        is_development=settings.is_development,
    )


def _live_event(json: StrictJson, database: Database, prices: Prices) -> str | None:
    """Return the present figures; None before there is a site."""
    try:
        return json.dumps(live_campus(database, prices, now()))
    except UnknownNodeError:
        return None


def _register_edge(app: OpenAPI) -> None:
    """Order matters: who asks is known before anything of the body is read."""
    app.extensions["voltonic"].metrics.register(app)
    register_problems(app)
    app.register_error_handler(
        UnknownNodeError, lambda error: problem_response(ProblemError(404, str(error)))
    )
    register_auth(app)
    register_csrf(app)
    register_hardening(app)
    limiter.init_app(app)


def _register_endpoints(app: OpenAPI) -> None:
    """An endpoint is a file in `cloud/api` with a `bp`."""
    for package in (cloud.api, cloud.api.seed):
        for found in iter_modules(package.__path__, package.__name__ + "."):
            blueprint = getattr(import_module(found.name), "bp", None)
            if isinstance(blueprint, APIBlueprint):
                app.register_api(blueprint)
            elif isinstance(blueprint, Blueprint):
                app.register_blueprint(blueprint)
    app.register_blueprint(openapi.bp)
    app.register_blueprint(dashboard.bp)
