import assert from "node:assert/strict";
import test from "node:test";
import { parseDate } from "../controllers/date.js";

test("a date may be typed with any separator, or with none", () => {
  for (const typed of ["18/11/2026", "18-11-26", "18112026", "181126", "18.11.2026", " 18 11 2026 "]) {
    assert.equal(parseDate(typed), "18/11/2026", typed);
  }
});

test("short days and months get their zeros", () => {
  assert.equal(parseDate("1/2/2026"), "01/02/2026");
});

test("what is no day of the calendar stays as it was typed", () => {
  for (const typed of ["", "31/02/2026", "0/1/2026", "12/13/2026", "mai", "18/11", "18/11/0026"]) {
    assert.equal(parseDate(typed), null, typed);
  }
});
