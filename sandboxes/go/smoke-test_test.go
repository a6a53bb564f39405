// Run in a sandbox of this image as tests.
package main

import (
	"os"
	"testing"
)

func TestFolder(t *testing.T) {
	if folder, err := os.Getwd(); err != nil || folder != "/workspace" {
		t.Fatal(folder, err)
	}
}

func TestWrites(t *testing.T) {
	if err := os.WriteFile(t.TempDir()+"/note.txt", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
}
