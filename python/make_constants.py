"""The constants of a condition as typed keywords, from the schema: python/spiketime/_constants.py.

Usage: python3 python/make_constants.py [--check]     exit code 1 if the file is not what this would write
"""

from __future__ import annotations

import json
import pathlib
import sys
import textwrap
from typing import Any

HERE = pathlib.Path(__file__).parent
SCHEMA = HERE.parent / "schemas" / "experiment.schema.json"
PATH = HERE / "spiketime" / "_constants.py"
# What a layer has an argument of its own for, or what is about a data set.
ELSEWHERE = {
    "name", "preset", "dataset", "neurons", "threshold_file", "initial_weight_file", "test_images",
    "validation_images", "score",
}
HEAD = '''"""Every constant of a layer as a keyword, its unit last. Made by python/make_constants.py: do not edit by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

'''


def words(definition: dict[str, Any]) -> list[str]:
    """The texts that a value may be."""
    return definition.get("enum") or [one["const"] for one in definition["oneOf"]]


def kind(key: dict[str, Any], definitions: dict[str, Any]) -> str:
    """The type of a key's value."""
    if "anyOf" in key:
        return kind(key["anyOf"][0], definitions)
    if "$ref" in key:
        named = definitions[key["$ref"].rsplit("/", 1)[1]]
        return f"Literal[{', '.join(json.dumps(word) for word in words(named))}]"
    of = key["type"][0] if isinstance(key["type"], list) else key["type"]
    if of == "array":
        return f"Sequence[{kind(key['items'], definitions)}]"
    return {"number": "float", "integer": "int", "boolean": "bool", "string": "str"}[of]


def text() -> str:
    """The whole file."""
    definitions = json.loads(SCHEMA.read_text())["$defs"]
    preset = f"Preset = Literal[{', '.join(json.dumps(word) for word in words(definitions['Preset']))}]\n"
    lines = [HEAD + preset, "", "class Constants(TypedDict, total=False):", '    """What a condition may say; what it does not say is as in its preset."""', ""]
    for name, key in definitions["Condition"]["properties"].items():
        if name in ELSEWHERE:
            continue
        lines.append(f"    {name}: {kind(key, definitions)}")
        told = key["description"].replace("\\[", "[").replace("\\]", "]").replace("`", "``")
        if "default" in key:
            told += f" Default: {json.dumps(key['default'])}."
        wrapped = textwrap.wrap(told, 110)
        lines += [f'    """{wrapped[0]}' + ('"""' if len(wrapped) == 1 else "")]
        lines += [f"    {line}" for line in wrapped[1:-1]]
        lines += [f'    {wrapped[-1]}"""'] * (len(wrapped) > 1)
    return "\n".join(lines) + "\n"


def main() -> int:
    """Writes the file, or compares it."""
    if sys.argv[1:] == ["--check"]:
        return int(PATH.read_text() != text())
    PATH.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
