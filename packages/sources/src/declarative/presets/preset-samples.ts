/**
 * A short sample for each preset, by the preset's name: what somebody sees it make events of before they have a log of their
 * own. Names, addresses and numbers are invented.
 */
export const PRESET_SAMPLES: Readonly<Record<string, string>> = {
  portal: `Date,Time,Username,Event Category,Event Description
2026-03-04,05:06:07,jane@example.com,User administration,Added user john@example.com
3/4/2026,5:08:00 PM,Provisioning API,Provisioning API,"Deleted user ""Old, Bob"""
2026-03-04,05:09:00,System,Administration settings,Tenant expired
`,
  dutycall: `{"timestamp":"2026-03-04T14:23:15Z","user":"jane@example.com","action":"authentication.login.success","ip_address":"203.0.113.42","session_id":"s-81c","details":{"method":"sso"}}
{"timestamp":"2026-03-04T14:30:00Z","user":"ada@example.com","action":"data.export.completed","resource":"voice_call_records","ip_address":"203.0.113.7","details":{"format":"csv","record_count":1523}}
{"timestamp":"2026-03-04T15:45:30Z","user":"ada@example.com","action":"settings.retention_policy.updated","resource":"voice_recordings","details":{"before":"90 days","after":"180 days"}}
`,
  ehr: `access_time,user_id,user_name,user_role,department,patient_id,patient_name,action,record_type,record_id,workstation,ip_address,reason,result
2026-03-04 05:06:07,u-17,"Doe, Jane",Nurse,Ward 3,MRN-1,"Smith, John",View,Lab result,L-9,WS-3,203.0.113.7,Treatment,Success
3/4/2026 14:05,u-2,Bob Roe,Clerk,-,MRN-2,N/A,Print,Letter,-,WS-4,203.0.113.8,Billing,Denied
`,
  http: `203.0.113.7 - jane [04/Mar/2026:13:55:36 +0100] "GET /patients/1 HTTP/1.1" 200 2326 "https://portal.example.com/" "Mozilla/5.0"
2001:db8::1 - - [04/Mar/2026:13:55:37 +0100] "DELETE /patients/1 HTTP/2.0" 403 0 "-" "curl/8"
`,
  nginx: `{"msec":"1772629536.089","remote_addr":"203.0.113.7","remote_user":"","request":"POST /login HTTP/1.1","status":"200","http_user_agent":"Mozilla/5.0","request_id":"a1b2c3d4e5f60718293a4b5c6d7e8f90"}
{"msec":"1772629537.120","remote_addr":"203.0.113.7","remote_user":"jane","request":"PUT /patients/1 HTTP/1.1","status":"429","http_user_agent":"Mozilla/5.0","request_id":"b2c3d4e5f60718293a4b5c6d7e8f90a1"}
`,
  aws_alb: `https 2026-03-04T22:23:00.186641Z app/portal/50dc6c495c0c9188 203.0.113.7:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/8" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "-" 1 2026-03-04T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"
`,
  github: `{"@timestamp":1772600767123,"_document_id":"doc-1","action":"org.add_member","actor":"ada","actor_id":1,"actor_ip":"203.0.113.9","org":"example","org_id":7,"user":"jane","user_id":2,"operation_type":"create"}
{"@timestamp":1772600768123,"_document_id":"doc-2","action":"repo.access","actor":"ada","repo":"example/portal","visibility":"public","previous_visibility":"private","operation_type":"modify"}
{"@timestamp":1772600769123,"_document_id":"doc-3","action":"user.failed_login","actor":"jane","actor_ip":"2001:db8::7"}
`,
  google_workspace: `{"kind":"admin#reports#activities","items":[
{"id":{"time":"2026-03-04T04:05:06.123Z","uniqueQualifier":"1","applicationName":"login","customerId":"C1"},"actor":{"email":"jane@example.com","profileId":"108000000000000000001"},"ipAddress":"203.0.113.7","events":[{"type":"login","name":"login_failure","parameters":[{"name":"login_failure_type","value":"login_failure_invalid_password"}]}]},
{"id":{"time":"2026-03-04T04:06:06.000Z","uniqueQualifier":"2","applicationName":"admin","customerId":"C1"},"actor":{"email":"ada@example.com","profileId":"108000000000000000002"},"ipAddress":"2001:db8::1","events":[{"type":"APPLICATION_SETTINGS","name":"CHANGE_APPLICATION_SETTING","parameters":[{"name":"SETTING_NAME","value":"Sharing"},{"name":"OLD_VALUE","value":"off"},{"name":"NEW_VALUE","value":"on"}]}]}
]}
`,
  ringcx: `[{"createTime":1772600767089,"auditedClass":"InboundQueue","auditedEntityId":"7","auditedEntityDescription":"Queue 7","actionType":"UPDATE","authUser":{"sourceId":"203.0.113.7","userName":"ada@example.com","userId":42},"auditLogResultList":[{"attributeName":"queueName","originalValue":"Sales","newValue":"Support","classType":"String"}]}]
`,
};
