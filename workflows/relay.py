"""The relay process: `python -m workflows.relay`. With a Prefect server it also hands out jobs."""

from __future__ import annotations

import os

from app import create_app
from app.cli import run_relay
from config.settings import Settings
from workflows import handing_over


def main() -> None:
    """Run the relay until a signal ends it."""
    settings = Settings.from_env(os.environ)
    app = create_app(settings)
    if settings.prefect_api_url:
        handing_over.register()
    with app.app_context():
        run_relay.main(args=[], standalone_mode=False)


if __name__ == "__main__":
    main()
