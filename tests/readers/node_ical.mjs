// Reads a calendar file from standard input with node-ical and prints {uid: day or instant}.
import { readFileSync } from "node:fs";
import ical from "node-ical";

const two = (number) => String(number).padStart(2, "0");
const day = (value) => `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
const found = {};
for (const event of Object.values(ical.sync.parseICS(readFileSync(0, "utf-8")))) {
  if (event.type === "VEVENT") {
    found[event.uid] = event.datetype === "date" ? day(event.start) : event.start.toISOString();
  }
}
console.log(JSON.stringify(found));
