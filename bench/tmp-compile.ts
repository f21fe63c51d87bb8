import { createEventGenerator } from "@cairn/testkit";
import { acceptEvent } from "../packages/event/src/door/accept.ts";
import { parseBatch, findPeople, splitEvent, DEFAULT_PERSON_TARGET_TYPES } from "@cairn/event";
import { EventCompiler } from "../packages/event/src/compile/event-compiler.ts";
const c = EventCompiler.create(Math.random)!;
const g = createEventGenerator({ seed: 1, times: { kind: "live", nowMs: Date.now }, names: "some_beyond_ascii" });
const types = new Set(DEFAULT_PERSON_TARGET_TYPES);
const refs = new Map<string,string>();
const resolve = (p: any) => { const k = JSON.stringify(p.identifiers[0]); let r = refs.get(k); if (!r) { r = `sub_${refs.size.toString(32).padStart(16, "0")}`; refs.set(k, r);} return r; };
const O = { tenantNo: 1, tenant: "default", origin: "cairn.example/0123456789/abcdefghij", defaultSource: "api" };
for (let round = 0; round < 30; round++) {
  let us = 0, ok = 0, n = 0, out = 0, units = 0;
  for (let i = 0; i < 20; i++) {
    const b = g.batch(500);
    const t = process.threadCpuUsage();
    const r = c.compile(b, O)!;
    const d = process.threadCpuUsage(t); us += d.user + d.system;
    for (let e = 0; e < r.count; e++) { n++; if (r.isCompiled(e)) { ok++; out += r.outEnd(e) - r.outStart(e); units += r.unitCount(e); continue; }
      const u = r.unknown(e); if (!u) continue;
      const [item] = parseBatch(b.subarray(r.start(e), r.end(e)), "json");
      const { event } = acceptEvent((item as any).value, { nowMs: 0, defaultSource: "api", describeAction: () => undefined });
      const people = findPeople(event, types); const monthRef = "mon_0123456789abcdef";
      const split = splitEvent(event as any, people, { resolve, monthRef, personalPointers: [] });
      c.learn(u, b.subarray(u.start, u.end), { event: event as any, people, split, tenantNo: 1, personTargetTypes: types, resolve, monthRef, action: { isPlain: true } });
    }
    c.release(r);
  }
  if (round % 5 === 4 || round < 3) console.log(round, (us / n).toFixed(2), "us/event", (ok / n).toFixed(4), out / ok, units / ok);
}
