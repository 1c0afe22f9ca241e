"""Every way in which a file can be wrong ends in a sentence that names file, field and mend."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.spec.conftest import MODEL, Told
from watchkeeper.checks import built_in
from watchkeeper.domain.problems import Problem
from watchkeeper.errors import SpecError
from watchkeeper.spec import read_house, read_model


@pytest.mark.parametrize(
    ("more", "tables", "line"),
    [
        ('evry = "1d"', "", "evry: there is no such word; did you mean `every`?"),
        ("", '[label]\ndelay = "1d"', "label: there is no such word; did you mean `labels`?"),
        ("", '[labels]\ndealy = "1d"', "labels.dealy: there is no such word; did you mean `delay`?"),
        ("", '[labels]\nxyz = "1d"', "labels.xyz: there is no such word; known are delay, over"),
        ("", "[trial]\nleast_row = 5", "trial.least_row: there is no such word; did you mean `least_rows`?"),
        ("", '[rollout]\naproval = ["canary"]', "rollout.aproval: there is no such word; did you mean `approvals`?"),
        (
            "",
            '[[rollout.steps]]\nshare = 0.1\nlast = "1d"\nlasts = "1d"',
            "rollout.steps.0.last: there is no such word; did you mean `lasts`?",
        ),
        ("", '[rollout]\napprovals = ["promoton"]', "rollout.approvals.0: 'promoton' is not known; did you mean `pro"),
        (
            "",
            '[response]\non = ["calibration", "perfomance"]',
            "response.on.1: 'perfomance' is not known; did you mean",
        ),
        ("", "[checks.mising]\ncritical = 1", "checks.mising: there is no such check; did you mean `missing`?"),
        ("", "[checks.missing]\ncritcal = 1", "checks.missing.critcal: there is no such word; did you mean `critical`"),
        ("", "[checks.missing]\nconfrm = 1", "checks.missing.confrm: there is no such word; did you mean `confirm`?"),
        ("", '[checks.missing]\nignore = ["a", 7]', "checks.missing.ignore.1: Input should be a valid string (it says"),
        ("", '[logged]\nnumerical = ["fare"]', "logged.numerical: 'numerical' is not known; did you mean `numeric`?"),
    ],
)
def test_a_typo_is_named_with_the_nearest_right_word_at_every_depth(
    told: Told, more: str, tables: str, line: str
) -> None:
    (found,) = told(more, tables)
    assert found.startswith(line)


def test_a_kind_of_column_is_corrected(tmp_path: Path) -> None:
    file = tmp_path / "flights.toml"
    file.write_text(MODEL.format(more="", tables="").replace("numeric =", "numerc ="))
    with pytest.raises(SpecError, match=r"features\.numerc: 'numerc' is not known; did you mean `numeric`\?"):
        read_model(file)


def test_every_wrong_field_is_named_at_once(told: Told) -> None:
    lines = told('every = "daily"\nmodl = 1', '[checks.auc]\ncritical = "high"\nconfirm = "twice"\n[trial]\nmargn = 1')
    assert [line.partition(":")[0] for line in lines] == [
        "checks.auc.confirm",
        "checks.auc.critical",
        "every",
        "trial.margn",
        "modl",
    ]


def test_a_word_that_is_left_out_is_named(tmp_path: Path) -> None:
    file = tmp_path / "flights.toml"
    file.write_text('[features]\nnumeric = ["temp"]\n[training]\n')
    with pytest.raises(SpecError) as error:
        read_model(file)
    assert str(error.value) == f"{file}:\n  model: is missing\n  training.function: is missing"


@pytest.mark.parametrize(
    ("more", "tables", "line"),
    [
        ('every = "1 day"', "", 'every: "1 day" is no time: write a number and one of s, m, h, d, w, for example "6h"'),
        ("every = 7", "", 'every: "7" is no time'),
        ('every = "0d"', "", 'every: "0d" is no length of time: it lasts longer than nothing'),
        ('every = "90s"', "", "every: windows are whole minutes long, as their ids name no seconds; 0:01:30 is not"),
        ("", '[labels]\nover = "0h"', 'labels.over: "0h" is no length of time'),
        ("", '[training]\nholdout = "400d"', "the file: training.history is longer than holdout and labels.delay"),
        ("", '[confirm]\nopens = "twice"', 'confirm.opens: "twice" is no number of windows: write it like "2 of 3"'),
        ("", '[confirm]\nopens = "4 of 3"', 'confirm.opens: "4 of 3" cannot be meant'),
        ("", '[checks.missing]\nconfirm = "0 of 3"', 'checks.missing.confirm: "0 of 3" cannot be meant'),
        ("", '[checks.missing]\nenabled = "perhaps"', "checks.missing.enabled: Input should be a valid boolean"),
        ("", "[checks.missing]\ncritical = -1", "checks.missing: critical is a positive number, not -1.0"),
        ("", "[checks.missing]\nwarning = 0.5", "checks.missing: warning lies above 0 and not above critical = 0.1"),
        ("", "[checks]\nmissing = 3", "checks.missing: is a table, for example [checks.missing]"),
        ("checks = 3", "", "checks: is a table of tables, for example [checks.missing]"),
        ("", "[rollout]\nalpha = 5", "rollout.alpha: 5 is no share: write a number between 0 and 1, for example 0.1"),
        ("", '[rollout]\nalpha = "5 %"', "rollout.alpha: 5 % is no share"),
        (
            "",
            "[rollout]\nsteps = []",
            "rollout.steps: the shares of a rollout grow from step to step, these do not: []",
        ),
        (
            "",
            '[[rollout.steps]]\nshare = 0.5\nlasts = "1d"\n[[rollout.steps]]\nshare = 0.1\nlasts = "1d"',
            "rollout.steps: the shares of a rollout grow from step to step, these do not: [0.5, 0.1]",
        ),
        ("", '[logged]\nnumeric = ["temp"]', "the file: named twice among features and logged columns: temp"),
        ('every = "32d"', "", "every: windows last a month at most, 31d; 32d is longer"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_mend(told: Told, more: str, tables: str, line: str) -> None:
    if tables.startswith("[training]"):
        tables = tables.removeprefix("[training]\n")
    (found,) = told(more, tables)
    assert found.startswith(line)


def test_a_model_without_features_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "flights.toml"
    file.write_text('model = "flights"\nfeatures = {}\n[training]\nfunction = "a.b:c"\n')
    with pytest.raises(SpecError, match="a model has features: write them by kind"):
        read_model(file)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('enviroment = "prod"', ["enviroment: there is no such word"]),
        ("[tracker]\nbach = 3", ["tracker.bach: there is no such word; did you mean `batch`?"]),
        ('[[channels]]\nkind = "pagerdty"', ["channels.0.kind: 'pagerdty' is not known; did you mean `pagerduty`?"]),
        (
            '[[channels]]\nkind = "console"\nlesat = "WARNING"\n[[channels]]\nkind = "pagerduty"\nleast = "CRITCAL"',
            [
                "channels.0.lesat: there is no such word; did you mean `least`?",
                "channels.1.least: 'CRITCAL' is not known; did you mean `CRITICAL`?",
            ],
        ),
        ('[[channels]]\nkind = "github"', ["channels.0: github needs the repository that keeps the issues: repo = "]),
        ('[[channels]]\nkind = "console"\n' * 2, ["channels: one channel of a kind"]),
    ],
)
def test_the_house_is_read_as_strictly(told_of_house: Callable[[str], list[str]], text: str, lines: list[str]) -> None:
    found = told_of_house(text)
    assert len(found) == len(lines)
    assert all(f.startswith(line) for f, line in zip(found, lines, strict=True))


@pytest.mark.parametrize("read", [read_model, read_house])
def test_broken_toml_is_named_with_its_place(tmp_path: Path, read: Callable[[Path], object]) -> None:
    file = tmp_path / "broken.toml"
    file.write_text('model = "flights\nevery = 1')
    with pytest.raises(SpecError, match=r"broken\.toml: is no TOML: .*line 1"):
        read(file)


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(
        SpecError, match=r"flights\.toml: there is no such file; `watchkeeper new model NAME` writes one"
    ):
        read_model(tmp_path / "flights.toml")
    with pytest.raises(SpecError, match=r"house\.toml: there is no such file; .*--house"):
        read_house(tmp_path / "house.toml")


def test_what_is_no_text_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes('owner = "Zoë"'.encode("latin-1"))
    for path in (tmp_path / "latin.toml", tmp_path):
        with pytest.raises(SpecError, match="cannot be read"):
            read_model(path)


def test_every_built_in_check_can_be_set_by_its_own_words(model: Callable[..., Path]) -> None:
    kinds = [kind for kind, check in built_in().items() if Problem.BINARY in check.problems]
    assert {"missing", "drift", "auc", "volume"} <= set(kinds)
    spec = read_model(model("", "".join(f'[checks.{k}]\ncritical = 0.123\nconfirm = "1 of 4"\n' for k in kinds)))
    assert {check.kind: check.critical for check in spec.asked} == dict.fromkeys(kinds, 0.123)
    assert {str(spec.confirmation.of(kind)) for kind in kinds} == {"1 of 4"}
