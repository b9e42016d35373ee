"""The cases of the script that only read: selectors, pages, watches."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rehearsal_api.conformance.asking import V1, Script
from tests.rehearsal_api.conformance.client import JSON, MERGE, TABLE, Reply
from tests.rehearsal_api.conformance.gadget import gadget


def selecting(script: Script) -> None:
    def names(name: str, query: str) -> None:
        reply = script.client.ask("GET", f"{V1}?{query}")
        items = [item["metadata"]["name"] for item in reply.body.get("items", ())]
        script.keep(name, Reply(reply.code, items if reply.code == 200 else reply.body))

    names("by label", "labelSelector=a%3Db")
    names("by labels that are not", "labelSelector=a%21%3Db")
    names("by a set of labels", "labelSelector=a+in+%28b,c%29")
    names("by a label that is not there", "labelSelector=%21a")
    names("by a bad label selector", "labelSelector=a%3D%3D%3Db")
    names("by a bad set", "labelSelector=a+in+b")
    names("by name", "fieldSelector=metadata.name%3Done")
    names("by a selectable field", "fieldSelector=spec.size%3Dlarge")
    names("by an unknown field", "fieldSelector=spec.count%3D1")
    names("by a bad field selector", "fieldSelector=metadata.name")
    names("by nonsense for a limit", "limit=x")
    names("of the future", "resourceVersion=99999999999")
    names("of nonsense", "resourceVersion=abc")
    names("exactly nothing", "resourceVersionMatch=Exact")
    names("a match of nonsense", "resourceVersion=1&resourceVersionMatch=Sometimes")
    names("a continue of nonsense", "limit=1&continue=nonsense")
    pages = list(_paged(script))
    script.keep("in pages", Reply(200, pages))


def _paged(script: Script) -> Iterator[list[str]]:
    token = ""
    for _page in range(10):
        reply = script.client.ask("GET", f"{V1}?limit=2&continue={token}")
        yield [item["metadata"]["name"] for item in reply.body["items"]]
        token = reply.body["metadata"].get("continue", "")
        if not token:
            return


def watching(script: Script) -> None:
    def events(name: str, query: str, accept: str = JSON) -> None:
        script.keep(name, script.client.watch(f"{V1}?watch=1&timeoutSeconds=1&{query}", accept))

    start = script.client.ask("GET", V1).body["metadata"]["resourceVersion"]
    script.client.ask("POST", f"{V1}?fieldManager=me", gadget("watched"))
    script.client.ask("PATCH", f"{V1}/watched?fieldManager=me", {"spec": {"size": "large"}}, content_type=MERGE)
    script.client.ask("DELETE", f"{V1}/watched")
    one = "fieldSelector=metadata.name%3Done"
    events("watch from a version", f"resourceVersion={start}")
    events("watch by a selectable field", f"resourceVersion={start}&fieldSelector=spec.size%3Dsmall")
    events("watch from 0", f"resourceVersion=0&{one}")
    events("watch from nowhere", one)
    events("watch at another version", one.replace("one", "beta"))
    events("watch as a table", f"resourceVersion={start}", TABLE)
    events(
        "watch with initial events",
        f"sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&{one}",
    )
    events("initial events without a match", "sendInitialEvents=true")
    events("a match without initial events", "resourceVersionMatch=NotOlderThan")
    events("initial events, exactly", "sendInitialEvents=true&resourceVersionMatch=Exact")
    events("watch from nonsense", "resourceVersion=abc")
