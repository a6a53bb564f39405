# A shell that keeps its state between calls. Commands come on descriptor 3, ended by NUL; exit codes go to 4.
while IFS= read -r -d '' -u 3 _sandlot_command; do
  eval "$_sandlot_command" 3<&- 4>&- </dev/null
  printf '{"exit_code":%d}\0' "$?" >&4
done
