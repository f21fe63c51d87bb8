import { CairnError } from "@cairn/event";
import { Compile, type Validator } from "typebox/compile";
import type { ServerContext } from "../../context.ts";
import { OWN_SOURCE } from "../../ingest/own-source.ts";
import { translated } from "../../sources/body-error.ts";
import type { Settings, SourceKind } from "../../sources/kinds.ts";

/** Longest definition of one's own: before and after must fit into the event that records a change. */
const DEFINITION_CHARS = 64 * 1_024;
/** Deepest one: the presets have six levels. */
const DEFINITION_DEPTH = 32;

const validators = new Map<SourceKind, Validator>();

/**
 * Checks the settings of a source by its kind, a definition to its last rule.
 * @throws CairnError parameter_invalid or definition_invalid, naming what is wrong
 */
export function checkSettings(kind: SourceKind, settings: Settings, { config }: Pick<ServerContext, "config">): void {
  const validator = validatorOf(kind);
  if (!validator.Check(settings)) {
    const [fault] = validator.Errors(settings) as unknown as readonly { instancePath: string; message: string }[];
    throw new CairnError("parameter_invalid", `settings${fault?.instancePath ?? ""}: ${fault?.message ?? "not valid"}`);
  }
  const plain = ["url", "login_url", "graph_url", "api_url"].find((name) =>
    String(settings[name] ?? "").startsWith("http://"),
  );
  if (plain !== undefined && !config.allowInsecureSources)
    throw new CairnError("parameter_invalid", `settings/${plain}: it must begin with https://`);
  kind.check?.(settings, config);
  checkSize(settings.definition);
  const { mapping } = translated(() => kind.reading(settings));
  if (mapping.name === OWN_SOURCE)
    throw new CairnError("definition_invalid", `the source \`${OWN_SOURCE}\` is the server's own`, {
      pointer: "/name",
    });
}

function validatorOf(kind: SourceKind): Validator {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const validator = Compile(kind.settings);
  validators.set(kind, validator);
  return validator;
}

/** Refuses a definition that is larger than any that somebody writes. @throws CairnError definition_invalid */
export function checkSize(definition: unknown): void {
  if (isDeeper(definition, DEFINITION_DEPTH))
    throw new CairnError("definition_invalid", `nested deeper than ${DEFINITION_DEPTH} levels`, { pointer: "" });
  if ((JSON.stringify(definition) ?? "").length > DEFINITION_CHARS)
    throw new CairnError("definition_invalid", `longer than ${DEFINITION_CHARS} characters`, { pointer: "" });
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

/** Checks that there is each secret that the kind wants, and no other. @throws CairnError parameter_invalid */
export function checkSecrets(kind: SourceKind, secrets: Readonly<Record<string, string>>): void {
  const missing = kind.secrets.find((name) => !Object.hasOwn(secrets, name));
  if (missing !== undefined) throw new CairnError("parameter_invalid", `secrets: \`${missing}\` is missing`);
  const unknown = Object.keys(secrets).find((name) => !kind.secrets.includes(name));
  if (unknown !== undefined)
    throw new CairnError("parameter_invalid", `secrets: \`${unknown.slice(0, 60)}\` is none of this kind`);
}

/** Demands that what cannot change is as it was. @throws CairnError parameter_invalid */
export function checkFixed(kind: SourceKind, before: Settings, after: Settings): void {
  const changed = kind.fixed.find((name) => before[name] !== after[name]);
  if (changed !== undefined)
    throw new CairnError("parameter_invalid", `settings/${changed}: it stays as it is; make another source`);
}
