"""What nobody may reach through Redis."""


def called(*_: object) -> None:
    print("callback was called", flush=True)
