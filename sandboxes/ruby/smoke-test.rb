# Run in a sandbox of this image with the line "ping" as standard input.
require "json"
require "set"

raise unless $stdin.read == "ping\n"
raise unless Dir.pwd == "/workspace" && Process.uid != 0
File.write("note.txt", "x")
raise unless JSON.parse("[1]") == [1] && Set[1, 1].size == 1
raise unless (1..5).map { |n| Thread.new { n * n } }.sum(&:value) == 55
puts "ok"
