"""From what a command asks for to what a run needs: suite, cases, policy, recordings and a way to make guards."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from guard import policy as policies
from guard.assemble import Guard
from guard.case import Action
from guard.errors import EvalError
from guard.evaluation import files, head, suite
from guard.evaluation.case import EvalCase
from guard.evaluation.mutations import mutated
from guard.evaluation.recording import Recorder
from guard.evaluation.results import Head, RunMode
from guard.evaluation.reviewing import Make
from guard.evaluation.suite import Suite
from guard.evaluation.tape import Tape
from guard.parts import templates
from guard.policy import By, Policy
from guard.prompts import Fault
from guard.prompts.overlap import copied, gate_runs
from guard.settings import Settings

if TYPE_CHECKING:
    import httpx2

_NOWHERE = "http://recorded.invalid/v1"
_SECRETS = ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID")
_NEVER = 1_000_000_000
"""Failures after which a guard under evaluation would leave its model alone: then one case would cost another one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command asks for. None: whatever the policy, or its need of a model, says. where: slice → value.

    against: prompts, of a commit or in a directory, that are run beside the ones of the settings. usd: for a million
    tokens asked and answered, whatever the policy says.
    """

    suite: str = "release"
    evals: Path = Path("evals")
    mode: RunMode | None = None
    judge: By | None = None
    policy: Path | None = None
    cases: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    tokens: int | None = None
    against: str | None = None
    usd: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run needs. `part` says why these are not all cases of the suite; None: they are.

    offline: makes the same guards where nobody is asked, whatever the mode.
    """

    suite: Suite
    policy: Policy
    cases: tuple[EvalCase, ...]
    head: Head
    recorder: Recorder
    make: Make
    offline: Make
    part: str | None


def prepared(asked: Asked, settings: Settings | None = None, *, prompts_of: str | None = None) -> Prepared:
    """Read all of it. Raises `EvalError`, `PolicyError`, `PromptError` or `SettingsError` with what to mend.

    prompts_of: these settings have the prompts of another state. An example that such a one gives away is its own.
    """
    chosen = suite_of(asked.suite, asked.evals)
    settings = settings or Settings.from_env()
    file = asked.policy or settings.policy
    policy = _policy(file, asked, chosen.run.at_once.most)
    mode = _mode(asked.mode, policy)
    chosen = _within(asked.tokens, chosen)
    _refuse_unpriced(chosen, mode, policy)
    every = cases_of(chosen, asked.evals, policy.actions())
    if prompts_of is None and (leaks := given_away(settings, chosen.case_files(asked.evals))):
        told = "; ".join(map(str, leaks[:10]))
        raise EvalError(f"examples of the prompts stand in the gate's cases: {told}")
    some = _chosen(every, asked)
    begun = head.head(
        suite=chosen,
        cases=some,
        mode=mode,
        policy=policy,
        policy_file=file,
        settings=settings,
        now=datetime.now(UTC),
        prompts_of=prompts_of,
    )
    part = f"only {len(some)} of the suite's {len(every)} cases were asked for"
    tape = Tape(asked.evals / "recordings", chosen.name, secrets(settings))
    return Prepared(
        suite=chosen,
        policy=policy,
        cases=some,
        head=begun,
        recorder=Recorder(mode, tape, _network(mode)),
        make=_maker(mode, policy, settings),
        offline=_maker("replay", policy, settings),
        part=part if len(some) < len(every) else None,
    )


def suite_of(name: str, evals: Path) -> Suite:
    """By its name, or by its file."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else evals / "suites" / f"{name}.yaml"
    if not path.is_file():
        names = ", ".join(sorted(p.stem for p in (evals / "suites").glob("*.yaml"))) or "none"
        raise EvalError(
            f"{path}: there is no such suite. There are: {names}. --evals names the directory of evals."
        )
    return suite.load(path)


def cases_of(
    chosen: Suite, evals: Path, known: Mapping[str, Action], *, splits: bool = True
) -> tuple[EvalCase, ...]:
    """The suite's cases of its splits, each followed by what its mutations make of it."""
    read = files.load(chosen.case_files(evals), known)
    ids = chosen.ids(evals)
    kept = tuple(
        one for one in read if (one.split in chosen.splits or not splits) and (ids is None or one.id in ids)
    )
    if ids and (unknown := sorted(ids - {one.id for one in kept})):
        raise EvalError(f"{evals / str(chosen.only)}: {unknown[0]} is no case of these files and splits.")
    return (*kept, *mutated(kept, chosen.mutations))


