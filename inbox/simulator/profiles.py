"""Profiles of people (META_PLATFORM §2.4), with the ways in which Meta withholds them."""

from typing import Any

from inbox.simulator.fields import Field, Reader, project
from inbox.simulator.graph_errors import GraphError, parameter
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Person

REFUSALS = {
    "no_profile": parameter("Cannot get user profile: no profile available.", 2018218),
    "no_permission": GraphError(
        200, "(#200) Insufficient permission to access user profile.", 2018247, status=403
    ),
    "consent": GraphError(230, "(#230) User consent is required to access user profile"),
    "no_match": GraphError(9010, "(#9010) No matching Instagram user"),
}


def read_profile(meta: PretendMeta, person: Person, fields: list[Field]) -> dict[str, Any]:
    """The profile (GraphError by the person's `profile_failure`)."""
    if person.profile_failure in REFUSALS:
        raise REFUSALS[person.profile_failure]
    if person.profile_failure == "empty" or person.blocked:
        return {}
    if person.platform == "instagram":
        return project(fields or [Field("name")], _instagram(meta, person), "IGBusinessScopedID")
    defaults = [Field("first_name"), Field("last_name"), Field("profile_pic")]
    return project(fields or defaults, _messenger(meta, person), "User")


def _messenger(meta: PretendMeta, person: Person) -> dict[str, Reader]:
    first, _, last = person.name.partition(" ")
    return {
        "id": lambda _: person.id,
        "name": lambda _: person.name or None,
        "first_name": lambda _: first or None,
        "last_name": lambda _: last or None,
        "profile_pic": lambda _: meta.media_url(person.picture),
        "locale": lambda _: person.language,
        "timezone": lambda _: 1,
        "gender": lambda _: None,
    }


def _instagram(meta: PretendMeta, person: Person) -> dict[str, Reader]:
    return {
        "id": lambda _: person.id,
        "name": lambda _: person.name or None,
        "username": lambda _: person.username,
        "profile_pic": lambda _: meta.media_url(person.picture),
        "follower_count": lambda _: 40 + int(person.id[-3:]),
        "is_user_follow_business": lambda _: int(person.id[-1]) % 2 == 0,
        "is_business_follow_user": lambda _: False,
        "is_verified_user": lambda _: False,
    }
