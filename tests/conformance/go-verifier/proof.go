package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// A proof is a .tlog-proof taken apart (C2SP tlog-proof): `extra` holds the entry that is proven and, unless it stands
// elsewhere, the disclosure of the event behind it.
type proof struct {
	entry      entry
	disclosure json.RawMessage
	index      int64
	hashes     tlog.RecordProof
	checkpoint []byte
}

func parseProof(data []byte) (p proof, err error) {
	split := bytes.Index(data, []byte("\n\n"))
	if split < 0 {
		return p, errors.New("it has no empty line before its checkpoint")
	}
	lines := strings.Split(string(data[:split]), "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		return p, errors.New("it does not begin as a proof with extra data does")
	}
	extra, err := decode(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return p, err
	}
	members, err := object(extra)
	if err != nil {
		return p, err
	}
	p.disclosure = members["disclosure"]
	if p.entry, err = decode(text(members["entry"])); err != nil || string(members["v"]) != "1" {
		return p, errors.New("its extra data is not of version 1")
	}
	if err := p.entry.check(kindEvent); err != nil {
		return p, err
	}
	if p.index = number(json.RawMessage(strings.TrimPrefix(lines[2], "index "))); p.index < 0 {
		return p, errors.New("its index is not a number")
	}
	if p.hashes, err = parseHashes(lines[3:]); err != nil {
		return p, err
	}
	p.checkpoint = data[split+2:]
	return p, nil
}

func parseHashes(lines []string) (hashes []tlog.Hash, err error) {
	for _, line := range lines {
		hash, err := parseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// leadsTo checks that the entry is in a log.
func (p proof) leadsTo(h head) error {
	return tlog.CheckRecord(p.hashes, h.size, h.root, p.index, tlog.RecordHash(p.entry))
}

// checkProofFile checks the proof of one event, which stands for itself.
func (a *auditor) checkProofFile(file string) string {
	index, err := a.checkProof(file)
	if err != nil {
		a.found(file, "%v", err)
	}
	return fmt.Sprintf("%s, event %d", a.event.Name(), index)
}

func (a *auditor) checkProof(file string) (int64, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	p, err := parseProof(data)
	if err != nil {
		return 0, err
	}
	h, err := openHead(p.checkpoint, a.event)
	if err != nil {
		return 0, err
	}
	if err := p.leadsTo(h); err != nil {
		return 0, err
	}
	units, err := p.entry.open(p.disclosure)
	if err == nil && text(units["/log"]) != h.origin {
		err = errors.New("the event does not say that it belongs to this log")
	}
	return p.index, err
}

// A provenLog is a log of which a compact bundle holds the head, and proofs of the entries that it is about.
type provenLog struct {
	head
	checkpoint []byte
	fetch      fetcher
}

func (l *provenLog) entry(sequence int64) (entry, error) {
	data, err := l.fetch("proofs/" + strconv.FormatInt(sequence, 10) + ".tlog-proof")
	if err != nil {
		return nil, err
	}
	p, err := parseProof(data)
	if err != nil {
		return nil, err
	}
	if p.index != sequence || !bytes.Equal(p.checkpoint, l.checkpoint) || p.disclosure != nil {
		return nil, errors.New("its proof is of another entry or checkpoint, or discloses once more")
	}
	return p.entry, p.leadsTo(l.head)
}

func (l *provenLog) grewFrom(old head) error {
	if old.size == 0 && old.root == (tree{}).root(0) || old == l.head {
		return nil
	}
	data, err := l.fetch("old/" + strconv.FormatInt(old.size, 10) + ".consistency")
	if err != nil {
		return err
	}
	if !bytes.HasSuffix(data, []byte("\n")) {
		return errors.New("its proof does not end in a newline")
	}
	hashes, err := parseHashes(strings.Split(string(data[:len(data)-1]), "\n"))
	if err != nil {
		return err
	}
	return tlog.CheckTree(hashes, l.size, l.root, old.size, old.root)
}
