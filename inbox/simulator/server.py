"""The pretend Meta served over HTTP on a port of this machine."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from flask import Flask, Response
from werkzeug.routing import Rule

from inbox.simulator.broken_answers import ConnectionDroppedError
from inbox.simulator.control import control_doors
from inbox.simulator.customer import perform
from inbox.simulator.dialog import dialog_doors
from inbox.simulator.farewell import tell_farewells
from inbox.simulator.gemini_doors import gemini_doors
from inbox.simulator.generated_doors import generated_doors
from inbox.simulator.graph import graph_doors
from inbox.simulator.keep_alive import KeepAliveServer
from inbox.simulator.login_doors import login_doors
from inbox.simulator.media_doors import media_doors
from inbox.simulator.phone import phone_doors
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.webhook_doors import webhook_doors
from inbox.simulator.world import Person


class Simulator(PretendMeta):
    """`with Simulator(app_secret=…, verify_token=…, webhook_url=…) as meta:` serves on a free
    port of the loopback address; `meta.url` is the Graph address."""

    def __init__(self, *, port: int = 0, host: str = "127.0.0.1", **settings: Any) -> None:
        super().__init__(**settings)
        tell_farewells(self)
        self._server = KeepAliveServer(host, port, make_app(self))
        self.url = f"http://{host}:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.005,), name="simulator", daemon=True
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        self.webhooks.start()
        self.timeline.start()
        self._thread.start()

    def stop(self) -> None:
        """End all threads; deliveries that are not out yet are lost."""
        self.stopping.set()
        self.timeline.stop()
        self.webhooks.stop()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(timeout=5)
        self._server.server_close()
        self._server.close_all()

    def does(self, person: Person | str, kind: str, **fields: Any) -> dict[str, Any]:
        """Let a person do something (`customer.KINDS`); answers what was made, such as its mid."""
        identity = person if isinstance(person, str) else person.id
        return perform(self, self.person(identity), kind, fields)

    def says(self, person: Person | str, text: str, **fields: Any) -> str:
        """A person writes a text; answers its mid."""
        return str(self.does(person, "text", text=text, **fields)["mid"])


class ReadRule(Rule):
    """A rule that addresses are matched with, never made from.

    Compiling the makers takes most of the time in which a simulator starts, and every test starts
    one. Should werkzeug rename what is left out here, they are merely compiled again.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def never(*_: object) -> tuple[str, str]:
            raise NotImplementedError(f"no address is made from {self.rule}, {append_unknown}")

        return never


class ReadFlask(Flask):
    url_rule_class = ReadRule


def make_app(meta: PretendMeta) -> Flask:
    app = ReadFlask("inbox.simulator", static_folder=None)
    app.register_blueprint(control_doors(meta))
    app.register_blueprint(generated_doors(meta))
    app.register_blueprint(login_doors(meta))
    app.register_blueprint(dialog_doors(meta))
    app.register_blueprint(webhook_doors(meta))
    app.register_blueprint(media_doors(meta))
    app.register_blueprint(phone_doors(meta))
    app.register_blueprint(gemini_doors(meta))
    app.register_blueprint(graph_doors(meta))

    @app.errorhandler(ConnectionDroppedError)
    def dropped(_error: ConnectionDroppedError) -> Response:
        return Response(status=499)  # nobody hears it: the connection is cut

    return app
