from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.subtitles.styles import STYLES, load_style


def test_styles_by_name() -> None:
    assert set(STYLES) == {"netflix", "bbc", "podcast", "youtube", "transcript"}
    for name, style in STYLES.items():
        assert load_style(name) == style
        assert style.name == name
        assert style.source
    with pytest.raises(InputError, match="no style netfix; did you mean netflix"):
        load_style("netfix")


def test_users_see_the_files_that_are_used() -> None:
    folder = Path(__file__).parents[2] / "configs" / "styles"
    assert {path.stem for path in folder.glob("*.toml")} == set(STYLES)
    netflix = (folder / "netflix.toml").read_text()
    assert f"max_chars_per_line = {STYLES['netflix'].max_chars_per_line}" in netflix


def test_a_file_overrides_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('max_chars_per_line = 30\nframe_rate = "25"\n')
    style = load_style(str(path))
    assert (style.name, style.max_chars_per_line, style.frame_rate) == ("mine", 30, "25")
    assert style.max_duration_ms == STYLES["netflix"].max_duration_ms
    path.write_text('base = "bbc"\nmax_lines = 3\n')
    style = load_style(str(path))
    assert (style.max_lines, style.dash) == (3, STYLES["bbc"].dash)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nmax_char_per_line = 3", ":2: unknown key max_char_per_line; did you mean max_chars_"),
        ("max_lines = 0", ":1: the key max_lines is not usable: .*greater than or equal to 1"),
        ('max_lines = "2"', ":1: the key max_lines is not usable: .*integer"),
        ('mode = "cue"', ":1: the key mode is not usable: .*'cues' or 'transcript'"),
        ('base = "netfix"', ":1: the base netfix is no house style; did you mean netflix"),
        ('frame_rate = "23.98"', ":1: there is no frame rate 23.98; did you mean 23.976"),
        ("min_duration_ms = 8000", ":1: min_duration_ms is longer than max_duration_ms"),
        ('dash = "a\\nb"', ":1: the key dash must be one line"),
        ("name = 'x'", ":1: unknown key name"),
        ("x = ", "not valid TOML"),
    ],
)
def test_wrong_files(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_style(str(path))


def test_missing_file() -> None:
    with pytest.raises(InputError, match=r"nowhere/x\.toml: there is no such style file"):
        load_style("nowhere/x.toml")
