"""Cut GitHub's own OpenAPI document down to the calls that Watchkeeper makes.

The whole document is 13 MB; `github_openapi.json` beside this file is what these lines leave of it. To make it again:

    npm pack @octokit/openapi@23.0.2
    tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
    python -m examples.standins.slice_github_openapi package/generated/api.github.com.json
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

CALLS = {
    "/repos/{owner}/{repo}/issues": ("get", "post"),
    "/repos/{owner}/{repo}/issues/{issue_number}": ("get", "patch"),
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ("get", "post"),
    "/user": ("get",),
}

PROSE = ("description", "summary", "tags", "example", "examples", "externalDocs", "x-github", "x-octokit", "headers")
"""What says nothing about the shape of a call."""

SLICE = Path(__file__).with_name("github_openapi.json")


def sliced(document: Mapping[str, Any]) -> dict[str, Any]:
    """The calls of `CALLS` and every component they refer to, without prose."""
    paths = {
        path: {method: bare(document["paths"][path][method]) for method in methods} for path, methods in CALLS.items()
    }
    components: dict[str, dict[str, Any]] = {}
    for kind, name in references(paths, document["components"]):
        components.setdefault(kind, {})[name] = bare(document["components"][kind][name])
    origin = {"title": document["info"]["title"], "version": document["info"]["version"]}
    origin["license"] = document["info"]["license"]
    return {"openapi": document["openapi"], "info": origin, "paths": paths, "components": components}


def bare(part: Any, *, names: bool = False) -> Any:  # noqa: ANN401 - any JSON value goes in, the same kind comes out
    """A part of the document without its prose; the keys of `properties` are names, whatever they are called."""
    if isinstance(part, list):
        return [bare(element) for element in part]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if names or key not in PROSE}
    return {key: bare(value, names=key == "properties" and not names) for key, value in kept.items()}


def references(paths: Mapping[str, Any], components: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every (kind, name) that the paths refer to, however indirectly."""
    found: set[tuple[str, str]] = set()
    waiting = list(_referred(paths))
    while waiting:
        reference = waiting.pop()
        if reference not in found:
            found.add(reference)
            waiting.extend(_referred(bare(components[reference[0]][reference[1]])))
    return found


def _referred(part: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - walks any JSON value
    if isinstance(part, dict):
        target = part.get("$ref")
        if isinstance(target, str):
            kind, name = target.removeprefix("#/components/").split("/")
            yield kind, name
        part = list(part.values())
    if isinstance(part, list):
        for element in part:
            yield from _referred(element)


def main(source: str) -> None:
    """Write the slice of the document at `source`."""
    document = json.loads(Path(source).read_text(encoding="utf-8"))
    SLICE.write_text(json.dumps(sliced(document), indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
