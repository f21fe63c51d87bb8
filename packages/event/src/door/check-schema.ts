import { Compile } from "typebox/compile";
import { valueAt } from "../json/pointer.ts";
import { CairnError } from "../model/errors.ts";
import { type EventInput, EventSchema } from "../model/schema.ts";

const validator = Compile(EventSchema);

/**
 * Narrows a parsed JSON object to an event as the published schema describes it.
 * @throws CairnError with the JSON Pointer of the first misfit
 */
export function checkEventSchema(raw: unknown): asserts raw is EventInput {
  if (!validator.Check(raw)) throw firstMisfit(raw);
}

interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

function firstMisfit(raw: unknown): CairnError {
  const faults = validator.Errors(raw) as readonly SchemaFault[];
  const fault = faults.find((each) => each.keyword !== "boolean") ?? faults[0];
  if (fault === undefined) return new CairnError("internal", "BUG: a misfit without an error");
  const { keyword, instancePath: pointer, params } = fault;
  const found = describe(valueAt(raw, pointer));
  switch (keyword) {
    case "required": {
      const field = String((params.requiredProperties as readonly string[])[0]);
      return new CairnError("field_missing", `\`${field}\` is missing`, { pointer: `${pointer}/${field}` });
    }
    case "additionalProperties": {
      const field = String((params.additionalProperties as readonly string[])[0]);
      return new CairnError("field_unknown", `\`${field}\` is not a field of an event`, {
        pointer: `${pointer}/${field}`,
      });
    }
    case "type":
      return new CairnError("field_type", `expected ${String(params.type)}, found ${found}`, { pointer });
    case "enum":
      return new CairnError(
        "field_value",
        `found ${found}; allowed are ${(params.allowedValues as readonly string[]).join(", ")}`,
        { pointer },
      );
    case "minLength":
    case "maxLength":
    case "maxItems":
    case "maxProperties":
      return new CairnError("field_length", `${fault.message}`, { pointer });
    case "pattern":
      return new CairnError(
        "field_format",
        `${found} is not dotted lower case (a-z, 0-9, _ and -, as in patient.record.viewed)`,
        { pointer },
      );
    default:
      return new CairnError("field_value", `${fault.message}`, { pointer });
  }
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return String(value);
}
