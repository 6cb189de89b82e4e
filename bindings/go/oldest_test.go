// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// The compiler holds the language to go.mod's directive, but not what is used of the standard library: no
// package and no name of a package in users' code is newer than the directive. Go's own lists say since
// when there is what. A file for newer compilers, by its build tag, is exempt.
func TestNothingIsNewerThanTheGoDirective(t *testing.T) {
	if raceEnabled {
		t.Skip("it reads files alone, and takes seconds under the race detector")
	}
	module, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	directive, err := strconv.Atoi(string(regexp.MustCompile(`(?m)^go 1\.(\d+)`).FindSubmatch(module)[1]))
	if err != nil {
		t.Fatal(err)
	}
	newer := namesSince(t, directive+1)
	for _, folder := range []string{".", "outgrowhttp", "internal/raw"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(folder, files, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") && !strings.Contains(file, "_go1") {
				checkNames(t, file, newer)
			}
		}
	}
}

// What the standard library has of Go 1.first or later and not before, as "net/http.ResponseController";
// packages that are newer as a whole have all their names here.
func namesSince(t *testing.T, first int) map[string]bool {
	lists, err := filepath.Glob(filepath.Join(runtime.GOROOT(), "api", "go1*.txt"))
	if err != nil || len(lists) == 0 {
		t.Skip("this Go has no lists of what came when ", err)
	}
	line := regexp.MustCompile(`(?m)^pkg ([\w/]+)(?: \([^)]*\))?, (?:func|type|const|var) (\w+)`)
	newer, older := map[string]bool{}, map[string]bool{}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		names := older
		if version, err := strconv.Atoi(strings.Split(filepath.Base(list), ".")[1]); err == nil && version >= first {
			names = newer
		}
		for _, found := range line.FindAllStringSubmatch(string(text), -1) {
			names[found[1]+"."+found[2]] = true
		}
	}
	for name := range older {
		delete(newer, name)
	}
	return newer
}

func checkNames(t *testing.T, file string, newer map[string]bool) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	imported := map[string]string{}
	for _, i := range parsed.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		name := path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		imported[name] = path
	}
	ast.Inspect(parsed, func(node ast.Node) bool {
		if s, is := node.(*ast.SelectorExpr); is {
			if x, is := s.X.(*ast.Ident); is && newer[imported[x.Name]+"."+s.Sel.Name] {
				t.Errorf("%s: %s.%s is newer than the module's Go", set.Position(s.Pos()), x.Name, s.Sel.Name)
			}
		}
		return true
	})
}
