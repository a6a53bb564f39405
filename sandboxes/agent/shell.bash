# A shell that keeps its state between calls. They come on descriptor 3, each a line with its number and a command, ended
# by NUL; exit codes go to 4.
while IFS= read -r -d '' -u 3 _sandlot_command; do
  _sandlot_number=${_sandlot_command%%$'\n'*}
  eval "${_sandlot_command#*$'\n'}" 3<&- 4>&- </dev/null
  printf '{"exit_code":%d,"call":%d}\0' "$?" "$_sandlot_number" >&4
done
