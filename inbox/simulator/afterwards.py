"""What comes back after a send that succeeded: echo, delivery, read."""

from inbox.simulator.customer import perform
from inbox.simulator.sending import SendRequest, tell_echo
from inbox.simulator.world import Message

ECHO_FIRST_WAIT_S = 5.0


def follow_up(request: SendRequest, message: Message, *, echo: bool = True) -> None:
    """Plan echo and receipts by the pace that is set; Instagram knows no delivery receipt."""
    meta, pace, person = request.meta, request.meta.pace, request.person
    if echo and pace.echo:
        meta.timeline.after(pace.echo_s, lambda: tell_echo(request, message))
    if pace.delivery and person.platform == "messenger":
        meta.timeline.after(pace.delivery_s, lambda: _receipt(request, "delivery", message))
    if pace.read and person.reads:
        meta.timeline.after(pace.read_s, lambda: _receipt(request, "read", message))


def echo_before_answer(request: SendRequest, message: Message) -> None:
    """Send the echo and wait until the receiver has answered it (or 5 s)."""
    tell_echo(request, message)
    webhooks = request.meta.webhooks
    webhooks.wait_until(lambda: webhooks.in_flight() == 0, ECHO_FIRST_WAIT_S)


def _receipt(request: SendRequest, kind: str, message: Message) -> None:
    if request.person.id not in request.meta.world.people:
        return
    fields = {"mid": message.mid} if request.person.platform == "instagram" else {}
    if request.person.platform == "messenger" and kind == "read":
        fields = {"mid": message.mid}
    perform(request.meta, request.person, kind, dict(fields))
