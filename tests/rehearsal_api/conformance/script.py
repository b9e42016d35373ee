"""The script: named requests in order, and what a server answered to each. Knows no server.

It leaves a server as it found it, but for what deletion takes time for.
"""

from __future__ import annotations

from typing import Any

from tests.rehearsal_api.conformance.asking import MAPS, SPACE, V1, V1BETA1, Answers, Script
from tests.rehearsal_api.conformance.client import APPLY, JSON, JSON_PATCH, MERGE, STRATEGIC, TABLE, Client, Reply
from tests.rehearsal_api.conformance.gadget import CRDS, GADGETS, GROUP, definition, gadget
from tests.rehearsal_api.conformance.reading import selecting, watching


def run(client: Client) -> Answers:
    """Every case, in order."""
    script = Script(client)
    for part in (
        _prepare,
        _definitions,
        _creating,
        _unknown_fields,
        _violations,
        _versions,
        _replacing,
        _patching,
        _applying,
        _status_and_scale,
        _core_kinds,
        _tables,
        selecting,
        watching,
        _deleting,
        _odd_requests,
        _tidy,
    ):
        part(script)
    return script.answers


def _prepare(script: Script) -> None:
    script.ask("namespace", "POST", "/api/v1/namespaces", {"metadata": {"name": "conformance"}})
    script.ask("a namespace twice", "POST", "/api/v1/namespaces", {"metadata": {"name": "conformance"}})
    script.ask("a namespace of a bad name", "POST", "/api/v1/namespaces", {"metadata": {"name": "Upper_Case"}})


def _definitions(script: Script) -> None:
    def without_versions() -> Any:
        crd = definition()
        crd["spec"]["versions"] = []
        return crd

    def badly_named() -> Any:
        crd = definition()
        crd["metadata"]["name"] = "widgets.conformance.lattice.dev"
        return crd

    def without_schema() -> Any:
        crd = definition()
        del crd["spec"]["versions"][1]
        del crd["spec"]["versions"][0]["schema"]
        return crd

    def unstructural() -> Any:
        crd = definition()
        crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["extra"] = {"properties": {}}
        return crd

    script.ask("gadgets before they are defined", "GET", V1)
    script.ask("a definition without versions", "POST", CRDS, without_versions())
    script.ask("a definition badly named", "POST", CRDS, badly_named())
    script.ask("a definition without schema", "POST", CRDS, without_schema())
    script.ask("a definition that is not structural", "POST", CRDS, unstructural())
    script.ask("define gadgets", "POST", CRDS, definition())
    script.until(f"{CRDS}/{GADGETS}", _is_established)
    script.until(V1, lambda reply: reply.code == 200)
    script.until(V1BETA1, lambda reply: reply.code == 200)
    script.until(f"/apis/{GROUP}/v1beta1", lambda reply: reply.code == 200)
    script.ask("the definition", "GET", f"{CRDS}/{GADGETS}")
    script.ask("the group", "GET", f"/apis/{GROUP}")
    script.ask("the resources of v1", "GET", f"/apis/{GROUP}/v1")


def _is_established(reply: Reply) -> bool:
    conditions = (reply.body.get("status") or {}).get("conditions") or []
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)


def _creating(script: Script) -> None:
    script.ask("create", "POST", f"{V1}?fieldManager=me", gadget("one", ports=[{"number": 1}]))
    script.ask("create again", "POST", V1, gadget("one"))
    script.ask("get", "GET", f"{V1}/one")
    script.ask("get what is not there", "GET", f"{V1}/nobody")
    script.ask("create in no namespace", "POST", V1.replace("conformance/gadgets", "nowhere/gadgets"), gadget("x"))
    script.ask("create across namespaces", "POST", f"/apis/{GROUP}/v1/gadgets", gadget("x"))
    script.ask("create without a name", "POST", V1, {**gadget("x"), "metadata": {}})
    script.ask("create with a bad name", "POST", V1, gadget("Upper"))
    script.ask("create with a bad label", "POST", V1, _labelled(gadget("x"), {"a": "-"}))
    script.ask("create with a bad label key", "POST", V1, _labelled(gadget("x"), {"a b": "c"}))
    script.ask("create with a label that is a number", "POST", V1, _labelled(gadget("x"), {"a": 1}))
    script.ask("create another kind", "POST", V1, {**gadget("x"), "kind": "Widget"})
    script.ask("create another version", "POST", V1, {**gadget("x"), "apiVersion": f"{GROUP}/v1beta1"})
    script.ask("create without a kind", "POST", V1, {"metadata": {"name": "x"}, "spec": {"size": "small"}})
    script.ask("create with a version", "POST", V1, _with_metadata(gadget("x"), resourceVersion="5"))
    script.ask("create elsewhere", "POST", V1, _with_metadata(gadget("x"), namespace="default"))
    script.ask("create with a bad dry run", "POST", f"{V1}?dryRun=Some", gadget("x"))
    script.ask("create dry", "POST", f"{V1}?dryRun=All&fieldManager=me", gadget("dry"))
    script.ask("after a dry create", "GET", f"{V1}/dry")
    script.ask("create with status", "POST", V1, {**gadget("stated"), "status": {"phase": "Up"}})
    script.ask("create no JSON", "POST", V1, b"{nonsense")
    script.ask("create a list", "POST", V1, b"[1]")


