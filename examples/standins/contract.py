"""Hold calls and answers against an OpenAPI 3.0 document."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

__all__ = ["Contract"]

Json = Any
Validator = type[OAS30ReadValidator] | type[OAS30WriteValidator]


class Contract:
    """The calls that a document describes, with their bodies, queries and answers."""

    def __init__(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8").replace('"#/components/', '"urn:api#/components/')
        self.document = json.loads(text, object_hook=_with_null)
        self.registry = Registry().with_resource("urn:api", DRAFT4.create_resource(self.document))

    def broken_by_call(self, method: str, path: str, query: Mapping[str, str], body: Json) -> list[str]:
        """One sentence for everything that is wrong with a call."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path} is not in the contract"]
        return [*self._broken_query(operation, query), *self._broken_body(operation, body)]

    def broken_by_answer(self, method: str, path: str, status: int, body: Json) -> list[str]:
        """One sentence for everything that is wrong with an answer."""
        operation = self._operation(method, path)
        if operation is None:
            return []
        answer = operation["responses"].get(str(status))
        if answer is None:
            return [f"status {status} is not documented"]
        content = self._resolved(answer).get("content", {}).get("application/json")
        return self._errors(content["schema"], body, OAS30ReadValidator) if content else []

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        for template, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", template), path) and method.lower() in operations:
                operation: dict[str, Any] = operations[method.lower()]
                return operation
        return None

    def _broken_query(self, operation: Mapping[str, Any], query: Mapping[str, str]) -> Iterator[str]:
        declared = [self._resolved(parameter) for parameter in operation.get("parameters", [])]
        schemas = {p["name"]: p["schema"] for p in declared if p["in"] == "query"}
        for name, value in query.items():
            if name not in schemas:
                yield f"query {name} is not documented"
            else:
                meant = int(value) if schemas[name].get("type") == "integer" and value.isdigit() else value
                yield from self._errors(schemas[name], meant, OAS30WriteValidator)

    def _broken_body(self, operation: Mapping[str, Any], body: Json) -> list[str]:
        described = operation.get("requestBody")
        if described is None:
            return [] if body is None else ["a body where none is documented"]
        schema = described["content"]["application/json"]["schema"]
        known = schema.get("properties", {})
        unknown = [f"unknown field {name}" for name in body if name not in known] if isinstance(body, dict) else []
        return unknown + self._errors(schema, body, OAS30WriteValidator)

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        """The part itself, or the component it refers to."""
        if "$ref" not in part:
            return part
        kind, name = part["$ref"].removeprefix("urn:api#/components/").split("/")
        component: dict[str, Any] = self.document["components"][kind][name]
        return component

    def _errors(self, schema: Mapping[str, Any], value: Json, validator: Validator) -> list[str]:
        checks = validator(schema, registry=self.registry, format_checker=oas30_format_checker)
        return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:160]}" for e in checks.iter_errors(value)]


def _with_null(part: dict[str, Any]) -> dict[str, Any]:
    """A nullable enumeration that takes null: OpenAPI 3.0.3 wants null spelled out there, and GitHub does not."""
    if part.get("nullable") is True and None not in part.get("enum", [None]):
        return part | {"enum": [*part["enum"], None]}
    return part
