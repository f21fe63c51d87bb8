import {
  type FreeNode,
  fieldDefinition,
  findField,
  formatQuery,
  parseQuery,
  type QueryNode,
  quoteValue,
  subjectPatternKey,
  subjectPatternOf,
  type TermNode,
} from "@cairn/event";
import { type IndexDatabase, resolveSubjects } from "@cairn/search";

/** People that are listed in place of a name; more are counted. */
const LISTED_PEOPLE = 20;
/** Longest query that is recorded. */
const RECORDED_CHARS = 4_000;

/**
 * Writes a query as it may stand in the log: people by their references instead of what they were called by, so that forgetting
 * somebody forgets what was asked about them. A condition on actors or subjects that means nobody known is shown without its
 * value; targets may be things, and keep their names.
 */
export async function redactQuery(
  index: IndexDatabase,
  asked: { readonly tenantNo: number; readonly q: string; readonly nowMs: number },
): Promise<string> {
  const query = parseQuery(asked.q, { nowMs: asked.nowMs });
  const people = await resolveSubjects(index, { tenantNo: asked.tenantNo, query });
  const text = formatQuery(redact(query, people));
  return text.length > RECORDED_CHARS ? `${text.slice(0, RECORDED_CHARS)} …` : text;
}

/** References by pattern. */
type People = ReadonlyMap<string, ReadonlySet<string>>;

function redact(node: QueryNode, people: People): QueryNode {
  switch (node.kind) {
    case "and":
    case "or":
      return { ...node, children: node.children.map((child) => redact(child, people)) };
    case "not":
      return { ...node, child: redact(node.child, people) };
    case "all":
      return node;
    case "free":
    case "term":
      return redactCondition(node, people);
  }
}

function redactCondition(node: TermNode | FreeNode, people: People): QueryNode {
  const pattern = subjectPatternOf(node);
  if (pattern === undefined) return node;
  const refs = [...(people.get(subjectPatternKey(pattern)) ?? [])].toSorted();
  const isPerson = node.kind === "term" && fieldDefinition(node.field).kind === "person";
  const maybeThing = !isPerson || node.field.startsWith("target");
  // Words that name nobody are words.
  if (refs.length === 0 && maybeThing) return node;
  const field = node.kind === "term" && isPerson ? refField(node.field) : "subject.ref";
  if (refs.length === 0) return written(node, { field, value: quoteValue("nobody known") });
  if (refs.length > LISTED_PEOPLE) return written(node, { field, value: quoteValue(`${refs.length} people`) });
  const terms = refs.map((ref) => written(node, { field, value: ref }));
  return terms.length === 1 ? terms[0]! : { kind: "or", children: terms, span: node.span };
}

/** `actor.email` is compared by reference as `actor.ref`. */
function refField(field: string): string {
  const [role = "subject"] = field.split(".");
  return findField([role, "ref"]) === undefined ? "subject.ref" : `${role}.ref`;
}

/** A condition for people to read: only what is written of it counts. */
function written(node: TermNode | FreeNode, as: { readonly field: string; readonly value: string }): TermNode {
  return {
    kind: "term",
    field: "subject.ref",
    path: undefined,
    predicate: { op: "exists" },
    written: as,
    span: node.span,
  };
}