def _unknown_fields(script: Script) -> None:
    odd = {**gadget("odd", colour="red", plain=[{"b": "x"}]), "extra": 1}
    script.ask("unknown fields, strict", "POST", f"{V1}?fieldValidation=Strict", odd)
    script.ask("unknown fields, warned", "POST", f"{V1}?fieldValidation=Warn&dryRun=All", odd)
    script.ask("unknown fields, ignored", "POST", f"{V1}?fieldValidation=Ignore&dryRun=All", odd)
    script.ask("unknown fields, by default", "POST", f"{V1}?dryRun=All", odd)
    script.ask("unknown fields, nonsense", "POST", f"{V1}?fieldValidation=Loud", odd)
    script.ask("unknown metadata", "POST", f"{V1}?fieldValidation=Strict", _with_metadata(gadget("odd"), lables={}))
    twice = b'{"metadata":{"name":"odd"},"spec":{"size":"small","size":"large"},"kind":"Gadget","apiVersion":"%s/v1"}'
    script.ask("a field twice, strict", "POST", f"{V1}?fieldValidation=Strict", twice % GROUP.encode())
    script.ask("a field twice, warned", "POST", f"{V1}?dryRun=All", twice % GROUP.encode())
    path = f"{V1}/one?fieldValidation=Strict"
    script.ask("unknown in a merge patch", "PATCH", path, {"spec": {"colour": "red"}}, content_type=MERGE)
    script.ask("warned in a merge patch", "PATCH", f"{V1}/one", {"spec": {"colour": "red"}}, content_type=MERGE)
    operations = [{"op": "add", "path": "/spec/colour", "value": "red"}]
    script.ask("unknown in a JSON patch", "PATCH", path, operations, content_type=JSON_PATCH)
    script.ask("unknown in an apply", "PATCH", f"{V1}/odd?fieldManager=me", odd, content_type=APPLY)
    script.ask(
        "unknown in an apply, strict", "PATCH", f"{path}&fieldManager=me", odd | {"metadata": {}}, content_type=APPLY
    )


def _violations(script: Script) -> None:
    cases: dict[str, dict[str, Any]] = {
        "a value of no enum": {"size": "medium"},
        "a number too large": {"count": 11},
        "a number too small": {"count": -1},
        "text too short": {"name": "a"},
        "text too long": {"name": "abcdef"},
        "text of no pattern": {"name": "AB"},
        "text for a number": {"count": "1"},
        "a number for text": {"name": 1},
        "text for a boolean": {"on": "yes"},
        "a fraction for an integer": {"count": 1.5},
        "an object for a list": {"tags": {}},
        "a list for an object": {"labels": []},
        "a number in a map of text": {"labels": {"a": 1}},
        "too many items": {"tags": ["a", "b", "c", "d"]},
        "a set with a member twice": {"tags": ["a", "a"]},
        "a list with a key twice": {"ports": [{"number": 1}, {"number": 1}]},
        "a list without its key": {"ports": [{"protocol": "UDP"}]},
        "a null": {"name": None},
        "an expression": {"low": 2, "high": 1},
        "many at once": {"size": "medium", "count": 11, "name": "A", "low": 2, "high": 1},
    }
    for name, spec in cases.items():
        script.ask(name, "POST", f"{V1}?dryRun=All", gadget("bad", **spec))
    script.ask("what is required", "POST", V1, {**gadget("bad"), "spec": {}})
    script.ask("a spec that is text", "POST", V1, {**gadget("bad"), "spec": "x"})
    script.ask("fix it", "PATCH", f"{V1}/one", {"spec": {"fixed": "a"}}, content_type=MERGE)
    script.ask("change what is immutable", "PATCH", f"{V1}/one", {"spec": {"fixed": "b"}}, content_type=MERGE)
    bad = {**gadget("one"), "spec": {"count": 3}}
    script.ask(
        "apply without what is required",
        "PATCH",
        f"{V1}/new?fieldManager=me",
        bad | {"metadata": {}},
        content_type=APPLY,
    )


