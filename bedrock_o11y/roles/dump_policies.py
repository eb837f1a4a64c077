"""The managed policies of a dump: collected before the roles are read, because they may stand behind them."""

from __future__ import annotations

import json
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import PolicyDocument

from .documents import UnreadableError, read_document
from .dump_file import BrokenDumpError
from .json_object import key_twice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .dump_file import DumpFile

_SPOOL_IN_MEMORY: Final = 8 * 1024 * 1024
_DOCUMENTS_IN_MEMORY: Final = 256


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whether one of some words, in lower case, stands in a text."""
    text = text.lower()
    return any(word in text for word in words)


class DumpPolicies:
    """The default versions of the managed policies of a dump: on disk when they are many, parsed when asked for."""

    def __init__(self, file: DumpFile, *, pages: bool, words: tuple[str, ...] = ()) -> None:
        """Reads nothing yet.

        Args:
            file: the dump.
            pages: it is a list of pages, whose elements have no pointer.
            words: in lower case; :attr:`mentioning` has the policies in which one of them stands.
        """
        self._words = words
        self.mentioning: set[str] = set()
        self._file = file
        self._pages = pages
        self._places: dict[str, tuple[int, int, str]] = {}
        self._ambiguous: set[str] = set()
        self._complete = True
        self._spool = SpooledTemporaryFile(max_size=_SPOOL_IN_MEMORY)  # noqa: SIM115 (closed by __exit__)
        self._document = lru_cache(maxsize=_DOCUMENTS_IN_MEMORY)(self._read)

    def __enter__(self) -> DumpPolicies:
        try:
            self._read_all()
        except BaseException:
            self._spool.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def get(self, arn: str, name: str) -> PolicyDocument:
        """The document of a managed policy; not known when the dump does not contain it.

        Raises:
            UnreadableError: the document is there and cannot be read.
        """
        return self._document(arn, name)

    def _read_all(self) -> None:
        try:
            for number, raw in enumerate(self._file.elements("Policies")):
                self._keep(raw, "" if self._pages else f"/Policies/{number}", check=bool(self._file.noticed))
                self._file.noticed.clear()
        except BrokenDumpError:
            self._complete = False  # the pass over the roles meets the same and says where

    def _keep(self, raw: Any, pointer: str, *, check: bool) -> None:
        if not isinstance(raw, dict) or not isinstance(raw.get("Arn"), str):
            return
        versions = raw.get("PolicyVersionList")
        default = raw.get("DefaultVersionId")
        for index, version in enumerate(versions if isinstance(versions, list) else ()):
            if not isinstance(version, dict) or "Document" not in version:
                continue
            if version.get("IsDefaultVersion") is True or (default and version.get("VersionId") == default):
                twice = key_twice(version) if check else None
                kept = {"twice": [twice.key, twice.pointer]} if twice else {"document": version["Document"]}
                self._keep_text(raw["Arn"], json.dumps(kept).encode(), f"{pointer}/PolicyVersionList/{index}")

    def _keep_text(self, arn: str, data: bytes, pointer: str) -> None:
        if mentions(data.decode(), self._words):
            self.mentioning.add(arn)
        place = self._places.get(arn)
        if place is None:
            self._places[arn] = (self._spool.seek(0, 2), len(data), pointer)
            self._spool.write(data)
            return
        at, size, _ = place
        self._spool.seek(at)
        if self._spool.read(size) != data:
            self._ambiguous.add(arn)

    def _read(self, arn: str, name: str) -> PolicyDocument:
        if arn in self._ambiguous:
            return PolicyDocument.not_known(f"the dump has two different default versions of {arn}", name=name)
        place = self._places.get(arn)
        if place is None:
            where = "the dump does not contain" if self._complete else "the dump breaks off and does not contain"
            return PolicyDocument.not_known(f"{where} {arn}", name=name)
        at, size, pointer = place
        self._spool.seek(at)
        kept = json.loads(self._spool.read(size))
        if "twice" in kept:
            key, below = kept["twice"]
            raise UnreadableError(f"the policy {arn}: the key {key} stands twice; expected it once", pointer + below)
        return read_document(kept["document"], name=name, pointer=f"{pointer}/Document")
