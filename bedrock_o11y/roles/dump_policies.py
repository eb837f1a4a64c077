"""The managed policies of a dump: collected before the roles are read, because they may stand behind them."""

from __future__ import annotations

import json
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import PolicyDocument

from .documents import UnreadableError, read_document
from .json_object import key_twice, noticing_objects

if TYPE_CHECKING:
    from pathlib import Path

_SPOOL_IN_MEMORY: Final = 8 * 1024 * 1024
_DOCUMENTS_IN_MEMORY: Final = 256


_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def open_dump(path: Path) -> IO[bytes]:
    """Opens a dump behind the byte order mark that programs of Windows put at its beginning.

    Raises:
        OSError: it cannot be read.
    """
    file = path.open("rb")
    if file.read(len(_BYTE_ORDER_MARK)) != _BYTE_ORDER_MARK:
        file.seek(0)
    return file


class Watched:
    """A binary file that notices, while others read it, whether a mark of a cut dump occurs in it anywhere."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._tail = b""
        self.marked = False

    def read(self, size: int = -1) -> bytes:
        """Reads on."""
        chunk = self._file.read(size)
        if not self.marked:
            window = self._tail + chunk
            self.marked = b'"IsTruncated"' in window or b'"NextToken"' in window
            self._tail = chunk[-12:]
        return chunk


class DumpPolicies:
    """The default versions of the managed policies of a dump: on disk when they are many, parsed when asked for.

    Attributes:
        may_be_cut: words by which a dump says that more follows occur somewhere in it.
    """

    def __init__(self, path: Path, page: str) -> None:
        """Reads nothing yet.

        Args:
            path: of the dump.
            page: prefix of a page in a list of pages; empty for a dump that is one object.
        """
        self._path = path
        self._page = page
        self._places: dict[str, tuple[int, int, str]] = {}
        self._ambiguous: set[str] = set()
        self._complete = True
        self.may_be_cut = False
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
        import ijson  # not before a dump is read: it would slow the start of every other command

        objects, noticed = noticing_objects()
        with open_dump(self._path) as file:
            watched = Watched(file)
            try:
                for number, raw in enumerate(
                    ijson.items(watched, f"{self._page}Policies.item", map_type=objects, use_float=True)
                ):
                    self._keep(raw, "" if self._page else f"/Policies/{number}", check=bool(noticed))
                    noticed.clear()
            except ijson.JSONError:
                self._complete = False  # the pass over the roles meets the same and says where
        self.may_be_cut = watched.marked

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
