// Command interop does what each line of standard input asks with one Go library, at its default settings, and writes one
// answer a line.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	Op      string          `json:"op"`
	Alg     string          `json:"alg"`
	Enc     string          `json:"enc"`
	Kid     string          `json:"kid"`
	Token   string          `json:"token"`
	Payload string          `json:"payload"`
	JwksURL string          `json:"jwksUrl"`
	Jwk     json.RawMessage `json:"jwk"`
}

type answer struct {
	Value string `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
}

// A library, by what it is asked to do.
type library map[string]func(request) (string, error)

var libraries = map[string]library{"jwx": jwxLibrary, "go-jose": goJoseLibrary, "ml-kem-jwe": mlKemJwe}

func answerTo(of library, line []byte) answer {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: err.Error()}
	}
	do, known := of[asked.Op]
	if !known {
		return answer{Error: "unknown operation " + asked.Op}
	}
	value, err := do(asked)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Value: value}
}

func main() {
	of, known := libraries[os.Args[1]]
	if !known {
		fmt.Fprintln(os.Stderr, "unknown library", os.Args[1])
		os.Exit(2)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := answers.Encode(answerTo(of, lines.Bytes())); err != nil {
			os.Exit(1)
		}
	}
}
