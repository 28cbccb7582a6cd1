from bench.turns.barge_in_tables import barge_in_tables
from bench.turns.noise_tables import noise_tables
from bench.turns.pauses_tables import pauses_tables
from tests.bench.reports import barge_in_report, noise_report, pauses_report


def test_every_row_has_a_cell_for_every_column() -> None:
    for tables in (
        barge_in_tables(barge_in_report()),
        noise_tables(noise_report()),
        pauses_tables(pauses_report()),
    ):
        for table in tables:
            assert all(len(row) == len(table.columns) for row in table.rows)
        assert tables[-1].rows[0][-1] == "yes", "trusted"


def test_interruptions_are_counted_by_level_and_line() -> None:
    rows = {row[0]: row[1:] for row in barge_in_tables(barge_in_report())[0].rows}
    assert rows["all"][:2] == ("2", "1 of 2 (50.0 %)")
    assert rows["-28 dBFS"][1] == rows["line noise -58 dBFS"][1] == "0 of 1 (0.0 %)"
    assert rows["quiet line"][-2:] == ("60 / 60 / 60", "80 / 80 / 80")


def test_stops_and_pauses_are_counted_by_kind() -> None:
    rows = {row[0]: row[1:] for row in noise_tables(noise_report())[0].rows}
    assert rows["all"] == ("3", "1 of 3 (33.3 %)", "1 of 3 (33.3 %)", "400 / 400 / 400")
    assert rows["music"][1:] == ("1 of 1 (100.0 %)", "0 of 1 (0.0 %)", "–")


def test_the_wait_is_that_of_turns_that_were_not_cut_short() -> None:
    rows = {row[0]: row[1:] for row in pauses_tables(pauses_report())[0].rows}
    assert rows["all"] == ("2", "1 of 2 (50.0 %)", "0", "800 / 800 / 800")
    assert rows["pause 900 ms"][1] == "1 of 1 (100.0 %)"
