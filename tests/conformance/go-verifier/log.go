package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A head is a checkpoint whose signature holds (C2SP tlog-checkpoint).
type head struct {
	origin string
	size   int64
	root   tlog.Hash
}

// openHead opens a signed checkpoint by the log's key; the key's name is the log's origin.
func openHead(data []byte, key note.Verifier) (head, error) {
	n, err := note.Open(data, note.VerifierList(key))
	if err != nil {
		return head{}, err
	}
	for _, signature := range append(n.Sigs, n.UnverifiedSigs...) {
		if _, err := decode(signature.Base64); err != nil { // the note package lets the unused bits of the last digit be anything
			return head{}, err
		}
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() {
		return head{}, fmt.Errorf("it is not a checkpoint of %s in three lines", key.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return head{}, errors.New("its size is not a decimal number")
	}
	root, err := parseHash(lines[2])
	return head{lines[0], size, root}, err
}

// decode reads base64 in its one proper spelling.
func decode(text string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err == nil && base64.StdEncoding.EncodeToString(data) != text {
		err = errors.New("the base64 is not spelt properly")
	}
	return data, err
}

func parseHash(text string) (hash tlog.Hash, err error) {
	data, err := decode(text)
	if err != nil {
		return hash, err
	}
	if len(data) != tlog.HashSize {
		return hash, fmt.Errorf("a hash has %d bytes, not %d", tlog.HashSize, len(data))
	}
	copy(hash[:], data)
	return hash, nil
}

// A tree holds every perfect subtree of a log: tree[k][i] covers the entries from i<<k to (i+1)<<k - 1 (RFC 6962 §2.1).
// A tile of level L is a piece of tree[8*L].
type tree [][]tlog.Hash

func grow(leaves []tlog.Hash) tree {
	t := tree{leaves}
	for len(leaves) > 1 {
		above := make([]tlog.Hash, len(leaves)/2)
		for i := range above {
			above[i] = tlog.NodeHash(leaves[2*i], leaves[2*i+1])
		}
		t, leaves = append(t, above), above
	}
	return t
}

// root is the hash of the first n entries: their perfect subtrees, folded from the right.
func (t tree) root(n int64) tlog.Hash {
	root, isFirst := tlog.Hash(sha256.Sum256(nil)), true
	for k := 0; n>>k > 0; k++ {
		if n>>k&1 == 0 {
			continue
		}
		subtree := t[k][n>>k-1]
		if isFirst {
			root, isFirst = subtree, false
		} else {
			root = tlog.NodeHash(subtree, root)
		}
	}
	return root
}

// An entry: version, kind, u64be time of receipt in Unix milliseconds, event root.
const (
	entrySize   = 42
	kindEvent   = 1
	kindControl = 2
	tileWidth   = 256
)

type entry []byte

func (e entry) receivedAt() uint64 { return binary.BigEndian.Uint64(e[2:10]) }
func (e entry) eventRoot() []byte  { return e[10:] }

func (e entry) check(kind byte) error {
	if len(e) != entrySize || e[0] != 1 || e[1] != kind {
		return fmt.Errorf("it is not an entry of version 1 and kind %d", kind)
	}
	return nil
}

// A fetcher gives the bytes at a path below the prefix of the event log.
type fetcher func(path string) ([]byte, error)

// A tileLog is a log that is there whole, as C2SP tlog-tiles.
type tileLog struct {
	head
	entries []entry
	tree    tree
}

// readLog checks a whole log: the signature of its head, the root of its entries, what every entry says, and every byte of
// every tile. Tiles are compared with what follows from the entries, never used: x/mod's own reader of tiles is not safe
// before v0.40 (CVE-2026-56865). It gives nil when there is no telling what the log's entries are.
func (a *auditor) readLog(prefix string, fetch fetcher, key note.Verifier, kind byte) *tileLog {
	file := prefix + "checkpoint"
	data, err := fetch(file)
	if err != nil {
		a.found(file, "%v", err)
		return nil
	}
	h, err := openHead(data, key)
	if err != nil {
		a.found(file, "%v", err)
		return nil
	}
	entries, leaves := a.readEntries(prefix, fetch, h.size, kind)
	if int64(len(entries)) != h.size {
		return nil
	}
	l := &tileLog{h, entries, grow(leaves)}
	if l.tree.root(h.size) != h.root {
		a.found(file, "its root is not that of the entries")
	}
	for k := 0; k < len(l.tree); k += 8 {
		for n := 0; n < len(l.tree[k]); n += tileWidth {
			want := l.tree[k][n:min(n+tileWidth, len(l.tree[k]))]
			file := prefix + tilePath(strconv.Itoa(k/8), n/tileWidth, len(want))
			if got, err := fetch(file); err != nil {
				a.found(file, "%v", err)
			} else if !isTile(got, want) {
				a.found(file, "the tile is not that of the entries")
			}
		}
	}
	return l
}

// readEntries reads all entries, and what they must be whatever the tree says; and gives their hashes.
func (a *auditor) readEntries(prefix string, fetch fetcher, size int64, kind byte) (entries []entry, leaves []tlog.Hash) {
	lastTime := uint64(0)
	for first := 0; first < int(size); first += tileWidth {
		width := min(tileWidth, int(size)-first)
		file := prefix + tilePath("entries", first/tileWidth, width)
		data, err := fetch(file)
		if err != nil {
			a.found(file, "%v", err)
			return nil, nil
		}
		records := split(data)
		if len(records) != width {
			a.found(file, "it is not a bundle of %d entries", width)
			return nil, nil
		}
		for i, record := range records {
			if err := record.check(kind); err != nil {
				a.found(file, "entry %d: %v", first+i, err)
				return nil, nil
			}
			if record.receivedAt() < lastTime {
				a.found(file, "entry %d was received before the one that precedes it", first+i)
			}
			lastTime = record.receivedAt()
			entries = append(entries, record)
			leaves = append(leaves, tlog.RecordHash(record))
		}
	}
	return entries, leaves
}

// split takes a bundle of entries apart, each behind its length as u16be; it gives nil when that does not come out even.
func split(data []byte) (records []entry) {
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			return nil
		}
		records, data = append(records, data[2:2+length]), data[2+length:]
	}
	if len(data) != 0 {
		return nil
	}
	return records
}

func isTile(data []byte, want []tlog.Hash) bool {
	if len(data) != len(want)*tlog.HashSize {
		return false
	}
	for i, hash := range want {
		if string(data[i*tlog.HashSize:(i+1)*tlog.HashSize]) != string(hash[:]) {
			return false
		}
	}
	return true
}

// tilePath writes tile 1234067 of level 0, 5 wide, as tile/0/x001/x234/067.p/5.
func tilePath(level string, n, width int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < tileWidth {
		path += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + path
}

// grewFrom checks that an older head was one of this log.
func (l *tileLog) grewFrom(old head) error {
	if old.size > l.size {
		return fmt.Errorf("it has %d entries, more than the %d that are here", old.size, l.size)
	}
	if l.tree.root(old.size) != old.root {
		return fmt.Errorf("the log had another root at %d entries", old.size)
	}
	return nil
}

// checkKnown holds a log against the checkpoints that the auditor kept.
func (a *auditor) checkKnown(origin string, grewFrom func(head) error) {
	for _, kept := range a.known {
		if kept.origin != origin {
			continue
		}
		if err := grewFrom(kept); err != nil {
			a.found("checkpoint", "it is inconsistent with the known checkpoint: %v", err)
		}
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
