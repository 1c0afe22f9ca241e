"""What a person reads of a run in the Prefect UI."""

import re
from collections.abc import Sequence

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from tasks.house import the_house
from tasks.kind import outside
from watchkeeper.domain.approvals import Question
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Trial, Version
from watchkeeper.ports import Tracked
from watchkeeper.story.keeping import Kept
from watchkeeper.story.releasing import Advance

__all__ = ["show_kept", "show_question", "show_report", "show_rollout", "show_sweep", "show_trial"]

MOST_SHOWN = 12
"""Findings of a verdict that are shown; `watchkeeper explain` has them all."""

SIGNS = {Level.OK: "🟢", Level.UNKNOWN: "⚪", Level.WARNING: "🟡", Level.CRITICAL: "🔴"}


def artifact_key(*words: str) -> str:
    """A key as Prefect wants it: lower case and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")


@outside()
def show_sweep(verdicts: Sequence[Verdict], failed: dict[str, str]) -> None:
    """One table of the sweep, and a page for every model that is not well."""
    rows = [
        {"model": v.model, "window": str(v.interval.end), "level": f"{SIGNS[v.level]} {v.level}", "why": v.why}
        for v in sorted(verdicts, key=lambda v: -v.level)
    ]
    rows += [{"model": m, "window": "", "level": "❌ not judged", "why": why} for m, why in failed.items()]
    create_table_artifact(rows, key="sweep", description=f"{len(verdicts)} judged, {len(failed)} could not be")
    for verdict in verdicts:
        if verdict.level > Level.OK or len(verdicts) == 1:
            create_markdown_artifact(_verdict_page(verdict), key=artifact_key("verdict", verdict.model))


def _verdict_page(verdict: Verdict) -> str:
    shown = [f for f in verdict.findings if f.level > Level.OK][:MOST_SHOWN] or verdict.findings[:MOST_SHOWN]
    lines = [
        f"# {SIGNS[verdict.level]} {verdict.id}: {verdict.level}",
        f"{verdict.why}",
        f"Likely cause: **{verdict.cause}**. {verdict.evidence}",
        f"Records: {verdict.rows:,}. Champion: v{verdict.version}.",
        "",
        "| | check | value | limit | |",
        "|---|---|---|---|---|",
        *map(_finding_row, shown),
        "",
        f"`watchkeeper explain {verdict.id}` shows all {len(verdict.findings)} answers.",
    ]
    return "\n".join(lines)


def _finding_row(finding: Finding) -> str:
    page = f"[{finding.check}]({the_house().runbook(finding.runbook)})"
    return f"| {SIGNS[finding.level]} | {page} | {finding.value:.4g} | {finding.limit:.4g} | {finding.sentence} |"


@outside()
def show_report(model: str, incident: str | None, tracked: Tracked) -> None:
    """Where the report is."""
    links = the_house().state.links(incident) if incident else {}
    page = "\n".join([f"# Report of {model}", *(f"* {name}: {url}" for name, url in links.items())])
    create_markdown_artifact(page, key=artifact_key("report", model), description=tracked.artifact)
    if url := links.get("Evidently report"):
        create_link_artifact(url, link_text=f"Evidently report of {model}", key=artifact_key("evidently", model))


@outside()
def show_trial(version: Version, trial: Trial, outcome: str) -> None:
    """Candidate against champion, in a table."""
    names = [n for n in trial.candidate if n in trial.champion]
    rows = [f"| {n} | {trial.champion[n]:.4f} | {trial.candidate[n]:.4f} |" for n in names]
    page = [f"# Trial of {version.name}", outcome, "", "| | champion | candidate |", "|---|---|---|", *rows]
    create_markdown_artifact("\n".join(page), key=artifact_key("trial", version.model))


@outside()
def show_rollout(look: Advance) -> None:
    """Where a rollout stands, how its canary is judged, and how it came there."""
    rollout, judgement = look.rollout, look.judgement
    moves = [f"| {m.at:%Y-%m-%d %H:%M} | {m.verb} | {m.share:.0%} | {m.because} |" for m in rollout.history]
    page = [
        f"# {rollout.id}",
        f"**{look.action.verb}**: {look.action.because}",
        f"Canary v{rollout.candidate} answers {rollout.share:.0%}; champion v{rollout.champion}.",
        f"Judgement: {judgement.sentence} Harm between {judgement.lower:+.4f} and {judgement.upper:+.4f}.",
        "",
        "| when | what | share | because |",
        "|---|---|---|---|",
        *moves,
    ]
    create_markdown_artifact("\n".join(page), key=artifact_key("rollout", rollout.model))


@outside()
def show_question(question: Question) -> None:
    """The evidence, beside the form."""
    page = f"{question.evidence}\n\nAnswer by {question.expires:%Y-%m-%d %H:%M} UTC; silence ends in the champion."
    create_markdown_artifact(page, key=artifact_key("question", question.model))


@outside()
def show_kept(done: Sequence[Kept], failed: dict[str, str]) -> None:
    """What became of each model's files and rows, and what was left as it was."""
    rows = [
        {
            "model": kept.model,
            "files": kept.compaction.sentence,
            "rows": kept.retention.sentence,
            "trouble": "; ".join(kept.compaction.trouble),
        }
        for kept in done
    ]
    rows += [{"model": name, "files": "", "rows": "", "trouble": why} for name, why in failed.items()]
    create_table_artifact(rows, key="kept", description=f"{len(done)} put in order, {len(failed)} could not be")
