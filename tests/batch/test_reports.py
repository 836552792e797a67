from pipeline.batch.reports import SparseReport


def test_new_stages_at_once_progress_now_and_then() -> None:
    now_s = 100.0
    told: list[tuple[str, float | None]] = []
    report = SparseReport(lambda stage, share: told.append((stage, share)), 0.5, lambda: now_s)
    report("Listening", 0.0)
    report("Listening", 0.1)
    report("Adapting", None)
    now_s += 0.4
    report("Adapting", 0.2)
    now_s += 0.1
    report("Adapting", 0.3)
    assert told == [("Listening", 0.0), ("Adapting", None), ("Adapting", 0.3)]
