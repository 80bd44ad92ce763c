"""Attachments of every type, with the payloads of META_PLATFORM §1.3."""

from typing import Any

from inbox.simulator.media import SAMPLES
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Attachment

# Keys beside the URL.
WITH_URL: dict[str, dict[str, Any]] = {
    "sticker": {"sticker_id": 369239263222822},
    "reel": {"title": "Throwing a bowl", "reel_video_id": "9001"},
    "ig_reel": {"title": "Throwing a bowl", "reel_video_id": "9001"},
    "post": {"title": "New in the shop", "id": "9002"},
    "ig_post": {"title": "New in the shop", "ig_post_media_id": "9003"},
    "fallback": {"title": "Nordlys Ceramics"},
}
# Payloads without a URL; None stands for no payload at all.
WITHOUT_URL: dict[str, dict[str, Any] | None] = {
    "template": {
        "product": {
            "elements": [
                {
                    "id": "4400",
                    "retailer_id": "vase-fjord",
                    "image_url": "",
                    "title": "Vase, fjord blue",
                    "subtitle": "620 kr",
                }
            ]
        }
    },
    "location": {"coordinates": {"lat": 59.9139, "long": 10.7522}},
    "appointment_booking": {
        "booking_id": "71",
        "status": "BOOKED",
        "start_time": 1796000000,
        "end_time": 1796010800,
        "timezone": "Europe/Oslo",
    },
    "ephemeral": None,
    "unsupported_type": None,
}


def make_attachment(meta: PretendMeta, fields: dict[str, Any]) -> Attachment:
    """From a ready `payload`, or for a `type` from `media` (a shelf name) or `url`."""
    kind = str(fields["type"])
    if "payload" in fields:
        return Attachment(kind, fields["payload"])
    if kind in WITHOUT_URL and "url" not in fields and "media" not in fields:
        return Attachment(kind, WITHOUT_URL[kind], beside=_beside(kind))
    name = str(fields.get("media") or SAMPLES.get(kind, "vase.png"))
    payload = {"url": str(fields.get("url") or meta.media_url(name))} | WITH_URL.get(kind, {})
    file = meta.media.get(name)
    if file is None:
        return Attachment(kind, payload)
    return Attachment(kind, payload, file.mime_type, name, len(file.content))


def _beside(kind: str) -> dict[str, Any]:
    """A location has its title and link on the attachment itself."""
    if kind != "location":
        return {}
    return {"title": "Pinned location", "url": "https://www.bing.com/maps?cp=59.9139~10.7522"}
