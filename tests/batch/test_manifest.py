import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.manifest import Manifest, read_manifest
from pipeline.batch.rows import read_rows
from pipeline.errors import InputError

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a manifest beside three episodes."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.mp3").write_bytes(b"x")
        (tmp_path / f"{name}.txt").write_text("Hello.")

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def read(path: Path, **more: object) -> Manifest:
    return read_manifest(path, path.parent / "out", **more)  # type: ignore[arg-type]


def ids(manifest: Manifest) -> list[str]:
    assert manifest.faults == []
    return [entry.id for entry in manifest.entries]


def only_fault(manifest: Manifest) -> str:
    assert len(manifest.faults) == 1
    return str(manifest.faults[0])


def test_csv(write: Write, tmp_path: Path) -> None:
    write("c.toml", 'title = "Of c"\n')
    path = write(
        "m.csv",
        "\ufeffid,Audio,transcript,config,style,min-coverage\r\n"
        "one,a.mp3,a.txt,,bbc,0.5\r\n\r\n"
        ",b.mp3,b.txt,,,\r\n"
        '"th,ree",c.mp3,c.txt,c.toml,,\r\n',
    )
    manifest = read(path)
    assert ids(manifest) == ["one", "b", "th,ree"]
    jobs = [entry.job for entry in manifest.entries]
    assert jobs[0] is not None and jobs[1] is not None and jobs[2] is not None
    assert jobs[0].audio == tmp_path / "a.mp3"
    assert jobs[0].out == tmp_path / "out" / "one"
    assert (jobs[0].style, jobs[0].min_coverage) == ("bbc", 0.5)
    assert (jobs[1].style, jobs[1].title) == ("netflix", "b")
    assert jobs[2].title == "Of c"


@pytest.mark.parametrize("mark", [";", "\t"])
def test_csv_of_spreadsheets(write: Write, mark: str) -> None:
    rows = [["id", "audio", "transcript"], ["one", "a.mp3", "a.txt"]]
    assert ids(read(write("m.csv", "\n".join(mark.join(row) for row in rows)))) == ["one"]


def test_jsonl(write: Write) -> None:
    path = write(
        "m.jsonl",
        '{"defaults": {"style": "bbc"}}\n'
        '{"id": "one", "audio": "a.mp3", "transcript": "a.txt"}\n\n'
        '{"audio": "b.mp3", "transcript": "b.txt", "style": "podcast", "title": null}\n',
    )
    manifest = read(path)
    assert ids(manifest) == ["one", "b"]
    assert [entry.job and entry.job.style for entry in manifest.entries] == ["bbc", "podcast"]


def test_toml(write: Write) -> None:
    path = write(
        "m.toml",
        '[defaults]\nmin_coverage = 0.25\n\n[[episodes]]\nid = "one"\naudio = "a.mp3"\n'
        'transcript = "a.txt"\n\n[[episodes]]\naudio = "b.mp3"\ntranscript = "b.txt"\n'
        "min_coverage = 1\n",
    )
    manifest = read(path)
    assert ids(manifest) == ["one", "b"]
    assert [entry.job and entry.job.min_coverage for entry in manifest.entries] == [0.25, 1.0]


def test_folder(write: Write, tmp_path: Path) -> None:
    inside = tmp_path / "deep one"
    inside.mkdir()
    (inside / "Recording.WAV").write_bytes(b"x")
    (inside / "words.srt").write_text("Hello.")
    (inside / "episode.toml").write_text('title = "Deep"')
    (tmp_path / "lonely.ogg").write_bytes(b"x")
    (tmp_path / "b.toml").write_text('title = "Of b"')
    (tmp_path / "notes.pdf").write_bytes(b"x")
    (tmp_path / "photos").mkdir()
    manifest = read(tmp_path)
    assert ids(manifest) == ["a", "b", "c", "lonely", "deep one"]
    titles = [entry.job and entry.job.title for entry in manifest.entries]
    assert titles == ["a", "Of b", "c", None, "Deep"]
    assert "lonely has no transcript" in str(manifest.entries[3].fault)


def test_defaults_are_for_rows_that_do_not_say(write: Write) -> None:
    path = write("m.csv", "audio,transcript,style\na.mp3,a.txt,\nb.mp3,b.txt,bbc\n")
    manifest = read(path, defaults={"style": "podcast"})
    assert [entry.job and entry.job.style for entry in manifest.entries] == ["podcast", "bbc"]


