import { judge, numberAt, QUESTIONS, type Question } from "./questions.ts";
import type { Report } from "./report.ts";

const BEGIN = "<!-- bench:begin -->";
const END = "<!-- bench:end -->";

/** Puts new reports into the text of docs/performance.md; rows without a new report stay as they are. */
export function updateTable(document: string, reports: ReadonlyMap<string, Report>): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from === -1 || to === -1) throw new Error(`docs/performance.md has no ${BEGIN} … ${END}`);
  const old = readRows(document.slice(from, to));
  const rows = QUESTIONS.map((question) => {
    const report = reports.get(question.file);
    return report === undefined ? (old.get(question.text) ?? emptyRow(question)) : row(question, report);
  });
  const peer = reports.get("postgres");
  const comparison = peer === undefined ? (old.get(POSTGRES) ?? EMPTY_POSTGRES) : postgresRow(peer);
  const table = [
    "| question | goal | not done | measured | | load average | when, commit, command |",
    "| --- | ---: | ---: | ---: | --- | --- | --- |",
    ...rows,
    comparison,
  ];
  return `${document.slice(0, from)}${BEGIN}\n\n${table.join("\n")}\n\n${document.slice(to)}`;
}

function readRows(text: string): Map<string, string> {
  const rows = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, first] = /^\| (.*?) +\|/.exec(line) ?? [];
    if (first !== undefined) rows.set(first.trim(), line);
  }
  return rows;
}

function emptyRow(question: Question): string {
  return `| ${question.text} | ${bound(question.goal)} ${question.unit} | ${worse(question)} | not measured | | | |`;
}

function row(question: Question, report: Report): string {
  const value = question.read(report.results);
  const measured = `**${bound(value)} ${question.unit}**`;
  return `| ${question.text} | ${bound(question.goal)} ${question.unit} | ${worse(question)} | ${measured} | ${judge(question, value)} | ${circumstances(report)} |`;
}

function worse({ better, limit }: Question): string {
  return `${better === "more" ? "below" : "over"} ${bound(limit)}`;
}

const POSTGRES = "beside it: PostgreSQL table, batches of 500, `synchronous_commit=on`";
const EMPTY_POSTGRES = `| ${POSTGRES} | | | not measured | | | |`;

function postgresRow(report: Report): string {
  const part = (name: string): string =>
    `${bound(numberAt(report.results, name, "eventsPerSecond"))} events/s, ${bound(numberAt(report.results, name, "bytesPerEvent"))} bytes an event`;
  return `| ${POSTGRES} | | | ${part("withoutWords")}; with a word index ${part("withWords")} | | ${circumstances(report)} |`;
}

function circumstances({ load, at, versions, command }: Report): string {
  return `${load.before} to ${load.after} | ${at.slice(0, 10)}, ${versions.commit}, \`${command}\``;
}

function bound(value: number): string {
  return value.toLocaleString("en-GB");
}
