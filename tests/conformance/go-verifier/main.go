// Command go-verifier checks what Cairn wrote with nothing of Cairn's: the formats of docs/formats, and the packages of
// Go's own checksum database (golang.org/x/mod/sumdb). It builds from Debian's packages alone.
//
//	go-verifier -key VKEY -control-key VKEY DIRECTORY   an evidence bundle, full or compact
//	go-verifier -key VKEY -control-key VKEY -url URL    both logs of a running server, entry by entry
//	go-verifier -key VKEY FILE                          the .tlog-proof of one event
//
// It ends with 0 when everything holds, with 1 when something does not, saying what on standard error, a line each, and
// with 2 when it was used wrongly.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// An auditor is who verifies: the keys believed, the checkpoints kept from before, and how much was found wrong so far.
type auditor struct {
	event, control       note.Verifier
	eventKey, controlKey string
	known                []head
	findings             int
}

// found reports something that does not hold. Names of files are whoever made the bundle's.
func (a *auditor) found(where, format string, args ...interface{}) {
	a.findings++
	if quoted := strconv.Quote(where); quoted != `"`+where+`"` {
		where = quoted
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", where, fmt.Sprintf(format, args...))
}

func main() {
	a := &auditor{}
	summary, err := a.run(os.Args[1:])
	switch {
	case err != nil:
		fmt.Fprintf(os.Stderr, "go-verifier: %v\n", err)
		os.Exit(2)
	case a.findings > 0:
		fmt.Fprintf(os.Stderr, "%d findings\n", a.findings)
		os.Exit(1)
	}
	fmt.Println("verified:", summary)
}

// run does what the arguments say. Its error is about them; what it found about the log is counted.
func (a *auditor) run(args []string) (summary string, err error) {
	flags := flag.NewFlagSet("go-verifier", flag.ContinueOnError)
	flags.StringVar(&a.eventKey, "key", "", "verifier key of the event log")
	flags.StringVar(&a.controlKey, "control-key", "", "verifier key of the control log")
	url := flags.String("url", "", "URL of the log's prefix on a running server, …/log/<id>")
	bearer := flags.String("bearer", os.Getenv("CAIRN_KEY"), "API key for -url")
	var known []string
	flags.Func("known", "file of an older checkpoint of either log, kept from before; may be repeated",
		func(file string) error { known = append(known, file); return nil })
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	if a.event, err = note.NewVerifier(a.eventKey); err != nil {
		return "", fmt.Errorf("-key: %w", err)
	}
	if (*url == "") != (flags.NArg() == 1) {
		return "", errors.New("give either -url or one path")
	}
	if *url == "" {
		info, err := os.Stat(flags.Arg(0))
		if err != nil {
			return "", err
		}
		if !info.IsDir() {
			return a.checkProofFile(flags.Arg(0)), nil
		}
	}
	if a.control, err = note.NewVerifier(a.controlKey); err != nil {
		return "", fmt.Errorf("-control-key: %w", err)
	}
	if a.control.Name() != a.event.Name()+"/control" {
		return "", errors.New("-control-key is not of the control log that belongs to -key")
	}
	if err := a.readKnown(known); err != nil {
		return "", err
	}
	if *url == "" {
		return a.checkBundle(flags.Arg(0)), nil
	}
	return a.checkServer(*url, *bearer), nil
}

// readKnown opens the checkpoints that the auditor brought. One that nobody believed signed is the auditor's mistake.
func (a *auditor) readKnown(files []string) error {
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		kept, err := openHead(data, a.event)
		if err != nil {
			kept, err = openHead(data, a.control)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		a.known = append(a.known, kept)
	}
	return nil
}

// Most bytes of one answer: 256 entries of the greatest length that tlog-tiles allows.
const maxAnswer = 256 * (2 + 65535)

// checkServer checks both logs as a running server gives them.
func (a *auditor) checkServer(url, bearer string) string {
	client := &http.Client{Timeout: time.Minute}
	get := func(path string) ([]byte, error) {
		request, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(url, "/")+"/"+path, nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer "+bearer)
		response, err := client.Do(request)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, errors.New(response.Status)
		}
		return io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	}
	event := a.readLog("", get, a.event, kindEvent)
	control := a.readLog("control/", get, a.control, kindControl)
	if event == nil || control == nil {
		return ""
	}
	a.checkKnown(event.origin, event.grewFrom)
	a.checkKnown(control.origin, control.grewFrom)
	return fmt.Sprintf("%s, %d entries, %d control entries", event.origin, event.size, control.size)
}
