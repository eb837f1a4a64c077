"""The kinds of data that Bedrock records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RecordedData:
    """The kinds of data that Bedrock records.

    Attributes:
        text: text of prompts and answers.
        image: images.
        embedding: embeddings.
        video: video.
        audio: audio; None leaves the member out, because not every Region knows it.
    """

    text: bool = True
    image: bool = True
    embedding: bool = True
    video: bool = True
    audio: bool | None = None

    def switches(self) -> dict[str, Any]:
        """The kinds as the API of Bedrock switches them.

        Returns:
            A member for each kind but an audio of None.
        """
        value: dict[str, Any] = {
            "textDataDeliveryEnabled": self.text,
            "imageDataDeliveryEnabled": self.image,
            "embeddingDataDeliveryEnabled": self.embedding,
            "videoDataDeliveryEnabled": self.video,
        }
        if self.audio is not None:
            value["audioDataDeliveryEnabled"] = self.audio
        return value