def _versions(script: Script) -> None:
    script.ask("at another version", "GET", f"{V1BETA1}/one")
    script.ask("list at another version", "GET", V1BETA1)
    script.ask("create at another version", "POST", f"{V1BETA1}?fieldManager=me", gadget("beta", "v1beta1"))
    script.ask("and at the stored one", "GET", f"{V1}/beta")
    script.ask("the wrong version for the path", "POST", V1BETA1, gadget("x"))
    script.ask("a version that is not served", "GET", V1.replace("/v1/", "/v9/"))


def _replacing(script: Script) -> None:
    live = script.ask("before a replace", "GET", f"{V1}/one").body
    script.ask("replace", "PUT", f"{V1}/one?fieldManager=me", {**live, "spec": {**live["spec"], "count": 2}})
    script.ask("replace, stale", "PUT", f"{V1}/one", {**live, "spec": {**live["spec"], "count": 3}})
    script.ask("replace without a version", "PUT", f"{V1}/one", gadget("one"))
    script.ask("replace under another name", "PUT", f"{V1}/two", {**live, "metadata": {"name": "one"}})
    script.ask("replace what is not there", "PUT", f"{V1}/two", gadget("two"))
    fresh = script.client.ask("GET", f"{V1}/one").body
    same = script.ask("replace with the same", "PUT", f"{V1}/one?fieldManager=other", fresh).body
    script.keep(
        "the same version", Reply(200, same["metadata"]["resourceVersion"] == fresh["metadata"]["resourceVersion"])
    )
    wrong = _with_metadata(fresh, uid="00000000-0000-0000-0000-000000000000")
    script.ask("replace another uid", "PUT", f"{V1}/one", wrong)


def _patching(script: Script) -> None:
    path = f"{V1}/one"
    patch = {"metadata": {"labels": {"a": "b"}}, "spec": {"count": None}}
    script.ask("merge patch", "PATCH", f"{path}?fieldManager=me", patch, content_type=MERGE)
    script.ask("merge patch, stale", "PATCH", path, {"metadata": {"resourceVersion": "1"}}, content_type=MERGE)
    script.ask("merge patch of nothing", "PATCH", f"{V1}/nobody", {}, content_type=MERGE)
    script.ask("merge patch with a list", "PATCH", path, [1], content_type=MERGE)
    script.ask("strategic for a custom kind", "PATCH", path, {}, content_type=STRATEGIC)
    script.ask("a patch as JSON", "PATCH", path, {}, content_type=JSON)
    tests: dict[str, list[dict[str, Any]]] = {
        "JSON patch": [{"op": "replace", "path": "/spec/size", "value": "large"}],
        "JSON patch, test fails": [{"op": "test", "path": "/spec/size", "value": "small"}],
        "JSON patch, no path": [{"op": "remove", "path": "/spec/nothing"}],
        "JSON patch, no operation": [{"op": "dance", "path": "/spec/size"}],
        "JSON patch that breaks": [{"op": "replace", "path": "/spec/size", "value": "medium"}],
    }
    for name, operations in tests.items():
        script.ask(name, "PATCH", path, operations, content_type=JSON_PATCH)
    script.ask("rename by a patch", "PATCH", path, {"metadata": {"name": "two"}}, content_type=MERGE)


