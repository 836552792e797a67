from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config, SpeakerConfig, load_config, parse_config
from pipeline.errors import InputError

CONFIGS = Path(__file__).parent.parent / "configs"
HERE = Path("x.toml")


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.toml")), ids=lambda path: path.stem)
def test_bundled_configs_are_valid(path: Path) -> None:
    config = load_config(path)
    assert config.id == path.stem
    assert len({speaker.key for speaker in config.speakers}) == 2


def test_template_names_every_key() -> None:
    text = (CONFIGS / "lex-400.toml").read_text()
    for key in (*Config.model_fields, *SpeakerConfig.model_fields):
        assert f"{key} = " in text or f"[[{key}]]" in text, key


def test_every_key_is_documented() -> None:
    text = (CONFIGS.parent / "docs" / "configuration.md").read_text()
    for key in (*Config.model_fields, *SpeakerConfig.model_fields):
        assert f"`{key}`" in text, key


def test_empty_config_is_the_default() -> None:
    assert parse_config("", HERE) == Config()


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes("\ufefftitle = 'T'\n".encode())
    assert load_config(path).title == "T"


TWO = '[[speakers]]\nkey = "a"\nname = "A"\n\n[[speakers]]\nkey = "b"\nname = "B"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('titel = "x"', "x.toml:1: unknown key titel; did you mean title?"),
        ('\n\nzzz = "x"', "x.toml:3: unknown key zzz; known are aligner,"),
        (TWO + 'lables = ["B"]', "x.toml:8: unknown key lables; did you mean labels?"),
        ('[[speaker]]\nkey = "a"', "x.toml:1: unknown key speaker; did you mean speakers?"),
        ('[[speakers]]\nkey = "a"\nnmae = "A"', "x.toml:3: unknown key nmae; did you mean name?"),
        ('[[speakers]]\nkey = "a"', "x.toml:1: the key name of speaker 1 is missing"),
        ("title = 3", "x.toml:1: the key title must be text in quotes"),
        ('title = ""', "x.toml:1: the key title must be one line"),
        ('min_coverage = "x"', "x.toml:1: the key min_coverage must be a number"),
        ("min_coverage = 1.5", "x.toml:1: the key min_coverage must be a number from 0 to 1"),
        ("min_coverage = nan", "x.toml:1: the key min_coverage must be a number from 0 to 1"),
        ('[[speakers]]\nkey = "a b"\nname = "A"', "x.toml:2: the key key of speaker 1 must be"),
        (TWO + 'labels = "B"', "x.toml:8: the key labels of speaker 2 must be a list"),
        (TWO + "labels = [3]", "x.toml:8: the key labels of speaker 2 must be text in quotes"),
        (TWO + 'role = "boss"', "x.toml:8: the key role of speaker 2 must be host or guest"),
        (TWO.replace('"b"', '"a"'), "x.toml:6: two speakers have the key a"),
        (
            TWO.replace('"A"\n', '"A"\nlabels = ["Z"]\n') + 'labels = ["z"]',
            "x.toml:9: the label z belongs to two speakers",
        ),
        ("speakers = 3", "x.toml:1: the key speakers must be a list"),
        ('speakers = ["Lex"]', "x.toml:1: the key speakers must be written as tables"),
        ("title = x", "x.toml:1:9: not valid TOML"),
        ('title = "x', "not valid TOML"),
        ("a = " + "[" * 5000, "x.toml"),
    ],
)
def test_faults_are_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_config(text, HERE)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_other_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b'id = "a"\ntitle = "caf\xe9"\n')
    with pytest.raises(InputError, match=r"x\.toml:2: not UTF-8"):
        load_config(path)


@given(st.text())
def test_any_text_is_a_config_or_an_input_error(text: str) -> None:
    try:
        parse_config(text, HERE)
    except InputError as error:
        assert "\n" not in str(error)
