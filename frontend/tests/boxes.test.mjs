import assert from "node:assert/strict";
import test from "node:test";
import { turned } from "../viewer/boxes.js";

const BOX = [0.1, 0.2, 0.4, 0.25];
const rounded = (box) => box.map((share) => Number(share.toFixed(6)));

test("a page that lies as it was read keeps its boxes", () => {
  assert.deepEqual(turned(BOX, 0), BOX);
});

test("a box at the top left comes to the top right after a quarter turn clockwise", () => {
  assert.deepEqual(rounded(turned(BOX, 90)), [0.75, 0.1, 0.8, 0.4]);
});

test("four quarter turns bring every box back", () => {
  let box = BOX;
  for (let turn = 0; turn < 4; turn += 1) box = turned(box, 90);
  assert.deepEqual(rounded(box), BOX);
});

test("two quarter turns are a half turn, three are a quarter back", () => {
  const twice = turned(turned(BOX, 90), 90);
  assert.deepEqual(rounded(twice), rounded(turned(BOX, 180)));
  assert.deepEqual(rounded(turned(twice, 90)), rounded(turned(BOX, 270)));
});
