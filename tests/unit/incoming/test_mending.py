"""Words put right on the text and among the words, and found again in a new reading."""

from __future__ import annotations

from app.incoming.mending import Mended, Word, mend, paragraphs, pieces, replace_word, word_at


def row(*texts: str, top: float = 0.1, sure: float = 95.0) -> list[Word]:
    """Words side by side on one line of a page."""
    return [
        {"text": text, "box": [0.1 * n, top, 0.1 * n + 0.08, top + 0.02], "confidence": sure}
        for n, text in enumerate(texts)
    ]


def test_the_same_word_twice_keeps_each_its_own_box() -> None:
    words = row("xã", "Sông", "xã")
    assert [one.word for one in pieces("xã Sông\nxã khác", words)] == [0, 1, 2, None]


def test_a_corrected_word_changes_where_it_stands_and_nowhere_else() -> None:
    words = row("xa", "Sông", "xa")
    text, changed = replace_word("xa Sông\nxa", words, 2, "xã")
    assert text == "xa Sông\nxã"
    assert [word["text"] for word in changed] == ["xa", "Sông", "xã"]
    assert (changed[2]["was"], changed[2]["confidence"]) == ("xa", 100.0)


def test_two_words_read_as_one_share_its_box() -> None:
    text, changed = replace_word("Ủyban nhân dân", row("Ủyban", "nhân", "dân"), 0, "Ủy ban")
    assert text == "Ủy ban nhân dân"
    first, second = changed[0]["box"], changed[1]["box"]
    assert first[0] == 0.0
    assert second[2] == 0.08
    assert first[2] < second[0]
    assert [one.word for one in pieces(text, changed)] == [0, 1, 2, 3]


def test_a_correction_finds_its_place_in_a_new_reading_that_reads_otherwise() -> None:
    fixed = Mended([0.105, 0.101, 0.179, 0.121], "Sõng", "Sông")
    text, words = mend("xã S0ng Mẫu", row("xã", "S0ng", "Mẫu"), [fixed])
    assert text == "xã Sông Mẫu"
    assert words[1]["text"] == "Sông"
    assert words[1]["was"] == "S0ng"


def test_what_a_new_reading_does_not_see_is_kept_at_the_end() -> None:
    text, words = mend("xã", row("xã"), [Mended([0.8, 0.8, 0.9, 0.82], "Mau", "Mẫu")])
    assert text == "xã\nMẫu"
    assert words[-1]["text"] == "Mẫu"


def test_no_word_stands_where_nothing_was_read() -> None:
    assert word_at(row("xã"), [0.5, 0.5, 0.6, 0.52]) is None
    assert word_at([], [0.5, 0.5, 0.6, 0.52]) is None


def test_lines_of_a_sentence_flow_together_and_items_stay_apart() -> None:
    text = (
        "Thực hiện Kế hoạch số 12 của Ủy ban nhân dân tỉnh về\n"
        "rà soát vị trí việc làm, đề nghị các cơ quan:\n"
        "Ủy ban nhân dân các xã\nChủ tịch đề nghị\n"
        "1. Báo cáo.\n- Nêu rõ khó khăn\n\nNơi nhận:"
    )
    found = [" ".join(one.text for one in part) for part in paragraphs(text, [])]
    assert found == [
        "Thực hiện Kế hoạch số 12 của Ủy ban nhân dân tỉnh về "
        "rà soát vị trí việc làm, đề nghị các cơ quan:",
        "Ủy ban nhân dân các xã",
        "Chủ tịch đề nghị",
        "1. Báo cáo.",
        "- Nêu rõ khó khăn",
        "Nơi nhận:",
    ]
