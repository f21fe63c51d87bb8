package main

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
)

// readEvents checks that every chosen event is in the log, and that what is shown of it is what was committed to.
func (b *bundle) readEvents(log eventLog, h head, acts []act) {
	const file = "events.ndjson"
	data, err := b.fetch(file)
	if err != nil {
		b.found(file, "%v", err)
		return
	}
	times := map[int64]uint64{}
	lines := splitLines(data)
	for i, line := range lines {
		sequence, receivedAt, err := b.readEvent(line, log, h, acts)
		if _, isTwice := times[sequence]; err == nil && isTwice {
			err = fmt.Errorf("event %d is there twice", sequence)
		}
		if err != nil {
			b.found(file, "line %d: %v", i+1, err)
			continue
		}
		times[sequence] = receivedAt
	}
	b.checkTimes(times)
	if int64(len(lines)) != number(b.manifest["events"]) {
		b.found(file, "the manifest states %s events, there are %d", b.manifest["events"], len(lines))
	}
}

func (b *bundle) readEvent(line []byte, log eventLog, h head, acts []act) (sequence int64, receivedAt uint64, err error) {
	members, err := object(line, "ledger", "sequence", "disclosure")
	if err != nil {
		if members, err = object(line, "ledger", "sequence", "deleted"); err != nil {
			return 0, 0, err
		}
	}
	sequence = number(members["sequence"])
	if !bytes.Equal(members["ledger"], b.manifest["ledger"]) || sequence < 0 || sequence >= h.size {
		return 0, 0, errors.New("the log has no such event")
	}
	entry, err := log.entry(sequence)
	if err != nil {
		return 0, 0, err
	}
	if deleted := members["deleted"]; deleted != nil {
		for _, act := range acts {
			if string(deleted) == "true" && act.covers(sequence, entry) {
				return sequence, entry.receivedAt(), nil
			}
		}
		return 0, 0, fmt.Errorf("no control entry announces that event %d was deleted", sequence)
	}
	units, err := entry.open(members["disclosure"])
	if err == nil && text(units["/log"]) != h.origin {
		err = fmt.Errorf("event %d does not say that it belongs to this log", sequence)
	}
	return sequence, entry.receivedAt(), err
}

// checkTimes checks that no event was received before one that precedes it.
func (b *bundle) checkTimes(times map[int64]uint64) {
	var sequences []int64
	for sequence := range times {
		sequences = append(sequences, sequence)
	}
	sort.Slice(sequences, func(i, j int) bool { return sequences[i] < sequences[j] })
	for i := 1; i < len(sequences); i++ {
		if times[sequences[i]] < times[sequences[i-1]] {
			b.found("events.ndjson", "event %d was received before event %d", sequences[i], sequences[i-1])
		}
	}
}

// splitLines gives the lines of a file; one that does not end in a newline has a last line that is not JSON by itself.
func splitLines(data []byte) [][]byte {
	if len(data) == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
}
