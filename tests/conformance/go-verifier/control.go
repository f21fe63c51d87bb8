package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// An act is a control entry, proven and read.
type act struct {
	kind  string
	size  int64 // of the event log when it was written
	units map[string]json.RawMessage
	terms map[string]json.RawMessage
}

// readControl checks that the control log is disclosed whole, and what its entries say about the event log, its keys and
// this bundle.
func (b *bundle) readControl(control *tileLog, log eventLog, h head) (acts []act) {
	const file = "control/control.ndjson"
	data, err := b.fetch(file)
	if err != nil {
		b.found(file, "%v", err)
		return nil
	}
	lines := splitLines(data)
	if len(lines) != len(control.entries) {
		b.found(file, "%d of %d control entries are disclosed", len(lines), len(control.entries))
	}
	lastSize := int64(0)
	for i := 0; i < min(len(lines), len(control.entries)); i++ {
		a, err := b.readAct(lines[i], int64(i), control, log, h)
		if err == nil && a.size < lastSize {
			err = errors.New("the event log was larger before")
		}
		if err != nil {
			b.found(file, "line %d: %v", i+1, err)
			continue
		}
		lastSize = a.size
		acts = append(acts, a)
	}
	b.checkAnnounced(acts)
	return acts
}

func (b *bundle) readAct(line []byte, sequence int64, control *tileLog, log eventLog, h head) (a act, err error) {
	members, err := object(line, "sequence", "disclosure")
	if err != nil {
		return a, err
	}
	if number(members["sequence"]) != sequence {
		return a, fmt.Errorf("control entry %d is not in its place", sequence)
	}
	if a.units, err = control.entries[sequence].open(members["disclosure"]); err != nil {
		return a, err
	}
	a.kind = text(a.units["/type"])
	if a.units["/terms"] == nil || json.Unmarshal(a.units["/terms"], &a.terms) != nil || a.terms == nil {
		return a, errors.New("it does not show its terms")
	}
	if text(a.units["/log"]) != control.origin || a.kind == "" || (a.kind == "genesis") != (sequence == 0) {
		return a, errors.New("it does not show that it is of this log, and of which type")
	}
	if a.kind == "genesis" && (string(a.terms["format"]) != "1" || text(a.terms["origin"]) != h.origin) {
		return a, errors.New("it does not show that the log is this one, in format 1")
	}
	if _, err := time.Parse(time.RFC3339Nano, text(a.units["/time"])); err != nil {
		return a, err
	}
	state, err := object(a.units["/event_log"], "ledger", "size", "root")
	if err != nil {
		return a, err
	}
	a.size = number(state["size"])
	old := head{origin: h.origin, size: a.size}
	root, err := hex.DecodeString(text(state["root"]))
	if copy(old.root[:], root); err != nil || len(root) != len(old.root) || a.size < 0 || a.size > h.size {
		return a, errors.New("it does not show the size and root of the event log")
	}
	if !bytes.Equal(state["ledger"], b.manifest["ledger"]) {
		return a, errors.New("it is of another ledger")
	}
	if b.isCompact() && a.size != 0 && a.size != h.size {
		return a, nil // it has no proof from here
	}
	return a, log.grewFrom(old)
}

// checkAnnounced checks that the control log announces the keys, and that this bundle was made.
func (b *bundle) checkAnnounced(acts []act) {
	keys := map[string]bool{b.eventKey: true, b.controlKey: true}
	isExported := false
	for _, a := range acts {
		for _, value := range a.terms {
			delete(keys, text(value))
		}
		isExported = isExported || a.kind == "evidence.exported" && bytes.Equal(a.units["/sealed/query"], b.manifest["query"])
	}
	for key := range keys {
		b.found("control/control.ndjson", "no control entry announces the key %s", key)
	}
	if !isExported {
		b.found("manifest.json", "no control entry announces an export of this query")
	}
}

// covers tells whether an act announces that retention deleted the body of an event.
func (a act) covers(sequence int64, e entry) bool {
	before, ranges := a.terms["received_before"], a.terms["ranges"]
	if a.kind != "retention.deleted" || sequence >= a.size || before == nil && ranges == nil {
		return false
	}
	if before != nil {
		limit, err := time.Parse(time.RFC3339Nano, text(before))
		if err != nil || int64(e.receivedAt()) >= limit.UnixMilli() {
			return false
		}
	}
	if ranges == nil {
		return true
	}
	var pairs [][]int64
	if json.Unmarshal(ranges, &pairs) != nil {
		return false
	}
	for _, pair := range pairs {
		if len(pair) == 2 && pair[0] <= sequence && sequence <= pair[1] {
			return true
		}
	}
	return false
}
