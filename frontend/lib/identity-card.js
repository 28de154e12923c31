/**
 * The QR code of a Vietnamese identity card, as a scanner types it:
 * `number|old number|full name|ddmmyyyy|gender|address|ddmmyyyy of issue`, then fields of newer
 * cards that nobody here needs.
 */
import { parseDate } from "../controllers/date.js";

export const STARTS_A_CARD = /(\d{12}\|)$/;

/** The person on the card, or null when the text is none: all values are text, dates dd/mm/yyyy. */
export function parseCard(raw) {
  const parts = raw.normalize("NFC").trim().split("|").map((part) => part.trim());
  const [number, oldNumber, fullName, born, gender, address, issued] = parts;
  if (parts.length < 6 || !/^\d{12}$/.test(number) || !fullName) return null;
  return {
    identity_number: number,
    old_identity_number: /^\d{9}$|^\d{12}$/.test(oldNumber) ? oldNumber : "",
    full_name: fullName,
    born_on: parseDate(born) ?? "",
    gender,
    address,
    identity_issued_on: parseDate(issued ?? "") ?? "",
  };
}

/**
 * Takes keys one after another and tells when they are a card and not typing.
 *
 * `take` answers "card" from the first separator after twelve digits on: from there the keys belong
 * to no field. What was typed before stays typing, for a person can write twelve digits as well.
 */
export class CardListener {
  #typed = "";
  #reading = false;

  get reading() {
    return this.#reading;
  }

  take(text) {
    this.#typed += text;
    if (this.#reading) return "card";
    if (STARTS_A_CARD.test(this.#typed)) {
      this.#typed = this.#typed.match(STARTS_A_CARD)[1];
      this.#reading = true;
      return "card";
    }
    this.#typed = this.#typed.slice(-13);
    return "typing";
  }

  /** The person, if a card was read to its end; everything heard is forgotten. */
  finish() {
    const person = this.#reading ? parseCard(this.#typed) : null;
    this.forget();
    return person;
  }

  forget() {
    this.#typed = "";
    this.#reading = false;
  }
}
