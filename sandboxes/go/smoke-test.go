// Run in a sandbox of this image with the line "ping" as standard input.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sync"
)

func main() {
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	folder, _ := os.Getwd()
	if line != "ping\n" || folder != "/workspace" || os.Getuid() == 0 {
		panic(fmt.Sprint(line, folder, os.Getuid()))
	}
	if err := os.WriteFile("note.txt", []byte("x"), 0o600); err != nil {
		panic(err)
	}
	var group sync.WaitGroup
	results := make(chan int, 100)
	for i := range 100 {
		group.Add(1)
		go func() {
			defer group.Done()
			results <- i
		}()
	}
	group.Wait()
	close(results)
	sum := 0
	for result := range results {
		sum += result
	}
	if sum != 4950 {
		panic(sum)
	}
	fmt.Println("ok")
}
