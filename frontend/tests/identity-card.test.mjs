import assert from "node:assert/strict";
import test from "node:test";
import { CardListener, parseCard } from "../lib/identity-card.js";

const CARD = "001090000012|012345678|Nguyễn Văn Mẫu|15031990|Nam|Tổ 3, Phường Hoa Lư, Ninh Bình|20062023";

function hear(listener, text) {
  return [...text].map((letter) => listener.take(letter));
}

test("a card gives the person with dates as they are written here", () => {
  assert.deepEqual(parseCard(CARD), {
    identity_number: "001090000012",
    old_identity_number: "012345678",
    full_name: "Nguyễn Văn Mẫu",
    born_on: "15/03/1990",
    gender: "Nam",
    address: "Tổ 3, Phường Hoa Lư, Ninh Bình",
    identity_issued_on: "20/06/2023",
  });
});

test("a card without an old number, or with fields of newer cards, is read as well", () => {
  assert.equal(parseCard(CARD.replace("012345678", "")).old_identity_number, "");
  assert.equal(parseCard(`${CARD}||Trần Thị Mẫu|Nguyễn Văn Gốc|`).full_name, "Nguyễn Văn Mẫu");
});

test("letters with loose marks come out as whole letters", () => {
  assert.equal(parseCard(CARD.normalize("NFD")).full_name, "Nguyễn Văn Mẫu".normalize("NFC"));
});

test("text that is no card gives nobody", () => {
  for (const text of ["", "001090000012", "123|456|A|B|C|D", "001090000012||||||", "a|b|c|d|e|f|g"]) {
    assert.equal(parseCard(text), null, text);
  }
});

test("what a person types is never taken for a card", () => {
  const listener = new CardListener();
  assert.ok(hear(listener, "Tổ 3, đường 001090000012, phường Hoa Lư").every((it) => it === "typing"));
  assert.equal(listener.finish(), null);
});

test("from the first separator on the keys belong to the card", () => {
  const listener = new CardListener();
  const answers = hear(listener, CARD);
  assert.deepEqual(answers.slice(0, 12), Array(12).fill("typing"));
  assert.ok(answers.slice(12).every((answer) => answer === "card"));
  assert.equal(listener.finish().full_name, "Nguyễn Văn Mẫu");
});

test("a card after typing is read without what was typed", () => {
  const listener = new CardListener();
  hear(listener, `Số nhà 12 ${CARD}`);
  assert.equal(listener.finish().identity_number, "001090000012");
});

test("nothing of a card is kept once it is read", () => {
  const listener = new CardListener();
  hear(listener, CARD);
  listener.finish();
  assert.equal(listener.reading, false);
  assert.equal(listener.finish(), null);
});
