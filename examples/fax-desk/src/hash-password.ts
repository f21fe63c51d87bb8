import { text } from "node:stream/consumers";
import { hashPassword } from "./staff.ts";

// A password on the standard input, its hash for the staff file on the standard output.
const password = (await text(process.stdin)).replace(/\r?\n$/, "");
process.stdout.write(`${await hashPassword(password)}\n`);
