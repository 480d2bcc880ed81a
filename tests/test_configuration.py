"""Where a value comes from, and the one message for each that is wrong."""

from pathlib import Path

import pytest

from theorycheck.configuration import ALLOWED, Configuration, configure, parse_settings
from theorycheck.errors import UserError


def refusal(
    folder: Path, text: str = "", flags: dict[str, str] | None = None, environment: dict[str, str] | None = None
) -> str:
    if text:
        (folder / "theorycheck.toml").write_text(text)
    with pytest.raises(UserError) as caught:
        configure(flags or {}, environment or {}, folder)
    assert caught.value.exit_code == 2 and "\n" not in str(caught.value)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_flag_wins_over_the_environment_over_the_file_over_the_default(tmp_path: Path) -> None:
    assert configure({}, {}, tmp_path).seed == 0
    (tmp_path / "theorycheck.toml").write_text("seed = 1\nprofile = 'full'\n")
    assert configure({}, {}, tmp_path).seed == 1
    assert configure({}, {"THEORYCHECK_SEED": "2"}, tmp_path).seed == 2
    found = configure({"seed": "3", "profile": None}, {"THEORYCHECK_SEED": "2", "OTHER": "x"}, tmp_path)
    assert (found.seed, found.profile) == (3, "full")


def test_every_key_is_read_from_the_file_and_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "theorycheck.toml").write_text(
        "profile = 'quick'\nseed = 4\njobs = 3\ntimeout = 1.5\nstrict = true\nreport = 'r'\njson = 'j'\nstore = 's'\n"
        "color = 'never'\n[setting.li-li-2024]\nk = 3\neta = 0.05\n"
    )
    found = configure({}, {}, tmp_path)
    assert set(found.model_dump(by_alias=True)) == set(ALLOWED)
    assert found.setting == {"li-li-2024": {"k": 3, "eta": 0.05}}
    expected = ("quick", 4, 3, 1.5, True, "r", "j", "s", "never")
    fields = ("profile", "seed", "jobs", "timeout", "strict", "report", "json_target", "store", "color")
    assert tuple(getattr(found, field) for field in fields) == expected
    environment = {f"THEORYCHECK_{key.upper()}": value for key, value in {
        "profile": "full", "seed": "5", "jobs": "1", "timeout": "7", "strict": "no", "report": "a", "json": "b",
        "store": "c", "color": "always"}.items()}  # fmt: skip
    found = configure({}, environment, tmp_path)
    assert tuple(getattr(found, field) for field in fields) == ("full", 5, 1, 7.0, False, "a", "b", "c", "always")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed = 1\nprofil = 'quick'\n", 'theorycheck.toml:2: profil: unknown key; did you mean "profile"?'),
        (
            "\n\nprofile = 'quik'\n",
            'theorycheck.toml:3: profile: "quik"; did you mean "quick"? (allowed: quick, default or full)',
        ),
        ("seed = -1", "theorycheck.toml:1: seed: -1 (allowed: an integer from 0 to 2^63 - 1)"),
        ("seed = 1.0", "theorycheck.toml:1: seed: 1.0 (allowed: an integer"),
        ("seed = true", "theorycheck.toml:1: seed: true (allowed: an integer"),
        ("seed = 99999999999999999999", "theorycheck.toml:1: seed: 99999999999999999999 (allowed: an integer"),
        ("jobs = 0", "theorycheck.toml:1: jobs: 0 (allowed: an integer from 1 to 256)"),
        ("jobs = '2'", 'theorycheck.toml:1: jobs: "2" (allowed: an integer from 1 to 256)'),
        ("timeout = 0", "theorycheck.toml:1: timeout: 0 (allowed: seconds, above 0"),
        ("seed = 0\ntimeout = nan", "theorycheck.toml:2: nan is no number (allowed: finite numbers)"),
        ("timeout = inf", "theorycheck.toml:1: inf is no number"),
        ("timeout = -inf", "theorycheck.toml:1: -inf is no number"),
        ("timeout = 1e30", "theorycheck.toml:1: timeout: 1e+30 (allowed: seconds"),
        ("strict = 1", "theorycheck.toml:1: strict: 1 (allowed: true or false)"),
        ("report = 3", "theorycheck.toml:1: report: 3 (allowed: a folder)"),
        ("store = ''", 'theorycheck.toml:1: store: "" (allowed: a file)'),
        ("color = ['auto']", "theorycheck.toml:1: color: ['auto'] (allowed: auto, always or never)"),
        ("setting = 3", "theorycheck.toml:1: setting: an integer (allowed: a table)"),
        ("[setting]\nk = 3", "theorycheck.toml:2: setting.k: an integer (allowed: a table)"),
        ("[setting.p]\nk = [3]", "theorycheck.toml:2: setting.p.k: a list or a table"),
        ("seed = 1\nseed = 2\n", "theorycheck.toml:2: not TOML: Cannot overwrite a value"),
        ("seed = \n", "theorycheck.toml:1: not TOML: Invalid value"),
        ("seed = 1\x00", "theorycheck.toml:1: not TOML"),
    ],
)
def test_a_wrong_file_gives_one_message_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(tmp_path, text).startswith(message)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("THEORYCHECK_SED", "1", 'THEORYCHECK_SED: unknown variable; did you mean "THEORYCHECK_SEED"?'),
        ("THEORYCHECK_SETTING", "1", "THEORYCHECK_SETTING: unknown variable"),
        ("THEORYCHECK_SEED", "one", 'THEORYCHECK_SEED: "one" (allowed: an integer'),
        ("THEORYCHECK_TIMEOUT", "nan", "THEORYCHECK_TIMEOUT: nan (allowed: seconds"),
        ("THEORYCHECK_STRICT", "maybe", 'THEORYCHECK_STRICT: "maybe" (allowed: true or false)'),
        ("THEORYCHECK_PROFILE", "ful", 'THEORYCHECK_PROFILE: "ful"; did you mean "full"?'),
    ],
)
def test_a_wrong_variable_gives_one_message(tmp_path: Path, name: str, value: str, message: str) -> None:
    assert refusal(tmp_path, environment={name: value}).startswith(message)


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    assert configure({}, {"THEORYCHECK_SEED": ""}, tmp_path) == configure({}, {}, tmp_path)


def test_a_wrong_file_is_refused_even_where_a_flag_would_win(tmp_path: Path) -> None:
    assert "jobs: 0" in refusal(tmp_path, "jobs = 0", flags={"jobs": "2"})


def test_settings_are_typed_and_finite() -> None:
    found = parse_settings(["k=3", "eta=0.05", "x=1e-3", "name=linf", "on=true", "path=a=b"])
    assert found == {"k": 3, "eta": 0.05, "x": 0.001, "name": "linf", "on": True, "path": "a=b"}
    for wrong in (["k"], ["=3"], ["k="], ["k=1", "k=1"], ["k=nan"], ["k=-inf"], ["k=1e999"]):
        with pytest.raises(UserError, match="--set"):
            parse_settings(wrong)


def test_the_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Configuration().seed = 3  # type: ignore[misc]
