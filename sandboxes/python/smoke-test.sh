# Run in a sandbox of this image with the line "ping" as standard input.
set -euo pipefail
read -r line
[[ $line == ping && $PWD == /workspace && $UID != 0 ]]
declare -A squares
for i in {1..5}; do squares[$i]=$((i * i)); done
[[ ${squares[5]} == 25 && $(printf '%s\n' b a | sort | head -1) == a ]]
mkfifo pipe
echo through > pipe &
[[ $(< pipe) == through ]]
wait
echo ok
