package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Most units of an event, and the bytes of a salt.
const (
	maxUnits = 1024
	saltSize = 16
)

// open checks a disclosure against the entry that commits to it and gives what it shows: path to JSON text. Everything is
// hashed before anything of it is looked at.
func (e entry) open(disclosure json.RawMessage) (map[string]json.RawMessage, error) {
	members, err := object(disclosure, "v", "units", "redacted")
	if err != nil {
		return nil, err
	}
	var pairs [][]string
	var redacted []string
	if string(members["v"]) != "1" || json.Unmarshal(members["units"], &pairs) != nil || json.Unmarshal(members["redacted"], &redacted) != nil {
		return nil, errors.New("it is not a disclosure of version 1")
	}
	var commitments [][]byte
	for _, text := range redacted {
		hash, err := parseHash(text)
		if err != nil {
			return nil, err
		}
		commitments = append(commitments, hash[:])
	}
	var units [][]byte
	for _, pair := range pairs {
		if len(pair) != 2 {
			return nil, errors.New("a unit is not a pair")
		}
		salt, err := decode(pair[0])
		if err != nil || len(salt) != saltSize {
			return nil, errors.New("a salt has not 16 bytes")
		}
		unit, err := decode(pair[1])
		if err != nil {
			return nil, err
		}
		commitment := sha256.Sum256(bytes.Join([][]byte{{0x10}, salt, unit}, nil))
		commitments, units = append(commitments, commitment[:]), append(units, unit)
	}
	root, err := rootOf(commitments)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(root, e.eventRoot()) {
		return nil, errors.New("what is shown is not what the entry commits to")
	}
	return read(units)
}

// rootOf hashes the commitments of an event, sorted so that their order tells nothing.
func rootOf(commitments [][]byte) ([]byte, error) {
	if len(commitments) < 1 || len(commitments) > maxUnits {
		return nil, fmt.Errorf("an event has 1 to %d units, not %d", maxUnits, len(commitments))
	}
	sort.Slice(commitments, func(i, j int) bool { return bytes.Compare(commitments[i], commitments[j]) < 0 })
	message := []byte{0x11, byte(len(commitments) >> 8), byte(len(commitments))}
	for i, commitment := range commitments {
		if i > 0 && bytes.Equal(commitment, commitments[i-1]) {
			return nil, errors.New("a commitment occurs twice")
		}
		message = append(message, commitment...)
	}
	root := sha256.Sum256(message)
	return root[:], nil
}

// read takes units apart: u16be length of the path, path, value. No path is another's ancestor.
func read(units [][]byte) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	for _, unit := range units {
		if len(unit) < 2 || len(unit) < 2+int(binary.BigEndian.Uint16(unit)) {
			return nil, errors.New("a unit ends before its value")
		}
		path, value := string(unit[2:2+binary.BigEndian.Uint16(unit)]), unit[2+binary.BigEndian.Uint16(unit):]
		if !strings.HasPrefix(path, "/") || !utf8.ValidString(path) || !utf8.Valid(value) || !json.Valid(value) {
			return nil, fmt.Errorf("the unit %q is not a JSON Pointer with a JSON value", path)
		}
		if _, isTwice := values[path]; isTwice {
			return nil, fmt.Errorf("the path %q occurs twice", path)
		}
		values[path] = value
	}
	for path := range values {
		for i := 1; i < len(path); i++ {
			if _, isNested := values[path[:i]]; isNested && path[i] == '/' {
				return nil, fmt.Errorf("the path %q lies within another", path)
			}
		}
	}
	return values, nil
}

// object takes a JSON object apart that has exactly these members, or any when none is named. The json package alone would
// forgive members that are unknown, repeated or spelt in capitals.
func object(data []byte, names ...string) (map[string]json.RawMessage, error) {
	malformed := fmt.Errorf("it is not a JSON object of %s", strings.Join(names, ", "))
	members := map[string]json.RawMessage{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') || !utf8.Valid(data) {
		return nil, malformed
	}
	for decoder.More() {
		name, err := decoder.Token()
		var value json.RawMessage
		if err != nil || decoder.Decode(&value) != nil {
			return nil, malformed
		}
		if _, isTwice := members[name.(string)]; isTwice {
			return nil, fmt.Errorf("the member %q occurs twice", name)
		}
		members[name.(string)] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, malformed
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, malformed
	}
	for _, name := range names {
		if _, isThere := members[name]; !isThere || len(members) != len(names) {
			return nil, malformed
		}
	}
	return members, nil
}

// number reads a count; anything else gives -1.
func number(raw json.RawMessage) int64 {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != string(raw) {
		return -1
	}
	return n
}

// text reads a string; anything else gives "".
func text(raw json.RawMessage) (value string) {
	if json.Unmarshal(raw, &value) != nil {
		return ""
	}
	return value
}
