"""Images, documents and sound that go with a prompt, from files."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from advisor.case import Attachment

Files = Callable[[str], bytes | None]
"""Name of a file as a case writes it -> its bytes; None when there is none of that name."""
ATTACHMENT_KINDS: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "pdf": "application/pdf",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
}
"""Ending of a file name -> what is in it."""


def attachment(name: str, body: bytes) -> Attachment:
    """An image, document or sound as part of a prompt.

    Raises:
        ValueError: It is of no kind a prompt may carry, or larger than it may.
    """
    kind = ATTACHMENT_KINDS.get(name.rsplit(".", 1)[-1].lower())
    if kind is None:
        raise ValueError(f"{name:.80} is none of {', '.join(ATTACHMENT_KINDS)}")
    data = base64.b64encode(body).decode()
    return Attachment.model_validate({"name": name[:200], "media_type": kind, "data": data})


def no_files(_name: str) -> bytes | None:
    """Where there are none."""
    return None