def _applying(script: Script) -> None:
    path = f"{V1}/applied?fieldManager="
    first = gadget("applied", ports=[{"number": 80, "protocol": "TCP"}], tags=["a"])
    script.ask("apply", "PATCH", f"{path}one", first, content_type=APPLY)
    script.ask("apply the same", "PATCH", f"{path}one", first, content_type=APPLY)
    second = gadget("applied", size="large", ports=[{"number": 443, "protocol": "TCP"}])
    script.ask("apply against another", "PATCH", f"{path}two", second, content_type=APPLY)
    script.ask("apply by force", "PATCH", f"{path}two&force=true", second, content_type=APPLY)
    script.ask("apply less", "PATCH", f"{path}two", {**second, "spec": {"size": "large"}}, content_type=APPLY)
    script.ask("apply without a manager", "PATCH", f"{V1}/applied", first, content_type=APPLY)
    script.ask("apply another name", "PATCH", f"{V1}/other?fieldManager=one", first, content_type=APPLY)
    script.ask("apply without a version", "PATCH", f"{path}one", {"spec": {"size": "small"}}, content_type=APPLY)
    owned = _with_metadata(first, managedFields=[{"manager": "x"}])
    script.ask("apply managed fields", "PATCH", f"{path}one", owned, content_type=APPLY)
    twice = gadget("applied", ports=[{"number": 1, "protocol": "TCP"}, {"number": 1, "protocol": "TCP"}])
    script.ask("apply a key twice", "PATCH", f"{path}one", twice, content_type=APPLY)
    script.ask("apply the wrong type", "PATCH", f"{path}one", gadget("applied", count="x"), content_type=APPLY)


def _status_and_scale(script: Script) -> None:
    path = f"{V1}/one"
    ready = {
        "status": {"phase": "Up", "count": 1, "selector": "a=b", "conditions": [{"type": "Ready", "status": "True"}]}
    }
    script.ask(
        "patch status",
        "PATCH",
        f"{path}/status?fieldManager=ctl",
        {**ready, "spec": {"size": "small"}},
        content_type=MERGE,
    )
    script.ask("get status", "GET", f"{path}/status")
    wrong = {"status": {"count": "x"}}
    script.ask("patch status wrongly", "PATCH", f"{path}/status", wrong, content_type=MERGE)
    script.ask("patch status through the object", "PATCH", path, {"status": {"phase": "Down"}}, content_type=MERGE)
    script.ask("get scale", "GET", f"{path}/scale")
    script.ask("scale", "PATCH", f"{path}/scale?fieldManager=me", {"spec": {"replicas": 4}}, content_type=MERGE)
    script.ask("after the scale", "GET", path)
    script.ask("scale below nothing", "PATCH", f"{path}/scale", {"spec": {"replicas": -1}}, content_type=MERGE)
    script.ask("scale beyond the schema", "PATCH", f"{path}/scale", {"spec": {"replicas": 99}}, content_type=MERGE)
    script.ask("a subresource that is not there", "GET", f"{path}/finalize")


def _core_kinds(script: Script) -> None:
    data = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm"}, "data": {"a": "1"}}
    script.ask("create a config map", "POST", f"{MAPS}?fieldManager=me", data)
    script.ask("a config map with an unknown field", "POST", f"{MAPS}?fieldValidation=Strict", {**data, "dta": {}})
    script.ask("a config map with a number", "POST", MAPS, {**data, "data": {"a": 1}})
    script.ask("strategic merge", "PATCH", f"{MAPS}/cm", {"data": {"b": "2"}}, content_type=STRATEGIC)
    script.ask(
        "apply a config map", "PATCH", f"{MAPS}/cm?fieldManager=x", data | {"data": {"a": "2"}}, content_type=APPLY
    )
    script.ask("apply a typo", "PATCH", f"{MAPS}/cm?fieldManager=x", data | {"dta": {}}, content_type=APPLY)
    script.ask("a secret", "POST", f"{SPACE}/secrets", {"metadata": {"name": "s"}, "stringData": {"a": "b"}})
    script.ask("replace a config map blindly", "PUT", f"{MAPS}/cm", data)
    deployment = {"metadata": {"name": "web"}, "spec": {"replicas": "two"}}
    path = "/apis/apps/v1/namespaces/conformance/deployments?dryRun=All"
    script.ask("a deployment with text for a number", "POST", path, deployment)
    script.ask("a deployment with nothing", "POST", path, {"metadata": {"name": "web"}, "spec": {}})


