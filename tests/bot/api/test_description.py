"""Requests made from the description: whatever is sent, the answer is one that is described."""

import asyncio
import json
import random
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.bot.api.conftest import Program, Served

SEED = 7
EACH = 12
"""Requests of an operation."""
LEFT_OUT = {"start_training", "watch_training"}
"""What takes long, or goes on until it is closed."""


class Drawn:
    """Values for schemas, right and wrong ones."""

    def __init__(self, described: Any, seed: int) -> None:
        self._described, self._chance = described, random.Random(seed)

    def value(self, schema: Any) -> Any:
        """Often what the schema says, at times something else."""
        chance = self._chance
        if chance.random() < 0.1:
            return chance.choice([None, -1, 2**70, "", "\ud83d\ude00", [], {}, True, "x" * 300])
        if "$ref" in schema:
            return self.value(self.named(schema["$ref"]))
        if "anyOf" in schema:
            return self.value(chance.choice(schema["anyOf"]))
        if "enum" in schema:
            return chance.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object":
            members = schema.get("properties", {})
            wanted = schema.get("required", ())
            return {
                name: self.value(each)
                for name, each in members.items()
                if name in wanted or chance.random() < 0.5
            }
        if kind == "array":
            return [self.value(schema["items"]) for _ in range(chance.randint(1, 3))]
        if kind in {"integer", "number"}:
            return chance.choice([0, 1, 2, 7, 0.5] if kind == "number" else [0, 1, 2, 7])
        if kind == "boolean":
            return chance.random() < 0.5
        return chance.choice(["A cough.", "DRUG", "jsonl", "gold", "0", "ä\u00a0b", "a/b"])

    def named(self, reference: str) -> Any:
        """What a reference leads to."""
        found = self._described
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return found

    def request(self, operation: Any) -> tuple[dict[str, str], dict[str, str], Any]:
        """Values for the path and the query, and a body; None where there is none."""
        path, query = {}, {}
        for each in operation.get("parameters", ()):
            value = self.value(each["schema"])
            text = value if isinstance(value, str) else json.dumps(value)
            if each["in"] == "path":
                path[each["name"]] = text
            elif each["in"] == "query" and (each.get("required") or self._chance.random() < 0.6):
                query[each["name"]] = text
        content = operation.get("requestBody", {}).get("content", {})
        body = content.get("application/json")
        return path, query, None if body is None else self.value(body["schema"])


async def test_whatever_is_sent_the_answer_is_one_that_is_described(served: Served) -> None:
    """No request of any form is an error of ours, and every answer is of the schema that is told for it."""
    program = await served.program()
    described: Any = (await served.stranger().asks("GET", "/openapi.json")).body
    registry: Any = Registry().with_resource(
        "urn:api", Resource.from_contents(described, default_specification=DRAFT202012)
    )
    drawn = Drawn(described, SEED)
    asked = 0
    for route, operations in described["paths"].items():
        for method, operation in operations.items():
            if operation["operationId"] in LEFT_OUT:
                continue
            for _ in range(EACH):
                await _ask(program, route, method, operation, drawn, registry)
                asked += 1
    assert asked > 150


async def _ask(
    program: Program, route: str, method: str, operation: Any, drawn: Drawn, registry: Any
) -> None:
    path, query, body = drawn.request(operation)
    for name, value in path.items():
        route = route.replace(f"{{{name}}}", value.replace("/", "%2F") or "0")
    options: dict[str, Any] = {"params": query}
    if body is not None:
        options["json"] = body
    elif method == "post" and "requestBody" in operation:
        options["data"] = json.dumps({"text": "A cough."}).encode()
    async with asyncio.timeout(60):
        said = await program.asks(method.upper(), route, **options)
    told = (method, route, query, body, said)
    assert said.status < 500 or said.status == 503, told
    known = operation["responses"].get(str(said.status), operation["responses"]["default"])
    for kind, content in known["content"].items():
        if said.headers["Content-Type"].startswith(kind) and "schema" in content:
            schema = {"$ref": f"urn:api{content['schema']['$ref']}"}
            errors = list(Draft202012Validator(schema, registry=registry).iter_errors(said.body))
            assert not errors, (told, errors[:2])
