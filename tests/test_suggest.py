from pipeline.suggest import did_you_mean


def test_names_the_nearest() -> None:
    assert did_you_mean("Titel", ["title", "id"]) == "did you mean title?"


def test_lists_all_when_nothing_is_near() -> None:
    assert did_you_mean("zzz", ["title", "id"]) == "known are id, title"
