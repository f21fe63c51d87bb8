import { describe, expect, test } from "vitest";
import { RequestFailure } from "../api/problem.ts";
import { sortMistakes } from "./explain-problem.ts";

const refusal = (message: string, code = "parameter_invalid") =>
  new RequestFailure({
    ...{ kind: "refused", status: 400, code, message },
    ...{ fix: undefined, place: undefined, retryAfterSeconds: undefined, requestId: undefined },
  });
const FIELDS = ["session_hours", "person_target_types"];

describe("a mistake in a form", () => {
  test.each([
    ["session_hours: the instance allows at most 10", "session_hours", "The instance allows at most 10."],
    ["body/session_hours must be >= 1", "session_hours", "Must be >= 1."],
    [
      "body/person_target_types/3 must NOT have more than 200 characters",
      "person_target_types",
      "Must NOT have more than 200 characters.",
    ],
  ])("stands under the field that it names: %s", (message, field, text) => {
    const { at, rest } = sortMistakes(refusal(message), FIELDS);
    expect(FIELDS.map(at)).toEqual(FIELDS.map((each) => (each === field ? text : undefined)));
    expect(rest).toBe(null);
  });

  test.each([
    refusal("name: it is too long"),
    refusal("session_hours: something", "forbidden"),
    new RequestFailure({ kind: "unreachable" }),
  ])("of no field of the form stands below all of them: %s", (error) => {
    const { at, rest } = sortMistakes(error, FIELDS);
    expect(FIELDS.map(at)).toEqual([undefined, undefined]);
    expect(rest).toBe(error);
  });

  test("is none where nothing went wrong", () => {
    expect(sortMistakes(null, FIELDS).rest).toBe(null);
  });
});
