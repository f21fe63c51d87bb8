package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A bundle is a directory of evidence (docs/formats/bundle.md).
type bundle struct {
	*auditor
	files    map[string][]byte
	used     map[string]bool // files that have a place in the bundle
	manifest map[string]json.RawMessage
}

// An eventLog is what a bundle holds of the event log: all of it, or proofs.
type eventLog interface {
	entry(sequence int64) (entry, error)
	grewFrom(old head) error
}

func (l *tileLog) entry(sequence int64) (entry, error) { return l.entries[sequence], nil }

// checkBundle checks an evidence bundle.
func (a *auditor) checkBundle(dir string) (summary string) {
	b := &bundle{a, map[string][]byte{}, map[string]bool{"manifest.json": true}, nil}
	b.load(dir)
	if !b.checkManifest() {
		return ""
	}
	b.checkPolicy()
	event, h := b.openEventLog()
	control := a.readLog("control/", b.fetch, a.control, kindControl)
	if event == nil || control == nil {
		return ""
	}
	if h.size != number(b.manifest["size"]) {
		b.found("manifest.json", "its size is not that of the checkpoint")
	}
	acts := b.readControl(control, event, h)
	b.readEvents(event, h, acts)
	b.checkOlder("", a.event, event.grewFrom)
	b.checkOlder("control/", a.control, control.grewFrom)
	a.checkKnown(h.origin, event.grewFrom)
	a.checkKnown(control.origin, control.grewFrom)
	for _, file := range b.names() {
		if !b.used[file] {
			b.found(file, "the file has no place in the bundle")
		}
	}
	return fmt.Sprintf("%s, %d entries, %s events disclosed", h.origin, h.size, b.manifest["events"])
}

func (b *bundle) isCompact() bool { return text(b.manifest["kind"]) == "compact" }

// openEventLog gives what the bundle holds of the event log, or nil when that is not to be believed.
func (b *bundle) openEventLog() (eventLog, head) {
	if !b.isCompact() {
		if l := b.readLog("", b.fetch, b.event, kindEvent); l != nil {
			return l, l.head
		}
		return nil, head{}
	}
	data, err := b.fetch("checkpoint")
	if err != nil {
		b.found("checkpoint", "%v", err)
		return nil, head{}
	}
	h, err := openHead(data, b.event)
	if err != nil {
		b.found("checkpoint", "%v", err)
		return nil, head{}
	}
	return &provenLog{h, data, b.fetch}, h
}

// load reads all files; what is neither file nor directory does not belong.
func (b *bundle) load(dir string) {
	err := filepath.WalkDir(dir, func(path string, item fs.DirEntry, err error) error {
		if err != nil || item.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if !item.Type().IsRegular() {
			b.found(name, "it is not a regular file")
			return nil
		}
		b.files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		b.found(dir, "%v", err)
	}
}

func (b *bundle) names() (names []string) {
	for name := range b.files {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// fetch gives a file to whom it is meant for.
func (b *bundle) fetch(path string) ([]byte, error) {
	b.used[path] = true
	data, isThere := b.files[path]
	if !isThere {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

// checkManifest checks that every file is listed and its digest agrees, and what the manifest says by itself.
func (b *bundle) checkManifest() bool {
	const file = "manifest.json"
	manifest, err := object(b.files[file], "v", "kind", "origin", "ledger", "size", "events", "query", "files")
	if err != nil {
		b.found(file, "%v", err)
		return false
	}
	b.manifest = manifest
	kind := text(manifest["kind"])
	if string(manifest["v"]) != "1" || kind != "full" && kind != "compact" || number(manifest["ledger"]) < 1 {
		b.found(file, "it is not of version 1, full or compact, of a ledger from 1")
	}
	if text(manifest["origin"]) != b.event.Name() {
		b.found(file, "its origin is not the log of the key given")
	}
	listed, err := object(manifest["files"])
	if err != nil {
		b.found(file, "%v", err)
	}
	for name, raw := range listed {
		item, err := object(raw, "bytes", "sha256")
		data, isThere := b.files[name]
		digest := sha256.Sum256(data)
		switch {
		case err != nil || !isThere || name == file:
			b.found(name, "the file is listed and missing")
		case number(item["bytes"]) != int64(len(data)) || string(item["sha256"]) != `"`+hex.EncodeToString(digest[:])+`"`:
			b.found(name, "the file is not the one that is listed")
		}
	}
	for _, name := range b.names() {
		if _, isListed := listed[name]; !isListed && name != file {
			b.found(name, "the file is not listed")
		}
	}
	return true
}

// checkPolicy checks that the bundle's own policy names the keys that the auditor believes, and no witness.
func (b *bundle) checkPolicy() {
	data, err := b.fetch("policy.txt")
	if err != nil {
		b.found("policy.txt", "%v", err)
		return
	}
	wanted := map[string]bool{"quorum none": true}
	for _, key := range []string{b.eventKey, b.controlKey} {
		wanted["log "+key] = true
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if !wanted[line] {
			b.found("policy.txt", "the line %q is not one of the two logs or of no quorum, or is there twice", line)
		}
		delete(wanted, line)
	}
	if len(wanted) > 0 {
		b.found("policy.txt", "it does not name both logs and no quorum")
	}
}

// checkOlder checks the older checkpoints of one of the logs.
func (b *bundle) checkOlder(prefix string, key note.Verifier, grewFrom func(head) error) {
	for _, file := range b.names() {
		if !strings.HasPrefix(file, prefix+"old/checkpoint.") {
			continue
		}
		data, err := b.fetch(file)
		if err != nil {
			continue
		}
		old, err := openHead(data, key)
		if err == nil && file != prefix+"old/checkpoint."+strconv.FormatInt(old.size, 10) {
			err = fmt.Errorf("it is a checkpoint of %d entries", old.size)
		}
		if err == nil {
			err = grewFrom(old)
		}
		if err != nil {
			b.found(file, "%v", err)
		}
	}
}
