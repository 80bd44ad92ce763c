"""Inbox: a live shared inbox for Facebook Pages."""

from __future__ import annotations

import os

from flask import Flask

from inbox.config import ROOT, Config, Process


def create_app(config: Config | None = None, process: Process = "cli") -> Flask:
    """The app of one process, with all its parts in order. Reads the environment when no
    `config` is given; only `web` serves sockets and needs eventlet's patching."""
    config = config or Config.from_environment(os.environ)
    app = Flask("inbox", template_folder=str(ROOT / "templates"), static_folder=None)
    app.extensions["inbox_config"] = config
    from inbox import assembly  # not at the top: `inbox.simulator` must import without the app

    assembly.configure(app, config, process)
    assembly.bind_extensions(app, config, process)
    assembly.register_doors(app)
    return app
