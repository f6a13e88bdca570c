// Reads a calendar file from standard input with ical.js and prints {uid: day or instant}.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf-8")));
const found = {};
for (const part of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(part);
  const start = event.startDate;
  found[event.uid] = start.isDate ? start.toString() : start.toJSDate().toISOString();
}
console.log(JSON.stringify(found));