def given_away(settings: Settings, files: Iterable[Path]) -> list[Fault]:
    """Examples of the prompts that repeat a case of the gate in these files."""
    prompts, gate = templates(settings), gate_runs(files)
    found = {fault for name in prompts.names() for fault in copied(prompts.get(name).sources, gate)}
    return sorted(found, key=str)


def asks_a_model(policy: Policy) -> bool:
    """Somebody in it needs the network, or a recording."""
    return policy.judging.by != "local" or policy.rewriting != "local"


def _policy(file: Path | None, asked: Asked, at_once: int) -> Policy:
    """As in production, except that it never only observes, and that one case's failures are not another one's."""
    read = policies.load(file) if file else policies.shipped()
    usd_in, usd_out = asked.usd or (read.model.usd_in, read.model.usd_out)
    model = replace(read.model, failures=_NEVER, at_once=at_once, usd_in=usd_in, usd_out=usd_out)
    return replace(
        read, mode="enforce", judging=replace(read.judging, by=asked.judge or read.judging.by), model=model
    )


def _mode(asked: RunMode | None, policy: Policy) -> RunMode:
    asks = asks_a_model(policy)
    if asked == "local" and asks:
        raise EvalError(
            f"the policy asks a model (judge {policy.judging.by}, rewrite {policy.rewriting}), which mode local never "
            "does. Choose --mode replay, record-missing or live, or --judge local and a policy whose rewrite is local."
        )
    return asked or ("replay" if asks else "local")


def _within(tokens: int | None, chosen: Suite) -> Suite:
    if tokens is None:
        return chosen
    return chosen.model_copy(update={"run": chosen.run.model_copy(update={"tokens": tokens})})


def _refuse_unpriced(chosen: Suite, mode: RunMode, policy: Policy) -> None:
    """A budget in dollars that nobody can count is none."""
    priced = policy.model.usd_in is not None and policy.model.usd_out is not None
    only_usd = chosen.run.usd is not None and chosen.run.tokens is None
    if only_usd and not priced and mode in ("live", "record-missing") and asks_a_model(policy):
        raise EvalError(
            f"suite {chosen.name} has a budget in dollars alone, and the policy knows no price. Give --usd-in and --usd-out, "
            "set model.usd_in and model.usd_out in the policy, or limit tokens: --limit 100000."
        )


def _chosen(every: tuple[EvalCase, ...], asked: Asked) -> tuple[EvalCase, ...]:
    ids = {one.id for one in every}
    if unknown := [id for id in asked.cases if id not in ids]:
        raise EvalError(f"no case {unknown[0]!r} in this suite and its splits. `eval validate` counts them.")
    names = {name for one in every for name in (*one.slices, "split", "mutation")}
    if unknown := [name for name in asked.where if name not in names]:
        raise EvalError(f"--where {unknown[0]}: no such slice. There are: {', '.join(sorted(names))}.")
    wanted = set(asked.cases)
    some = tuple(o for o in every if (not wanted or o.id in wanted) and _lies_in(o, asked.where))
    if not some:
        raise EvalError("no case of this suite is chosen by --case and --where.")
    return some


def _lies_in(one: EvalCase, where: Mapping[str, str]) -> bool:
    told = {**one.slices, "split": (one.split,), "mutation": (one.mutation or "none",)}
    return all(value in told.get(name, ()) for name, value in where.items())


def can_ask(settings: Settings) -> bool:
    """Somebody would answer: the openai package refuses to ask anybody without a key."""
    return bool(settings.model_key or os.environ.get("OPENAI_API_KEY"))


def secrets(settings: Settings) -> tuple[str, ...]:
    """What must stand in no file."""
    return tuple(s for s in (settings.model_key, *(os.environ.get(n) for n in _SECRETS)) if s)


def _network(mode: RunMode) -> "httpx2.AsyncBaseTransport | None":
    match mode:
        case "local" | "replay":
            return None
        case "record-missing" | "live":
            import httpx2

            return httpx2.AsyncHTTPTransport()
        case _:
            assert_never(mode)


def _maker(mode: RunMode, policy: Policy, settings: Settings) -> Make:
    """Guards whose handoffs go to a directory of the run and never to the store of the environment."""
    recorded = mode in ("local", "replay")
    quiet = replace(settings, database_url=None, mode=None, prompts_reload=False)
    if recorded:
        quiet = replace(quiet, model_url=_NOWHERE, model_key="recorded")

    def make(home: Path, transport: "httpx2.AsyncBaseTransport") -> Guard:
        return Guard(policy, replace(quiet, home=home), transport)

    return make
