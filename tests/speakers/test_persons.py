import pytest

from pipeline.speakers.persons import find_persons


@pytest.mark.parametrize(
    ("labels", "known", "names"),
    [
        (["Ruth Keller", "Ruth", "Keller", "RUTH KELLER"], [], ["Ruth Keller"] * 4),
        (["Ruth", "Ruth Keller"], [], ["Ruth Keller"] * 2),
        (["KELLER", "RUTH KELLER", "Ruth Keller"], [], ["Ruth Keller"] * 3),
        (["Dr. Keller", "R. Keller", "Ruth K.", "RK", "R.K."], ["Ruth Keller"],
         ["Ruth Keller"] * 5),
        (["Ruth Anne Keller", "Ruth Keller", "Anne"], [], ["Ruth Anne Keller"] * 3),
        (["Zoë Keller", "Zoe"], [], ["Zoë Keller"] * 2),
        (["Ruth Keller", "Sam Osei", "Sam"], [], ["Ruth Keller", "Sam Osei", "Sam Osei"]),
        (["Speaker 1", "Speaker 2", "Speaker"], [], ["Speaker 1", "Speaker 2", "Speaker"]),
        (["Ruth and Sam", "Ruth", "Sam"], [], ["Ruth and Sam", "Ruth", "Sam"]),
        (["Q", "A"], ["Anna Quist"], ["Q", "A"]),
        (["Ann", "Anna Quist"], [], ["Ann", "Anna Quist"]),
    ],
)  # fmt: skip
def test_forms_of_one_name(labels: list[str], known: list[str], names: list[str]) -> None:
    found = find_persons(labels, known)
    assert [found.names[label] for label in labels] == names
    assert not found.doubts


def test_people_that_are_known_come_first() -> None:
    found = find_persons(["Ruth", "Ruth Osei", "Host"], ["Ruth Keller", "Host Mary"])
    assert found.names == {"Ruth": "Ruth Keller", "Ruth Osei": "Ruth Osei", "Host": "Host Mary"}
    found = find_persons(["Ruth"], ["Ruth Keller", "Ruth Osei"])
    assert found.doubts == {"Ruth": ("Ruth Keller", "Ruth Osei")}


def test_a_part_that_two_share_is_asked_back() -> None:
    found = find_persons(["Ruth Keller", "Ruth Osei", "Ruth", "Osei"])
    assert found.names["Ruth"] == "Ruth"
    assert found.names["Osei"] == "Ruth Osei"
    assert found.doubts == {"Ruth": ("Ruth Keller", "Ruth Osei")}