def test_paths_start_from_the_manifest(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("m.csv", "audio,transcript,style\na.mp3,a.txt,my.toml\n")
    write("my.toml", 'base = "bbc"\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    job = read(Path("../m.csv")).entries[0].job
    assert job is not None and Path(job.style).is_file() and job.audio.is_file()
    assert ids(read(path)) == ["a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("audio,transcrpt\na.mp3,a.txt\n", ":1: unknown key transcrpt; did you mean transcript?"),
        ("id,audio\na,a.mp3\n", ":1: there is no column transcript; begin with a header"),
        ("audio,audio,transcript\na.mp3,a.mp3,a.txt\n", ":1: two columns are called audio"),
        ("audio,transcript\na.mp3,a.txt,more\n", ":2: 3 cells, but the header has 2"),
        ("audio,transcript\na.mp3,\n", ":2: transcript is missing"),
        ("id,audio,transcript\nx,a.mp3,a.txt\nX,b.mp3,b.txt\n", ":3: the id X is taken by line 2"),
        ("id,audio,transcript\n../x,a.mp3,a.txt\n", ":2: the episode id '../x' begins"),
        ("id,audio,transcript\nsummary.csv,a.mp3,a.txt\n", ":2: the id summary.csv is the name"),
        ("audio,transcript\n../a.mp3,a.txt\n", ":2: audio: ../a.mp3 lies outside the manifest's"),
        ("audio,transcript\n/etc/passwd,a.txt\n", ":2: audio: /etc/passwd lies outside"),
        ("audio,transcript,style\na.mp3,a.txt,../s.toml\n", ":2: style: ../s.toml lies outside"),
        (
            "audio,transcript,save_voices\na.mp3,a.txt,v.npz\nb.mp3,b.txt,v.npz\n",
            ":3: save_voices: a uses the same file",
        ),
        (
            "id,audio,transcript,save_voices,voices\nx,a.mp3,a.txt,v.npz,\ny,b.mp3,b.txt,,v.npz\n",
            ":3: voices: x writes this file",
        ),
        ('id,audio,transcript\nx,a.mp3,a.txt\n"y\n', ":3: not valid CSV"),
    ],
)
def test_faults_of_a_csv(write: Write, text: str, message: str) -> None:
    path = write("m.csv", text)
    try:
        shown = only_fault(read(path))
    except InputError as error:
        shown = str(error)
    assert shown.startswith(f"{path}{message}")
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("m.jsonl", '{"audio": "a.mp3", "transcript": "a.txt"}\n{"audio": }\n', ":2: not valid"),
        ("m.jsonl", '["a.mp3", "a.txt"]\n', ":1: not a table of keys"),
        ("m.jsonl", '{"audio": ["a.mp3"], "transcript": "a.txt"}\n', ":1: the key audio must be"),
        ("m.jsonl", '{"adio": "a.mp3", "transcript": "a.txt"}\n', ":1: unknown key adio; did you"),
        ("m.toml", '[[episode]]\naudio = "a.mp3"\n', ":1: unknown key episode; did you mean"),
        ("m.toml", '[[episodes]]\naudio = "a.mp3"\n\n[[episodes]]\nx = 1\n', ":4: unknown key x"),
        ("m.toml", "[[episodes]]\naudio = a.mp3\n", ":2:9: not valid TOML"),
        ("m.csv", "", ": the manifest has no episodes"),
        ("m.xlsx", "x", ": not a manifest by its name"),
    ],
)
def test_faults_of_others(write: Write, name: str, text: str, message: str) -> None:
    path = write(name, text)
    try:
        shown = str(read(path).faults[0])
    except InputError as error:
        shown = str(error)
    assert shown.startswith(f"{path}{message}")


def test_all_faults_are_told(write: Write) -> None:
    path = write("m.csv", "id,audio,transcript\nx,a.mp3,a.txt\nx,b.mp3,b.txt\n.y,../c,c.txt\n")
    assert [error.line for error in read(path).faults] == [3, 4]


def test_what_is_wrong_with_one_episode_is_its_own_fault(write: Write) -> None:
    write("bad.toml", "titel = 1\n")
    path = write(
        "m.csv",
        "id,audio,transcript,config,min_coverage\n1,nope.mp3,a.txt,,\n2,a.mp3,nope.txt,,\n"
        "3,a.mp3,a.txt,bad.toml,\n4,a.mp3,a.txt,,95\n5,a.mp3,a.txt,,\n",
    )
    manifest = read(path)
    assert ids(manifest) == ["1", "2", "3", "4", "5"]
    faults = [str(entry.fault) for entry in manifest.entries]
    assert "nope.mp3: there is no such audio file" in faults[0]
    assert "nope.txt: there is no such transcript" in faults[1]
    assert "bad.toml:1: unknown key titel" in faults[2]
    assert faults[3] == f"{path}:5: min_coverage: 95 is not a number from 0 to 1"
    assert manifest.entries[4].job is not None


def test_names_that_lead_nowhere_are_one_episode_s_fault(write: Write, tmp_path: Path) -> None:
    (tmp_path / "loop.mp3").symlink_to("loop.mp3")
    long = "x" * 300
    path = write("m.csv", f"id,audio,transcript\n1,loop.mp3,a.txt\n2,{long},a.txt\n3,a.mp3,a.txt\n")
    faults = [str(entry.fault) for entry in read(path).entries]
    assert all("there is no such audio file" in fault for fault in faults[:2])
    assert faults[2] == "None"


def test_links_do_not_lead_out(write: Write, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.mp3").symlink_to(tmp_path / "a.mp3")
    (inside / "a.txt").write_text("Hello.")
    path = inside / "m.csv"
    path.write_text("audio,transcript\na.mp3,a.txt\n")
    assert "lies outside" in only_fault(read(path))
    assert ids(read(path, allow_outside=True)) == ["a"]


def test_clips_of_a_config_do_not_lead_out(write: Write) -> None:
    write("c.toml", '[[speakers]]\nkey = "a"\nname = "A"\nclip = "../../etc/passwd"\n')
    path = write("m.csv", "audio,transcript,config\na.mp3,a.txt,c.toml\n")
    assert "clip of a" in only_fault(read(path))


def test_half_of_a_character_is_no_name(write: Write) -> None:
    row = '{"id": "a", "audio": "a.mp3", "transcript": "\\ud800"}\n'
    assert "transcript: no file has such a name" in only_fault(read(write("m.jsonl", row)))


CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\0"), min_size=1
).map(str.strip).filter(bool)  # fmt: skip


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_any_cells_come_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("m")
    text = io.StringIO()
    csv.writer(text).writerows([("audio", "transcript"), *rows])
    (folder / "m.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    lines = [json.dumps({"audio": a, "transcript": t}) for a, t in rows]
    (folder / "m.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for name in ("m.csv", "m.jsonl"):
        found = read_rows(folder / name)
        assert found.faults == []
        assert [tuple(row.values.values()) for row in found.rows] == rows
