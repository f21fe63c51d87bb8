export { AUTH0_SOURCE, type Auth0Options, createAuth0Mapping } from "./auth0/auth0.ts";
export { AUTH0_CODES, type Auth0Code } from "./auth0/codes.ts";
export { type Auth0Return, auth0Gap } from "./auth0/gap.ts";
export { logIdAt, timeOfLogId } from "./auth0/log-id.ts";
export { readAuth0 } from "./auth0/read-auth0.ts";
export { CLOUDEVENTS_SOURCE, cloudEventsMapping } from "./cloudevents/cloudevents.ts";
export { type CloudEventsRequest, readCloudEvents } from "./cloudevents/read-cloudevents.ts";
export { CLOUDTRAIL_SOURCE, cloudTrailMapping, readCloudTrail } from "./cloudtrail/cloudtrail.ts";
export { type Gap, gapEvent } from "./core/gap-event.ts";
export type { JsonObject } from "./core/json-values.ts";
export { type MapItemsOptions, type MappedItem, mapEach, mapItems, type UnidentifiedItem } from "./core/map-items.ts";
export { createCsvRowReader, readCsvRecords } from "./core/read-csv.ts";
export { decodeText, MAX_BODY_BYTES, parseLossless, type ReadItem, readJsonRecords } from "./core/read-json.ts";
export { readRows } from "./core/read-rows.ts";
export { createEqualsCounter, deriveIdentity, type EqualsCounter } from "./core/record-identity.ts";
export { SOURCE_ERRORS, SourceError, type SourceErrorCode } from "./core/source-error.ts";
export type {
  FieldTrace,
  MapContext,
  MappedEvent,
  SkippedRecord,
  SourceMapping,
  Unidentified,
} from "./core/source-mapping.ts";
export { type Zone, type ZonedTime, zoneOf } from "./core/zoned-time.ts";
export type {
  ChangeRule,
  Definition,
  InputRule,
  PairRule,
  Rule,
  SkipRule,
  Table,
  TargetRule,
  TimeFormat,
  TimeRule,
} from "./declarative/definition.ts";
export { checkDefinition, compileDefinition } from "./declarative/definition-mapping.ts";
export { DEFINITION_SCHEMA } from "./declarative/definition-schema.ts";
export { PRESET_SAMPLES } from "./declarative/presets/preset-samples.ts";
export { DEFINITION_PRESETS } from "./declarative/presets/presets.ts";
export { type PreviewItem, previewDefinition } from "./declarative/preview.ts";
export { type BodyReader, compileReader } from "./declarative/read-definition.ts";
export { createDesktopMapping, type DesktopOptions } from "./desktop/desktop.ts";
export { createDicomMapping, DICOM_SOURCE, type DicomOptions } from "./dicom/dicom.ts";
export { readDicomAudit } from "./dicom/read-dicom.ts";
export { readSyslogDicom } from "./dicom/read-syslog-dicom.ts";
export { ENTRA_SOURCE, entraMapping, readEntra } from "./entra/entra.ts";
export { FHIR_SOURCE, fhirAuditMapping } from "./fhir/audit-event.ts";
export { fhirXmlToJson } from "./fhir/fhir-xml.ts";
export { readFhirAudit } from "./fhir/read-fhir.ts";
export { type AuditEventOptions, toAuditEvent, type WrittenEvent } from "./fhir/to-audit-event.ts";
export { GITHUB_WEBHOOK_SOURCE, gitHubWebhookMapping } from "./github/github-webhook.ts";
export { GITHUB_HEADERS, readGitHubWebhook } from "./github/read-github.ts";
export { MICROSOFT365_SOURCE, microsoft365Mapping, readMicrosoft365 } from "./microsoft365/microsoft365.ts";
export { OKTA_SOURCE, oktaMapping, readOkta } from "./okta/okta.ts";
export { type OtlpRejection, otlpJsonAnswer, otlpProtobufAnswer } from "./otlp/answer.ts";
export { OTLP_SOURCE, otlpMapping } from "./otlp/otlp.ts";
export { readOtlp } from "./otlp/read-otlp.ts";
export { retracedHash } from "./retraced/event-hash.ts";
export { RETRACED_SOURCE, readRetraced, retracedMapping } from "./retraced/retraced.ts";
export { retracedExportMapping } from "./retraced/retraced-export.ts";
export { auditTrailMapping, RINGCENTRAL_SOURCE, readAuditTrail } from "./ringcentral/audit-trail.ts";
export { AUDIT_TRAIL_CAP, type AuditTrailReturn, auditTrailGap } from "./ringcentral/gap.ts";
export { type MessageObservation, messageEvents } from "./ringcentral/message-access.ts";
export { createSessionReportMapping, type SessionReportOptions } from "./ringcentral/session-report.ts";
export {
  HEC_ANSWERS,
  type HecAnswer,
  hecAnswerOf,
  readSplunkHec,
  SPLUNK_HEC_SOURCE,
  splunkHecMapping,
} from "./splunk-hec/splunk-hec.ts";
export { createSyslogFramer, type FramedMessages, MAX_SYSLOG_BYTES, type SyslogFramer } from "./syslog/framer.ts";
export { parseSyslog, type SyslogOptions } from "./syslog/parse-syslog.ts";
export { readSyslog } from "./syslog/read-syslog.ts";
export { createStreamIdentity, type StreamIdentity } from "./syslog/stream-identity.ts";
export { SYSLOG_SOURCE, syslogMapping } from "./syslog/syslog.ts";
export { WORKOS_SOURCE, workosMapping } from "./workos/workos.ts";
export { workosExportMapping } from "./workos/workos-export.ts";
