import { cloudEventsMapping, otlpMapping, readCloudEvents, readOtlp } from "@cairn/sources";
import type { Dialect } from "../delivery.ts";
import type { Translation } from "../translation.ts";
import { fhirTranslation } from "./fhir.ts";
import { retracedTranslation } from "./retraced.ts";
import { sourceTranslation } from "./source.ts";
import { splunkHecRawTranslation, splunkHecTranslation } from "./splunk-hec.ts";
import { workosTranslation } from "./workos.ts";

/** Finds out how bodies of a dialect become events. @throws SourceError of a definition that does not work any more */
export function translationOf(dialect: Dialect): Translation {
  switch (dialect.kind) {
    case "otlp": {
      const { encoding } = dialect;
      return { read: (body) => readOtlp(body, encoding), mapping: otlpMapping, original: "leave" };
    }
    case "cloudevents": {
      const { headers } = dialect;
      return { read: (body) => readCloudEvents({ headers, body }), mapping: cloudEventsMapping, original: "leave" };
    }
    case "splunk_hec":
      return splunkHecTranslation;
    case "splunk_hec_raw":
      return splunkHecRawTranslation(dialect.about);
    case "fhir":
      return fhirTranslation(dialect.resource);
    case "workos":
      return workosTranslation(dialect.idempotencyKey);
    case "retraced":
      return retracedTranslation(dialect.form);
    case "source":
      return sourceTranslation(dialect);
  }
}
