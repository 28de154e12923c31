"""Measures of the page, once for Word and for the browser's letters (Decree 30/2020, annex I).

Millimetres and points. The decree gives ranges; these are the ones this office keeps.
"""

from __future__ import annotations

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TOP, RIGHT, BOTTOM, LEFT = 20.0, 15.0, 20.0, 30.0  # 20-25, 15-20, 20-25, 30-35
PAGE_NUMBER_FROM_TOP = 10.0
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT

FONT, FALLBACK = "Times New Roman", "Liberation Serif"  # the same widths
NATIONAL_PT, MOTTO_PT = 13.0, 14.0  # cell 1: 12-13, 13-14
ORGAN_PT, NUMBER_PT, DATE_PT = 13.0, 13.0, 13.0  # cells 2, 3: 12-13, 13; cell 4: 13-14
SUBJECT_PT = 12.0  # cell 5b: 12-13
TITLE_PT, BODY_PT = 14.0, 14.0  # cells 5a, 6, 7, 9a: 13-14
PAGE_NUMBER_PT = 13.0  # 13-14
RECIPIENTS_HEAD_PT, RECIPIENTS_PT = 12.0, 11.0  # cell 9b
URGENCY_PT = 13.0  # cell 10b: 13-14

HEAD_LEFT, HEAD_RIGHT = 66.0, 99.0  # columns of the head; the national name takes 95 mm
MOTTO_RULE = 61.0  # as long as the motto in 14 pt
CAPITAL_MM = 2.95  # mean width of a bold capital of 13 pt, spaces counted
ORGAN_RULE_SHARE = 0.42  # of the organ's last line: a third to a half
ORGAN_RULE = 17.0  # of "ỦY BAN NHÂN DÂN" and "PHƯỜNG HOA LƯ"; templates start with it
SUBJECT_RULE = 30.0
FOOT_LEFT, FOOT_RIGHT = 77.0, 88.0
SIGNATURE_SPACE = 30.0  # room for signature and seal between position and name

INDENT = 10.0  # first line of a paragraph: 10 or 12.7
PARAGRAPH_GAP_PT = 6.0  # at least 6
LINE_PITCH = 1.1  # between single and 1.5
