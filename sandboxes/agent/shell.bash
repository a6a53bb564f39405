# A shell that keeps its state between calls. They come on descriptor 3, each a line with its number and a command, ended
# by NUL; exit codes go to 4.
_sandlot_return() { return "$1"; }
_sandlot_status=0
while IFS= read -r -d '' -u 3 _sandlot_command; do
  _sandlot_number=${_sandlot_command%%$'\n'*}
  _sandlot_return "$_sandlot_status"
  eval "${_sandlot_command#*$'\n'}" 3<&- 4>&- </dev/null
  _sandlot_status=$?
  printf '{"exit_code":%d,"call":%d}\0' "$_sandlot_status" "$_sandlot_number" >&4
done