def _tables(script: Script) -> None:
    script.ask("a table of gadgets", "GET", V1, accept=TABLE)
    script.ask("a table of one", "GET", f"{V1}/one?includeObject=None", accept=TABLE)
    script.ask(
        "a table of config maps", "GET", f"{MAPS}?fieldSelector=metadata.name%3Dcm&includeObject=Object", accept=TABLE
    )
    script.ask(
        "a table of namespaces", "GET", "/api/v1/namespaces?fieldSelector=metadata.name%3Dconformance", accept=TABLE
    )
    script.ask("a table of nothing", "GET", f"{SPACE}/secrets?labelSelector=no%3Dbody", accept=TABLE)
    script.ask("a table only", "GET", V1 + "/nobody", accept="application/json;as=Table;v=v1;g=meta.k8s.io")


def _deleting(script: Script) -> None:
    script.ask("delete what is not there", "DELETE", f"{V1}/nobody")
    script.ask("delete another uid", "DELETE", f"{V1}/one", {"preconditions": {"uid": "x"}})
    script.ask("delete another version", "DELETE", f"{V1}/one", {"preconditions": {"resourceVersion": "1"}})
    script.ask("delete oddly", "DELETE", f"{V1}/one?propagationPolicy=Sideways")
    script.ask("delete of another kind", "DELETE", f"{V1}/one", {"kind": "Gadget", "apiVersion": f"{GROUP}/v1"})
    script.ask("delete dry", "DELETE", f"{V1}/one?dryRun=All")
    script.ask("hold", "PATCH", f"{V1}/one", {"metadata": {"finalizers": ["lattice.dev/hold"]}}, content_type=MERGE)
    script.ask("delete what is held", "DELETE", f"{V1}/one")
    script.ask("delete it again", "DELETE", f"{V1}/one")
    script.ask(
        "hold it more",
        "PATCH",
        f"{V1}/one",
        {"metadata": {"finalizers": ["lattice.dev/hold", "a/b"]}},
        content_type=MERGE,
    )
    script.ask("let go", "PATCH", f"{V1}/one?fieldManager=me", {"metadata": {"finalizers": None}}, content_type=MERGE)
    script.ask("gone", "GET", f"{V1}/one")
    script.ask("delete a collection", "DELETE", f"{V1}?labelSelector=no%3Dbody")
    script.ask("delete the rest", "DELETE", V1)
    script.ask("after the rest", "GET", V1)
    script.ask("delete a config map", "DELETE", f"{MAPS}/cm", {"kind": "DeleteOptions", "apiVersion": "v1"})


def _odd_requests(script: Script) -> None:
    script.ask("no such path", "GET", "/nowhere")
    script.ask("no such group", "GET", "/apis/nowhere.dev/v1/things")
    script.ask("a method that is not served", "PUT", V1, {})
    script.ask("a post to one", "POST", f"{V1}/one", {})
    script.ask("a media type for nobody", "GET", V1, accept="text/html")
    script.ask("a body for nobody", "POST", V1, b"x", content_type="text/plain")
    script.ask("a body as YAML", "POST", f"{V1}?dryRun=All", _yaml(), content_type="application/yaml")
    script.ask("across all namespaces", "GET", f"/apis/{GROUP}/v1/gadgets")


def _tidy(script: Script) -> None:
    crd = script.client.ask("GET", f"{CRDS}/{GADGETS}").body
    crd["spec"]["versions"][1]["served"] = False
    script.ask("stop to serve a version", "PUT", f"{CRDS}/{GADGETS}", crd)
    script.until(V1BETA1, lambda reply: reply.code == 404)
    script.ask("a version no longer served", "GET", V1BETA1)
    script.ask("delete the definition", "DELETE", f"{CRDS}/{GADGETS}")
    script.until(V1, lambda reply: reply.code == 404)
    script.ask("after the definition", "GET", V1)
    script.client.ask("DELETE", f"{SPACE}/secrets/s")
    script.ask("delete the namespace", "DELETE", SPACE)


def _labelled(obj: dict[str, Any], labels: dict[str, Any]) -> dict[str, Any]:
    return _with_metadata(obj, labels=labels)


def _with_metadata(obj: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {**obj, "metadata": {**obj["metadata"], **metadata}}


def _yaml() -> bytes:
    return f"apiVersion: {GROUP}/v1\nkind: Gadget\nmetadata:\n  name: from-yaml\nspec:\n  size: small\n".encode()
