"""Which version of aws-opentelemetry-distro a requirements file or a lock installs."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME: Final = "aws-opentelemetry-distro"
_REQUIREMENT: Final = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*\(?([^;#)]*)")
_INCLUDE: Final = re.compile(r"(?:-r|--requirement|-c|--constraint)[\s=]+(\S+)")
_CLAUSE: Final = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*([0-9][\w.!+*-]*)")
_RELEASE: Final = re.compile(r"(?:\d+!)?(\d+(?:\.\d+)*)(?:\.\*)?(.*)")
_DEEPEST: Final = 5
_LARGEST: Final = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Distribution:
    """What a file says about the distro.

    Attributes:
        origin: the file.
        found: whether the file names it at all.
        specifier: what it says of the version, ``==0.21.0``; empty when it says nothing.
        place: where it says it, ``requirements.txt:3``.
    """

    origin: str
    found: bool
    specifier: str = ""
    place: str = ""

    def is_at_least(self, version: tuple[int, ...]) -> bool | None:
        """Whether the version that is installed is this one or newer.

        Args:
            version: numbers of the release.

        Returns:
            None when the file leaves it open.
        """
        answer: bool | None = None
        for operator, text in _CLAUSE.findall(self.specifier):
            found = _RELEASE.fullmatch(text)
            if not found:
                continue
            width = max(len(version), found[1].count(".") + 1)
            given = tuple(map(int, found[1].split(".")))
            given, wanted = (tuple((*each, *([0] * (width - len(each))))) for each in (given, version))
            early = bool(re.match(r"[._-]?(a|b|rc|dev|pre|alpha|beta)", found[2]))
            new = given > wanted or (given == wanted and not early)
            if operator in ("==", "==="):
                if text.endswith(".*") and given[: found[1].count(".") + 1] == wanted[: found[1].count(".") + 1]:
                    new = given >= wanted
                    if not new:
                        continue
                return new
            if operator in (">=", "~=", ">") and new:
                answer = True
            elif (operator == "<" and given <= wanted) or (operator == "<=" and not new):
                answer = False
            if operator == "~=" and not new and _ceiling(found[1]) <= wanted[: len(_ceiling(found[1]))]:
                answer = False
        return answer


def _ceiling(release: str) -> tuple[int, ...]:
    """The first release that ``~=`` leaves out: of 0.16.1 it is 0.17, of 0.16 it is 1."""
    parts = [int(part) for part in release.split(".")][:-1] or [0]
    return (*parts[:-1], parts[-1] + 1)


def read_distribution(path: Path) -> Distribution:
    """What a file says about the distro.

    Args:
        path: requirements.txt, which may include others, pyproject.toml, uv.lock, poetry.lock, pdm.lock, pylock.toml
            or Pipfile.lock.

    Returns:
        What it says.

    Raises:
        UsageError: the file cannot be read.
    """
    text = _text(path)
    found = _in_lock(text, path) if path.name.endswith((".toml", ".lock")) else _in_requirements(text, path, 0)
    entry = next(iter(found), None)
    return Distribution(str(path), True, *entry) if entry else Distribution(str(path), False)


def _in_requirements(text: str, path: Path, depth: int) -> Iterator[tuple[str, str]]:
    number = 0
    for line in text.replace("\\\n", "\0").splitlines():
        number += 1
        first, number = number, number + line.count("\0")
        line = line.replace("\0", " ").strip()
        if include := _INCLUDE.match(line):
            inner = path.parent / include[1]
            if depth < _DEEPEST and inner.is_file():
                yield from _in_requirements(_text(inner), inner, depth + 1)
        elif (found := _REQUIREMENT.match(line)) and _normal(found[1]) == NAME:
            yield re.split(r"\s--", found[2])[0].strip(), f"{path}:{first}"


def _in_lock(text: str, path: Path) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: neither TOML nor JSON; expected a lock or a requirements file") from None
    place = str(path)
    for member in ("package", "packages"):  # uv.lock, poetry.lock, pdm.lock; pylock.toml
        for each in _listed(document.get(member)):
            if isinstance(each, dict) and _normal(str(each.get("name"))) == NAME and "version" in each:
                yield f"=={each['version']}", place
    for section in ("default", "develop"):  # Pipfile.lock
        entry = _mapping(document.get(section)).get(NAME)
        if isinstance(entry, dict) and "version" in entry:
            yield str(entry["version"]), place
    project = _mapping(document.get("project"))
    extras = _mapping(project.get("optional-dependencies"))
    for each in [*_listed(project.get("dependencies")), *(one for many in extras.values() for one in _listed(many))]:
        if (found := _REQUIREMENT.match(str(each))) and _normal(found[1]) == NAME:
            yield found[2].strip(), place


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path}: larger than {_LARGEST // 2**20} MB; expected a requirements file or a lock")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: it is not UTF-8 text; expected a requirements file or a lock") from None
