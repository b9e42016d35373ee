"""O1: there are credentials, and they have the form of some."""

from __future__ import annotations

from lattice_tui.checks.results import ok, wrong
from lattice_tui.checks.runner import Check, failed
from lattice_tui.providers.openstack import forms
from lattice_tui.providers.openstack.checks.look import CREDENTIALS, Look, check, safe
from lattice_tui.providers.openstack.credential_fields import ROOT
from lattice_tui.providers.openstack.entries import APPLICATION_CREDENTIAL, TOKEN
from schemas.checks import CheckResult

_LOOKED_FOR = "OS_CLOUD, OS_AUTH_URL and OS_USERNAME or OS_APPLICATION_CREDENTIAL_ID; clouds.yaml in this folder, in "
_LOOKED_IN = "~/.config/openstack and in /etc/openstack; OS_CLIENT_CONFIG_FILE"


def checks(look: Look) -> tuple[Check, ...]:
    """The row that all others wait for."""

    async def run() -> CheckResult:
        return _credentials(look)

    return (check(look, CREDENTIALS, "Credentials", run, inputs=("credentials.missing",)),)


def _credentials(look: Look) -> CheckResult:
    missing = look.params.get("credentials.missing", "")
    values = {
        name.removeprefix("credentials."): value
        for name, value in look.params.items()
        if name.startswith("credentials.") and name != "credentials.missing" and value.strip()
    }
    if missing or not (values or look.secrets):
        return wrong(
            "fail",
            "LT-OS-020",
            safe(missing, 90) if missing else "there are no credentials for OpenStack",
            why="without them nothing can be looked at, and nothing be made",
            fix="Run: source openrc.sh (dashboard: API Access, Download OpenStack RC File), or paste the file here",
            action="source openrc.sh",
            field=f"{ROOT}.auth_url",
            evidence=f"looked for: {_LOOKED_FOR}{_LOOKED_IN}",
        )
    problems = forms.problems(values, look.secrets)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        result = failed("", "", errors[0])
        more = "; ".join(problem.title for problem in errors[1:])
        return wrong(
            "fail",
            result.code,
            result.summary,
            why="the cloud cannot be asked with it",
            fix=result.fix,
            field=result.field,
            evidence=f"also: {more}" if more else "",
        )
    if problems:
        first = problems[0]
        return wrong(
            "warn",
            first.code,
            first.title,
            why="going on works as long as the cloud agrees",
            fix=first.fix,
            field=first.path,
            evidence="; ".join(problem.title for problem in problems[1:]),
        )
    return ok(_who(values), evidence=safe(values.get("auth_url", ""), 120))


def _who(values: dict[str, str]) -> str:
    sort = values.get("auth_type", "")
    where = f" at {safe(values['auth_url'], 50)}"
    if sort == APPLICATION_CREDENTIAL:
        return f"an application credential{where}"
    project = safe(values.get("project_name") or values.get("project_id", ""), 30)
    if sort == TOKEN:
        return f"a token for the project {project}{where}"
    return f"the password of {safe(values.get('username') or values.get('user_id', ''), 30)} for {project}{where}"
